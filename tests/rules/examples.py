"""How a rule's own examples become what it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.core.model import Event
from bot.core.rules import Rule, Rulebook


def event(record: Mapping[str, object], number: int = 0) -> Event:
    """A CloudTrail fragment as an event; without a time it is ten in the morning."""
    at = datetime.fromisoformat(str(record["eventTime"])) if "eventTime" in record else datetime(2026, 11, 23, 10, tzinfo=UTC)
    source, name = str(record.get("eventSource", "")), str(record.get("eventName", ""))
    return Event(id=f"e{number}", at=at, source=source, name=name, record=record)


def spoke(book: Rulebook, rule: Rule, example: object) -> bool:
    """Whether a rule fires on one of its examples: a command, a fragment, or a sequence of fragments."""
    if isinstance(example, str):
        return rule.name in [found.rule for found in book.judge(example, rule.platform or "linux")]
    if isinstance(example, Mapping):
        return rule.name in [found.rule for found in book.judge_event(event(example))]
    assert isinstance(example, Sequence)
    return rule.name in [found.rule for found in book.correlate([event(each, number) for number, each in enumerate(example)])]
