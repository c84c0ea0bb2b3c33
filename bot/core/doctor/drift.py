"""What changed in session logging since the doctor's last visit, and by whom.

A visit keeps, for each check in each place, how it stood when it could last be made; what a visit could not look at stands as it was known
before, so a part that is unreadable for a while hides no change. Who changed something is CloudTrail's word (UpdateDocument, PutBucketPolicy, …).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from bot.core.doctor.result import WORKSPACE, Check, State
from bot.core.model import Event
from bot.core.people import principal
from bot.core.text import clip, listed, plural
from bot.core.watched import WATCHED

CLOCK = "clock"
EVERY = timedelta(days=1)  # between visits
KEPT = timedelta(days=60)  # what was last seen longer ago is forgotten
SETTLED = ("preferences", "documents", "bucket", "group")  # what these say changes only when somebody changes something
ROLE = frozenset(
    {
        "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
        "DeleteRole",
    }
)  # fmt: skip
DOCUMENT = frozenset({"CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"})
CAUSES: Mapping[str, frozenset[str]] = {
    "preferences": DOCUMENT,
    "documents": DOCUMENT | {"ModifyDocumentPermission"},
    "documents.users": DOCUMENT | ROLE,
    "bucket": frozenset(
        {
            "CreateBucket", "DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketEncryption", "DeleteBucketEncryption",
            "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutBucketVersioning", "PutBucketLifecycle",
        }
    ),
    "group": frozenset(
        {"CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey"}
    ),
    "nodes": ROLE,
    "trail": frozenset({"StartLogging", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "CreateTrail"}),
    "table": frozenset({"UpdateTable", "DeleteTable", "UpdateWorkGroup", "DeleteWorkGroup"}),
}  # fmt: skip
REGIONAL = frozenset({"preferences", "documents", "group", "table"})  # the others' calls may be recorded in another Region


@dataclass(frozen=True, slots=True)
class Seen:
    """How one check stood, in its own words, when it could last be made."""

    state: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: when, by whom (`clock`, or who asked), how everything stood (`account/region check`), how many checks were and were not made, and
    how many account-regions could not be looked at.
    """

    at: datetime
    who: str = CLOCK
    seen: Mapping[str, Seen] | None = None
    made: int = 0
    unmade: int = 0
    unread: int = 0

    @property
    def known(self) -> Mapping[str, Seen]:
        """What is known of each check."""
        return self.seen or {}


@dataclass(frozen=True, slots=True)
class Drift:
    """One check that stands otherwise than before. `by` is who changed something of that kind there since, latest last; None where such calls
    are not looked for.
    """

    place: str
    check: str
    title: str
    before: Seen
    after: Seen
    by: tuple[str, ...] | None = ()

    @property
    def worse(self) -> bool:
        """Whether it got worse."""
        return _rank(self.after.state) > _rank(self.before.state)


def _rank(word: str) -> int:
    return next((state.value for state in State if state.word == word), 0)


def looked(checks: Iterable[Check], at: datetime) -> dict[str, Seen]:
    """How each check stands in each place: its worst state and what was said there. What could not be checked is not seen."""
    held: dict[str, list[Check]] = {}
    for check in checks:
        if check.state is not State.UNKNOWN:
            held.setdefault(f"{check.place} {check.about.id}", []).append(check)
    return {key: _seen(these, at) for key, these in held.items()}


def _seen(these: list[Check], at: datetime) -> Seen:
    worst = max(check.state for check in these)
    said = sorted({check.verdict.said for check in these if check.state is worst})
    return Seen(worst.word, clip(" ".join(said), 600), at)


def visit(checks: Iterable[Check], at: datetime, last: Visit | None = None, who: str = CLOCK, unread: int = 0) -> Visit:
    """A visit that is to be kept: what was seen now, over what was known before. `unread` places could not be looked at."""
    every = tuple(checks)
    before = {key: seen for key, seen in (last.known if last else {}).items() if at - seen.at < KEPT}
    unmade = sum(check.state is State.UNKNOWN for check in every)
    return Visit(at, who, {**before, **looked(every, at)}, len(every) - unmade, unmade, unread)


