"""The words of the rulebook: a compiled rule, one that does not apply, a malformed one, and how levels and tags read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.model import Level

if TYPE_CHECKING:
    from bot.core.rules.records import Record

Test = Callable[["Record"], bool]
Literals = frozenset[str]
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one rule file and the name by which a person finds it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One compiled Sigma rule.

    `kind` says what it judges: command, script, event, correlation (of events) or sequence (of typed commands). `platform` is linux, windows or "" (both).
    `literals` are lower-case texts of which at least one stands in every text that it can fire on; empty if none is known.
    """

    id: str
    name: str
    title: str
    level: Level
    kind: str
    platform: str
    test: Test
    literals: Literals = frozenset()
    description: str = ""
    techniques: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    status: str = ""
    author: str = ""
    falsepositives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    fires_on: tuple[object, ...] = ()
    silent_on: tuple[object, ...] = ()
    where: str = ""  # file:line
    emits: bool = True  # a rule that only feeds correlations stays silent itself


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A rule that needs what a session cannot give, and what that is."""

    title: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a rule, and where."""

    where: str  # file:line
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Malformed(ValueError):
    """Rules that can't be read: every fault of every file, one a line, as `file:line: what`."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as Sigma wrote it, before it is known to apply: its own words, kept for the rule that comes of it."""

    rule: object
    document: Mapping[str, object]
    where: str
    text: str = field(default="", repr=False)


def techniques(tags: tuple[str, ...]) -> tuple[str, ...]:
    """ATT&CK technique ids among Sigma tags, as MITRE writes them (`T1059.001`)."""
    return tuple(match[1].upper() for match in map(_TECHNIQUE.match, tags) if match)
