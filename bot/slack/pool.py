"""A bounded pool of daemon threads for work that has been acknowledged already.

Bolt's own pool cannot do this: its threads answer Slack, so a handful of slow questions would keep every later one from being acknowledged.
This one never makes the giver wait (a full queue says no), and it knows what is unfinished when the bot has to stop.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger("slack")


class Job(Protocol):
    """Something to do, which can be told that it will not be done."""

    def run(self) -> None:
        """Do it."""
        ...

    def abandon(self) -> None:
        """Tell whoever waits for it; `run` may be under way, or never begin."""
        ...


class Pool:
    """Threads that take jobs in order. At most `waiting` jobs wait."""

    def __init__(self, name: str, workers: int, waiting: int) -> None:
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._held: dict[int, Job] = {}
        self._most = workers + waiting
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(workers)]
        for thread in self._threads:
            thread.start()

    @property
    def held(self) -> int:
        """How many jobs run or wait."""
        return len(self._held)

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._closed

    def submit(self, job: Job) -> bool:
        """Take a job, or say no: the queue is full, or the pool is closing."""
        with self._changed:
            if self._closed or len(self._held) >= self._most:
                return False
            self._held[id(job)] = job
        self._queue.put(job)
        return True

    def drain(self, seconds: float) -> int:
        """Take no more; wait for what is held; abandon what is still unfinished then. Gives how many those were."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._held, max(0.0, deadline - time.monotonic()))
            left = tuple(self._held.values())
        for job in left:
            _quietly(job.abandon)
        for _ in self._threads:
            self._queue.put(None)
        for thread in () if left else self._threads:
            thread.join(1.0)
        return len(left)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            _quietly(job.run)
            with self._changed:
                del self._held[id(job)]
                self._changed.notify_all()


def _quietly(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("job failed")
