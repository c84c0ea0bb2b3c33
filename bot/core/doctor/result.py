"""What a check says: the state, a sentence, and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from bot.core.doctor.facts import Estate, Part, Unknown
from bot.core.model import Place
from bot.core.plan import Step, command

Known = TypeVar("Known")
WORKSPACE = Place("Slack", "workspace")  # where the checks of the Slack side are made


class State(IntEnum):
    """How a check stands, the worst last."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    FAULT = 3

    @property
    def word(self) -> str:
        """`ok`, `could not check`, `warning`, `fault`."""
        return ("ok", "could not check", "warning", "fault")[self]

    @property
    def sign(self) -> str:
        """One character for a table."""
        return "✓?!✗"[self]


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do: words for a person, and the very calls where calls can do it."""

    words: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The calls as `aws` commands."""
        return tuple(map(command, self.steps))

    @property
    def told(self) -> str:
        """The whole fix as text: the words, then a command a line."""
        return "\n".join(filter(None, [self.words, *self.commands]))


NOTHING = Fix()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one thing."""

    state: State
    said: str
    fix: Fix = NOTHING
    subject: str = ""


Judge = Callable[[Estate], Iterable[Verdict]]


@dataclass(frozen=True, slots=True)
class About:
    """A check there is: its id (`preferences.idle`), its title, why it matters, and who judges it."""

    id: str
    title: str
    why: str
    judge: Judge

    @property
    def group(self) -> str:
        """The part of the estate that it looks at."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Check:
    """One check as it was made in one place."""

    about: About
    place: Place
    verdict: Verdict

    @property
    def state(self) -> State:
        """How it stands."""
        return self.verdict.state


class NotKnownError(Exception):
    """A part of the estate that could not be read."""


def known(part: Part[Known]) -> Known:
    """The part. Raises NotKnownError with the reason where it could not be read."""
    if isinstance(part, Unknown):
        raise NotKnownError(part.why)
    return part


def ok(said: str, subject: str = "") -> Verdict:
    """It holds."""
    return Verdict(State.OK, said, NOTHING, subject)


def warning(said: str, fix: Fix | str, subject: str = "") -> Verdict:
    """It should be better."""
    return Verdict(State.WARNING, said, _fix(fix), subject)


def fault(said: str, fix: Fix | str, subject: str = "") -> Verdict:
    """It is broken."""
    return Verdict(State.FAULT, said, _fix(fix), subject)


def unknown(why: str, subject: str = "") -> Verdict:
    """It could not be told."""
    return Verdict(State.UNKNOWN, why, NOTHING, subject)


def _fix(fix: Fix | str) -> Fix:
    return Fix(fix) if isinstance(fix, str) else fix


def examined(about: About, estate: Estate) -> Iterator[Check]:
    """One check on one place: a part that could not be read is `could not check`, with the reason."""
    try:
        for verdict in about.judge(estate):
            yield Check(about, estate.place, verdict)
    except NotKnownError as error:
        yield Check(about, estate.place, unknown(str(error)))
