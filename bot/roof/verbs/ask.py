"""`countersign ask`: any `/ssm` question from the terminal."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.core.model import Source
from bot.core.ports import Evidence
from bot.core.reply import Message
from bot.core.roles import Role, User
from bot.core.terminal import shown
from bot.roof import evidence, house, roles
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `ask`."""
    parser.add_argument("words", nargs="+", help='what you would type after /ssm, e.g. "audit 7d --denied"')
    parser.add_argument(
        "--as", dest="user", default="", metavar="USER", help="whose role to ask with: a user id, @handle or group; default: an admin"
    )
    parser.add_argument("--zone", default="", help="the time zone to read and show times in (IANA name)")
    parser.add_argument("--json", action="store_true", help="one object: text, blocks, data, sources")
    parser.add_argument("--explain", action="store_true", help="print the queries without asking them")
    parser.add_argument("--archive", default="", metavar="PATH", help="answer from this archive instead of AWS")
    parser.add_argument("--now", type=datetime.fromisoformat, help=argparse.SUPPRESS)


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Asks, prints, and gives 0; 3 where a part could not be read."""
    of = settings(given, environment)
    evidence.say(of)
    asked: list[Evidence] = []
    opener = evidence.opener(of)

    def kept(now: datetime, explain: bool) -> Evidence:
        asked.append(opener(now, explain))
        return asked[-1]

    home = house.opened(of, evidence=kept, clock=(lambda: given.now) if given.now else house.now)
    try:
        words = " ".join(given.words) + (" --explain" if given.explain else "")
        message = home.office.ask(_user(given, of), _role(given, of), words, "cli")
    finally:
        home.close()
    sources = tuple(source for one in asked for source in one.asked)
    print(as_json(message, sources) if given.json else shown(message, _user(given, of).zone))
    return 3 if any(source.unread for source in sources) else 0


def settings(given: argparse.Namespace, environment: Environment) -> Settings:
    """The settings of the environment, with what the command line says instead."""
    of = house.settings(environment)
    return replace(of, archive=str(Path(given.archive))) if given.archive else of


def _user(given: argparse.Namespace, of: Settings) -> User:
    return User(given.user.lstrip("@") or "terminal", given.user or "terminal", given.zone or of.zone)


def _role(given: argparse.Namespace, of: Settings) -> Role:
    return roles.role(of, {given.user, given.user.lstrip("@")}) if given.user else Role.ADMIN


def as_json(message: Message, sources: tuple[Source, ...]) -> str:
    """What Slack would get, the rows, and every question that was asked."""
    whole = {"text": message.text, "blocks": message.blocks, "data": message.data, "sources": [asdict(source) for source in sources]}
    return json.dumps(whole, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever json cannot write
    return value.isoformat() if isinstance(value, datetime) else str(value)


VERB = Verb("ask", "ask any /ssm question from the terminal", arguments, run)
