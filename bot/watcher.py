"""The watch at work: looks every few minutes, turns what it sees into flags, and keeps each flag's message up to date.

Strategy: a look that saw everything moves the watermark, after its flags are stored; one that did not is repeated over a longer stretch. What looks
cost is bounded by an hourly budget, what they say by an hourly number of new flags; both say so when they are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.core import flags, watch
from bot.core.flags import Flag, Route
from bot.core.model import Span
from bot.core.posts import Post, said
from bot.core.reply import Message
from bot.core.text import escape, plural
from bot.core.watch import Look

log = structlog.get_logger("watch")
PATIENCE = timedelta(hours=1)  # how long one unread part holds the watermark
NOTICES = "notices"


class Rows(Protocol):
    """What the watch keeps."""

    def watermark(self, name: str) -> datetime | None:
        """Up to when it has looked."""
        ...

    def advance(self, name: str, until: datetime) -> None:
        """Move the watermark."""
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


class Eyes(Protocol):
    """What looks: `unread` says which logs no look has read."""

    def __call__(
        self, now: datetime, span: Span, known: tuple[Flag, ...], unread: Callable[[Iterable[str]], frozenset[str]], *, wide: bool
    ) -> Look:
        """Everything of the span."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, for how much in an hour (US dollars), and how many new flags an hour and channel."""

    every: timedelta = timedelta(minutes=3)
    dollars: float = 0.5
    flags: int = 30


@dataclass(slots=True)
class Watcher:
    """Looks and flags. `glance` costs nothing and sees less; `told` hears what is wrong."""

    routes: tuple[Route, ...]
    rows: Rows
    look: Eyes
    glance: Callable[[datetime, tuple[Flag, ...]], Look]
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    told: Callable[[str, str], None] = lambda about, why: None

    def once(self) -> None:
        """One look, whatever comes of it: an error is told when the watch falls behind."""
        now = self.now()
        mark = self.rows.watermark(watch.NAME)
        if mark is None:
            self.rows.advance(watch.NAME, mark := now)
        if late := watch.behind(mark, now, self.limits.every):
            self.told("the watch", late)
        spent, wide = self._hour(now)
        known = self.rows.open_flags(now)
        if spent >= self.limits.dollars:
            self.told(
                "the watch",
                f"Its budget of ${self.limits.dollars:.2f} an hour is spent; until {_next_hour(now):%H:%M} UTC it sees open sessions only.",
            )
            self._raised(self.glance(now, known), now)
            return
        read: list[str] = []
        seen = self.look(now, watch.span(mark, now, wide=wide), known, self._unread(read), wide=wide)
        self._raised(seen, now)
        for trouble in seen.troubles:
            self.told("the watch", trouble)
        if seen.whole or now - mark > PATIENCE:
            self.rows.count(watch.NAME, read, now)
            self.rows.advance(watch.NAME, now)
        if not seen.whole and now - mark > PATIENCE:
            self.told("the watch", "A part of the fleet has not answered for an hour; I go on without it. `/ssm status` names it.")
        detail = {
            "hour": _hour(now),
            "spent": spent + seen.spent,
            "wide": _hour(now),
            "sessions": seen.sessions,
            "events": seen.events,
            "flags": len(seen.flags),
        }
        self.rows.beat(watch.NAME, now, detail)

    def _hour(self, now: datetime) -> tuple[float, bool]:
        """What this hour has cost so far, and whether its wide look is still to come."""
        _, last = self.rows.beats().get(watch.NAME, (now, {}))
        same = last.get("hour") == _hour(now)
        return (float(last.get("spent", 0.0)) if same else 0.0), not same

    def _unread(self, read: list[str]) -> Callable[[Iterable[str]], frozenset[str]]:
        def unread(names: Iterable[str]) -> frozenset[str]:
            wanted = frozenset(names)
            fresh = wanted - self.rows.counted_before(watch.NAME, wanted)
            read.extend(fresh)
            return fresh

        return unread

    def _raised(self, seen: Look, now: datetime) -> None:
        for new in seen.flags:
            try:
                self._raise(new, now)
            except Exception:  # a flag that cannot be stored must not hide the others
                log.exception("flag not raised", flag=new.id[:80])

    def _raise(self, new: Flag, now: datetime) -> None:
        old = self.rows.flag(new.id)
        flag = flags.joined(old, new) if old else new
        channels = sorted({route.channel for route in self.routes if route.takes(flag)})
        if flag == old or not (old or channels):
            return
        self.rows.raise_flag(flag, [self._post(flag, channel, now) for channel in channels], now)

    def _post(self, flag: Flag, channel: str, now: datetime) -> Post:
        key, queue = f"flag/{channel}/{flag.id}"[:200], f"flags {channel}"
        message = Message(flags.flag_text(flag), flags.flag_blocks(flag))
        post = Post(key, queue, channel, "text", said(message), window=f"flag {flag.id}"[:200])
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self.rows.post(key) or self.rows.new_since(queue, hour) < self.limits.flags:
            return post
        self._notice(channel, now)
        return replace(post, after=_next_hour(now))

    def _notice(self, channel: str, now: datetime) -> None:
        said_ = (
            f"{plural(self.limits.flags, 'flag')} have come in this hour, which is all that I post in one. Further ones wait until"
            f" {_next_hour(now):%H:%M} UTC, and none is lost; `/ssm risky 1h` and `/ssm ports 1h` show them now."
        )
        self.rows.hold(
            Post(f"{NOTICES}/{channel}/{_hour(now)}", f"{NOTICES} {channel}", channel, "text", said(Message(escape(said_)))), now
        )


def _hour(now: datetime) -> str:
    return f"{now:%Y%m%dT%H}"


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
