"""When a scheduled line fires, and which stretch of time each firing answers for.

`mon-fri 09:00 Europe/Berlin → #sec-audit: digest 24h`, or cron with named weekdays (`0 9 * * mon-fri`): a number there is Monday for some
and Sunday for others. A wall-clock time that the zone skips fires when it would have been (RFC 5545, 3.3.5: 02:30 becomes 03:30); one that
comes twice fires the first time, unless the line fires in every hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LINE = re.compile(r"(?P<when>.+?)\s*(?:→|->|=>)\s*(?P<channel>#[\w.-]{1,80}|[CGD][A-Z0-9]{7,20})\s*:\s*(?P<words>\S.*)")
ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)+|UTC|GMT")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
RIGHT = "write it like `mon-fri 09:00 Europe/Berlin → #sec-audit: digest 24h` or `0 9 * * mon-fri → #sec-audit: digest 24h`"
LONGEST_WAIT = timedelta(days=366 * 8 + 1)  # 29 February of a leap year, across a century that has none


@dataclass(frozen=True, slots=True)
class Line:
    """One scheduled question: when by whose clock, where to, and the words that are asked."""

    text: str
    channel: str
    words: str
    zone: str
    weekdays: frozenset[int]  # Monday is 0, as in datetime
    days: frozenset[int]
    months: frozenset[int]
    times: tuple[time, ...]

    @property
    def key(self) -> str:
        """A short name that stays the same while the line does."""
        return sha256(self.text.encode()).hexdigest()[:16]

    @property
    def hourly(self) -> bool:
        """Whether it fires in every hour of its days."""
        return len({at.hour for at in self.times}) == 24


@dataclass(frozen=True, slots=True)
class Window:
    """What one firing answers for: from the firing before it, so that nothing lies between two windows."""

    line: Line
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        """The idempotency key of everything that is posted for it."""
        return f"{self.line.key}/{self.until:%Y%m%dT%H%MZ}"


def line(text: str, zone: str = "UTC") -> Line:
    """A line as it is configured; `zone` is for lines that name none. Raises ValueError with what would be right."""
    found = LINE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"“{text}” is not a scheduled line; {RIGHT}")
    *when, last = found["when"].split()
    named = last if ZONE.fullmatch(last) else ""
    fields = [field.lower() for field in (when if named else [*when, last])]
    shape = _daily(fields) if len(fields) == 2 else _cron(fields, text)
    zone = _zone(named or zone)
    return Line(f"{' '.join(fields)} {zone} → {found['channel']}: {found['words']}", found["channel"], found["words"], zone, *shape)


def fires(of: Line, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every firing later than `after`, up to and with `until`, in order, UTC."""
    where, last = ZoneInfo(of.zone), after
    day = (after.astimezone(where) - timedelta(days=1)).date()
    end = until.astimezone(where).date()
    while day <= end:
        for at in _instants(of, day, where) if _due(of, day) else ():
            if last < at <= until:
                yield at
                last = at
        day += timedelta(days=1)


def following(of: Line, after: datetime) -> datetime | None:
    """The first firing later than `after`; None for a day that no calendar has."""
    return next(fires(of, after, after + LONGEST_WAIT), None)


def preceding(of: Line, before: datetime) -> datetime | None:
    """The last firing earlier than `before`."""
    for reach in (timedelta(days=2), timedelta(days=35), timedelta(days=367), LONGEST_WAIT):
        found = [at for at in fires(of, before - reach, before) if at < before]
        if found:
            return found[-1]
    return None


def windows(of: Line, watermark: datetime, now: datetime, most: int = 24) -> tuple[Window, ...]:
    """The windows that are due, oldest first. Past `most` of them, the oldest are one longer window: a long outage is not a flood."""
    due = list(fires(of, watermark, now))
    begun = [preceding(of, due[0]) or watermark, *due] if due else []
    made = [
        Window(of, min(since, watermark) if place == 0 else since, until)
        for place, (since, until) in enumerate(zip(begun, due, strict=False))
    ]
    if len(made) <= most:
        return tuple(made)
    joined = Window(of, made[0].since, made[-most].until)
    return (joined, *made[len(made) - most + 1 :])


def _instants(of: Line, day: date, where: ZoneInfo) -> list[datetime]:
    walls = [datetime.combine(day, at, where) for at in of.times]
    twice = [wall.replace(fold=1) for wall in walls] if of.hourly else []
    return sorted({wall.astimezone(UTC) for wall in (*walls, *twice)})


def _due(of: Line, day: date) -> bool:
    return day.weekday() in of.weekdays and day.day in of.days and day.month in of.months


Shape = tuple[frozenset[int], frozenset[int], frozenset[int], tuple[time, ...]]


def _daily(fields: Sequence[str]) -> Shape:
    days, clocks = fields
    found = [CLOCK.fullmatch(each) for each in clocks.split(",")]
    if not all(found):
        raise ValueError(f"“{clocks}” is not a time of day; {RIGHT}")
    times = sorted({time(int(each[1]), int(each[2])) for each in found if each})
    return _weekdays("*" if days in ("daily", "*") else days), frozenset(range(1, 32)), frozenset(range(1, 13)), tuple(times)


def _cron(fields: Sequence[str], text: str) -> Shape:
    if len(fields) != 5:
        raise ValueError(f"“{text}” does not say when; {RIGHT}")
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        raise ValueError(f"“{text}” names days of the month and weekdays, which cron joins by “or”; write two lines")
    minutes, hours = _numbers(minute, 0, 59), _numbers(hour, 0, 23)
    times = tuple(time(h, m) for h in sorted(hours) for m in sorted(minutes))
    return _weekdays(weekday), _numbers(day, 1, 31), _numbers(month, 1, 12, MONTHS), times


def _weekdays(text: str) -> frozenset[int]:
    if re.search(r"\d", text):
        raise ValueError(f"“{text}” counts weekdays, and Monday is 0 for some and 1 for others; name them: mon-fri")
    return _numbers(text, 0, 6, DAYS)


def _numbers(text: str, least: int, most: int, names: Sequence[str] = ()) -> frozenset[int]:
    """A cron field: `*`, `*/5`, `1,15`, `mon-fri`, `8-18/2`; a range may run over the end (`fri-mon`)."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        low = least if span == "*" else _number(first, least, most, names)
        high = most if span == "*" or (step and not dash) else _number(last if dash else first, least, most, names)
        if step and not (step.isdecimal() and 0 < int(step) <= most):
            raise ValueError(f"“{part}” has no step that I can count; {RIGHT}")
        whole = range(low, high + 1) if low <= high else (*range(low, most + 1), *range(least, high + 1))
        found.update(list(whole)[:: int(step or 1)])
    return frozenset(found)


def _number(text: str, least: int, most: int, names: Sequence[str]) -> int:
    if text[:3] in names and text in (text[:3], *(each for each in FULL if each[:3] == text[:3])):
        return names.index(text[:3]) + least
    if names is DAYS or not text.isdecimal() or not least <= int(text) <= most:
        right = f"one of {', '.join(names)}" if names is DAYS else f"a number from {least} to {most}"
        raise ValueError(f"“{text}” should be {right}; {RIGHT}")
    return int(text)


FULL = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"“{name}” is not a time zone; write an IANA name such as Europe/Berlin") from None
