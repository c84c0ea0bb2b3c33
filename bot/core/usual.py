"""What was usual before, and what else is known of a session: the ground on which something is called unusual."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.cloudtrail import instances
from bot.core.model import Event, Finding, Level, Node, Session
from bot.core.people import principal
from bot.core.watched import LEADING, SSM


@dataclass(frozen=True, slots=True)
class Usual:
    """What was seen before: sets of who, who on what, from which network, with which client. And what surrounds the sessions to be judged: CloudTrail's
    calls, the nodes, and the earlier sessions of the same stretch.
    """

    people: frozenset[tuple[str, str]] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    networks: frozenset[tuple[str, str]] = frozenset()
    clients: frozenset[tuple[str, str]] = frozenset()
    resumes: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    calls: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)  # of EC2, by instance
    surveys: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)  # looks around, by caller
    nodes: Mapping[str, Node] = field(default_factory=dict)
    now: datetime | None = None
    earlier: dict[str, list[Session]] = field(default_factory=dict)  # of the stretch itself, by person: those that matter still
    counts: dict[tuple[str, str], int] = field(default_factory=dict)  # of the stretch itself: sessions of a person on a node


def usual(
    before: Iterable[Session], events: Iterable[Event] = (), nodes: Mapping[str, Node] | None = None, now: datetime | None = None
) -> Usual:
    """What earlier sessions make usual; `events` are the calls around the sessions to be judged, `now` is until when these may run."""
    known, calls = [s for s in before if not s.error], tuple(e for e in events if not e.error)
    return Usual(
        frozenset((s.account, who(s)) for s in known),
        frozenset((who(s), s.target) for s in known),
        frozenset((who(s), network(s.source_ip)) for s in known),
        frozenset((who(s), client(s.user_agent)) for s in known),
        _by((e.session, e) for e in calls if e.name == "ResumeSession" and e.session),
        calls,
        _by((name, e) for e in calls if e.source == "ec2.amazonaws.com" for name in instances(e)),
        _by((e.actor, e) for e in calls if e.source == SSM and e.name in LEADING[SSM] and e.actor),
        nodes or {},
        now,
    )


def _by(pairs: Iterable[tuple[str, Event]]) -> Mapping[str, tuple[Event, ...]]:
    found: dict[str, list[Event]] = {}
    for name, event in pairs:
        found.setdefault(name, []).append(event)
    return {name: tuple(events) for name, events in found.items()}


def who(session: Session) -> str:
    """Who it is across sessions: the role and its session name, or the user. A full ARN is too fine: roles get new suffixes."""
    known = principal(session.owner)
    return f"{known.role.rpartition('_')[0] if known.role.startswith('AWSReservedSSO_') else known.role}/{known.name}".lower()


def network(address: str) -> str:
    """The /24 or /48 of an address; a name (`ssm-guiconnect.amazonaws.com`) as it is."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/{24 if ip.version == 4 else 48}", strict=False))


def client(agent: str) -> str:
    """The family of a user agent: `aws-cli`, `Boto3`, `[console]`."""
    return agent.partition(" ")[0].partition("/")[0].lower()


def finding(session: Session, rule: str, title: str, level: Level, text: str, *techniques: str) -> Finding:
    """What a detector says of one session."""
    return Finding(
        rule, title, level, techniques, text, text, 0, session.id, session.started, "", session.owner, session.target, session.account, session.region, session.event
    )  # fmt: skip
