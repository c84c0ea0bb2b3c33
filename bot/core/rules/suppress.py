"""Suppressions: findings that someone answers for, until a day.

A suppression names its owner, its reason, its last day, a rule and at least one entity (actor, target or text). It marks
a finding; it never drops one. The file is YAML: a list of mappings with those keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from bot.core.model import Finding
from bot.core.rules.words import Fault, Malformed, Source

_KEYS = ("rule", "owner", "reason", "until", "actor", "target", "text")
_NEEDED = ("rule", "owner", "reason", "until")


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is suppressed, by whom, why and until which day (inclusive). `rule` is a name, an id or a title."""

    rule: str
    owner: str
    reason: str
    until: date
    actor: str = ""
    target: str = ""
    text: str = ""
    where: str = ""

    def fits(self, finding: Finding, today: date) -> bool:
        """Whether it speaks of a finding on a day. Entities compare without case, as a part of the finding's own."""
        if today > self.until or self.rule.lower() not in (finding.rule.lower(), finding.title.lower()):
            return False
        pairs = ((self.actor, finding.actor), (self.target, finding.target), (self.text, finding.text))
        return all(wanted.lower() in found.lower() for wanted, found in pairs if wanted)


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding, and the suppression that speaks of it, if any."""

    finding: Finding
    by: Suppression | None = None


def mark(findings: Iterable[Finding], suppressions: Sequence[Suppression], today: date) -> tuple[Marked, ...]:
    """Every finding, in order, with the first suppression that fits it on a day."""
    return tuple(Marked(finding, next((each for each in suppressions if each.fits(finding, today)), None)) for finding in findings)


def expired(suppressions: Iterable[Suppression], today: date) -> tuple[Suppression, ...]:
    """Suppressions whose last day is past."""
    return tuple(each for each in suppressions if each.until < today)


def read(source: Source) -> tuple[Suppression, ...]:
    """Suppressions of a file. Raises Malformed with file and line of everything that is wrong."""
    faults: list[Fault] = []
    found: list[Suppression] = []
    try:
        root = yaml.compose(source.text, Loader=yaml.SafeLoader)
        entries = yaml.safe_load(source.text) or []
    except yaml.YAMLError as fault:
        mark_ = getattr(fault, "problem_mark", None)
        raise Malformed((Fault(f"{source.name}:{mark_.line + 1 if mark_ else 1}", "this is no YAML"),)) from fault
    lines = [node.start_mark.line + 1 for node in root.value] if isinstance(root, yaml.SequenceNode) else []
    if root is not None and not isinstance(root, yaml.SequenceNode):
        raise Malformed((Fault(f"{source.name}:1", "suppressions are a YAML list"),))
    for line, entry in zip(lines, entries, strict=True):
        where = f"{source.name}:{line}"
        wrong = _wrong(entry)
        if wrong:
            faults.append(Fault(where, wrong))
        else:
            found.append(Suppression(**{key: entry[key] for key in _KEYS if key in entry}, where=where))
    if faults:
        raise Malformed(tuple(faults))
    return tuple(found)


def _wrong(entry: object) -> str:
    if not isinstance(entry, dict):
        return "a suppression is a mapping with rule, owner, reason, until and an entity"
    unknown = sorted(str(key) for key in entry if key not in _KEYS)
    missing = [key for key in _NEEDED if not entry.get(key)]
    if unknown:
        return f"{', '.join(unknown)} is no key of a suppression; keys are {', '.join(_KEYS)}"
    if missing:
        return f"a suppression needs {', '.join(missing)}"
    if not isinstance(entry["until"], date):
        return f"until is a day such as 2030-01-31, not {entry['until']!r}"
    if not any(entry.get(key) for key in ("actor", "target", "text")):
        return "a suppression needs an entity: actor, target or text"
    if any(not isinstance(entry[key], str) for key in entry if key != "until"):
        return "every value but until is text"
    return ""
