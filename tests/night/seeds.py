"""Made-up ids that never change: each is drawn from a digest of words, so the same session has the same id on any day."""

from __future__ import annotations

import hashlib

LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
HEX = "0123456789abcdef"
MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def draw(alphabet: str, length: int, *words: str) -> str:
    """That many characters of the alphabet, told by the words alone."""
    number = int.from_bytes(hashlib.sha512("/".join(words).encode()).digest())
    letters = []
    for _ in range(length):
        number, at = divmod(number, len(alphabet))
        letters.append(alphabet[at])
    return "".join(letters)


def uuid(*words: str) -> str:
    """A version 4 UUID, as event and request ids are."""
    digits = draw(HEX, 32, "uuid", *words)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def number(below: int, *words: str) -> int:
    """A whole number from 0 to below - 1."""
    return int(draw(HEX, 12, *words), 16) % below
