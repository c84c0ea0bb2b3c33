"""Secrets out of a text before it leaves the process, with enough left to read what was done.

Strategy: the shapes of `secret_shapes` in their order; masking one secret may bare the next, so it is done until nothing is found.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

import re2

from bot.core.secret_shapes import HINT, MASK, SHAPES

ROUNDS = 6
_COMPILED = tuple((re2.compile(shape.pattern), shape.keep) for shape in SHAPES)
_RANDOM = re2.compile(r"(?:^|[\s=:\"'])([A-Za-z0-9/+]{40})(?:$|[\s\"',;])")

_LONE = re.compile("[\ud800-\udfff]")  # half a character, which RE2 cannot take


def redact(text: str) -> str:
    """A text without the secrets in it; each one is replaced by `[redacted]`."""
    return redact_count(text)[0]


def redact_count(text: str) -> tuple[str, int]:
    """A text without the secrets in it, and how many there were. Idempotent, linear in the text, never raises."""
    text = _LONE.sub("\ufffd", text)
    if not HINT.search(text):
        return _keys(text)
    total = 0
    for _ in range(ROUNDS):
        text, number = _once(text)
        total += number
        if not number:
            break
    return text, total


def _once(text: str) -> tuple[str, int]:
    total = 0
    for pattern, keep in _COMPILED:
        text, number = _masked(pattern, keep, text)
        total += number
    text, number = _keys(text)
    return text, total + number


def _masked(pattern: re.Pattern[str], keep: Callable[[str, str], bool], text: str) -> tuple[str, int]:
    """The text with every match masked. Matches are found once and the text is put together once."""
    parts: list[str] = []
    at = number = 0
    for match in pattern.finditer(text):
        head = match.group(1) or ""
        tail = (match.group(2) or "") if pattern.groups > 1 else ""
        secret = match.group()[len(head) : len(match.group()) - len(tail)]
        if not secret or MASK in secret or keep(head, secret):
            continue
        parts += [text[at : match.start()], head, MASK, tail]
        at, number = match.end(), number + 1
    return "".join((*parts, text[at:])) if number else text, number


def _keys(text: str) -> tuple[str, int]:
    """AWS secret access keys have no mark of their own: 40 characters, as mixed as only chance makes them."""
    if len(text) < 40:
        return text, 0
    found = [match.group(1) for match in _RANDOM.finditer(text) if _random(match.group(1))]
    for secret in dict.fromkeys(found[:64]):
        text = text.replace(secret, MASK)
    return text, len(found)


def _random(word: str) -> bool:
    kinds = any(char.islower() for char in word) + any(char.isupper() for char in word) + any(char.isdigit() for char in word)
    return kinds == 3 and word.count("/") < 5 and entropy(word) > 4.3


def entropy(word: str) -> float:
    """Shannon's measure of surprise in a word, in bits a character."""
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())
