"""How a session is shown: the same line, row and button wherever one appears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.core import blocks
from bot.core.ask import Ask
from bot.core.model import Kind, Node, Session
from bot.core.people import principal
from bot.core.portnames import service
from bot.core.reply import Blocks
from bot.core.text import code, safe
from bot.core.times import length, moment, slack_moment

TUNNELS = (Kind.TUNNEL, Kind.SSH, Kind.RDP)
Nodes = Mapping[str, Node]


def who(session: Session) -> str:
    """The owner as a person reads it."""
    return principal(session.owner).name or "unknown principal"


def node(session: Session, nodes: Nodes) -> str:
    """The target, with its Name tag first where it has one."""
    known = nodes.get(session.target)
    return f"{known.name} ({session.target})" if known and known.name else session.target or "unknown node"


def through(session: Session) -> str:
    """`tunnel to db.example.com:5432 (PostgreSQL)`, `SSH`, `shell`."""
    if session.kind not in TUNNELS or not (session.host or session.port):
        return session.kind.value
    if session.kind is not Kind.TUNNEL and not session.host:
        return session.kind.value
    named = service(session.port)
    to = ":".join(filter(None, [session.host or "the node", session.port]))
    return f"{session.kind.value} to {to}" + (f" ({named})" if named else "")


def since(session: Session, now: datetime) -> str:
    """How long it ran, or has run so far."""
    if session.started is None:
        return "unknown length"
    return length((session.ended or now) - session.started)


def plain(session: Session, nodes: Nodes) -> str:
    """One session in one plain line, for the top-level text."""
    known = nodes.get(session.target)
    return f"{who(session)} on {(known and known.name) or session.target or 'an unknown node'} by {through(session)}"


def headline(session: Session, nodes: Nodes) -> str:
    """One session in one mrkdwn line."""
    known = nodes.get(session.target)
    named = f"*{safe(known.name)}* " if known and known.name else ""
    return f"*{safe(who(session))}* → {named}{code(session.target) or 'unknown node'} · {safe(through(session))}"


LIVE = ("Connected", "Connecting", "Disconnected", "Active")


def when(session: Session, now: datetime) -> str:
    """`Mon 22:14 · 12 min`, `since Mon 22:14 · 12 min`, or that its end is not known."""
    start = slack_moment(session.started)
    if session.ended:
        return f"{start} · {since(session, now)}"
    return f"since {start} · {since(session, now)}" if session.status in LIVE else f"{start} · end not known"


def small(session: Session, now: datetime) -> str:
    """When, how long, why and where, in one line of small facts; what says nothing is left out."""
    facts = [
        when(session, now) if not session.error else slack_moment(session.started),
        code(session.document) if session.document and session.kind not in (Kind.SHELL, Kind.SSH) else "",
        f"reason {code(session.reason, 120)}" if session.reason else "no reason given",
        "just-in-time" if session.access == "JustInTime" else "",
        f"from {code(session.source_ip)}" if session.source_ip else "",
        place(session),
    ]
    return " · ".join(filter(None, facts))


def place(session: Session) -> str:
    """The account-region, for mrkdwn; empty where it is not known."""
    return safe(str(session.place)) if session.account else ""


def item(session: Session, nodes: Nodes, now: datetime, *marks: str) -> Blocks:
    """One entry of a list, with a button to the dossier."""
    button = blocks.asking("Dossier", f"session {session.id}") if session.id else None
    lines = [" ".join([headline(session, nodes), *marks]), small(session, now)]
    return (blocks.section("\n".join(lines), button),)


def row(session: Session, nodes: Nodes) -> Mapping[str, Any]:
    """One session as data, times in ISO 8601 UTC."""
    known = nodes.get(session.target)
    return {
        "session": session.id,
        "who": who(session),
        "owner": session.owner,
        "target": session.target,
        "node": known.name if known else "",
        "kind": session.kind.value,
        "document": session.document,
        "host": session.host,
        "port": session.port,
        "started": iso(session.started),
        "ended": iso(session.ended),
        "status": session.status,
        "access": session.access,
        "reason": session.reason,
        "source_ip": session.source_ip,
        "user_agent": session.user_agent,
        "mfa": session.mfa,
        "error": session.error,
        "message": session.message,
        "via": session.via,
        "ended_by": session.ended_by,
        "account": session.account,
        "region": session.region,
        "origin": session.origin,
    }


def rows(sessions: Iterable[Session], nodes: Nodes) -> tuple[Mapping[str, Any], ...]:
    """All of them as data."""
    return tuple(row(session, nodes) for session in sessions)


def iso(at: datetime | None) -> str:
    """ISO 8601 UTC to the second, empty if not known."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def clock(at: datetime | None, ask: Ask) -> str:
    """A moment in the asker's zone, for plain text."""
    return moment(at, ask.user.zone)
