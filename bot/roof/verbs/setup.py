"""`countersign setup`: session logging (and the trail's table) as wanted. It shows a plan, asks, applies what differs, and checks again."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.core.model import Refused
from bot.core.plan import Plan
from bot.core.text import plural
from bot.roof import setup_logging, setup_places, setup_run, setup_trail, way_back
from bot.roof.cli import Environment, Verb
from bot.roof.setup_run import Prepare
from bot.roof.setup_show import show
from queries.clients import Clients
from queries.estate.setup import placed


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be set up, and the way back."""
    chosen = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    logging = chosen.add_parser("logging", help="preferences, bucket, log group and node roles, so that sessions are logged")
    _common(logging, setup_logging.EMITS)
    setup_logging.arguments(logging)
    logging.set_defaults(act=lambda given, environment: _run(given, environment, setup_logging.prepared))
    trail = chosen.add_parser("trail", help="CloudTrail in Athena: a projected table, a workgroup with a limit, a bucket for results")
    _common(trail, setup_trail.EMITS)
    setup_trail.arguments(trail)
    trail.set_defaults(act=lambda given, environment: _run(given, environment, setup_trail.prepared))
    back = chosen.add_parser("back", help="undo what a run of setup did")
    back.add_argument("file", type=Path, nargs="+", help="the way back that the run wrote, one a place")
    _where(back)
    back.set_defaults(act=_back)


def _where(parser: argparse.ArgumentParser) -> None:
    setup_places.arguments(parser)
    parser.add_argument("--yes", action="store_true", help="apply without asking")


def _common(parser: argparse.ArgumentParser, emits: tuple[str, ...]) -> None:
    _where(parser)
    parser.add_argument("--dry-run", action="store_true", help="show the plan and stop")
    parser.add_argument("--emit", choices=emits, help="print this instead of applying anything")
    parser.add_argument(
        "--way-back",
        type=Path,
        default=None,
        metavar="FILE",
        help="where to write what undoes this; default: a file here, named by the time; of several places each has a file of its own",
    )


def run(given: argparse.Namespace, environment: Environment) -> int:
    """0: as wanted now. 1: not applied. Errors are 2."""
    return int(given.act(given, environment))


def _run(given: argparse.Namespace, environment: Environment, prepare: Prepare) -> int:
    clients, posts = Clients(), setup_places.chosen(given, environment)
    if given.emit:
        post = setup_places.one(posts)
        print(prepare(given, clients, post if post.place.account.isdecimal() else placed(clients, post)).emit(given.emit))
        return 0
    return setup_run.run(given, posts, clients, prepare, _agreed, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")


def _agreed(question: str) -> bool:
    """A yes typed by a person; no terminal, no yes."""
    if not sys.stdin.isatty():
        raise Refused("There is no terminal to say yes at. `--yes` applies without asking, `--dry-run` only shows.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _back(given: argparse.Namespace, environment: Environment) -> int:
    clients = Clients()
    given.everywhere = given.everywhere or not given.scope
    posts = setup_places.chosen(given, environment)
    found = [(setup_places.back(path, posts, clients), way_back.steps(path)) for path in given.file]
    for _, steps in found:
        show(Plan(steps))
    count = sum(len(steps) for _, steps in found)
    if not count or not (given.yes or _agreed(f"Apply {plural(count, 'step')}?")):
        print("Nothing was changed.")
        return 1
    for post, these in setup_places.homeward(found):
        setup_run.take(these, post, clients, lambda _step: None)
    return 0


VERB = Verb("setup", "make session logging work: shows a plan, asks, applies what differs", arguments, run)
