"""`countersign export`: the evidence of one session and its review, as a zip."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from bot.core.ask import Ask
from bot.core.roles import Role, User
from bot.core.text import size
from bot.roof import house
from bot.roof.cli import Environment, Verb
from commands.export import bundled


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`."""
    parser.add_argument("id", help="a review's id or a session's")
    parser.add_argument("--to", type=Path, default=None, metavar="FILE", help="where to write the zip; default: its own name, here")
    parser.add_argument("--archive", default="", metavar="PATH", help="answer from this archive instead of AWS")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Writes the zip; 3 where a part could not be read."""
    of = house.settings(environment)
    home = house.opened(replace(of, archive=given.archive) if given.archive else of)
    try:
        office, now = home.office, home.office.clock()
        ask = Ask(User("terminal", "terminal", of.zone), f"export {given.id}", now, Role.ADMIN, office.policy)
        evidence = office.evidence(now, False)
        home.store.note(now, "terminal", "ask", {"words": ask.words, "via": "cli"})
        file = bundled(ask, evidence, home.store)
    finally:
        home.close()
    path = given.to or Path(file.name)
    path.write_bytes(file.body)
    unread = [part for source in evidence.asked for part in source.unread]
    for part in unread:
        print(f"Not read: {part.place}: {part.why}", file=sys.stderr)
    print(f"{path}: {size(len(file.body))}")
    return 3 if unread else 0


VERB = Verb("export", "write the evidence of one session and its review to a zip", arguments, run)
