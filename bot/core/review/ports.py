"""What reviews need to be remembered: every step is one transaction with its line in the trail and its posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.core.flags import Flag
from bot.core.review.facts import Known, Move, Outcome, Review
from bot.core.review.practice import Practice


class ReviewLedger(Protocol):
    """The reviews' part of the ledger."""

    def open_review(self, flag: Flag, channel: str, card: str, owner: Known, practice: Practice, at: datetime) -> Review:
        """The review of a flag: a new one, or the one under way with what is new. `card` is the key of its message in the channel."""
        ...

    def act(self, move: Move, practice: Practice) -> Outcome:
        """Do what the move asks for, if it may; all of it or nothing. Raises Refused where there is no such review."""
        ...

    def review(self, name: str) -> Review | None:
        """One review by its id, or the latest of a session id."""
        ...

    def reviews(self, *, pending: bool = True, since: datetime | None = None) -> Sequence[Review]:
        """Reviews that wait for somebody, or all of them; opened since a moment; the newest first."""
        ...

    def agreed(self) -> Sequence[Review]:
        """Reviews whose findings two people agreed to flag no more."""
        ...

    def story(self, review: str) -> Sequence[Mapping[str, Any]]:
        """The trail's rows of a review, with their hashes, in order."""
        ...
