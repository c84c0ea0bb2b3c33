"""What changed in session logging: the doctor's look held against an earlier one, for the digest and for `doctor` itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import text, times
from bot.core.ask import Ask
from bot.core.doctor import CHECKS, examine
from bot.core.doctor.drift import EVERY, Drift, Visit, drifted, told_by, visit
from bot.core.doctor.facts import Estate, SessionDocument, Unknown
from bot.core.doctor.result import Check
from bot.core.doctor.slack import SLACK_CHECKS
from bot.core.model import Document, Event, Span, Where
from bot.core.ports import Evidence, Ledger

TITLES: Mapping[str, str] = {about.id: about.title for about in (*CHECKS, *SLACK_CHECKS)}
STALE = EVERY + timedelta(hours=12)
FARTHEST = timedelta(days=30)  # CloudTrail is asked no further back for who did it


@dataclass(frozen=True, slots=True)
class Since:
    """What changed up to a visit. `before` and `last` are None where there was no such visit."""

    before: Visit | None = None
    last: Visit | None = None
    found: tuple[Drift, ...] = ()


def look(ask: Ask, evidence: Evidence, ledger: Ledger) -> Visit | None:
    """The clock's own visit, kept; None where nothing at all could be looked at."""
    estates = evidence.estate(ask.now)
    made = examined(ask, estates)
    if not made:
        return None
    visited = visit(made, ask.now, ledger.visited(ask.now), unread=unread(evidence))
    ledger.keep_visit(visited, papers(estates))
    return visited


def unread(evidence: Evidence) -> int:
    """How many account-regions could not be looked at."""
    return len({part.place for source in evidence.asked for part in source.unread})


def examined(ask: Ask, estates: Iterable[Estate]) -> tuple[Check, ...]:
    """Every check of these estates and of the Slack side."""
    return (*examine(estates), *(ask.policy.workspace() if ask.policy.workspace else ()))


def within(span: Span, ledger: Ledger, events: Iterable[Event]) -> Since:
    """What changed within a span: its last visit against the last one before it, else against the first that is known."""
    last, before = ledger.visited(span.until), ledger.visited(span.since) or ledger.visited(span.until, first=True)
    if last is None or before is None or last.at <= before.at:
        return Since(before, last)
    return Since(before, last, told_by(drifted(before, last, TITLES), events))


def now(before: Visit | None, made: Visit, evidence: Evidence, zone: str) -> Since:
    """What changed up to a look that was just taken. CloudTrail is asked only where something did."""
    found = drifted(before, made, TITLES) if before else ()
    if before is None or not found:
        return Since(before, made)
    since = max(min(one.before.at for one in found), made.at - FARTHEST)
    return Since(before, made, told_by(found, evidence.events(Span(since, made.at, "", zone), Where())))


def papers(estates: Iterable[Estate]) -> tuple[Document, ...]:
    """The Session documents of estates as they are in force, to be kept."""
    return tuple(document for estate in estates for document in _papers(estate))


def _papers(estate: Estate) -> Iterable[Document]:
    others: Sequence[SessionDocument] = () if isinstance(estate.documents, Unknown) else estate.documents
    preferred = () if estate.preferences is None or isinstance(estate.preferences, Unknown) else (estate.preferences,)
    for one in (*preferred, *others):
        properties = one.content.get("properties")
        yield Document(
            one.name, one.session_type, one.inputs, properties if isinstance(properties, Mapping) else {}, estate.place.account, estate.place.region,
            one.default_version,
        )  # fmt: skip


def checked(last: Visit | None, at: datetime) -> str:
    """What the doctor's last look covered, for the line that says what quiet means; empty where it never looked."""
    if last is None:
        return ""
    unmade = f", {last.unmade:,} more could not be made" if last.unmade else ""
    unmade += f", {text.plural(last.unread, 'account-region')} could not be looked at" if last.unread else ""
    old = f", last {times.length(at - last.at)} ago" if at - last.at > STALE else ""
    return f"{text.plural(last.made, 'check')} of session logging made{unmade}{old}"
