"""Was a session logged, should it have been, and why not.

What AWS does (Session Manager User Guide, "Logging session activity"; amazon-ssm-agent `agent/session`): tunnels, SSH and RDP are
never logged; shells stream only if their document says so; everything else is written when the session ends; a node that stops
mid-session, or that has no permission or log group, leaves nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.model import Document, Event, Kind, Session, Stream

SILENT = (Kind.TUNNEL, Kind.SSH, Kind.RDP)
ARRIVES = timedelta(minutes=15)  # upload after the end, and the look-up's own delay
IDLE = timedelta(minutes=20)  # Session Manager's default idle time-out
SLACK = timedelta(minutes=10)
STOPS = ("StopInstances", "TerminateInstances")


class Covered(StrEnum):
    """How well a session can be reviewed."""

    LOGGED = "logged"
    PARTIAL = "partial"
    PENDING = "pending"
    EXPECTED_NONE = "expected-none"
    UNEXPECTED_NONE = "unexpected-none"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One session's coverage, with its cause as a sentence."""

    session: Session
    state: Covered
    cause: str


@dataclass(frozen=True, slots=True)
class Logs:
    """What is known of session logs: streams and stored objects by session id, and calls that took logs or nodes away."""

    streams: dict[str, Stream]
    stored: dict[str, Stream]
    events: tuple[Event, ...] = ()


def assessed(session: Session, document: Document | None, logs: Logs, now: datetime) -> Coverage:
    """The coverage of one session that was opened."""
    state, cause = _silent(session) or _present(session, document, logs, now) or _absent(session, document, logs, now)
    return Coverage(session, state, cause)


def _silent(session: Session) -> tuple[Covered, str] | None:
    if session.kind in SILENT:
        return (
            Covered.EXPECTED_NONE,
            f"AWS never logs what goes through {'a tunnel' if session.kind is Kind.TUNNEL else session.kind.value}.",
        )
    if session.kind is Kind.ECS:
        return (
            Covered.EXPECTED_NONE,
            "ECS Exec is logged where its cluster says, not by Session Manager's preferences; that is not read here.",
        )
    return None


def _present(session: Session, document: Document | None, logs: Logs, now: datetime) -> tuple[Covered, str] | None:
    stream = logs.streams.get(session.id)
    if session.id in logs.stored:
        return Covered.LOGGED, "The whole log is in S3."
    if stream is None:
        return None
    gone = _gone(stream, session, document, now)
    if gone is None:
        return Covered.LOGGED, f"The log stream has {stream.events} events."
    stopped = _call(STOPS, session.target, logs.events, stream.last)
    return Covered.PARTIAL, f"The stream ends {int(gone.total_seconds() // 60)} minutes before the session" + (
        f": the node was stopped ({stopped})." if stopped else "."
    )


def _gone(stream: Stream, session: Session, document: Document | None, now: datetime) -> timedelta | None:
    """How long before the end the stream fell silent, if that is longer than an idle person may be."""
    inputs = document.inputs if document else {}
    idle = timedelta(minutes=int(str(inputs.get("idleSessionTimeout") or "0") or 0)) or IDLE
    silence = (session.ended or min(now, stream.last)) - stream.last
    return silence if silence > idle + SLACK else None


def _absent(session: Session, document: Document | None, logs: Logs, now: datetime) -> tuple[Covered, str]:
    if document is None or document.missing:
        return Covered.UNEXPECTED_NONE, "No log was found, and its document could not be read to say where one should be."
    deleted = _call(("DeleteLogStream", "DeleteLogGroup"), session.id, logs.events, None)
    if deleted:
        return Covered.UNEXPECTED_NONE, f"Its log was deleted: {deleted}."
    bucket, group = document.inputs.get("s3BucketName"), document.inputs.get("cloudWatchLogGroupName")
    if not bucket and not group:
        return Covered.UNEXPECTED_NONE, f"Its document, {document.name}, logs nowhere."
    streaming = str(document.inputs.get("cloudWatchStreamingEnabled")).lower() == "true" and document.session_type == "Standard_Stream"
    if session.ended is None and not streaming:
        return Covered.PENDING, "The log is written when the session ends."
    if now - (session.ended or session.started or now) < ARRIVES:
        return Covered.PENDING, "It may still arrive."
    return Covered.UNEXPECTED_NONE, _why(session, logs, str(bucket or ""), str(group or ""))


def _why(session: Session, logs: Logs, bucket: str, group: str) -> str:
    stopped = _call(STOPS, session.target, logs.events, session.started)
    if stopped:
        return f"The node was stopped while the session ran ({stopped}), before its log was written."
    where = " and ".join(filter(None, [f"bucket {bucket}" if bucket else "", f"log group {group}" if group else ""]))
    return f"Nothing arrived in {where}. Look at the node's role (s3, logs and kms actions), the log group, and the agent's version."


def _call(names: Collection[str], about: str, events: tuple[Event, ...], after: datetime | None) -> str:
    for event in events:
        if event.name in names and not event.error and (after is None or event.at >= after) and _mentions(event, about):
            return f"{event.name} by {event.actor.rpartition('/')[2]} at {event.at:%Y-%m-%d %H:%M} UTC"
    return ""


def _mentions(event: Event, about: str) -> bool:
    return bool(about) and about in (event.target, event.session, *_texts(event.record.get("requestParameters")))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(text for inner in value.values() for text in _texts(inner))
    if isinstance(value, (list, tuple)):
        return tuple(text for inner in value for text in _texts(inner))
    return (value,) if isinstance(value, str) else ()


def share(found: Collection[Coverage]) -> float:
    """The share of sessions that can be reviewed at all: logged or partial, among those whose fate is known."""
    known = [c for c in found if c.state is not Covered.PENDING]
    return sum(c.state in (Covered.LOGGED, Covered.PARTIAL) for c in known) / len(known) if known else 1.0
