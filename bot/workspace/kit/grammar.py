"""The rules that Block Kit's tables are written in. A rule looks at one JSON value and yields its faults.

Sentences follow those that Slack answers, e.g. `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.workspace.facts import Json, Value


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, as `blocks.validate` reports it: a JSON pointer, a code, a sentence and the rule that was broken."""

    pointer: str
    code: str
    message: str
    constraint: Value = None


Faults = Iterator[Fault]
Also = Callable[[Json, str], Faults]


class Rule(Protocol):
    """What a value must be."""

    def check(self, value: Value, at: str) -> Faults:
        """The faults of `value`, which stands at the JSON pointer `at`."""


@dataclass(frozen=True, slots=True)
class Str:
    """A string of `least` to `most` characters."""

    most: int = 0
    least: int = 1
    pattern: str = ""

    def check(self, value: Value, at: str) -> Faults:
        """Type, length, form."""
        if not isinstance(value, str):
            yield Fault(at, "invalid_type", "must provide a string")
            return
        if len(value) < self.least:
            yield Fault(at, "too_short", f"must be more than {self.least - 1} characters", self.least)
        if self.most and len(value) > self.most:
            yield Fault(at, "too_long", f"must be less than {self.most + 1} characters", self.most)
        if self.pattern and value and not re.fullmatch(self.pattern, value, re.DOTALL):
            yield Fault(at, "invalid_format", f"does not match format {self.pattern}", self.pattern)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Value, at: str) -> Faults:
        """Type."""
        if not isinstance(value, bool):
            yield Fault(at, "invalid_type", "must provide a boolean")


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds."""

    least: float = float("-inf")
    most: float = float("inf")
    whole: bool = True

    def check(self, value: Value, at: str) -> Faults:
        """Type and bounds."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            yield Fault(at, "invalid_type", "must provide an integer" if self.whole else "must provide a number")
        elif value < self.least:
            yield Fault(at, "too_small", f"must be greater than or equal to {self.least:g}", self.least)
        elif value > self.most:
            yield Fault(at, "too_large", f"must be less than or equal to {self.most:g}", self.most)


@dataclass(frozen=True, slots=True)
class Enum:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: Value, at: str) -> Faults:
        """Membership."""
        if value not in self.words:
            yield Fault(at, "invalid_enum", f"must be a valid enum value: {', '.join(self.words)}", {"expected": list(self.words)})


@dataclass(frozen=True, slots=True)
class Items:
    """A list of `least` to `most` values, each under the same rule; `gaps` allows null among them."""

    of: Rule
    most: int
    least: int = 1
    gaps: bool = False

    def check(self, value: Value, at: str) -> Faults:
        """Type, count, and every item."""
        if not isinstance(value, list):
            yield Fault(at, "invalid_type", "must provide an array")
            return
        if len(value) > self.most:
            yield Fault(at, "too_many_items", f"no more than {self.most} items allowed", self.most)
        if len(value) < self.least:
            yield Fault(at, "too_few_items", f"no less than {self.least} items allowed", self.least)
        for place, item in enumerate(value):
            if not (self.gaps and item is None):
                yield from self.of.check(item, f"{at}/{place}")


@dataclass(frozen=True, slots=True)
class Obj:
    """An object with these fields and no others; `also` holds rules between fields."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    also: tuple[Also, ...] = field(default=())

    def check(self, value: Value, at: str) -> Faults:
        """Type, missing fields, unknown fields, every field, and what holds between them."""
        if not isinstance(value, dict):
            yield Fault(at, "invalid_type", "must provide an object")
            return
        for name in self.required:
            if value.get(name) is None:
                yield Fault(at, "missing_field", f"missing required field: {name}", {"field": name})
        for name, inner in value.items():
            if name not in self.fields and name != "type":
                yield Fault(f"{at}/{name}", "unknown_field", f"no additional properties allowed: {name}")
            elif name in self.fields and inner is not None:
                yield from self.fields[name].check(inner, f"{at}/{name}")
        for rule in self.also:
            yield from rule(value, at)


@dataclass(frozen=True, slots=True)
class Kinds:
    """An object whose `type` chooses its rule. `known` are types that exist, but not here."""

    table: Mapping[str, Rule]
    known: Mapping[str, Rule] = field(default_factory=dict)
    here: str = "here"

    def check(self, value: Value, at: str) -> Faults:
        """Type, then the rule of that type."""
        if not isinstance(value, dict):
            yield Fault(at, "invalid_type", "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            yield Fault(at, "missing_field", "missing required field: type", {"field": "type"})
        elif isinstance(kind, str) and kind in self.table:
            yield from self.table[kind].check(value, at)
        elif isinstance(kind, str) and kind in self.known:
            yield Fault(f"{at}/type", "unsupported_type", f"type {kind} is not supported {self.here}", {"expected": sorted(self.table)})
        else:
            yield Fault(f"{at}/type", "unknown_type", f"unsupported type: {kind}", {"expected": sorted(self.table)})
