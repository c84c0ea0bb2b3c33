"""What the watch needs of others: rows that it keeps, and eyes that look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.core.flags import Flag
from bot.core.model import Span
from bot.core.parts import Among, Held
from bot.core.posts import Post
from bot.core.watch import Look


class Rows(Protocol):
    """What the watch keeps."""

    def watermark(self, name: str) -> datetime | None:
        """Up to when it has looked."""
        ...

    def advance(self, name: str, until: datetime) -> None:
        """Move the watermark."""
        ...

    def held(self) -> tuple[Held, ...]:
        """The parts that could not be read."""
        ...

    def hold_part(self, held: Held) -> None:
        """Keep such a part, or what is new of it."""
        ...

    def release_part(self, part: str) -> None:
        """It is read again."""
        ...

    def flag(self, name: str) -> Flag | None:
        """What is known of a flag."""
        ...

    def open_flags(self, now: datetime) -> tuple[Flag, ...]:
        """Flags whose end is not known."""
        ...

    def raise_flag(self, flag: Flag, shown: Sequence[Post], at: datetime) -> None:
        """Store a flag with its posts."""
        ...

    def new_since(self, queue: str, at: datetime) -> int:
        """How many posts a queue was given."""
        ...

    def post(self, key: str) -> Post | None:
        """A post."""
        ...

    def hold(self, post: Post, at: datetime) -> None:
        """A post that stands alone."""
        ...

    def counted_before(self, name: str, ids: Iterable[str]) -> frozenset[str]:
        """Logs that were read."""
        ...

    def count(self, name: str, ids: Iterable[str], at: datetime) -> None:
        """Remember logs as read."""
        ...

    def beat(self, name: str, at: datetime, detail: Mapping[str, object]) -> None:
        """What was last done."""
        ...

    def beats(self) -> Mapping[str, tuple[datetime, Mapping[str, Any]]]:
        """What was last done, by name."""
        ...


Unread = Callable[[Iterable[str]], frozenset[str]]


class Eyes(Protocol):
    """What looks: `unread` says which logs no look has read, `among` which parts of the fleet are asked."""

    def __call__(
        self, now: datetime, span: Span, trail: Span, known: tuple[Flag, ...], unread: Unread, among: Among, *, wide: bool
    ) -> Look:
        """What was logged in the span, and what CloudTrail and Session Manager know of a stretch that may reach back further."""
        ...