def due(last: Visit | None, at: datetime) -> bool:
    """Whether it is time to look again."""
    return last is None or at - last.at >= EVERY


def drifted(before: Visit, after: Visit, titles: Mapping[str, str]) -> tuple[Drift, ...]:
    """What stands otherwise than at the earlier visit, the worse first. What was never seen before says nothing."""
    found = (_drift(key, before.known[key], seen, titles) for key, seen in after.known.items() if key in before.known)
    return tuple(sorted(chain.from_iterable(found), key=lambda one: (not one.worse, one.place, one.check)))


def _drift(key: str, before: Seen, after: Seen, titles: Mapping[str, str]) -> Iterator[Drift]:
    place, _, check = key.rpartition(" ")
    if before.state != after.state or (check.partition(".")[0] in SETTLED and before.said != after.said):
        yield Drift(place, check, titles.get(check, check), before, after)


def told_by(found: Iterable[Drift], events: Iterable[Event]) -> tuple[Drift, ...]:
    """The same with who did it, as far as these records of CloudTrail tell."""
    happened = sorted((event for event in events if not event.error), key=lambda event: event.at)
    return tuple(replace(one, by=_by(one, happened)) for one in found)


def _by(one: Drift, happened: Iterable[Event]) -> tuple[str, ...] | None:
    kind = one.check if one.check in CAUSES else one.check.partition(".")[0]
    causes = CAUSES.get(kind, frozenset())
    if not causes & frozenset(chain.from_iterable(WATCHED.values())):
        return None
    account, _, region = one.place.partition("/")
    there = [e for e in happened if e.name in causes and e.account == account and (kind not in REGIONAL or e.region == region)]
    calls: dict[str, list[str]] = {}
    for event in there:
        if one.before.at <= event.at <= one.after.at:
            calls.setdefault(principal(event.actor).name or event.actor or "an unknown principal", []).append(event.name)
    return tuple(f"{who} ({listed(list(dict.fromkeys(names)), 3)})" for who, names in calls.items())


def line(found: tuple[Drift, ...], most: int = 3, since: str = "since the last look") -> str:
    """One line for the digest; empty where nothing changed."""
    if not found:
        return ""
    groups: dict[tuple[str, tuple[str, ...] | None], list[str]] = {}
    for one in found[:most]:
        groups.setdefault((one.place, one.by), []).append(told(one))
    parts = [f"In {place.replace(str(WORKSPACE), 'Slack')}{_who(by)}: {'; '.join(these)}." for (place, by), these in groups.items()]
    more = f" And {len(found) - most} more: `/ssm doctor` shows all." if len(found) > most else ""
    return f"Session logging changed in {plural(len(found), 'point')} {since}. {' '.join(parts)}{more}"


def told(one: Drift) -> str:
    """One change in words: what, from what to what."""
    now, was = (clip(seen.said.rstrip("."), 140) for seen in (one.after, one.before))
    if one.before.state != one.after.state:
        return f"{one.title} {one.before.state} → {one.after.state} ({now})"
    return f"{one.title}: {now}; it was “{was}”"


def _who(by: tuple[str, ...] | None) -> str:
    if by is None:
        return " (who did it is not looked for)"
    return f", by {listed(list(by), 3)}" if by else ", by whom CloudTrail does not tell"


def stored(of: Visit) -> dict[str, Any]:
    """A visit as JSON, without when and by whom."""
    return {
        "made": of.made,
        "unmade": of.unmade,
        "unread": of.unread,
        "seen": {key: [s.state, s.said, s.at.isoformat()] for key, s in of.known.items()},
    }


def restored(at: datetime, who: str, raw: Mapping[str, Any]) -> Visit:
    """The visit that `stored` wrote."""
    seen = {key: Seen(state, said, datetime.fromisoformat(when)) for key, (state, said, when) in raw["seen"].items()}
    return Visit(at, who, seen, raw["made"], raw["unmade"], raw["unread"])
