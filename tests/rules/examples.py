"""How a rule's own examples become what it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.core.model import Event, Session, Typed
from bot.core.rules import Rule, Rulebook


def event(record: Mapping[str, object], number: int = 0) -> Event:
    """A CloudTrail fragment as an event; without a time it is ten in the morning."""
    at = datetime.fromisoformat(str(record["eventTime"])) if "eventTime" in record else datetime(2026, 11, 23, 10, tzinfo=UTC)
    source, name = str(record.get("eventSource", "")), str(record.get("eventName", ""))
    return Event(id=f"e{number}", at=at, source=source, name=name, record=record)


def typed(lines: Sequence[object]) -> list[Typed]:
    """Lines of a session: a text, or a mapping with `text` and `at`; without times, as log files give them."""
    pairs = [(each["text"], datetime.fromisoformat(each["at"])) if isinstance(each, Mapping) else (str(each), None) for each in lines]
    return [Typed(text, number, at=at) for number, (text, at) in enumerate(pairs, 1)]


def spoke(book: Rulebook, rule: Rule, example: object) -> bool:
    """Whether a rule fires on one of its examples: a command, a fragment, or a sequence of either."""
    if isinstance(example, str):
        return book.fires(rule, example, rule.platform or "linux")
    if isinstance(example, Mapping):
        return rule.name in [found.rule for found in book.judge_event(event(example))]
    assert isinstance(example, Sequence)
    if rule.kind == "sequence":
        return rule.name in [found.rule for found in book.judge_session(typed(example), rule.platform or "linux", Session("ann-0a1b"))]
    return rule.name in [found.rule for found in book.correlate([event(each, number) for number, each in enumerate(example)])]
