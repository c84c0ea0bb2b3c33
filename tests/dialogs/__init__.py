"""Conversations: what is said and what is heard, as manual and as test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.model import Refused
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.roles import Role, User
from queries.archive import Archive, ArchiveEvidence
from queries.rulebook import load
from tests.evidence import Memory

HERE = Path(__file__).parent
ANA = User("U0ANAFERR1", "ana.ferreira", "Europe/Lisbon", "ana.ferreira@example.com")
BEN = User("U0BENOKAF1", "ben.okafor", "Europe/London", "ben.okafor@example.com")


def files() -> list[Path]:
    """Every conversation."""
    return sorted(HERE.glob("*.md"))


def said(page: str) -> Iterator[tuple[str, str]]:
    """Each line that is said with what is heard after it."""
    for part in page.split("\n> ")[1:]:
        line, _, rest = part.partition("\n")
        heard = [text for text in rest.split("\n\n")[0].split("\n") if text]
        yield line, "\n".join(heard)


def answered(page: str, answer: Callable[[str], str]) -> str:
    """The page with what is heard written anew."""
    for line, heard in said(page):
        page = page.replace(f"> {line}\n{heard}" if heard else f"> {line}", f"> {line}\n{answer(line)}", 1)
    return page


def office(archive: Archive, now: datetime) -> Callable[[str], str]:
    """What Ana hears when she says a line, on an archive at a time."""
    desk, policy = Desk(discover(commands)), Policy(rules=load())

    def answer(line: str) -> str:
        ask = Ask(ANA, line.removeprefix("/ssm").strip(), now, Role.VIEWER, policy, "C0SSMAUDT1", "slash", {}, {ANA.id: ANA, BEN.id: BEN})
        try:
            return desk.answer(ask, lambda explain: ArchiveEvidence(archive, explain=explain, now=now), Memory()).text
        except Refused as refused:
            return str(refused)

    return answer
