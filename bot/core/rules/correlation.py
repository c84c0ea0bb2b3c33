"""Correlation rules over a sequence of events or typed commands: how many, how many different, together, or in order.

Strategy: what base rules fired on is tried in order; each match goes into the window of its group. When the condition
becomes true the window is the evidence, and the group is quiet until its window has emptied. Nothing without a time
ever leaves a window, so that lines of a log file without times are one window: their order is what counts.
"""

from __future__ import annotations

import itertools
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    CorrelationConditionOR,
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)

from bot.core.rules.records import Record
from bot.core.rules.seek import Unsupported
from bot.core.rules.words import Rule

Subject = TypeVar("Subject")
MOST_GROUPS = 32  # values of one record that each make a group of their own

_OPERATORS: dict[SigmaCorrelationConditionOperator, Callable[[float, float], bool]] = {
    SigmaCorrelationConditionOperator.LT: operator.lt,
    SigmaCorrelationConditionOperator.LTE: operator.le,
    SigmaCorrelationConditionOperator.GT: operator.gt,
    SigmaCorrelationConditionOperator.GTE: operator.ge,
    SigmaCorrelationConditionOperator.EQ: operator.eq,
    SigmaCorrelationConditionOperator.NEQ: operator.ne,
}


class Fired(NamedTuple, Generic[Subject]):
    """What a base rule fired on: its record, and by whose key it counts once (`at` is None where no time is known)."""

    base: str
    at: datetime | None
    key: str
    subject: Subject
    record: Record


@dataclass(frozen=True, slots=True)
class Match(Generic[Subject]):
    """One firing within a window, and the values that are counted."""

    fired: Fired[Subject]
    values: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The base rule that fired."""
        return self.fired.base


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation rule, ready to run. `feeds` are the names or ids of its base rules, in their order.

    `generates`: its base rules give findings of their own as well.
    """

    rule: Rule
    feeds: tuple[str, ...]
    kind: SigmaCorrelationType
    within: timedelta
    group_by: tuple[str, ...]
    aliases: Mapping[str, Mapping[str, str]]
    counted: tuple[str, ...]
    generates: bool
    holds: Callable[[Sequence[Match[Any]]], bool]

    @property
    def fields(self) -> frozenset[str]:
        """Fields that a record must have for it to be grouped and counted."""
        named = (*self.group_by, *self.counted)
        return frozenset(field for name in named for field in self.aliases.get(name, {name: name}).values())


@dataclass(slots=True)
class Window(Generic[Subject]):
    """What one group has seen lately, and whether that was already told."""

    matches: deque[Match[Subject]] = field(default_factory=deque)
    told: bool = False


def prepared(rule: Rule, sigma: SigmaCorrelationRule) -> Correlation:
    """A correlation rule from pySigma's reading of it. Raises Unsupported, or ValueError for a slip of the rule's own."""
    feeds = tuple(reference.reference for reference in sigma.rules or ())
    condition = sigma.condition
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        feeds = feeds or tuple(condition.get_referenced_rules())
    field_names = condition.fieldref if isinstance(condition, SigmaCorrelationCondition) else None
    counted = (field_names,) if isinstance(field_names, str) else tuple(field_names or ())
    aliases = {alias.alias: {reference.reference: name for reference, name in alias.mapping.items()} for alias in sigma.aliases}
    return Correlation(
        rule=rule,
        feeds=feeds,
        kind=sigma.type,
        within=timedelta(seconds=sigma.timespan.seconds),
        group_by=tuple(sigma.group_by or ()),
        aliases=aliases,
        counted=counted,
        generates=bool(sigma.generate),
        holds=_condition(sigma, feeds),
    )


def _condition(sigma: SigmaCorrelationRule, feeds: tuple[str, ...]) -> Callable[[Sequence[Match[Any]]], bool]:
    condition = sigma.condition
    if sigma.type in (SigmaCorrelationType.TEMPORAL, SigmaCorrelationType.TEMPORAL_ORDERED):
        if isinstance(condition, SigmaExtendedCorrelationCondition):
            tree = condition.parsed
            if sigma.type is SigmaCorrelationType.TEMPORAL_ORDERED:
                return lambda matches: _after(tree, [match.rule for match in matches], 0) is not None
            return lambda matches: _true(tree, {match.rule for match in matches})
        if sigma.type is SigmaCorrelationType.TEMPORAL_ORDERED:
            return lambda matches: _in_order(matches, feeds)
        return lambda matches: {match.rule for match in matches} >= set(feeds)
    if not isinstance(condition, SigmaCorrelationCondition):
        raise ValueError("a count needs a condition such as `gte: 3`")  # noqa: TRY004 - what the rule says is wrong, not a type
    fits, bound = _OPERATORS[condition.op], float(condition.count)
    measure = _MEASURES.get(sigma.type)
    if measure is None:
        raise Unsupported(f"the correlation type {sigma.type.name.lower()}")
    return lambda matches: fits(measure(matches), bound)


