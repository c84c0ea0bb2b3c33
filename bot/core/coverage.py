"""Was a session logged, should it have been, and why not.

What AWS does (Session Manager User Guide, "Logging session activity"; amazon-ssm-agent `agent/session`): tunnels, SSH and RDP are
never logged; shells stream only if their document says so; everything else is written when the session ends; a node that stops
mid-session, or that has no permission or log group, leaves nothing. On Windows, streaming needs PowerShell 5.1 and no machine-wide transcription.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.documents import base_name
from bot.core.model import Document, Event, Finding, Kind, Level, Session, Stream
from bot.core.people import is_session_id

SILENT = (Kind.TUNNEL, Kind.SSH, Kind.RDP)
ARRIVES = timedelta(minutes=15)  # upload after the end, and the look-up's own delay
IDLE = timedelta(minutes=20)  # Session Manager's default idle time-out
SLACK = timedelta(minutes=10)
STOPS = ("StopInstances", "TerminateInstances")
CHANGES = ("UpdateDocument", "UpdateDocumentDefaultVersion")
NOT_THERE = "does not exist"  # of a log group, as the sentence of a place says it


class Covered(StrEnum):
    """How well a session can be reviewed."""

    LOGGED = "logged"
    PARTIAL = "partial"
    PENDING = "pending"
    EXPECTED_NONE = "expected-none"
    UNEXPECTED_NONE = "unexpected-none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One session's coverage, with its cause as a sentence."""

    session: Session
    state: Covered
    cause: str


@dataclass(frozen=True, slots=True)
class Logs:
    """What is known of session logs: streams and stored objects by session id, calls that took logs or nodes away, nodes' platforms by id, and by place
    why its log groups or its bucket could not be looked into.
    """

    streams: Mapping[str, Stream]
    stored: Mapping[str, Stream]
    events: tuple[Event, ...] = ()
    platforms: Mapping[str, str] = field(default_factory=dict)
    no_streams: Mapping[str, str] = field(default_factory=dict)
    no_stored: Mapping[str, str] = field(default_factory=dict)


def assessed(session: Session, document: Document | None, logs: Logs, now: datetime) -> Coverage:
    """The coverage of one session that was opened."""
    state, cause = _silent(session) or _present(session, document, logs, now) or _absent(session, document, logs, now)
    return Coverage(session, state, cause)


def strays(known: Collection[str], logs: Logs, since: datetime) -> tuple[Stream, ...]:
    """Logs with a session's name that no session answers for, begun since then, the latest first: whoever has a node's credentials can write one."""
    every = {**logs.stored, **logs.streams}
    lost = [log for name, log in every.items() if name not in known and log.first >= since and is_session_id(name)]
    return tuple(sorted(lost, key=lambda log: (log.first, log.session), reverse=True))


def stray(log: Stream) -> Finding:
    """What speaks against such a log."""
    said = f"{log.group or 'a stored log'}, written {log.first:%Y-%m-%d %H:%M} to {log.last:%H:%M} UTC"
    return Finding(
        "stray_log", "A log belongs to no session", Level.HIGH, ("T1562.008", "T1036"), said, said, session=log.session, at=log.first,
        account=log.account, region=log.region,
    )  # fmt: skip


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
    if session.ended is None and not _streams(session, document):
        return Covered.PENDING, "The log is written when the session ends."
    if now - (session.ended or session.started or now) < ARRIVES:
        return Covered.PENDING, "It may still arrive."
    if unseen := _unseen(session, logs, bool(bucket), bool(group)):
        return Covered.UNKNOWN, f"Its logs could not be looked up: {unseen}"
    return Covered.UNEXPECTED_NONE, _why(session, document, logs, str(bucket or ""), str(group or ""))


def _streams(session: Session, document: Document) -> bool:
    """Whether its output is streamed: of shells alone, and where the document says so."""
    asked = str(document.inputs.get("cloudWatchStreamingEnabled")).lower() == "true"
    return asked and document.session_type == "Standard_Stream" and session.kind is not Kind.COMMAND


def _unseen(session: Session, logs: Logs, bucket: bool, group: bool) -> str:
    """Why nobody can say whether there is a log. A log group that does not exist holds none: that is known."""
    groups = logs.no_streams.get(str(session.place), "") if group else ""
    stores = logs.no_stored.get(str(session.place), "") if bucket else ""
    return next((why for why in (groups, stores) if why and NOT_THERE not in why), "")


def _why(session: Session, document: Document, logs: Logs, bucket: str, group: str) -> str:
    stopped = _call(STOPS, session.target, logs.events, session.started, (session.ended + ARRIVES) if session.ended else None)
    if stopped:
        return f"The node was stopped while the session ran ({stopped}), before its log was written."
    gone = logs.no_streams.get(str(session.place), "") if group and not bucket else ""
    if NOT_THERE in gone and group in gone:
        return f"Its log group is missing: {gone}"
    if session.kind is Kind.COMMAND:
        return (
            f"{base_name(session.document)} never streams: its output is written when the command ends, and none came. A command that was cut off leaves"
            " nothing; whether AWS's own command documents follow the Region's preferences AWS does not say."
        )
    if logs.platforms.get(session.target) == "windows" and not bucket:
        return (
            f"Nothing arrived in log group {group}. On Windows, streaming needs PowerShell 5.1 or newer and no machine-wide transcription policy;"
            " with an older one nothing is sent."
        )
    if changed := _call(CHANGES, document.name, logs.events, None, session.started):
        return (
            f"Nothing arrived. The preferences had been changed before it began ({changed}); what they said then may have logged nowhere."
        )
    where = " and ".join(filter(None, [f"bucket {bucket}" if bucket else "", f"log group {group}" if group else ""]))
    return f"Nothing arrived in {where}. Look at the node's role (s3, logs and kms actions), the log group, and the agent's version."


def _call(names: Collection[str], about: str, events: tuple[Event, ...], after: datetime | None, until: datetime | None = None) -> str:
    for event in events:
        within = (after is None or event.at >= after) and (until is None or event.at <= until)
        if event.name in names and not event.error and within and _mentions(event, about):
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
    known = [c for c in found if c.state not in (Covered.PENDING, Covered.UNKNOWN)]
    return sum(c.state in (Covered.LOGGED, Covered.PARTIAL) for c in known) / len(known) if known else 1.0
