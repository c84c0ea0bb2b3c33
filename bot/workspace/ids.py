"""Slack-shaped ids from one counter, so that a run repeats itself, and timestamps that never repeat."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


class Ids:
    """Hands out ids (`V0000000A1`) and message timestamps (`1700000000.000100`), each once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._last = 0

    def next(self, prefix: str, width: int = 9) -> str:
        """`prefix` and `width` characters of 0-9A-Z."""
        return prefix + _base36(next(self._numbers)).rjust(width, "0")

    def ts(self) -> str:
        """A timestamp later than every one before it, however coarse the clock."""
        self._last = max(self._last + 1, int(self._clock() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
