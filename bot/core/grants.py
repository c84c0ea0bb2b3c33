"""IAM policies, parsed: who may do what, and whether two statements say the same. Nothing is found by searching in text.

Evaluation as in the IAM User Guide, "Policy evaluation logic": an explicit Deny wins, then an Allow is needed, and a boundary must allow it
too. A condition that is not evaluated here makes the answer `maybe`, never yes. Actions match without regard to case, `*` and `?` anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

OWN = "Countersign"  # every Sid that the project writes begins so


class Granted(StrEnum):
    """What policies say of one action on one resource."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    DENIED = "denied"


class Unparsed(ValueError):
    """A policy that is no policy."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in normal form: two that mean the same are equal."""

    effect: str
    actions: frozenset[str]
    resources: frozenset[str]
    principals: frozenset[tuple[str, str]] = frozenset()
    conditions: str = ""
    not_actions: frozenset[str] = frozenset()
    not_resources: frozenset[str] = frozenset()
    not_principals: frozenset[tuple[str, str]] = frozenset()
    sid: str = ""

    @property
    def meaning(self) -> tuple[object, ...]:
        """Everything but its name."""
        return (
            self.effect, self.actions, self.resources, self.principals, self.conditions,
            self.not_actions, self.not_resources, self.not_principals,
        )  # fmt: skip

    @property
    def public(self) -> bool:
        """Whether it lets everyone in, without a condition."""
        return self.effect == "Allow" and not self.conditions and (("AWS", "*") in self.principals or bool(self.not_principals))

    def speaks_of(self, action: str, resource: str) -> bool:
        """Whether it covers an action on a resource."""
        return self.acts(action) and self._reaches(resource)

    def acts(self, action: str) -> bool:
        """Whether it covers an action on anything."""
        if self.not_actions:
            return not any(matches(pattern, action.lower()) for pattern in self.not_actions)
        return any(matches(pattern, action.lower()) for pattern in self.actions)

    def _reaches(self, resource: str) -> bool:
        if self.not_resources:
            return not any(matches(pattern, resource) for pattern in self.not_resources)
        return any(matches(pattern, resource) for pattern in self.resources)


def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards: `*` any characters, `?` one."""
    return re.fullmatch("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern), text, re.DOTALL) is not None


def document(policy: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A policy as a mapping. Raises Unparsed."""
    try:
        found = json.loads(policy) if isinstance(policy, str) else policy
    except ValueError as error:
        raise Unparsed("it is not JSON") from error
    if not isinstance(found, Mapping) or "Statement" not in found:
        raise Unparsed("it has no Statement")
    return found


def statements(policy: str | Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy. Raises Unparsed."""
    return tuple(map(statement, raw_statements(policy)))


def raw_statements(policy: str | Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements as they are written; one alone counts as a list of one."""
    found = document(policy)["Statement"]
    rows = [found] if isinstance(found, Mapping) else found
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not all(isinstance(row, Mapping) for row in rows):
        raise Unparsed("its Statement is no list of statements")
    return list(rows)


def statement(raw: Mapping[str, Any]) -> Statement:
    """One statement in normal form. Raises Unparsed."""
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise Unparsed("a statement has no Effect")
    return Statement(
        str(effect),
        _words(raw.get("Action"), lower=True),
        _words(raw.get("Resource")) or (frozenset() if "NotResource" in raw else frozenset({"*"})),
        _principals(raw.get("Principal")),
        json.dumps(raw["Condition"], sort_keys=True) if raw.get("Condition") else "",
        _words(raw.get("NotAction"), lower=True),
        _words(raw.get("NotResource")),
        _principals(raw.get("NotPrincipal")),
        str(raw.get("Sid") or ""),
    )


def _words(value: object, *, lower: bool = False) -> frozenset[str]:
    many = [value] if isinstance(value, str) else value if isinstance(value, Sequence) else []
    return frozenset(str(one).lower() if lower else str(one) for one in many)


def _principals(value: object) -> frozenset[tuple[str, str]]:
    if value == "*":
        return frozenset({("AWS", "*")})
    if not isinstance(value, Mapping):
        return frozenset()
    return frozenset((str(kind), name) for kind, names in value.items() for name in _words(names))


def about(policy: Mapping[str, Any], action: str) -> Mapping[str, Any] | None:
    """The part of a policy that speaks of an action; None where nothing does, and nothing but a doubt (`{}`) where it cannot be read."""
    try:
        rows = [raw for raw in raw_statements(policy) if statement(raw).acts(action)]
    except Unparsed:
        return {}
    return {"Statement": rows} if rows else None


def granted(policies: Iterable[Mapping[str, Any]], action: str, resource: str, boundary: Mapping[str, Any] | None = None) -> Granted:
    """What identity policies (and a boundary) say of one action on one resource. An unreadable policy makes it `maybe`."""
    said = _said(policies, action, resource)
    if boundary is None or said in (Granted.NO, Granted.DENIED):
        return said
    within = _said([boundary], action, resource)
    return within if within is not Granted.YES else said


def _said(policies: Iterable[Mapping[str, Any]], action: str, resource: str) -> Granted:
    found: list[Statement] = []
    doubt = False
    for policy in policies:
        try:
            found += [one for one in statements(policy) if one.speaks_of(action, resource)]
        except Unparsed:
            doubt = True
    plain = {one.effect for one in found if not one.conditions}
    if "Deny" in plain:
        return Granted.DENIED
    unsure = doubt or any(one.effect == "Deny" for one in found)
    if "Allow" in plain:
        return Granted.MAYBE if unsure else Granted.YES
    return Granted.MAYBE if unsure or found else Granted.NO


def equal(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two policies say the same, whatever their order and the names of their statements."""
    if one is None or other is None:
        return one is other
    return {s.meaning for s in statements(one)} == {s.meaning for s in statements(other)}


def merged(policy: Mapping[str, Any] | None, wanted: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The policy with the wanted statements in it. Statements of others stay word for word; one of ours by the same Sid is renewed.

    A statement that is there in meaning is not added again. Raises Unparsed for a policy that cannot be read: it is never replaced.
    """
    rows = raw_statements(policy) if policy else []
    for one in wanted:
        if statement(one).meaning in {statement(row).meaning for row in rows}:
            continue
        rows = [row for row in rows if not (row.get("Sid") == one.get("Sid") and str(row.get("Sid")).startswith(OWN))]
        rows.append(one)
    head = {key: value for key, value in (policy or {"Version": "2012-10-17"}).items() if key != "Statement"}
    return {**head, "Statement": rows}
