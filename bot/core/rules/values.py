"""Sigma values as tests on a record's field, and the texts that such a value needs to be present.

Strategy: one maker per Sigma type, found in a table. Plain texts of one field are gathered into a single test (exact
set, startswith/endswith tuple, contains loop); only true wildcards in the middle become a regular expression (RE2).
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Iterable
from datetime import datetime

from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
    TimestampPart,
)

from bot.core.rules.literals import gate, of_regex
from bot.core.rules.seek import Unsupported, finder
from bot.core.rules.words import Literals, Test

NONE: Literals = frozenset()
MANY = 6  # more texts than this are sought by one expression
_OPERATORS: dict[CompareOperators, Callable[[float, float], bool]] = {
    CompareOperators.LT: operator.lt,
    CompareOperators.LTE: operator.le,
    CompareOperators.GT: operator.gt,
    CompareOperators.GTE: operator.ge,
    CompareOperators.NEQ: operator.ne,
}
_PARTS: dict[TimestampPart, Callable[[datetime], int]] = {
    TimestampPart.MINUTE: lambda at: at.minute,
    TimestampPart.HOUR: lambda at: at.hour,
    TimestampPart.DAY: lambda at: at.day,
    TimestampPart.WEEK: lambda at: at.isocalendar().week,
    TimestampPart.MONTH: lambda at: at.month,
    TimestampPart.YEAR: lambda at: at.year,
}


def _shape(value: SigmaString) -> tuple[str, str]:
    """("exact" | "start" | "end" | "in" | "any" | "wild", its text)."""
    parts = list(value.s)
    wild = SpecialChars.WILDCARD_MULTI
    head, tail = bool(parts) and parts[0] == wild, bool(parts) and parts[-1] == wild
    middle = parts[head : len(parts) - (tail and len(parts) > head)]
    if any(not isinstance(part, str) for part in middle):
        return "wild", ""
    text = "".join(str(part) for part in middle)
    if not text and (head or tail):
        return "any", ""
    return {(0, 0): "exact", (0, 1): "start", (1, 0): "end", (1, 1): "in"}[(int(head), int(tail))], text


def _pattern(value: SigmaString) -> str:
    single_char = SpecialChars.WILDCARD_SINGLE
    parts = (re.escape(part) if isinstance(part, str) else "." if part == single_char else ".*" for part in value.s)
    return "(?s)^" + "".join(parts) + "$"


def texts(field: str, values: Iterable[SigmaString]) -> Test:
    """One test for many plain texts of one field: any of them fits any value of the field."""
    shapes: dict[tuple[str, bool], list[str]] = {}
    for value in values:
        cased = isinstance(value, SigmaCasedString)
        shape, text = _shape(value)
        shapes.setdefault((shape, cased), []).append(
            (_pattern(value) if cased else "(?i)" + _pattern(value)) if shape == "wild" else text if cased else text.lower()
        )
    tests = [_MAKERS[shape](field, cased, found) for (shape, cased), found in shapes.items()]
    return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)


def _exact(field: str, cased: bool, found: list[str]) -> Test:
    known, blank = frozenset(found), "" in found
    if cased:
        return lambda record: not known.isdisjoint(record.raw(field))
    return lambda record: not known.isdisjoint(record.low(field)) or (blank and not record.low(field))


def _start(field: str, cased: bool, found: list[str]) -> Test:
    known = tuple(found)
    if cased:
        return lambda record: any(text.startswith(known) for text in record.raw(field))
    return lambda record: any(text.startswith(known) for text in record.low(field))


def _end(field: str, cased: bool, found: list[str]) -> Test:
    known = tuple(found)
    if cased:
        return lambda record: any(text.endswith(known) for text in record.raw(field))
    return lambda record: any(text.endswith(known) for text in record.low(field))


def _in(field: str, cased: bool, found: list[str]) -> Test:
    known = tuple(found)
    if len(known) == 1 and not cased:
        only = known[0]
        return lambda record: any(only in text for text in record.low(field))
    if len(known) > MANY:
        stands = finder(["|".join(re.escape(part) for part in known)])
        return lambda record: any(stands(text) for text in (record.raw if cased else record.low)(field))
    if cased:
        return lambda record: any(part in text for text in record.raw(field) for part in known)
    return lambda record: any(part in text for text in record.low(field) for part in known)


def _any(field: str, cased: bool, found: list[str]) -> Test:
    return lambda record: bool(record.raw(field))


def _wild(field: str, cased: bool, found: list[str]) -> Test:
    stands = finder(found)
    return lambda record: any(stands(text) for text in record.raw(field))


_MAKERS: dict[str, Callable[[str, bool, list[str]], Test]] = {
    "exact": _exact,
    "start": _start,
    "end": _end,
    "in": _in,
    "any": _any,
    "wild": _wild,
}


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _regex(field: str, value: SigmaRegularExpression) -> Test:
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    pattern = value.regexp.to_plain_regex()
    found = finder([f"(?{flags}){pattern}" if flags else pattern])
    return lambda record: any(found(text) for text in record.raw(field))


def _compare(field: str, value: SigmaCompareExpression) -> Test:
    fits, bound = _OPERATORS[value.op], value.number
    if isinstance(bound, SigmaTimestampPart):
        part, limit = _PARTS[bound.timestamp_part], float(bound.number)
        return lambda record: any(at and fits(part(at), limit) for at in map(_moment, record.raw(field)))
    against = float(bound.number)
    return lambda record: any(number is not None and fits(number, against) for number in map(_number, record.raw(field)))


def _reference(field: str, value: SigmaFieldReference) -> Test:
    other = value.field
    if value.starts_with:
        return lambda record: any(text.startswith(record.low(other)) for text in record.low(field) if record.low(other))
    if value.ends_with:
        return lambda record: any(text.endswith(record.low(other)) for text in record.low(field) if record.low(other))
    return lambda record: not set(record.low(field)).isdisjoint(record.low(other))


def single(field: str, value: object) -> Test:
    """The test for one value that is no plain text. Raises Unsupported with the reason."""
    match value:
        case SigmaNull():
            return lambda record: not any(record.raw(field))
        case SigmaExists():
            wanted = bool(value)
            return lambda record: bool(record.raw(field)) is wanted
        case SigmaTimestampPart():
            part, number = _PARTS[value.timestamp_part], int(value.number)
            return lambda record: any(at and part(at) == number for at in map(_moment, record.raw(field)))
        case SigmaBool():
            plain = "true" if value.boolean else "false"
            return lambda record: plain in record.low(field)
        case SigmaNumber():
            exact = float(value.number)
            return lambda record: any(_number(text) == exact for text in record.raw(field))
        case SigmaRegularExpression():
            return _regex(field, value)
        case SigmaCIDRExpression():
            network = value.network
            return lambda record: any(at is not None and at in network for at in map(_address, record.raw(field)))
        case SigmaCompareExpression():
            return _compare(field, value)
        case SigmaFieldReference():
            return _reference(field, value)
    raise Unsupported(f"a value of type {type(value).__name__}")


def needed(value: object) -> Literals:
    """Lower-case texts of which at least one stands in whatever the value fits; empty if none is sure."""
    if isinstance(value, SigmaString):
        plain = [part for part in value.s if isinstance(part, str)]
        best = max((part.strip().lower() for part in plain), key=len, default="")
        return frozenset((best,)) if best else NONE
    if isinstance(value, SigmaRegularExpression):
        return of_regex(value.regexp.to_plain_regex())
    return NONE


def gated(value: object, *, lines: bool) -> Literals:
    """A regular expression as its own gate, where nothing plain is sure.

    `lines`: the field is the whole text, so that its ends are ends of lines. Else empty if it is tied to the field's ends.
    """
    if not isinstance(value, SigmaRegularExpression):
        return NONE
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    return gate(value.regexp.to_plain_regex(), flags, lines)
