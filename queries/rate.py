"""A token bucket: AWS grants so many calls a second for each account and Region, and we stay below it by ourselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """`rate` calls a second, up to `burst` at once. `take` tells how long to wait before the call that it grants."""

    rate: float
    burst: float
    _tokens: float | None = None
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: float) -> float:
        """Reserve one call at clock reading `now`; gives the seconds to wait first (0 for none)."""
        with self._lock:
            held = self.burst if self._tokens is None else min(self.burst, self._tokens + (now - self._at) * self.rate)
            self._tokens, self._at = held - 1, now
            return max(0.0, -self._tokens / self.rate)


@dataclass(slots=True)
class Rates:
    """One bucket for each key, made when it is first asked for."""

    make: Callable[[], Bucket]
    _buckets: dict[Hashable, Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, key: Hashable) -> Bucket:
        """The bucket of this key."""
        with self._lock:
            return self._buckets.setdefault(key, self.make())
