"""The command line: every module of `verbs` is a verb, and errors that a person can act on are one sentence and exit code 2."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.config import ConfigError
from bot.core.model import Refused, Unavailable
from bot.roof import verbs

Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `run` gets the arguments and the environment, and gives the exit code."""

    name: str
    about: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Environment], int]


def discovered(only: str = "") -> tuple[Verb, ...]:
    """The verbs in alphabetical order, or the only one of that name: most of a short verb's time would be the modules of the others."""
    names = sorted(module.name for module in pkgutil.iter_modules(verbs.__path__) if not module.name.startswith("_"))
    return tuple(importlib.import_module(f"{verbs.__name__}.{name}").VERB for name in ([only] if only in names else names))


def parser(only: str = "") -> argparse.ArgumentParser:
    """The parser of the whole command line, or of as much as one verb needs."""
    root = argparse.ArgumentParser("countersign", description="Who opened a Session Manager session, what they did, and who signed for it.")
    chosen = root.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in discovered(only):
        sub = chosen.add_parser(verb.name, help=verb.about, description=verb.about)
        verb.arguments(sub)
        sub.set_defaults(verb=verb)
    return root


def main(arguments: Sequence[str] | None, environment: Environment) -> int:
    """Runs a verb; gives its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    given = parser(*words[:1]).parse_args(words)
    try:
        return int(given.verb.run(given, environment))
    except _told() as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except KeyboardInterrupt:
        return 130


def _told() -> tuple[type[Exception], ...]:
    """Errors that a person can act on; asked for only when there is one, since rules are slow to import."""
    from bot.core.rules import Malformed  # noqa: PLC0415 - the rules' libraries only where something went wrong

    return (ConfigError, Malformed, Refused, Unavailable, FileNotFoundError)
