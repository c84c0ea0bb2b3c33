"""Work on both processors: a small job is done here and now, a large one by two processes.

Choosing records holds the interpreter half of the time, so threads would gain little (measured: a fifth; processes: nearly all).
Processes are forked while this one has a single thread, which costs nothing; otherwise they are spawned. They end with us, also
when we are killed.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

WORKERS = 2
AHEAD = 4  # results that may wait in memory
LARGE = 24 << 20  # bytes on disk from which two processes are worth their start


def results(jobs: Iterable[Job], work: Callable[[Job], Done], size: int) -> Iterator[Done]:
    """Each job's result in the order of the jobs; at most WORKERS + AHEAD are under way or waiting."""
    if size < LARGE:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context(_start()), _end_with_parent) as pool:
        waiting: deque[Future[Done]] = deque()
        for job in jobs:
            waiting.append(pool.submit(work, job))
            if len(waiting) >= WORKERS + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _start() -> str:
    alone = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
    return "fork" if alone else "spawn"


def _end_with_parent() -> None:
    """A worker waits for jobs for ever; it must not outlive the process that gives them."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
