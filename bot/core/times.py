"""Time for people: spans as they are typed, moments in the asker's zone with UTC beside, lengths in words.

A span is half-open and whole minutes long, so the same question within a minute has the same text and Athena may
reuse its result.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.model import Refused, Span

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LENGTH = re.compile(r"(?P<count>\d{1,6})\s*(?P<unit>[a-z]+)", re.IGNORECASE)
WORDS_FOR_UNITS = {
    word: unit
    for unit, words in {
        "m": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "w": "w week weeks",
    }.items()
    for word in words.split()
}
EXAMPLES = "`90m`, `24h`, `7d`, `2w`, `today`, `yesterday` or `2026-11-01..2026-11-08`"
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$")
LOOKS = re.compile(r"\d+\s*[a-z]+$|today$|yesterday$|\d{4}-\d{1,2}(-\d{1,2})?|.*\.\.", re.IGNORECASE)


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC where it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def looks_like_span(word: str) -> bool:
    """Whether someone who typed this meant a stretch of time."""
    return bool(LOOKS.match(word)) and not re.match(r"\d{12}$|\d+\.\d+\.\d+", word)


def readable(word: str) -> bool:
    """Whether a word is surely a span, not an id that happens to begin like one."""
    match = LENGTH.fullmatch(word)
    return (
        (match is not None and match["unit"].lower() in WORDS_FOR_UNITS)
        or word.lower() in {"today", "yesterday"}
        or ".." in word
        or bool(DAY.match(word))
    )


def span(word: str, now: datetime, zone_name: str = "UTC", longest: timedelta = timedelta(days=366)) -> Span:
    """The span that a word names, in that zone. Raises Refused with what would be right."""
    found = _relative(word, now) or _named(word, now, zone(zone_name)) or _range(word, zone(zone_name))
    if found is None:
        raise Refused(f"I can't read “{word}” as a stretch of time. Try {EXAMPLES}.")
    since, until = _whole_minutes(*found)
    if found[0] >= found[1]:
        raise Refused(f"“{word}” ends before it begins. Write the earlier day first, as in `2026-11-01..2026-11-08`.")
    if since >= now:
        raise Refused(f"“{word}” lies in the future; nothing can have happened yet.")
    if until - since > longest + timedelta(minutes=2):
        raise Refused(f"“{word}” is {(until - since).days} days long; I look at {longest.days} at most in one question. Split it.")
    return Span(since, min(until, _ceil(now)), word, zone_name)


def _relative(word: str, now: datetime) -> tuple[datetime, datetime] | None:
    match = LENGTH.fullmatch(word)
    unit = WORDS_FOR_UNITS.get(match["unit"].lower()) if match else None
    if match is None or unit is None:
        return None
    try:
        return now - timedelta(**{UNITS[unit]: int(match["count"])}), now
    except OverflowError:
        raise Refused(f"“{word}” reaches back before history. Try {EXAMPLES}.") from None


def _named(word: str, now: datetime, where: ZoneInfo) -> tuple[datetime, datetime] | None:
    back = {"today": 0, "yesterday": 1}.get(word.lower())
    if back is None:
        return None
    day = now.astimezone(where).date() - timedelta(days=back)
    return _midnight(day, where), now if back == 0 else _midnight(day + timedelta(days=1), where)


def _range(word: str, where: ZoneInfo) -> tuple[datetime, datetime] | None:
    first, dots, last = word.partition("..")
    if not DAY.match(first) or not (DAY.match(last) if dots else True):
        return None
    try:
        return _moment(first, where, end=False), _moment(last if dots else first, where, end=True)
    except (ValueError, OverflowError):
        raise Refused(f"“{word}” is not a date in the calendar. Try {EXAMPLES}.") from None


def _moment(word: str, where: ZoneInfo, *, end: bool) -> datetime:
    day, _, clock = word.replace("T", " ").partition(" ")
    year, month, number = (int(part) for part in day.split("-"))
    if not clock:
        return _midnight(date(year, month, number) + timedelta(days=int(end)), where)
    clock = clock if clock[1] != ":" else "0" + clock
    moment = datetime.fromisoformat(f"{year:04}-{month:02}-{number:02}T{clock}")
    return moment if moment.tzinfo else moment.replace(tzinfo=where)


def _midnight(day: date, where: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), where)


def _whole_minutes(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    return since.astimezone(UTC).replace(second=0, microsecond=0), _ceil(until)


def _ceil(moment: datetime) -> datetime:
    whole = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def moment(at: datetime | None, zone_name: str = "UTC") -> str:
    """`Mon 23 Nov 22:14 CET (21:14 UTC)`; the UTC day too where it differs. For plain text."""
    if at is None:
        return "unknown"
    local, utc = at.astimezone(zone(zone_name)), at.astimezone(UTC)
    if local.utcoffset() == timedelta(0):
        return f"{utc:%a %-d %b %H:%M} UTC"
    beside = f"{utc:%H:%M} UTC" if local.date() == utc.date() else f"{utc:%a %H:%M} UTC"
    return f"{local:%a %-d %b %H:%M %Z} ({beside})"


def slack_moment(at: datetime | None) -> str:
    """The moment as Slack shows it in each reader's own zone, with UTC as the fallback."""
    if at is None:
        return "unknown"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def length(of: timedelta) -> str:
    """`45 s`, `12 min`, `2 h 10 min`, `3 days`."""
    seconds = max(int(of.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86400:
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = seconds // 86400
    return "1 day" if days == 1 else f"{days} days"


def described(of: Span) -> str:
    """The span in plain words: `in the last 7d (since Mon 16 Nov 22:14 UTC)`, `today (…)`, `from … to …`."""
    if LENGTH.fullmatch(of.words):
        return f"in the last {of.words} (since {moment(of.since, of.zone)})"
    if of.words in {"today", "yesterday"}:
        return f"{of.words} (since {moment(of.since, of.zone)})"
    return f"from {moment(of.since, of.zone)} to {moment(of.until, of.zone)}"
