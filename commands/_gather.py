"""What a stretch of time holds, from every source at once: the digest and the watch judge the same facts by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.ask import Ask
from bot.core.document_changes import marked
from bot.core.just_in_time import self_approved
from bot.core.model import Event, Finding, Level, Session, Span
from bot.core.ports import Evidence
from bot.core.rules import Rulebook
from bot.core.unusual import unusual
from bot.core.usual import usual
from commands import _changes, _merge, _read, _sessions, _words

T = TypeVar("T")
DELAY = timedelta(days=2)  # CloudTrail mostly delivers within minutes and promises nothing
LOOKBACK = timedelta(hours=1)  # correlation rules count over at most this


@dataclass(frozen=True, slots=True)
class Gathered:
    """Sessions as CloudTrail and Session Manager know them together, and every finding on them."""

    openings: tuple[Session, ...]
    tunnels: tuple[Session, ...]
    live: tuple[Session, ...]
    events: tuple[Event, ...]
    on_events: tuple[Finding, ...]
    on_typed: tuple[Finding, ...]
    reading: _read.Reading
    nodes: _sessions.Nodes


def gathered(wide: Span, narrow: Span, narrowing: _words.Narrow, evidence: Evidence, ask: Ask, papers: _changes.Papers) -> Gathered:
    """Openings and events of the wide span; what was typed only of the narrow one, whose transcripts cost most. `papers` is what the doctor
    kept of Session documents: what a changed one was before.
    """
    where = narrowing.where
    live, ended = evidence.live(), evidence.ended(wide)
    documents = evidence.documents()
    custom = sorted({d.name for d in documents if d.session_type == "Port"})
    trail = once(evidence.openings(wide, where), key)
    ssm = (*(s for s in live if s.started and s.started >= wide.since), *ended)
    opened = (*_merge.with_ends(trail, (*ended, *live)), *_merge.unseen(_started(ssm, wide), trail))
    tunnels = _merge.with_ends(once(evidence.tunnels(wide, custom, where), key), (*ended, *live))
    nodes = evidence.nodes((s.place, s.target) for s in (*opened, *tunnels) if s.target)
    events = once(evidence.events(wide, where), lambda event: event.id)
    reading = typed(narrow, evidence, ask)
    return Gathered(
        narrowing.among(opened, nodes),
        narrowing.among(tunnels, nodes),
        narrowing.among(live, nodes),
        events,
        (
            *marked(on_events(events, ask), _changes.found(events, wide.since, evidence, papers, documents)),
            *on_sessions(opened, events, nodes, ask),
        ),
        tuple(finding for one in reading.sessions for finding in one.findings),
        reading,
        nodes,
    )


def typed(span: Span, evidence: Evidence, ask: Ask) -> _read.Reading:
    """The sessions in which somebody may have typed something risky, read whole."""
    rules = ask.policy.rules
    patterns = {platform: rules.prefilter(platform) for platform in ("linux", "windows")} if rules else {}
    hits = [hit for platform, these in patterns.items() for hit in evidence.hits(span, these, f"risky {platform}")]
    return _read.behind(hits, evidence, ask)


def on_events(events: Iterable[Event], ask: Ask) -> tuple[Finding, ...]:
    """What the rules find in CloudTrail's records, each for itself and together."""
    rules, known = ask.policy.rules, tuple(events)
    if rules is None:
        return ()
    return (*(finding for event in known for finding in _judged(rules, event)), *rules.correlate(known))


def on_sessions(opened: Iterable[Session], events: tuple[Event, ...], nodes: _sessions.Nodes, ask: Ask) -> tuple[Finding, ...]:
    """What speaks against sessions themselves and is loud enough to be told unasked; what is merely new is `/ssm unusual`'s."""
    found = (*unusual(tuple(opened), usual((), events, nodes, ask.now), ask.policy), *self_approved(events))
    return tuple(each for each in found if each.level >= Level.MEDIUM)


def _judged(rules: Rulebook, event: Event) -> tuple[Finding, ...]:
    """What speaks against one record. One that breaks the judging is itself worth a look, and must not hide the others."""
    try:
        return rules.judge_event(event)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as a finding
        told = f"{event.name}: {type(error).__name__}"
        return (
            Finding(
                "unjudged",
                "A record could not be judged",
                Level.MEDIUM,
                text=told,
                session=event.session,
                at=event.at,
                event=event.id,
                actor=event.actor,
            ),
        )


def key(session: Session) -> str:
    """What tells two openings apart: the session's id, or the event's where it was denied one."""
    return session.id or session.event or f"{session.owner} {session.target} {session.started}"


def once(items: Iterable[T], name: Callable[[T], str]) -> tuple[T, ...]:
    """Each once: CloudTrail delivers a record again when it is not sure."""
    return tuple({name(item): item for item in items}.values())


def within(at: datetime | None, span: Span) -> bool:
    """Whether a moment lies in a span."""
    return at is not None and span.since <= at < span.until


def _started(sessions: Iterable[Session], span: Span) -> tuple[Session, ...]:
    return tuple(session for session in sessions if within(session.started, span))
