"""Correlation rules over a sequence of events: how many, how many different, together, or in order.

Strategy: events are tried in time order; each match goes into the window of its group. When the condition becomes
true the window's last event is the evidence, and the group is quiet until its window has emptied.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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

from bot.core.model import Event
from bot.core.rules.records import Record
from bot.core.rules.words import Rule

_OPERATORS: dict[SigmaCorrelationConditionOperator, Callable[[float, float], bool]] = {
    SigmaCorrelationConditionOperator.LT: operator.lt,
    SigmaCorrelationConditionOperator.LTE: operator.le,
    SigmaCorrelationConditionOperator.GT: operator.gt,
    SigmaCorrelationConditionOperator.GTE: operator.ge,
    SigmaCorrelationConditionOperator.EQ: operator.eq,
    SigmaCorrelationConditionOperator.NEQ: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Match:
    """An event that a base rule fired on: when, which rule, and the values that are counted."""

    at: datetime
    rule: str
    event: Event
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation rule, ready to run. `feeds` are the names or ids of its base rules, in their order."""

    rule: Rule
    feeds: tuple[str, ...]
    kind: SigmaCorrelationType
    within: timedelta
    group_by: tuple[str, ...]
    aliases: Mapping[str, Mapping[str, str]]
    counted: tuple[str, ...]
    holds: Callable[[Sequence[Match]], bool]


@dataclass(slots=True)
class Window:
    """What one group has seen lately, and whether that was already told."""

    matches: deque[Match] = field(default_factory=deque)
    told: bool = False


Hits = Mapping[str, tuple[Event, Record]]


def prepared(rule: Rule, sigma: SigmaCorrelationRule) -> Correlation:
    """A correlation rule from pySigma's reading of it. Raises ValueError with a sentence on what is not supported."""
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
        holds=_condition(sigma, feeds),
    )


def _condition(sigma: SigmaCorrelationRule, feeds: tuple[str, ...]) -> Callable[[Sequence[Match]], bool]:
    condition = sigma.condition
    if sigma.type in (SigmaCorrelationType.TEMPORAL, SigmaCorrelationType.TEMPORAL_ORDERED):
        if isinstance(condition, SigmaExtendedCorrelationCondition):
            tree = condition.parsed
            return lambda matches: _true(tree, {match.rule for match in matches})
        if sigma.type is SigmaCorrelationType.TEMPORAL_ORDERED:
            return lambda matches: _in_order(matches, feeds)
        return lambda matches: {match.rule for match in matches} >= set(feeds)
    if not isinstance(condition, SigmaCorrelationCondition):
        raise ValueError("a count needs a condition such as `gte: 3`")  # noqa: TRY004 - what the rule says is wrong, not a type
    fits, bound = _OPERATORS[condition.op], float(condition.count)
    measure = _MEASURES.get(sigma.type)
    if measure is None:
        raise ValueError(f"the correlation type {sigma.type.name.lower()} is not supported")
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


def _in_order(matches: Sequence[Match], feeds: tuple[str, ...]) -> bool:
    wanted = iter(feeds)
    following = next(wanted, None)
    for match in matches:
        if match.rule == following:
            following = next(wanted, None)
    return following is None


def _numbers(matches: Sequence[Match]) -> list[float]:
    return [float(value) for match in matches for value in match.values if value.replace(".", "", 1).isdigit()]


def _median(matches: Sequence[Match]) -> float:
    ordered = sorted(_numbers(matches))
    return ordered[len(ordered) // 2] if ordered else 0.0


_MEASURES: dict[SigmaCorrelationType, Callable[[Sequence[Match]], float]] = {
    SigmaCorrelationType.EVENT_COUNT: lambda matches: float(len({match.event.id or id(match) for match in matches})),
    SigmaCorrelationType.VALUE_COUNT: lambda matches: float(len({match.values for match in matches if match.values})),
    SigmaCorrelationType.VALUE_SUM: lambda matches: sum(_numbers(matches)),
    SigmaCorrelationType.VALUE_AVG: lambda matches: sum(_numbers(matches)) / max(1, len(_numbers(matches))),
    SigmaCorrelationType.VALUE_MEDIAN: _median,
}


def run(correlation: Correlation, fired: Sequence[tuple[str, Event, Record]]) -> Iterator[tuple[Event, Sequence[Match]]]:
    """Each time that the condition becomes true: the event that made it so, and the window's matches.

    `fired` holds (base rule, event, record) in time order.
    """
    windows: dict[tuple[tuple[str, ...], ...], Window] = {}
    for base, event, record in fired:
        group = tuple(record.low(_named(correlation, name, base)) for name in correlation.group_by)
        if correlation.group_by and not any(group):
            continue
        values = tuple(value for name in correlation.counted for value in record.low(_named(correlation, name, base)))
        window = windows.setdefault(group, Window())
        _forget(window, event.at - correlation.within)
        window.matches.append(Match(event.at, base, event, values))
        holds = correlation.holds(window.matches)
        if holds and not window.told:
            yield event, tuple(window.matches)
        window.told = holds or (window.told and len(window.matches) > 1)


def _forget(window: Window, before: datetime) -> None:
    while window.matches and window.matches[0].at < before:
        window.matches.popleft()
    if not window.matches:
        window.told = False


def _named(correlation: Correlation, name: str, base: str) -> str:
    return correlation.aliases.get(name, {}).get(base, name)
