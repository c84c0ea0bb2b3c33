"""The facts of a review: who acts, who is asked, what was done, and what somebody wants to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.flags import Flag
from bot.core.review.table import DONE, State, Verb
from bot.core.roles import Role

LONGEST, LONGEST_TICKET = 1000, 100  # characters of a note, of a ticket


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, as Slack vouches for them. `email` is compared with the session's principal; a guest may do nothing."""

    id: str
    role: Role = Role.NOBODY
    email: str = ""
    names: frozenset[str] = frozenset()  # id, @handle, user groups
    guest: bool = False
    bot: bool = False


CLOCK = Person("countersign", bot=True)


@dataclass(frozen=True, slots=True)
class Known:
    """Who the session's owner is in Slack. No id: nobody, or one of `candidates`; `how` says why we think so, `sure` how far."""

    id: str = ""
    how: str = ""
    sure: str = ""  # certain, likely, claimed
    zone: str = "UTC"
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done."""

    at: datetime
    who: str
    verb: Verb
    state: State  # after it
    turn: int = 0  # before it
    note: str = ""
    ticket: str = ""
    key: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One flagged session and its way to a signature. `card` is the key of the channel's message; `since` is when `state` began."""

    id: str
    flag: Flag
    opened: datetime
    since: datetime
    state: State = State.OPEN
    turn: int = 0
    version: int = 0
    owner: Known = Known()
    channel: str = ""
    card: str = ""
    reviewer: str = ""
    reason: str = ""
    ticket: str = ""
    answered_by: str = ""
    until: datetime | None = None  # of a snooze
    steps: tuple[Step, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing more is awaited."""
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants to do. `turn` is what their button showed, None where there was none; `key` tells two tries of an `END` apart."""

    review: str
    verb: Verb
    by: Person
    at: datetime
    turn: int | None = None
    note: str = ""
    ticket: str = ""
    until: datetime | None = None
    key: str = ""
    flag: Flag | None = None
    owner: Known | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a move: the review as it is now. `why` is the sentence of a refusal; `again` says that it had been done before."""

    review: Review
    why: str = ""
    again: bool = False

    @property
    def done(self) -> bool:
        """Whether the move changed something."""
        return not self.why and not self.again
