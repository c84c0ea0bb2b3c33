"""SSM and CloudTrail each know half of a session; together they know where it came from and when it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from bot.core.model import Kind, Session


def together(ssm: Session, trail: Session) -> Session:
    """SSM's record completed by CloudTrail's. SSM wins where both speak: it saw the end."""
    gaps = {f.name: getattr(trail, f.name) for f in fields(Session) if getattr(ssm, f.name) in ("", None)}
    kind = ssm.kind if ssm.kind is not Kind.UNKNOWN and trail.kind is not Kind.RDP else trail.kind
    origin = "ssm+cloudtrail" if ssm.origin == "ssm" and trail.origin == "cloudtrail" else ssm.origin or trail.origin
    return replace(ssm, **{**gaps, "kind": kind, "origin": origin})


def completed(ssm: Iterable[Session], trail: Iterable[Session]) -> tuple[Session, ...]:
    """SSM's sessions, each completed by CloudTrail where it knows it."""
    known = {session.id: session for session in trail if session.id}
    return tuple(together(session, known[session.id]) if session.id in known else session for session in ssm)


def unseen(trail: Iterable[Session], ssm: Iterable[Session]) -> tuple[Session, ...]:
    """CloudTrail's sessions that SSM no longer lists."""
    known = {session.id for session in ssm}
    return tuple(session for session in trail if session.id not in known)


def with_ends(trail: Iterable[Session], ssm: Iterable[Session]) -> tuple[Session, ...]:
    """CloudTrail's sessions with Session Manager's ends and states: most ends never reach CloudTrail."""
    known = {session.id: session for session in ssm if session.id}
    return tuple(_ended(session, known.get(session.id)) for session in trail)


def _ended(trail: Session, ssm: Session | None) -> Session:
    return replace(together(ssm, trail), ended=ssm.ended or trail.ended) if ssm else trail


def latest_first(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Newest start first; the unknown ones last, in a stable order."""
    return tuple(sorted(sessions, key=lambda s: (-(s.started.timestamp() if s.started else 0.0), s.id, s.event)))
