"""Rules between the fields of one object: which exclude each other, which need another, what may not repeat."""

from __future__ import annotations

from bot.workspace.facts import Json, Value
from bot.workspace.kit.grammar import Also, Fault, Faults


def listed(value: Value) -> list[Value]:
    """The value if it is a list, else nothing: rules between fields look past what is malformed."""
    return value if isinstance(value, list) else []


def one_of(*names: str) -> Also:
    """Exactly one of these fields must be there."""

    def rule(value: Json, at: str) -> Faults:
        given = [name for name in names if value.get(name) is not None]
        if not given:
            yield Fault(at, "missing_field", f"must define either {' or '.join(f'`{name}`' for name in names)}")
        elif len(given) > 1:
            yield Fault(at, "mutually_exclusive", f"must define only one of {', '.join(f'`{name}`' for name in names)}")

    return rule


def some_of(*names: str) -> Also:
    """At least one of these fields must be there."""

    def rule(value: Json, at: str) -> Faults:
        if not any(value.get(name) for name in names):
            yield Fault(at, "missing_field", f"must define either {' or '.join(f'`{name}`' for name in names)}")

    return rule


def in_order(low: str, high: str) -> Also:
    """The first number is not above the second."""

    def rule(value: Json, at: str) -> Faults:
        try:
            if float(value.get(low, "-inf")) > float(value.get(high, "inf")):
                yield Fault(at, "out_of_order", f"{low} must not be greater than {high}")
        except (TypeError, ValueError):
            return

    return rule


def unique(items: str, name: str) -> Also:
    """No two items of a list agree in this field."""

    def rule(value: Json, at: str) -> Faults:
        seen: set[str] = set()
        for place, item in enumerate(listed(value.get(items))):
            key = item.get(name) if isinstance(item, dict) else None
            if isinstance(key, str) and key in seen:
                yield Fault(f"{at}/{items}/{place}/{name}", "duplicate", f"{name} must be unique: {key}")
            elif isinstance(key, str):
                seen.add(key)

    return rule
