"""Sessions as SSM knows them: from DescribeSessions exports, and where there are none, from CloudTrail, which says less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.cloudtrail import session_of_row
from bot.core.model import Place, Session, Span, Where
from queries import asking as values
from queries.archive import saved
from queries.archive.asking import Answer, Inquiry
from queries.sessions import newest_first, started_within

ROWS = 5_000
LIVE_WITHIN = timedelta(days=1)  # the longest session that can be configured
BLIND = "no DescribeSessions export; ends that CloudTrail never sees are unknown"
EXPORT = "snapshots/*/*/ssm.describe-sessions.{}.json"


def live(inquiry: Inquiry) -> Answer:
    """Sessions in state Active when they were exported; elsewhere, those of the last day that CloudTrail does not see ended."""
    day = Span(inquiry.now - LIVE_WITHIN, inquiry.now)
    return _together(inquiry, "active", lambda _: True, day, lambda session: session.ended is None)


def ended(inquiry: Inquiry, span: Span) -> Answer:
    """Sessions in state History started within the span; elsewhere, those that CloudTrail sees ended."""
    return _together(inquiry, "history", started_within(span), span, lambda session: session.ended is not None)


def session(inquiry: Inquiry, session_id: str) -> Answer:
    """What is known of one id, in either state."""
    exported = [(s, found) for state in ("active", "history") for s, found in saved.sessions(inquiry, state)]
    found = [one for _, sessions in exported for one in sessions if one.id == session_id]
    if found:
        return Answer(newest_first(found), _taken(exported))
    seen = [one for one in openings(inquiry, whole(inquiry), Where(session=session_id)) if one.id == session_id]
    return Answer(newest_first(seen), (BLIND,) if seen or not exported else _taken(exported))


def openings(inquiry: Inquiry, span: Span, where: Where) -> tuple[Session, ...]:
    """CloudTrail's openings, as the audit question gives them."""
    rows = inquiry.athena("audit", values.audit(span, where, ROWS))
    known = saved.library(inquiry)
    return tuple(session_of_row(row, known.get(Place(row["account"] or "", row["region"] or ""), {})) for row in rows)


def whole(inquiry: Inquiry) -> Span:
    """From the first to the last record of the archive."""
    row = inquiry.keep("whole", lambda: inquiry.rows("SELECT min(eventtime) AS first, max(eventtime) AS last FROM cloudtrail")[0])
    first, last = (datetime.fromisoformat(row[end]).replace(tzinfo=UTC) if row[end] else inquiry.now for end in ("first", "last"))
    return Span(first, last + timedelta(seconds=1))


def _together(inquiry: Inquiry, state: str, wanted: Callable[[Session], bool], span: Span, seen: Callable[[Session], bool]) -> Answer:
    exported = saved.sessions(inquiry, state)
    covered = {s.place for s, _ in exported}
    found = [one for _, sessions in exported for one in sessions if wanted(one)]
    blind = {place for place in places(inquiry) if place not in covered}
    if not blind and exported:
        return Answer(newest_first(found), _taken(exported), _named(covered))
    told = [one for one in openings(inquiry, span, Where()) if one.place in blind and not one.error and seen(one)]
    told = [replace(one, status="" if one.ended is None else "Terminated") for one in told]
    where = f"{', '.join(_named(blind))}: {BLIND}" if covered else BLIND
    return Answer(newest_first([*found, *told]), (*_taken(exported), where), _named(covered | blind))


def places(inquiry: Inquiry) -> frozenset[Place]:
    """Every account-region that the archive has CloudTrail of."""

    def ask() -> frozenset[Place]:
        return frozenset(Place(row["account"], row["region"]) for row in inquiry.rows("SELECT DISTINCT account, region FROM cloudtrail"))

    return inquiry.keep("places", ask)


def _named(places: set[Place] | frozenset[Place]) -> tuple[str, ...]:
    return tuple(map(str, sorted(places)))


def _taken(exported: object) -> tuple[str, ...]:
    """When the exports were made: what they say is true of that moment."""
    times = sorted(s.taken for s, _ in exported)  # type: ignore[attr-defined]  # pairs of Saved and Sessions
    if not times:
        return ()
    first, last = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (times[0], times[-1]))
    return (f"as exported at {first}" if first == last else f"as exported between {first} and {last}",)
