"""`countersign trail`: the bot's own audit trail, checked row by row."""

from __future__ import annotations

import argparse
import re

from bot.core.model import Refused
from bot.roof import house
from bot.roof.cli import Environment, Verb
from bot.store.ledger import Store

HEAD = re.compile(r"(\d{1,12}):([0-9a-f]{64})")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `trail`."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="find any edit, gap or reorder; exit code 1 where there is one")
    verify.add_argument("--head", default="", metavar="N:HASH", help="a head noted earlier, elsewhere: shows a cut-off end too")
    acts.add_parser("head", help="print the last row's number and hash, to be noted where the database's owner cannot reach")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """0 if the trail holds, 1 if it does not."""
    of = house.settings(environment)
    store = Store(of.store, of.keep_answers)
    try:
        if given.act == "head":
            number, last = store.head()
            print(f"{number}:{last}")
            return 0
        found = store.verify(_head(given.head))
    finally:
        store.close()
    if found.broken:
        print(f"The trail is broken at row {found.broken}: {found.why}. The {found.rows} rows before it hold.")
        return 1
    print(f"The trail holds: {found.rows} rows, each with the hash of the one before.")
    return 0


def _head(text: str) -> tuple[int, str] | None:
    match = HEAD.fullmatch(text)
    if text and match is None:
        raise Refused("A head is a row's number and its hash, as `countersign trail head` prints it: 42:9f86d0…")
    return (int(match[1]), match[2]) if match else None


VERB = Verb("trail", "check the bot's own audit trail", arguments, run)
