"""Checks as a person reads them: the same finding of many places once, the worst first, and the whole fleet side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.doctor.result import WORKSPACE, About, Check, Fix, State
from bot.core.model import Place
from bot.core.text import listed, plural

SAID = {
    State.FAULT: ("fault", "faults"),
    State.WARNING: ("warning", "warnings"),
    State.UNKNOWN: ("check could not be made", "checks could not be made"),
}
GROUPS = {
    "preferences": "Preferences", "documents": "Other documents", "bucket": "Bucket", "group": "Log group", "logs": "Logs arrive", "nodes": "Nodes",
    "network": "Network", "trail": "Trail", "table": "Athena", "bot": "The bot's permissions", "slack": "Slack",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, and every place that has it. `fixes` has a place's own fix where the calls differ."""

    about: About
    state: State
    said: str
    places: tuple[Place, ...]
    fixes: Mapping[Place, Fix]

    @property
    def fix(self) -> Fix:
        """The fix as it is in the first place."""
        return self.fixes[self.places[0]]

    @property
    def where(self) -> str:
        """The places in words."""
        return listed([named(place) for place in self.places], 3)


def named(place: Place) -> str:
    """A place as a person reads it."""
    return "Slack" if place == WORKSPACE else str(place)


def lines(checks: Iterable[Check]) -> tuple[Line, ...]:
    """Findings, the worst first, else in the order of the catalogue. What could not be checked is one line a reason."""
    held: dict[tuple[object, ...], list[Check]] = {}
    for check in checks:
        held.setdefault(_key(check), []).append(check)
    found = [_line(together) for together in held.values()]
    return tuple(sorted(found, key=lambda line: -line.state))


def _key(check: Check) -> tuple[object, ...]:
    """Same check, same words. What could not be checked is told once a reason."""
    if check.state is State.UNKNOWN:
        return check.state, check.verdict.said
    return check.state, check.about.id, check.verdict.said, check.verdict.fix.words


def _line(together: Sequence[Check]) -> Line:
    first = together[0]
    fixes: dict[Place, Fix] = {}
    for check in together:
        fixes.setdefault(check.place, check.verdict.fix)
    groups = [GROUPS.get(group, group) for group in dict.fromkeys(check.about.group for check in together)]
    named = f"{listed(groups, 9)}: " if first.state is State.UNKNOWN else ""
    return Line(first.about, first.state, named + first.verdict.said, tuple(fixes), fixes)


def counted(checks: Iterable[Check]) -> str:
    """`3 faults, 2 warnings, 14 checks could not be made`; empty if all is well."""
    counts = Counter(check.state for check in checks)
    return ", ".join(plural(counts[state], *SAID[state]) for state in SAID if counts[state])


def worst(checks: Iterable[Check]) -> State:
    """The worst state there is; OK where there is nothing."""
    return max((check.state for check in checks), default=State.OK)


def matrix(checks: Sequence[Check]) -> tuple[tuple[str, tuple[State | None, ...]], ...]:
    """Each group's name with its worst state in each place, in the order of `places`; None where nothing was to check."""
    columns = places(checks)
    held: dict[tuple[str, Place], State] = {}
    for check in checks:
        key = check.about.group, check.place
        held[key] = max(held.get(key, State.OK), check.state)
    groups = dict.fromkeys(check.about.group for check in checks)
    return tuple((GROUPS.get(group, group), tuple(held.get((group, place)) for place in columns)) for group in groups)


def places(checks: Iterable[Check]) -> tuple[Place, ...]:
    """The places of the checks, in order."""
    return tuple(dict.fromkeys(check.place for check in checks))


def where(checks: Iterable[Check]) -> str:
    """`4 account-regions`, `4 account-regions and Slack`, `Slack`."""
    found = places(checks)
    aws = [place for place in found if place != WORKSPACE]
    return listed([*([plural(len(aws), "account-region")] if aws or not found else []), *(["Slack"] if WORKSPACE in found else [])])


def side_by_side(checks: Sequence[Check]) -> str:
    """The matrix as fixed-width text: a numbered column a place, then which number is which place."""
    rows = matrix(checks)
    width = max((len(name) for name, _ in rows), default=0)
    columns = places(checks)
    head = " " * width + "".join(f"{number:>3}" for number in range(1, len(columns) + 1))
    body = [f"{name:<{width}}" + "".join(f"  {state.sign if state is not None else '·'}" for state in states) for name, states in rows]
    legend = [f"{number:>2} {named(place)}" for number, place in enumerate(columns, 1)]
    return "\n".join([head, *body, "", *legend])
