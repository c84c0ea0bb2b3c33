"""A Sigma condition tree as one test, with the texts that it needs and the fields that a session can't give.

Strategy: fold the tree bottom-up into `Part`s. A field that the record can't have never matches; a rule whose whole
condition can then never be true is not applicable, and says which field it wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.types import SigmaExpansion, SigmaRegularExpression, SigmaString, SpecialChars

from bot.core.rules.literals import NONE, better, either
from bot.core.rules.seek import Unsupported
from bot.core.rules.values import gated, needed, single, texts
from bot.core.rules.words import Literals, Test
from bot.core.shell.aliases import ALIASES

Knows = Callable[[str], bool]
SHOWN = frozenset(("CommandLine", "ScriptBlockText", "Arguments", "Line", "Writes", "Reads", "Stdin", "Environment"))
WHOLE = frozenset(("Line", "ScriptBlockText", "CommandLine"))
ASSUMED = ("/usr/bin/", "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe")  # put before a bare name
NAMED = frozenset(("Name", "Image", "OriginalFileName", "ParentImage", "PipedInto", "PipedFrom"))
IMPLIED_IN = frozenset(("Image", "OriginalFileName", "ParentImage"))  # a typed line's own shell need not be typed
IMPLIED = frozenset(("powershell", "pwsh", "bash", "sh", "cmd", "explorer"))
_NAMES: dict[str, tuple[str, ...]] = {}
for _alias, _cmdlet in ALIASES.items():
    _NAMES[_cmdlet] = (*_NAMES.get(_cmdlet, ()), _alias)


@dataclass(frozen=True, slots=True)
class Part:
    """One branch of a condition: its test (None: never true), what it needs, which fields it missed."""

    test: Test | None
    literals: Literals = NONE
    missed: tuple[str, ...] = ()
    always: bool = False
    cost: int = 1  # how dear the test is beside others: cheap ones go first


def compiled(tree: object, knows: Knows, keyword: str) -> Part:
    """The part for a condition tree. `keyword` is the field that a value without field is sought in."""
    match tree:
        case ConditionAND():
            return _all([compiled(arg, knows, keyword) for arg in tree.args])
        case ConditionOR():
            return _any(_gathered(list(tree.args), knows, keyword))
        case ConditionNOT():
            return _not(compiled(tree.args[0], knows, keyword))
        case ConditionFieldEqualsValueExpression():
            return _leaf(tree.field, [tree.value], knows)
        case ConditionValueExpression():
            value = tree.value
            if isinstance(value, SigmaString) and not isinstance(value, str):
                value = _contained(value)
            return _leaf(keyword, [value], knows)
    raise Unsupported(f"a condition of type {type(tree).__name__}")


def _contained(value: SigmaString) -> SigmaString:
    wild = SpecialChars.WILDCARD_MULTI
    head = value if value.startswith(wild) else wild + value
    return head if head.endswith(wild) else head + wild


def _gathered(args: list[object], knows: Knows, keyword: str) -> list[Part]:
    """Alternatives; plain texts of one field share one test."""
    plain: dict[str, list[object]] = {}
    rest: list[Part] = []
    for arg in args:
        if isinstance(arg, ConditionFieldEqualsValueExpression) and isinstance(arg.value, SigmaString):
            plain.setdefault(arg.field, []).append(arg.value)
        else:
            rest.append(compiled(arg, knows, keyword))
    return [_leaf(field, values, knows) for field, values in plain.items()] + rest


def _leaf(field: str, values: list[object], knows: Knows) -> Part:
    if not knows(field):
        return Part(None, missed=(field,))
    flat = [inner for value in values for inner in (value.values if isinstance(value, SigmaExpansion) else [value])]
    plain = [value for value in flat if isinstance(value, SigmaString)]
    if any(value.contains_placeholder() for value in plain):
        raise Unsupported("a placeholder that has no values here")
    tests = [texts(field, plain)] if plain else []
    tests += [single(field, value) for value in flat if not isinstance(value, SigmaString)]
    cost = (len(flat) - len(plain) and 20) or (1 if field == "Name" else 3)
    return Part(_or(tests), either([_needed(field, value) for value in flat]), cost=cost)


def _needed(field: str, value: object) -> Literals:
    found = needed(value)
    if field in WHOLE:
        return found or gated(value, lines=field != "CommandLine")
    if field in SHOWN or (field not in NAMED and "." in field):
        return found
    if field in ("Name", "Image") and isinstance(value, SigmaRegularExpression):
        return NONE if any(text in place for text in found for place in ASSUMED) else found
    if field not in NAMED or not isinstance(value, SigmaString):
        return NONE
    return frozenset(word for text in found for word in _named(field, text, value)) if found else NONE


def _named(field: str, text: str, value: SigmaString) -> tuple[str, ...]:
    """How the program that a field names is typed: its bare name, as a word of its own where the value says so."""
    base = text.replace("/", "\\").rpartition("\\")[2].removesuffix(".exe").removesuffix(".com")
    if value.endswith(SpecialChars.WILDCARD_MULTI):
        part = max(text.replace("/", "\\").split("\\"), key=len)
        return ("",) if field == "ParentImage" or any(part in place for place in ASSUMED) or part in IMPLIED else (part,)
    if not base or (field in IMPLIED_IN and base in IMPLIED):
        return ("",)
    whole = "\\" in text.replace("/", "\\") or not value.startswith(SpecialChars.WILDCARD_MULTI)
    aliases = tuple(f" {alias} " for alias in _NAMES.get(base, ()))
    return (f" {base} " if whole else base, *aliases)


def _or(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda record: first(record) or second(record)
    return lambda record: any(test(record) for test in tests)


def _and(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda record: first(record) and second(record)
    first, rest = tests[0], tuple(tests[1:])
    return lambda record: first(record) and all(test(record) for test in rest)


def _all(parts: list[Part]) -> Part:
    missed = tuple(name for part in parts for name in part.missed)
    if any(part.test is None for part in parts):
        return Part(None, missed=tuple(name for part in parts if part.test is None for name in part.missed))
    open_parts = [part for part in parts if not part.always]
    tests = [part.test for part in sorted(open_parts, key=lambda part: part.cost) if part.test]
    cost = sum(part.cost for part in parts)
    literals = better(*(part.literals for part in parts))
    if not tests:
        return Part(lambda record: True, NONE, missed, always=True)
    if len(tests) == 1:
        return Part(tests[0], literals, missed, cost=cost)
    return Part(_and(tests), literals, missed, cost=cost)


def _any(parts: list[Part]) -> Part:
    missed = tuple(name for part in parts for name in part.missed)
    live = [part for part in parts if part.test is not None]
    if not live:
        return Part(None, missed=missed)
    if any(part.always for part in live):
        return Part(lambda record: True, NONE, missed, always=True)
    ordered = sorted(live, key=lambda part: part.cost)
    literals = either([part.literals for part in live])
    return Part(_or([part.test for part in ordered if part.test]), literals, missed, cost=sum(part.cost for part in live))


def _not(part: Part) -> Part:
    test = part.test
    if test is None:
        return Part(lambda record: True, NONE, part.missed, always=True)
    if part.always:
        return Part(None, missed=part.missed)
    return Part(lambda record: not test(record), NONE, part.missed, cost=part.cost + 1)
