"""`countersign setup`: session logging (and the trail's table) as wanted. It shows a plan, asks, applies what differs, and checks again."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.core.model import Refused
from bot.core.plan import Plan, Step, command, diff, same
from bot.core.text import plural, visible
from bot.roof import house, setup_logging, setup_trail, way_back
from bot.roof.cli import Environment, Verb
from bot.roof.fleet import scoped
from queries.apply import apply
from queries.clients import Clients
from queries.estate.setup import placed
from queries.scopes import Post

NOTHING = "Nothing to do: everything is as wanted."
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


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
    back.add_argument("file", type=Path, help="the way back that the run wrote")
    _where(back)
    back.set_defaults(act=_back)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scope", default="", help="a scope of countersign.toml, where there are several")
    parser.add_argument("--region", default="", help="default: the scope's first")
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
        help="where to write what undoes this; default: a file here, named by the time",
    )


def run(given: argparse.Namespace, environment: Environment) -> int:
    """0: as wanted now. 1: not applied. Errors are 2."""
    return int(given.act(given, environment))


Prepare = Callable[[argparse.Namespace, Clients, Post], setup_logging.Prepared]


def _run(given: argparse.Namespace, environment: Environment, prepare: Prepare) -> int:
    clients, post = Clients(), _post(given, environment)
    post = post if given.emit and post.account else placed(clients, post)
    ready = prepare(given, clients, post)
    if given.emit:
        print(ready.emit(given.emit))
        return 0
    plan = ready.plan()
    show(plan)
    if not plan.steps:
        return _checked(ready)
    if given.dry_run or not (given.yes or _agreed(len(plan.steps))):
        print("Nothing was changed.")
        return 1
    if not same(plan.steps, ready.plan().steps):
        raise Refused("AWS changed while you read the plan, so it was not applied. Run the same again.")
    path = given.way_back or Path(f"countersign-way-back-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl")
    apply(
        plan.steps,
        lambda service, region: clients.client(post.scope, service, region or post.region),
        lambda step: _taking(path, step),
        post.place,
    )
    print(f"Done. `countersign setup back {path}` undoes it." if path.exists() else "Done.")
    return _checked(ready)


def _taking(path: Path, step: Step) -> None:
    way_back.keep(path, step)
    print(f"→ {step.about}", flush=True)


def _checked(ready: setup_logging.Prepared) -> int:
    """Read everything again: what is still not as wanted is said, and is an error."""
    left = ready.plan().steps
    print(f"Checked: {plural(len(left), 'step')} still to take: {left[0].about}." if left else "Checked: everything is as wanted.")
    return 1 if left else 0


def show(plan: Plan) -> None:
    """The plan as a person reads it: each step, and what it changes."""
    print(f"{plural(len(plan.steps), 'step')}:" if plan.steps else NOTHING)
    for number, step in enumerate(plan.steps, 1):
        print(f"\n{number}. {visible(step.about)}")
        print("\n".join(f"   {visible(line)}" for line in diff(step).splitlines()))
    for note in plan.notes:
        print(f"\nNote: {note}")
    if plan.steps:
        print(f"\nAs commands:\n{chr(10).join(command(step) for step in plan.steps)}\n")


def _agreed(steps: int) -> bool:
    """A yes typed by a person; no terminal, no yes."""
    if not sys.stdin.isatty():
        raise Refused("There is no terminal to say yes at. `--yes` applies without asking, `--dry-run` only shows.")
    return input(f"Apply {plural(steps, 'step')}? [y/N] ").strip().lower() in ("y", "yes")


def _back(given: argparse.Namespace, environment: Environment) -> int:
    steps = way_back.steps(given.file)
    show(Plan(steps))
    if not steps or not (given.yes or _agreed(len(steps))):
        print("Nothing was changed.")
        return 1
    clients, post = Clients(), _post(given, environment)
    apply(
        steps,
        lambda service, region: clients.client(post.scope, service, region or post.region),
        lambda step: print(f"→ {step.about}"),
        post.place,
    )
    return 0


def _post(given: argparse.Namespace, environment: Environment) -> Post:
    """The scope and Region that are meant. Raises Refused where that is not clear."""
    scopes = scoped(house.settings(environment))
    named = [scope for scope in scopes if given.scope in ("", scope.name)]
    if len(named) != 1:
        raise Refused(f"Name one scope with --scope: {', '.join(scope.name for scope in scopes)}.")
    region = given.region or named[0].regions[0]
    if not REGION.fullmatch(region):
        raise Refused(f"“{region}” is no AWS Region. For example `--region eu-west-1`.")
    return Post(named[0], region)


VERB = Verb("setup", "make session logging work: shows a plan, asks, applies what differs", arguments, run)
