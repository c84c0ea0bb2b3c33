"""How long a question may take: a cancel switch, a deadline, and the only way the AWS side ever waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.model import Unavailable

STEPS = ((1.0, 0.25), (10.0, 0.5))  # a poll is a quarter second apart at first, then half a second, then two
SLOWEST = 2.0


class Stopped(Unavailable):
    """The person cancelled, or the time for the answer ran out."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The time that one Ask has. `deadline` is a reading of `clock`, in seconds; `pause` waits, and is cut short by a cancel."""

    cancel: threading.Event = field(default_factory=threading.Event)
    deadline: float = float("inf")
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] | None = None

    def left(self) -> float:
        """Seconds until the deadline, never below zero."""
        return max(0.0, self.deadline - self.clock())

    def check(self) -> None:
        """Raise Stopped if the person cancelled or the time is up."""
        if self.cancel.is_set():
            raise Stopped("The question was cancelled before this part answered.")
        if self.left() <= 0:
            raise Stopped("This part did not answer in the time that the question had. Ask a shorter span, or ask again.")

    def wait(self, seconds: float) -> None:
        """Wait, but not past a cancel or the deadline; raises Stopped if either came."""
        self.check()
        (self.pause or self.cancel.wait)(min(seconds, self.left()))
        self.check()


def poll_after(elapsed: float) -> float:
    """Seconds until the next poll of a query that has run for `elapsed` seconds: quick at first, thrifty later."""
    return next((step for until, step in STEPS if elapsed < until), SLOWEST)
