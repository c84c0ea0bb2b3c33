"""What a session's history makes unusual: first-seen people, pairs, networks and clients, and what does not fit its owner.

Strategy: each detector is a function of one session and of what was usual before; the table at the end is the catalogue. A
first-seen finding needs a past to differ from, so without an earlier session in the baseline nothing is called new.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase

from bot.core.model import Event, Finding, Kind, Level, Session
from bot.core.people import misnamed, principal
from bot.core.policy import Policy
from bot.core.times import moment, zone

JIT_WINDOW = timedelta(hours=1)  # Systems Manager User Guide, "Just-in-time node access": an automatic approval lasts an hour
WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Usual:
    """What was seen before: sets of who, who on what, from which network, with which client."""

    people: frozenset[tuple[str, str]] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    networks: frozenset[tuple[str, str]] = frozenset()
    clients: frozenset[tuple[str, str]] = frozenset()
    resumes: dict[str, tuple[Event, ...]] = field(default_factory=dict)


Detector = Callable[[Session, Usual, Policy], Iterator[Finding]]


def usual(before: Iterable[Session], events: Iterable[Event] = ()) -> Usual:
    """What earlier sessions make usual; `events` bring the resumes of the sessions to be judged."""
    known = [s for s in before if not s.error]
    resumes: dict[str, tuple[Event, ...]] = {}
    for event in events:
        if event.name == "ResumeSession" and event.session and not event.error:
            resumes[event.session] = (*resumes.get(event.session, ()), event)
    return Usual(
        frozenset((s.account, who(s)) for s in known),
        frozenset((who(s), s.target) for s in known),
        frozenset((who(s), network(s.source_ip)) for s in known),
        frozenset((who(s), client(s.user_agent)) for s in known),
        resumes,
    )


def unusual(sessions: Sequence[Session], before: Usual, policy: Policy) -> tuple[Finding, ...]:
    """Findings on sessions that were opened, worst first. What was new once is not new again within the same span."""
    found: list[Finding] = []
    seen = before
    for session in sorted((s for s in sessions if not s.error), key=lambda s: (s.started.timestamp() if s.started else 0.0, s.id)):
        found += [finding for detector in CATALOGUE for finding in detector(session, seen, policy)]
        seen = _with(seen, session)
    return tuple(sorted(found, key=lambda f: (-f.level, f.at.timestamp() if f.at else 0.0, f.session, f.rule)))


def _with(seen: Usual, s: Session) -> Usual:
    if not seen.people:
        return seen
    return Usual(
        seen.people | {(s.account, who(s))},
        seen.pairs | {(who(s), s.target)},
        seen.networks | {(who(s), network(s.source_ip))},
        seen.clients | {(who(s), client(s.user_agent))},
        seen.resumes,
    )


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


def _finding(session: Session, rule: str, title: str, level: Level, text: str, *techniques: str) -> Finding:
    return Finding(
        rule, title, level, techniques, text, text, 0, session.id, session.started, "", session.owner, session.target, session.account, session.region, session.event
    )  # fmt: skip


def _first_person(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if seen.people and (s.account, who(s)) not in seen.people:
        yield _finding(s, "first_person", "First session of this person in the account", Level.LOW, f"first in {s.account}", "T1078.004")


def _first_pair(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.target and (who(s), s.target) not in seen.pairs:
        yield _finding(
            s, "first_pair", "First session of this person on the node", Level.INFORMATIONAL, f"first on {s.target}", "T1021.007"
        )


def _first_network(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.source_ip and not s.source_ip.endswith(".amazonaws.com") and (who(s), network(s.source_ip)) not in seen.networks:
        yield _finding(s, "first_network", "A network this person never came from", Level.LOW, f"from {network(s.source_ip)}", "T1078.004")


def _first_client(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.user_agent and (who(s), client(s.user_agent)) not in seen.clients:
        yield _finding(
            s, "first_client", "A client this person never used", Level.INFORMATIONAL, f"with {client(s.user_agent)}", "T1078.004"
        )


def _strange_network(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    try:
        ip = ipaddress.ip_address(s.source_ip)
    except ValueError:
        return
    if policy.networks and not any(ip in ipaddress.ip_network(each, strict=False) for each in policy.networks):
        yield _finding(s, "strange_network", "From outside the listed networks", Level.MEDIUM, f"from {s.source_ip}", "T1078.004")


def _off_hours(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    name = principal(s.owner).name.lower()
    own = policy.zones.get(name, policy.zone)
    if s.started is None or principal(s.owner).kind not in ("user", "role", "federated", "root"):
        return
    local = s.started.astimezone(zone(own))
    if local.weekday() >= WEEKEND or not policy.hours[0] <= local.hour < policy.hours[1]:
        yield _finding(s, "off_hours", "Outside working hours", Level.INFORMATIONAL, f"began {moment(s.started, own)}", "T1078.004")


def _strange_destination(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    to = f"{s.host or s.target}:{s.port}"
    if s.kind is Kind.TUNNEL and policy.destinations and not any(fnmatchcase(to.lower(), each.lower()) for each in policy.destinations):
        yield _finding(s, "strange_destination", "A tunnel to where none is expected", Level.MEDIUM, f"to {to}", "T1572")


def _resumed_elsewhere(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    for event in seen.resumes.get(s.id, ()):
        moved = [
            part
            for part, was, now in (("address", s.source_ip, event.source_ip), ("client", client(s.user_agent), client(event.user_agent)))
            if was and now and was != now
        ]
        if moved or (event.actor and s.owner and event.actor != s.owner):
            text = f"resumed from {event.source_ip} with {client(event.user_agent)}, opened from {s.source_ip} with {client(s.user_agent)}"
            yield _finding(s, "resumed_elsewhere", "Resumed from elsewhere", Level.HIGH, text, "T1563")


def _ended_by_another(s: Session, _seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if s.ended_by and s.owner and s.ended_by != s.owner:
        yield _finding(s, "ended_by_another", "Ended by somebody else", Level.INFORMATIONAL, f"by {principal(s.ended_by).name}")


def _misnamed(s: Session, _seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if s.id and misnamed(s.id, s.owner):
        yield _finding(s, "misnamed", "The session's name claims somebody else", Level.HIGH, f"{s.id} belongs to {s.owner}", "T1036")


def _outstayed(s: Session, _seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if s.access == "JustInTime" and s.started and s.ended and s.ended - s.started > JIT_WINDOW:
        yield _finding(
            s, "outstayed", "A just-in-time session outlived its window", Level.MEDIUM, f"ran {s.ended - s.started}", "T1078.004"
        )


CATALOGUE: tuple[Detector, ...] = (
    _first_person,
    _first_pair,
    _first_network,
    _first_client,
    _strange_network,
    _off_hours,
    _strange_destination,
    _resumed_elsewhere,
    _ended_by_another,
    _misnamed,
    _outstayed,
)
