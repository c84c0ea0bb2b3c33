"""What a session's surroundings make unusual: how it was led to, how many there were, how long they ran, and what became of the node."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.core import text, times
from bot.core.just_in_time import LIVE
from bot.core.model import Finding, Level, Session
from bot.core.people import principal
from bot.core.policy import Policy
from bot.core.usual import Usual, finding, who

FRESH = timedelta(hours=1)  # after its launch a node is new
LOOKED = timedelta(minutes=15)  # from looking around to going in
BRIEF, BURST, DOORS = timedelta(minutes=3), timedelta(minutes=15), 3  # so short, within so long, on so many nodes
OFTEN = 10  # sessions on one node
STOPS = ("StopInstances", "TerminateInstances")


def surveyed(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    """Somebody who is new there listed the nodes and then went in."""
    new = seen.people and ((s.account, who(s)) not in seen.people or (who(s), s.target) not in seen.pairs)
    looks = [e for e in seen.surveys.get(s.owner, ()) if s.started and timedelta() <= s.started - e.at <= LOOKED]
    if new and looks:
        said = f"{text.listed(sorted({e.name for e in looks}), 3)} {_ago(s, looks[-1].at)} before, and new there"
        yield finding(s, "surveyed", "Looked around, then went in where they had never been", Level.MEDIUM, said, "T1580", "T1021.007")


def fresh_node(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    """A node that was entered soon after its launch; by whoever launched it, it may serve to use the role that it has."""
    for launch in seen.calls.get(s.target, ()):
        if launch.name == "RunInstances" and s.started and timedelta() <= s.started - launch.at <= FRESH:
            by = principal(launch.actor).name
            own = by.lower() == principal(s.owner).name.lower()
            said = f"launched {_ago(s, launch.at)} before by {'the same person' if own else by or 'an unknown principal'}"
            level = Level.MEDIUM if own else Level.LOW
            yield finding(s, "fresh_node", "A node was entered soon after its launch", level, said, "T1578.002", "T1021.007")


def node_stopped(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    """A node that was stopped while a session ran on it: what is not streamed yet is lost."""
    last = s.ended or (seen.now if s.status in LIVE else None)
    stop = next(
        (e for e in seen.calls.get(s.target, ()) if e.name in STOPS and s.started and s.started < e.at <= (last or s.started)), None
    )
    if stop:
        own = principal(stop.actor).name.lower() == principal(s.owner).name.lower()
        said = f"{stop.name} by {'its own user' if own else principal(stop.actor).name or 'an unknown principal'} at {stop.at:%H:%M} UTC"
        yield finding(
            s, "node_stopped", "The node was stopped during the session", Level.MEDIUM if own else Level.LOW, said, "T1529", "T1562.008"
        )


def overlong(s: Session, seen: Usual, policy: Policy) -> Iterator[Finding]:
    """A session older than a session should become."""
    last = s.ended or (seen.now if s.status in LIVE else None)
    if s.started and last and last - s.started > policy.stale_after:
        said = f"{'ran' if s.ended else 'has been open'} {times.length(last - s.started)}"
        yield finding(s, "overlong", "A session lasted very long", Level.LOW, said, "T1021.007")


def concurrent(s: Session, seen: Usual, policy: Policy) -> Iterator[Finding]:
    """One session more of one person than may be open at a time; told when the number is passed, not for each beyond it."""
    open_ = [e for e in seen.earlier.get(who(s), ()) if s.started and _open_at(e, s.started)]
    if len(open_) == policy.concurrent:
        said = f"{len(open_) + 1} open at once, on {text.plural(len({e.target for e in (*open_, s)}), 'node')}"
        yield finding(s, "concurrent", "Many sessions of one person at a time", Level.LOW, said, "T1021.007")


def _open_at(session: Session, at: datetime) -> bool:
    return session.ended > at if session.ended else session.status in LIVE


def burst(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    """Doors tried one after the other: sessions of minutes on several nodes. Told once, when it is clear."""
    brief = [e for e in (*seen.earlier.get(who(s), ()), s) if _brief(e) and _near(e, s)] if _brief(s) else []
    doors = dict.fromkeys(e.target for e in brief)
    if len(doors) == DOORS and s.target not in {e.target for e in brief if e is not s}:
        said = f"{len(doors)} nodes within {int(BURST.total_seconds() // 60)} minutes, none for longer than {int(BRIEF.total_seconds() // 60)}: {', '.join(doors)}"
        yield finding(s, "burst", "Many nodes were entered for a moment each", Level.MEDIUM, said, "T1021.007", "T1580")


def matters(earlier: Session, s: Session) -> bool:
    """Whether an earlier session may still count when a later one than `s` is judged."""
    return _near(earlier, s) or s.started is None or _open_at(earlier, s.started)


def _brief(session: Session) -> bool:
    return bool(session.started and session.ended and session.ended - session.started <= BRIEF)


def _near(one: Session, other: Session) -> bool:
    return bool(one.started and other.started and other.started - one.started <= BURST)


def again(s: Session, seen: Usual, _policy: Policy) -> Iterator[Finding]:
    """The same person on the same node again and again."""
    if s.target and seen.counts.get((who(s), s.target), 0) + 1 == OFTEN:
        yield finding(
            s, "again", "The same node again and again", Level.INFORMATIONAL, f"{OFTEN} sessions of this person on {s.target}", "T1021.007"
        )


def _ago(s: Session, at: datetime) -> str:
    return times.length(s.started - at) if s.started else ""
