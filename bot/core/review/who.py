"""Which Slack person an AWS principal is: in a configured order, with how sure we are, and never by a guess.

The owner's ARN is the only evidence. A role session name is chosen by whoever assumes the role; only IAM Identity Center sets it itself
(roles `AWSReservedSSO_…`), so an e-mail there is likely the person's and elsewhere only claimed. Two answers from one way are no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.model import Principal
from bot.core.people import principal
from bot.core.review.facts import Known

ORDER = ("map", "email", "tag", "pattern")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
SSO = "AWSReservedSSO_"


def nobody(_email: str) -> str:
    """Where there is no directory."""
    return ""


@dataclass(frozen=True, slots=True)
class Directory:
    """What can be looked up: a user id by e-mail, the e-mail in a principal's tag, a user's zone. Each gives "" for nobody."""

    by_email: Callable[[str], str] = nobody
    tagged: Callable[[str], str] = nobody
    zone: Callable[[str], str] = nobody
    people: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""  # `(?P<name>[a-z.]+)-cli → {name}@example.com`
    order: Sequence[str] = ORDER


Found = tuple[frozenset[str], str, str]  # user ids, how, how sure


def known(owner: str, directory: Directory) -> Known:
    """The Slack person behind a session's owner ARN, by the first way that knows anybody."""
    who = principal(owner)
    for way in directory.order:
        ids, how, sure = WAYS[way](who, directory)
        if len(ids) == 1:
            user = next(iter(ids))
            return Known(user, how, sure, directory.zone(user) or "UTC")
        if ids:
            return Known("", f"{how}, and that fits {len(ids)} people", "", "UTC", tuple(sorted(ids)))
    return Known("", "no way to know", "")


def _map(who: Principal, directory: Directory) -> Found:
    names = {name.lower() for name in (who.arn, who.name) if name}
    exact = {user for name, user in directory.people.items() if name.lower() == who.arn.lower()}
    found = exact or {user for name, user in directory.people.items() if name.lower() in names}
    return frozenset(found), "named in the configured people", "certain"


def _email(who: Principal, directory: Directory) -> Found:
    if not EMAIL.fullmatch(who.name):
        return frozenset(), "", ""
    if who.role.startswith(SSO):
        return _by(who.name, directory, "by the e-mail that IAM Identity Center gave the session", "likely")
    if who.kind == "user":
        return _by(who.name, directory, "by the IAM user's name", "likely")
    return _by(who.name, directory, "by a session name that its caller chose", "claimed")


def _tag(who: Principal, directory: Directory) -> Found:
    return _by(directory.tagged(who.arn), directory, "by the IAM user's tag", "likely")


def _pattern(who: Principal, directory: Directory) -> Found:
    shape, _, made = directory.pattern.partition("→")
    match = re.fullmatch(shape.strip(), who.name) if made.strip() else None
    if match is None:
        return frozenset(), "", ""
    filled = re.sub(r"\{(\w+)\}", lambda m: match.groupdict().get(m[1]) or "", made.strip())
    return _by(filled, directory, "by the configured pattern of names", "claimed" if who.kind == "role" else "likely")


def _by(email: str, directory: Directory, how: str, sure: str) -> Found:
    user = directory.by_email(email) if EMAIL.fullmatch(email) else ""
    return frozenset({user} if user else ()), how, sure


WAYS: Mapping[str, Callable[[Principal, Directory], Found]] = {"map": _map, "email": _email, "tag": _tag, "pattern": _pattern}
