"""`countersign digest`: a digest on the terminal, with its picture and rows as files."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from bot.core.roles import Role, User
from bot.core.terminal import shown
from bot.roof import evidence, house
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `digest`."""
    parser.add_argument("words", nargs="*", default=["24h"], help="what stands after `digest` in a scheduled line, e.g. 24h high")
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="write its picture and its CSV there")
    parser.add_argument("--archive", default="", metavar="PATH", help="answer from this archive instead of AWS")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Prints the message as a channel would get it, then its thread."""
    of = house.settings(environment)
    of = replace(of, archive=given.archive) if given.archive else of
    evidence.say(of)
    home = house.opened(of)
    try:
        message = home.office.ask(User("clock", "schedule", of.zone), Role.VIEWER, f"digest {' '.join(given.words)}", "clock")
    finally:
        home.close()
    for each in (message, *message.thread):
        print(shown(each, of.zone))
    for file in (*message.files, *([message.image] if message.image else [])) if given.files else ():
        given.files.mkdir(parents=True, exist_ok=True)
        (given.files / file.name).write_bytes(file.body)
    return 0


VERB = Verb("digest", "print a digest as a channel would get it", arguments, run)
