"""The scheduler: a line that fires is an Ask that the bot makes to itself, and its answer goes to the outbox.

Strategy: what is due is read from watermarks, never from memory, so a restart, an outage or a jump of the clock changes nothing but the hour.
APScheduler wakes the clock at each firing and now and then between; a window is answered, stored whole, and only then posted. With a lease
one of several replicas leads; without one there is one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.core import posts
from bot.core.model import Refused, Unavailable
from bot.core.posts import Post
from bot.core.reply import Message
from bot.core.schedule import Line, Window, following, preceding, windows

log = structlog.get_logger("clock")
LATE = timedelta(minutes=10)  # after its time a window says that it is late
TICK = 5.0  # seconds between looks at what waits
LEASE = 30.0  # seconds that a leader leads without renewing; a call to Slack ends before
PATIENCE = timedelta(hours=1)  # how long a window waits for evidence that did not answer at all
RETRY = timedelta(minutes=2)


class Rows(Protocol):
    """What the clock keeps."""

    def watermark(self, name: str) -> datetime | None:
        """Up to when a line is posted."""
        ...

    def advance(self, name: str, until: datetime) -> None:
        """Move a watermark."""
        ...

    def open_window(self, line: str) -> str:
        """The window of a line that is being posted."""
        ...

    def order(self, window: str, line: str, until: datetime, these: Sequence[Post], counted: Sequence[str], at: datetime) -> bool:
        """Store a window's posts."""
        ...

    def wanted(self) -> tuple[str, ...]:
        """The lines that somebody wants now."""
        ...

    def given(self, name: str) -> None:
        """A wanted line is ordered."""
        ...

    def lead(self, name: str, owner: str, seconds: float) -> bool:
        """Take or keep the lease."""
        ...

    def release(self, name: str, owner: str) -> None:
        """Give it back."""
        ...

    def beat(self, name: str, at: datetime, detail: Mapping[str, object]) -> None:
        """What was last done."""
        ...


class Flusher(Protocol):
    """The outbox."""

    def flush(self) -> int:
        """Deliver what waits."""
        ...


Answer = Callable[[Window, datetime, bool], Message]  # given: the window, now, and whether unread evidence must do


@dataclass(frozen=True, slots=True)
class Lease:
    """Which lease this process leads by; an empty name is no lease."""

    name: str = ""
    owner: str = ""
    seconds: float = LEASE


