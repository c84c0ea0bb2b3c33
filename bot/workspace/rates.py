"""How often a method may be called: Slack's tiers per minute, and one message a second in a channel.

Source: docs.slack.dev/apis/web-api/rate-limits. Tier 5 stands for chat.postMessage's "several hundred a minute".
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

from bot.workspace.errors import RateLimited
from bot.workspace.faults import Faults

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100, 5: 300}


class Rates:
    """Counts calls by the given clock; enforces only what `faults` has switched on."""

    def __init__(self, faults: Faults, clock: Callable[[], float]) -> None:
        self._faults, self._clock = faults, clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def check(self, method: str, tier: int, channel: str) -> None:
        """RateLimited when the call is ordered to fail, or is one too many."""
        ordered = self._faults.take("429", method)
        if ordered:
            raise RateLimited(max(1, math.ceil(ordered.seconds)))
        if self._faults.take("tiers", method):
            self._count(method, PER_MINUTE[tier], 60.0)
        if method == "chat.postMessage" and self._faults.take("channel_rate", method):
            self._count(f"{method} {channel}", 1, 1.0)

    def _count(self, what: str, most: int, window: float) -> None:
        calls, now = self._calls[what], self._clock()
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= most:
            raise RateLimited(max(1, math.ceil(calls[0] + window - now)))
        calls.append(now)
