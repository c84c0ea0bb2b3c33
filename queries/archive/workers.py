"""Work on both processors: a small job is done here and now, a large one by two threads.

Inflating and searching are nine tenths of the work, and both let go of the interpreter, so threads gain what processes would, without
their start, their imports and the way of every result through a pipe. With thousands of small files they gain nothing, and cost nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

WORKERS = 2
AHEAD = 4  # results that may wait in memory
LARGE = 8 << 20  # bytes on disk below which there are not two jobs


def results(jobs: Iterable[Job], work: Callable[[Job], Done], size: int) -> Generator[Done, None, None]:
    """Each job's result in the order of the jobs; at most WORKERS + AHEAD are under way or waiting.

    Closing the generator stops the work: what has not begun by then is not done.
    """
    if size < LARGE:
        yield from map(work, jobs)
        return
    pool = ThreadPoolExecutor(WORKERS, "archive")
    waiting: deque[Future[Done]] = deque()
    try:
        for job in jobs:
            waiting.append(pool.submit(work, job))
            if len(waiting) >= WORKERS + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