@dataclass(slots=True)
class Clock:
    """Answers what is due and has it posted. `told` hears what a person should know."""

    lines: tuple[Line, ...]
    rows: Rows
    outbox: Flusher
    answer: Answer
    now: Callable[[], datetime]
    lease: Lease = field(default_factory=Lease)
    told: Callable[[str, str], None] = lambda about, why: None
    _after: dict[str, datetime] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)
    leading: bool = False
    halt: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Do all that is due: windows in their order, then what waits in the outbox."""
        with self._one:
            if not self.leads():
                return
            for key in self.rows.wanted():
                self._at_once(key)
            while not self.halt.is_set() and sum(self._next(line) for line in self.lines):
                self.outbox.flush()
                if not self.leads():
                    return
            self.outbox.flush()
            self.rows.beat("clock", self.now(), {"lines": len(self.lines), "owner": self.lease.owner})

    def renew(self) -> None:
        """Keep the lease while a long answer is made."""
        if self.leading:
            self.leads()

    def leads(self) -> bool:
        """Whether this process leads; it takes the lease where nobody holds it."""
        led = self.leading
        self.leading = not self.lease.name or self.rows.lead(self.lease.name, self.lease.owner, self.lease.seconds)
        if self.leading != led:
            log.info("leading" if self.leading else "another leads", owner=self.lease.owner)
        return self.leading

    def _next(self, line: Line) -> bool:
        """Order the oldest due window of a line; False where there is none, or it must wait."""
        now = self.now()
        if self._after.get(line.key, now) > now or self.rows.open_window(line.key):
            return False
        watermark = self.rows.watermark(line.key)
        if watermark is None:
            self.rows.advance(line.key, now)  # a new line begins now: nothing was missed before it was there
            return False
        due = windows(line, watermark, now)
        return bool(due) and self._ordered(due[0], now)

    def _ordered(self, window: Window, now: datetime) -> bool:
        line = window.line
        message = self._answered(window, now)
        if message is None:
            self._after[line.key] = now + RETRY
            return False
        these = posts.posts(window.key, line.key, line.channel, message)
        return self.rows.order(window.key, line.key, window.until, these, message.counted, now)

    def _at_once(self, key: str) -> None:
        """A line that somebody wants now: a window of its own, which moves no watermark."""
        now = self.now()
        for line in self.lines:
            if line.key == key:
                window = Window(line, self.rows.watermark(key) or preceding(line, now) or now, now)
                if (message := self._answered(window, now)) is None:
                    return
                name = f"{key}/now/{now:%Y%m%dT%H%M%SZ}"
                self.rows.order(name, f"{key}/now", now, posts.posts(name, key, line.channel, message), (), now)
        self.rows.given(key)

    def _answered(self, window: Window, now: datetime) -> Message | None:
        """The answer; a sentence in its place where there can be none; None where it is worth waiting."""
        waited = now - window.until > PATIENCE
        try:
            return self.answer(window, now, waited)
        except Refused as refused:
            return _instead(window, str(refused))
        except Unavailable as error:
            log.warning("window waits", window=window.key, why=str(error))
            self.told(window.line.text, str(error))
            return _instead(window, str(error)) if waited else None
        except Exception as error:  # one line's poison must not stop the others
            log.exception("window failed", window=window.key)
            self.told(window.line.text, f"{type(error).__name__}")
            return _instead(window, f"an error of mine ({type(error).__name__}); the log has it")


def _instead(window: Window, why: str) -> Message:
    """A window is never silent: where it has no answer it says why."""
    said = f"I could not answer “{window.line.words}” for {window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC: {why}"
    return Message(said, ({"type": "section", "text": {"type": "plain_text", "text": said[:3000]}},), public=True)


class Fires(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """A line as APScheduler's trigger."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """The first firing after now."""
        return following(self.line, max(now, previous) if previous else now)


@dataclass(frozen=True, slots=True)
class Job:
    """Something else that runs now and then, where this process leads."""

    name: str
    seconds: float
    run: Callable[[], None]


class Running:
    """A clock that runs on threads of its own."""

    def __init__(self, clock: Clock, jobs: Sequence[Job] = (), tick: float = TICK) -> None:
        self.clock = clock
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        for line in clock.lines:
            self._add(clock.beat, f"line {line.key}", trigger=Fires(line))
        self._add(clock.beat, "beat", trigger="interval", seconds=tick, next_run_time=datetime.now(UTC))
        if clock.lease.name:
            self._add(clock.renew, "lease", trigger="interval", seconds=clock.lease.seconds / 3)
        for job in jobs:
            self._add(self._led(job), job.name, trigger="interval", seconds=job.seconds, next_run_time=datetime.now(UTC))

    def start(self) -> Running:
        """Begin."""
        self._scheduler.start()
        return self

    def stop(self) -> None:
        """Finish the post under way and give the lease back."""
        self.clock.halt.set()
        self._scheduler.shutdown(wait=True)
        if self.clock.lease.name and self.clock.leading:
            self.clock.rows.release(self.clock.lease.name, self.clock.lease.owner)

    def _led(self, job: Job) -> Callable[[], None]:
        return lambda: job.run() if self.clock.leads() else None

    def _add(self, work: Callable[[], None], name: str, **trigger: Any) -> None:  # noqa: ANN401 - APScheduler's own words
        self._scheduler.add_job(_guarded(work, name), id=name, name=name, **trigger)


def _guarded(work: Callable[[], None], name: str) -> Callable[[], None]:
    """The work, with its errors in the log: the next time comes whatever happened this time."""

    def run() -> None:
        try:
            work()
        except Exception:  # as above
            log.exception("job failed", job=name)

    return run
