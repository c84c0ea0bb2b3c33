"""What changed in session logging since the doctor's last visit, and by whom: one line for the digest.

The visit is kept as states by check and place; who changed something is CloudTrail's word (PutBucketPolicy, UpdateDocument, …).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.doctor.result import Check, State
from bot.core.model import Event
from bot.core.people import principal
from bot.core.text import listed, plural

Visit = Mapping[str, str]  # `account/region check` → state's word
CAUSES: Mapping[str, frozenset[str]] = {
    "preferences": frozenset({"CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"}),
    "documents": frozenset(
        {"CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument", "ModifyDocumentPermission"}
    ),
    "bucket": frozenset(
        {
            "CreateBucket",
            "DeleteBucket",
            "PutBucketPolicy",
            "DeleteBucketPolicy",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutBucketVersioning",
            "PutBucketLifecycle",
        }
    ),
    "group": frozenset(
        {"CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey"}
    ),
    "nodes": frozenset({"PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "DisassociateIamInstanceProfile"}),
    "network": frozenset(
        {
            "CreateVpcEndpoint",
            "DeleteVpcEndpoints",
            "ModifyVpcEndpoint",
            "ModifyVpcAttribute",
            "AuthorizeSecurityGroupIngress",
            "RevokeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupEgress",
        }
    ),
    "trail": frozenset({"StartLogging", "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "CreateTrail"}),
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One check that stands otherwise than before. `by` is who changed something of that kind there since, latest last."""

    place: str
    check: str
    title: str
    before: str
    after: str
    by: tuple[str, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether it got worse."""
        return _rank(self.after) > _rank(self.before)


def _rank(word: str) -> int:
    return next((state.value for state in State if state.word == word), 0)


def visit(checks: Iterable[Check]) -> dict[str, str]:
    """What is to be kept of a visit: the worst state of each check in each place. What could not be checked is not kept."""
    held: dict[str, State] = {}
    for check in checks:
        key = f"{check.place} {check.about.id}"
        if check.state is not State.UNKNOWN:
            held[key] = max(held.get(key, State.OK), check.state)
    return {key: state.word for key, state in held.items()}


def drifted(before: Visit, checks: Iterable[Check], events: Iterable[Event], since: datetime) -> tuple[Drift, ...]:
    """What stands otherwise than at the last visit, the worse first. A check that was not made then, or could not be made now, says nothing."""
    kept = tuple(checks)
    now, titles = visit(kept), {f"{check.place} {check.about.id}": check.about.title for check in kept}
    happened = sorted((event for event in events if event.at >= since and not event.error), key=lambda event: event.at)
    found = [
        Drift(place, name, titles[key], before[key], now[key], _by(place, name, happened))
        for key in now
        for place, _, name in [key.rpartition(" ")]
        if key in before and before[key] != now[key]
    ]
    return tuple(sorted(found, key=lambda one: (not one.worse, one.place, one.check)))


def _by(place: str, check: str, events: Iterable[Event]) -> tuple[str, ...]:
    causes = CAUSES.get(check.partition(".")[0], frozenset())
    return tuple(
        dict.fromkeys(
            f"{principal(event.actor).name or event.actor} ({event.name})"
            for event in events
            if event.name in causes and place in (f"{event.account}/{event.region}", f"{event.account}/")
        )
    )


def line(found: tuple[Drift, ...]) -> str:
    """One line for the digest; empty where nothing changed."""
    if not found:
        return ""
    told = [
        f"{one.title} in {one.place}: {one.before} → {one.after}"
        + (f", by {listed(list(one.by), 2)}" if one.by else ", nobody seen in CloudTrail")
        for one in found[:3]
    ]
    more = f"; {len(found) - 3} more" if len(found) > 3 else ""
    return f"Session logging changed in {plural(len(found), 'point')} since the last look: {'; '.join(told)}{more}."