def _true(tree: object, seen: set[str]) -> bool:
    match tree:
        case SigmaRuleReference():
            return tree.reference in seen
        case CorrelationConditionAND():
            return all(_true(arg, seen) for arg in tree.args)
        case CorrelationConditionOR():
            return any(_true(arg, seen) for arg in tree.args)
        case CorrelationConditionNOT():
            return not _true(tree.args[0], seen)
    return False


def _after(tree: object, rules: Sequence[str], start: int) -> int | None:
    """Where the earliest firings end that fulfil a condition from `start` on, `and` read as "then"; None if none do."""
    match tree:
        case SigmaRuleReference():
            return next((at + 1 for at in range(start, len(rules)) if rules[at] == tree.reference), None)
        case CorrelationConditionAND():
            at: int | None = start
            for arg in tree.args:
                at = None if at is None else _after(arg, rules, at)
            return at
        case CorrelationConditionOR():
            return min((end for arg in tree.args if (end := _after(arg, rules, start)) is not None), default=None)
        case CorrelationConditionNOT():
            return start if _after(tree.args[0], rules, start) is None else None
    return None


def _in_order(matches: Sequence[Match[Any]], feeds: tuple[str, ...]) -> bool:
    wanted = iter(feeds)
    following = next(wanted, None)
    for match in matches:
        if match.rule == following:
            following = next(wanted, None)
    return following is None


def _numbers(matches: Sequence[Match[Any]]) -> list[float]:
    return [float(value) for match in matches for value in match.values if value.replace(".", "", 1).isdigit()]


def _median(matches: Sequence[Match[Any]]) -> float:
    ordered = sorted(_numbers(matches))
    return ordered[len(ordered) // 2] if ordered else 0.0


_MEASURES: dict[SigmaCorrelationType, Callable[[Sequence[Match[Any]]], float]] = {
    SigmaCorrelationType.EVENT_COUNT: lambda matches: float(len({match.fired.key or id(match) for match in matches})),
    SigmaCorrelationType.VALUE_COUNT: lambda matches: float(len({match.values for match in matches if match.values})),
    SigmaCorrelationType.VALUE_SUM: lambda matches: sum(_numbers(matches)),
    SigmaCorrelationType.VALUE_AVG: lambda matches: sum(_numbers(matches)) / max(1, len(_numbers(matches))),
    SigmaCorrelationType.VALUE_MEDIAN: _median,
}


def run(
    correlation: Correlation, fired: Iterable[Fired[Subject]], most: int | None = None
) -> Iterator[tuple[Fired[Subject], Sequence[Match[Subject]]]]:
    """Each time that the condition becomes true: the firing that made it so, and the window's matches, in order.

    `fired` comes in order, of any rules; a window keeps its latest `most` matches. A record with several values of a `group-by`
    field belongs to the group of each, and is told once.
    """
    windows: dict[tuple[str, ...], Window[Subject]] = {}
    feeds = frozenset(correlation.feeds)
    for each in fired:
        if each.base not in feeds:
            continue
        values = tuple(value for name in correlation.counted for value in each.record.low(_named(correlation, name, each.base)))
        grown = [windows.setdefault(group, Window(deque(maxlen=most))) for group in _groups(correlation, each)]
        news = [window for window in grown if _grows(window, Match(each, values), correlation)]
        if news:
            yield each, tuple(news[0].matches)


def _grows(window: Window[Subject], match: Match[Subject], correlation: Correlation) -> bool:
    """Take a match into a window; whether that is news."""
    if match.fired.at is not None:
        _forget(window, match.fired.at - correlation.within)
    window.matches.append(match)
    if window.told and len(window.matches) > 1:
        return False
    window.told = correlation.holds(window.matches)
    return window.told


def _groups(correlation: Correlation, fired: Fired[Subject]) -> list[tuple[str, ...]]:
    if not correlation.group_by:
        return [()]
    found = [dict.fromkeys(fired.record.low(_named(correlation, name, fired.base))) or {"": None} for name in correlation.group_by]
    return [group for group in itertools.islice(itertools.product(*found), MOST_GROUPS) if any(group)]


def _forget(window: Window[Subject], before: datetime) -> None:
    while window.matches and (at := window.matches[0].fired.at) is not None and at < before:
        window.matches.popleft()
    if not window.matches:
        window.told = False


def _named(correlation: Correlation, name: str, base: str) -> str:
    return correlation.aliases.get(name, {}).get(base, name)
