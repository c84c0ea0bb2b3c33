"""All that is known of one session. Each part has its source or says why it is missing; nothing is silently absent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.model import Document, Event, Finding, Level, Node, Recording, Session, Span, Transcript
from bot.core.rules import Rulebook
from bot.core.transcript import read


@dataclass(frozen=True, slots=True)
class Dossier:
    """One session from every side. `gaps` are sentences: what is missing, and why."""

    session: Session
    node: Node | None
    events: tuple[Event, ...]
    document: Document | None
    recording: Recording
    transcript: Transcript
    findings: tuple[Finding, ...]
    span: Span
    gaps: tuple[str, ...]


def judged(rules: Rulebook | None, transcript: Transcript, session: Session) -> tuple[Finding, ...]:
    """What the rules find in the commands that were typed, each alone and together, worst first."""
    found = rules.judge_session(transcript.typed, transcript.platform or "linux", session) if rules else ()
    if transcript.broken:  # somebody may have typed it for that
        found = (*found, Finding("unread", "A recording broke its reading", Level.HIGH, text=transcript.broken, session=session.id))
    return tuple(replace(f, actor=session.owner, target=session.target, account=session.account, region=session.region) for f in found)


def compiled(
    session: Session,
    node: Node | None,
    events: tuple[Event, ...],
    document: Document | None,
    recording: Recording,
    rules: Rulebook | None,
    span: Span,
) -> Dossier:
    """The dossier of what was gathered."""
    transcript = read(recording)
    gaps = tuple(filter(None, (*_record_gaps(session, events, span), *_log_gaps(session, document, recording, transcript))))
    return Dossier(session, node, events, document, recording, transcript, judged(rules, transcript, session), span, gaps)


def _record_gaps(session: Session, events: tuple[Event, ...], span: Span) -> tuple[str, ...]:
    ssm = (
        ""
        if "ssm" in session.origin
        else "Session Manager no longer knows this session (it remembers 30 days); this is CloudTrail's account of it."
    )
    starts = any(event.name in ("StartSession", "ExecuteCommand") for event in events)
    trail = (
        ""
        if starts
        else f"CloudTrail shows no start of it between {span.since:%Y-%m-%d %H:%M} and {span.until:%Y-%m-%d %H:%M} UTC; delivery takes minutes."
    )
    return ssm, trail


def _log_gaps(session: Session, document: Document | None, recording: Recording, transcript: Transcript) -> tuple[str, ...]:
    own = session.document.startswith("AWS-")  # AWS's own documents hold no logging inputs to read
    doc = (
        ""
        if own or (document and not document.missing)
        else f"Its document could not be read{f': {document.missing}' if document else ''}."
    )
    if recording.missing:
        return doc, f"No transcript: {recording.missing}"
    return doc, "" if recording.complete else "The transcript is not complete.", *transcript.doubts
