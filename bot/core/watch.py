"""The watch: which stretch of time each look covers, what is wrong with the sources themselves, and what the bot's own ground is.

A look reaches back behind the last one, because CloudTrail delivers late; once an hour it reaches back further, once a day furthest. What is found
twice is one flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core import text, times
from bot.core.coverage import Coverage, Covered
from bot.core.flags import Flag
from bot.core.model import Event, Session, Span
from bot.core.parts import Reach

OVERLAP = timedelta(minutes=30)  # CloudTrail: about 5 minutes on average, not guaranteed
WIDE = timedelta(hours=6)  # the look of every hour
DEEP = timedelta(days=3)  # the look of every day, at CloudTrail only: it has delivered a day late (its addendum says DELIVERY_DELAY)
STRIDE = timedelta(hours=24)  # the most that one look goes on; after an outage several looks catch up
SHORTEST = timedelta(minutes=10)  # a stride that is halved no more
OLDEST = timedelta(days=30)  # what Session Manager remembers
DELIVERED = timedelta(minutes=30)  # by then CloudTrail should know a session
BEHIND = 3  # missed looks until the watch is called behind
NAME = "watch"


@dataclass(frozen=True, slots=True)
class Own:
    """What the bot itself stands on, by the names that CloudTrail would mention."""

    roles: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    workgroups: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset(filter(None, (*self.roles, *self.tables, *self.workgroups, *self.groups, *self.buckets)))


OWN_CALLS = frozenset({
    "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole",
    "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "UpdateWorkGroup", "DeleteWorkGroup", "UpdateTable", "DeleteTable",
    "UpdateDatabase", "DeleteDatabase", "DeleteLogGroup", "PutRetentionPolicy", "DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy",
    "PutBucketLifecycle",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begun:
    """A session as far as counting what waits needs it."""

    place: str
    at: datetime
    in_trail: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw. `troubles` are sentences about the sources; `spent` is US dollars; `cut` says that there was more than it could take."""

    flags: tuple[Flag, ...]
    sessions: int = 0
    events: int = 0
    spent: float = 0.0
    reach: Reach = field(default_factory=Reach)
    cut: bool = False
    more: bool = False  # logs wait for the next look
    logs: tuple[str, ...] = ()  # sessions whose logs were read and judged
    lost: Mapping[str, str] = field(default_factory=dict)  # logs that could not be read (parts.log_of), and why
    begun: tuple[Begun, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything that was asked was read."""
        return not self.reach.unread


def span(watermark: datetime, now: datetime, back: timedelta = OVERLAP, stride: timedelta = STRIDE) -> Span:
    """The stretch that a look covers: from behind the last one, so far `back`, in whole minutes, and at most one stride on."""
    since = max(watermark, now - OLDEST)
    return Span((since - back).replace(second=0, microsecond=0), reached(watermark, now, stride) + timedelta(minutes=1))


def reached(watermark: datetime, now: datetime, stride: timedelta = STRIDE) -> datetime:
    """Up to when a look from this mark will have looked."""
    return min(now, max(watermark, now - OLDEST) + stride)


def behind(watermark: datetime | None, now: datetime, every: timedelta) -> str:
    """Why the watch is called behind, as a sentence; empty where it keeps up."""
    if watermark is None or now - watermark <= max(BEHIND * every, timedelta(minutes=10)):
        return ""
    return f"The watch is {times.length(now - watermark)} behind: it last looked up to {times.moment(watermark)}."


def silent_trail(ssm: Iterable[Session], trail: Iterable[Session], now: datetime) -> str:
    """Whether Session Manager knows sessions and CloudTrail none of them: then the trail is quiet, not the night."""
    due = [s for s in ssm if s.started and s.id and s.started <= now - DELIVERED]
    known = {session.id for session in trail}
    lost = [session for session in due if session.id not in known]
    if len(due) < 2 or len(lost) < len(due):
        return ""
    return f"CloudTrail is silent: it knows none of {text.plural(len(due), 'session')} that Session Manager lists. Look at the trail and its delivery."


def silent_logs(coverage: Sequence[Coverage]) -> str:
    """Whether nothing at all is logged of what should be."""
    lost = [each for each in coverage if each.state is Covered.UNEXPECTED_NONE]
    kept = [each for each in coverage if each.state in (Covered.LOGGED, Covered.PARTIAL)]
    if len(lost) < 2 or kept:
        return ""
    return f"Session logs are silent: none of {text.plural(len(lost), 'session')} that should be logged is. {lost[0].cause}"


def changed(events: Iterable[Event], own: Own) -> tuple[str, ...]:
    """Calls that changed what the bot stands on: its role, its table, its workgroup, its logs."""
    return tuple(
        f"{event.name} on {text.listed(sorted(found))} by {event.actor.rpartition('/')[2] or event.actor}, {times.moment(event.at)}."
        for event in events
        if event.name in OWN_CALLS and not event.error and (found := own.names & frozenset(_words(event.record.get("requestParameters"))))
    )


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        return tuple(word for inner in value.values() for word in _words(inner))
    if isinstance(value, (list, tuple)):
        return tuple(word for inner in value for word in _words(inner))
    return (value,) if isinstance(value, str) else ()
