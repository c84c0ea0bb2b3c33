"""What a session's history makes unusual: first-seen people, pairs, networks and clients, and what does not fit its owner.

Strategy: each detector is a function of one session and of what was usual before; the table at the end is the catalogue. A
first-seen finding needs a past to differ from, so without an earlier session in the baseline nothing is called new.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from bot.core import just_in_time, unusual_acts
from bot.core.model import Finding, Kind, Level, Session
from bot.core.people import misnamed, principal
from bot.core.policy import Policy
from bot.core.times import moment, zone
from bot.core.usual import Usual, client, finding, network, who

WEEKEND = 5

Detector = Callable[[Session, Usual, Policy], Iterator[Finding]]


def unusual(sessions: Sequence[Session], before: Usual, policy: Policy) -> tuple[Finding, ...]:
    """Findings on sessions that were opened, worst first. What was new once is not new again within the same span."""
    found: list[Finding] = []
    seen = replace(before, earlier={}, counts={})
    for session in sorted((s for s in sessions if not s.error), key=lambda s: (s.started.timestamp() if s.started else 0.0, s.id)):
        found += [finding for detector in CATALOGUE for finding in detector(session, seen, policy)]
        seen = _with(seen, session)
    return tuple(sorted(found, key=lambda f: (-f.level, f.at.timestamp() if f.at else 0.0, f.session, f.rule)))


def _with(seen: Usual, s: Session) -> Usual:
    """What is known after a session. Of the earlier ones, only those are kept that may still be open or belong to a burst."""
    name = who(s)
    seen.counts[name, s.target] = seen.counts.get((name, s.target), 0) + 1
    seen.earlier[name] = [*(e for e in seen.earlier.get(name, ()) if unusual_acts.matters(e, s)), s]
    now = {
        "people": (s.account, name),
        "pairs": (name, s.target),
        "networks": (name, network(s.source_ip)),
        "clients": (name, client(s.user_agent)),
    }
    new = {field: getattr(seen, field) | {each} for field, each in now.items() if seen.people and each not in getattr(seen, field)}
    return replace(seen, **new) if new else seen


def _first_person(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if seen.people and (s.account, who(s)) not in seen.people:
        yield finding(s, "first_person", "First session of this person in the account", Level.LOW, f"first in {s.account}", "T1078.004")


def _first_pair(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.target and (who(s), s.target) not in seen.pairs:
        yield finding(s, "first_pair", "First session of this person on the node", Level.INFORMATIONAL, f"first on {s.target}", "T1021.007")


def _first_network(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.source_ip and not s.source_ip.endswith(".amazonaws.com") and (who(s), network(s.source_ip)) not in seen.networks:
        yield finding(s, "first_network", "A network this person never came from", Level.LOW, f"from {network(s.source_ip)}", "T1078.004")


def _first_client(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    known = (s.account, who(s)) in seen.people
    if known and s.user_agent and (who(s), client(s.user_agent)) not in seen.clients:
        yield finding(
            s, "first_client", "A client this person never used", Level.INFORMATIONAL, f"with {client(s.user_agent)}", "T1078.004"
        )


def _strange_network(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    try:
        ip = ipaddress.ip_address(s.source_ip)
    except ValueError:
        return
    if policy.networks and not any(ip in ipaddress.ip_network(each, strict=False) for each in policy.networks):
        yield finding(s, "strange_network", "From outside the listed networks", Level.MEDIUM, f"from {s.source_ip}", "T1078.004")


def _off_hours(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    name = principal(s.owner).name.lower()
    own = policy.zones.get(name, policy.zone)
    if s.started is None or principal(s.owner).kind not in ("user", "role", "federated", "root"):
        return
    local = s.started.astimezone(zone(own))
    if local.weekday() >= WEEKEND or not policy.hours[0] <= local.hour < policy.hours[1]:
        yield finding(s, "off_hours", "Outside working hours", Level.INFORMATIONAL, f"began {moment(s.started, own)}", "T1078.004")


def _strange_destination(s: Session, _seen: Usual, policy: Policy) -> Iterator[Finding]:
    to = f"{s.host or s.target}:{s.port}"
    if s.kind is Kind.TUNNEL and policy.destinations and not any(fnmatchcase(to.lower(), each.lower()) for each in policy.destinations):
        yield finding(s, "strange_destination", "A tunnel to where none is expected", Level.MEDIUM, f"to {to}", "T1572")


def _resumed_elsewhere(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    for event in seen.resumes.get(s.id, ()):
        moved = [
            part
            for part, was, now in (("address", s.source_ip, event.source_ip), ("client", client(s.user_agent), client(event.user_agent)))
            if was and now and was != now
        ]
        if moved or (event.actor and s.owner and event.actor != s.owner):
            text = f"resumed from {event.source_ip} with {client(event.user_agent)}, opened from {s.source_ip} with {client(s.user_agent)}"
            yield finding(s, "resumed_elsewhere", "Resumed from elsewhere", Level.HIGH, text, "T1563")


def _ended_by_another(s: Session, _seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if s.ended_by and s.owner and s.ended_by != s.owner:
        yield finding(s, "ended_by_another", "Ended by somebody else", Level.INFORMATIONAL, f"by {principal(s.ended_by).name}")


def _misnamed(s: Session, _seen: Usual, _policy: Policy) -> Iterator[Finding]:
    if s.id and misnamed(s.id, s.owner):
        yield finding(s, "misnamed", "The session's name claims somebody else", Level.HIGH, f"{s.id} belongs to {s.owner}", "T1036")


def _outstayed(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    return just_in_time.outstayed(s, seen)


def _bypassed(s: Session, seen: Usual, policy: Policy) -> Iterator[Finding]:
    return just_in_time.bypassed(s, seen, policy.just_in_time)


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
    _bypassed,
    unusual_acts.surveyed,
    unusual_acts.fresh_node,
    unusual_acts.node_stopped,
    unusual_acts.overlong,
    unusual_acts.concurrent,
    unusual_acts.burst,
    unusual_acts.again,
)
