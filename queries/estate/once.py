"""What several places share is read by the first that needs it; the others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Once:
    """Answers by key; safe from any thread."""

    _answers: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was asked for
        """The answer, asked for once."""
        with self._one:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._answers:
                self._answers[key] = ask()
            return self._answers[key]
