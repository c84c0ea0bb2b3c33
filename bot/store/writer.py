"""One writer thread: jobs that wait together are committed together.

SQLite's busy handler is unfair: connections that write side by side starve for seconds. One thread with one connection does not, and a
group shares one fsync. A group in which a job fails is rolled back and its jobs run again one by one, so a job may run twice and must do
nothing but database work. A caller gets its result once it is on the disk.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection, Engine

from bot.core.model import Unavailable

Work = Callable[[Connection], Any]
Job = tuple[Work, "Future[Any]"]
GROUP = 256


class Writer:
    """Runs jobs one after the other on a thread of its own and commits them in groups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._closed = False
        self._thread.start()

    def do(self, work: Work, seconds: float = 30) -> Any:  # noqa: ANN401 - gives what the work gives
        """Run the work, wait until it is committed, give its result. Raises what it raised, or Unavailable after the seconds."""
        if self._closed:
            raise Unavailable("The store is closed: the bot is stopping.")
        future: Future[Any] = Future()
        self._jobs.put((work, future))
        try:
            return future.result(seconds)
        except TimeoutError as late:
            raise Unavailable(f"The store did not write within {seconds:.0f} s: look at its disk or its server.") from late

    def close(self) -> None:
        """Finish what is queued, then stop."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join(30)

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            group, more = self._group(first)
            self._commit(group)
            if not more:
                return

    def _group(self, first: Job) -> tuple[list[Job], bool]:
        group = [first]
        while len(group) < GROUP and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return group, False
            group.append(job)
        return group, True

    def _commit(self, group: list[Job]) -> None:
        try:
            with self._engine.begin() as connection:
                results = [work(connection) for work, _ in group]
        except Exception as error:  # noqa: BLE001 - handed to the job's caller
            if len(group) == 1:
                group[0][1].set_exception(error)
            else:
                for job in group:  # one of them is at fault: each on its own, and the others succeed
                    self._commit([job])
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)
