"""How a team reviews: who is on call, by whose clock, and whether the bot may end a session for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model import Session
from bot.core.review.facts import Known


@dataclass(frozen=True, slots=True)
class Ended:
    """What is known after TerminateSession, which answers success for anything: the state that DescribeSessions then showed."""

    state: str = ""  # Terminated, Terminating, Connected, …; empty where Session Manager does not know the session
    why: str = ""  # a sentence where it could not be ended, or not be verified
    others: tuple[Session, ...] = ()  # the person's other live sessions

    @property
    def ended(self) -> bool:
        """Whether it has been seen ended."""
        return self.state in ("Terminated", "Failed")


def unknown(_owner: str) -> Known:
    """Where nobody is known."""
    return Known("", "no way to know", "")


@dataclass(frozen=True, slots=True)
class Practice:
    """`on_call` are user ids, @handles and user group ids; `zone` is the reviewers'; `end` is None unless a role for it is configured."""

    on_call: frozenset[str] = frozenset()
    zone: str = "UTC"
    channel: str = ""  # where reviews go that no flag's route names
    known: Callable[[str], Known] = unknown
    end: Callable[[Session], Ended] | None = None
