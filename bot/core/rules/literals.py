"""The texts that a pattern can't do without: what the quick filter looks for before a rule is tried in earnest.

Strategy: read a regular expression with Python's own parser and keep, of what must stand in any match, the longest run
of plain characters (or the alternatives of a branch). Giving none is always right; it only costs speed.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]  # the stdlib parser of regular expressions has no stubs
import re._parser as parser  # type: ignore[import-not-found]
import warnings

from bot.core.rules.words import Literals

NONE: Literals = frozenset()
GATE = "\x00"  # a literal that begins with this is a regular expression for the text as typed
SHORTEST = 2
MOST_ALTERNATIVES = 400


def weight(found: Literals) -> tuple[int, int]:
    """How much a set of alternatives narrows: longest shortest text first, then fewest.

    Whole words (mostly names of programs) and gates count as short: they stand in many lines.
    """
    return (min(map(_length, found)), -len(found)) if found else (0, 0)


def _length(literal: str) -> int:
    if literal.startswith(GATE):
        return SHORTEST
    return min(len(literal) - 2, 3) if literal[:1] == " " else len(literal)


def gate(pattern: str, flags: str, lines: bool) -> Literals:
    """A whole regular expression as what is needed; nothing if it is tied to the ends of a field that is not the text."""
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern)
    if not lines and re.search(r"[$^]|\\[AzZ]", bare):
        return NONE
    return frozenset((f"{GATE}(?{''.join(sorted({*flags, 'm'}))}:{pattern})",))


def better(*choices: Literals) -> Literals:
    """The set that narrows most."""
    return max(choices, key=weight, default=NONE)


def either(choices: list[Literals]) -> Literals:
    """What one of several alternatives needs: all their texts together, or nothing if one needs nothing."""
    joined = frozenset().union(*choices) if choices and all(choices) else NONE
    return joined if len(joined) <= MOST_ALTERNATIVES and "" not in joined else NONE


def of_regex(pattern: str) -> Literals:
    """What every match of a regular expression must contain, in lower case; empty if nothing is sure."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(pattern)
    except (re_error, RecursionError, OverflowError):
        return NONE
    return frozenset(text for text in _sequence(list(tree)) if text)


re_error = parser.error if hasattr(parser, "error") else ValueError


def _sequence(items: list[tuple[object, object]]) -> Literals:
    runs: list[Literals] = []
    run = ""
    for kind, value in [*items, (None, None)]:
        if kind is ops.LITERAL:
            run += chr(int(value)).lower()  # type: ignore[call-overload]  # LITERAL carries a code point
            continue
        if kind is ops.IN and _two_cases(value):
            run += _two_cases(value)
            continue
        if len(run.strip()) >= SHORTEST:
            runs.append(frozenset((run.strip(),)))
        run = ""
        runs.append(_inner(kind, value))
    return better(*runs)


def _two_cases(value: object) -> str:
    chars = {chr(item[1]).lower() if item[0] is ops.LITERAL else "" for item in value}  # type: ignore[attr-defined]
    return chars.pop() if len(chars) == 1 else ""


def _inner(kind: object, value: object) -> Literals:
    if kind is ops.SUBPATTERN:
        return _sequence(list(value[3]))  # type: ignore[index]
    if kind is ops.BRANCH:
        return either([_sequence(list(branch)) for branch in value[1]])  # type: ignore[index]
    if kind in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0] > 0:  # type: ignore[index]
        return _sequence(list(value[2]))  # type: ignore[index]
    return NONE
