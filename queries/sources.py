"""The record of what was asked: every question becomes a Source, whether or not it was answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from bot.core.model import Source


@dataclass(slots=True)
class Asked:
    """The questions of one Ask in their order; safe to add to from several threads."""

    _kept: list[Source] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, source: Source) -> None:
        """Keep one more question."""
        with self._lock:
            self._kept.append(source)

    def all(self) -> tuple[Source, ...]:
        """What was asked so far."""
        with self._lock:
            return tuple(self._kept)


def joined(notes: list[str]) -> str:
    """Notes as one text: each once, in the order they came, none of them empty."""
    return "; ".join(dict.fromkeys(note for note in notes if note))
