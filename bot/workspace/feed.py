"""What each person's page is told, as it happens: one numbered log per person, read by any number of open pages.

A page that comes back names the last number it saw and hears what it missed. Ephemerals and modals are dropped
from the log when the page is loaded anew, as Slack forgets them.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable

from bot.workspace.facts import Json, Value

KEPT = 2000
PASSING = ("ephemeral", "view_", "toast")
HEARTBEAT = 15.0


class Feed:
    """The logs. Touched only on the server's event loop."""

    def __init__(self) -> None:
        self._logs: dict[str, deque[tuple[int, Json]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._readers: dict[str, set[asyncio.Queue[tuple[int, Json] | None]]] = defaultdict(set)
        self._number = 0

    def tell(self, people: Iterable[str], kind: str, **data: Value) -> None:
        """Append one event to the log of each person."""
        for person in people:
            self._number += 1
            entry = (self._number, {"type": kind, **data})
            self._logs[person].append(entry)
            for reader in self._readers[person]:
                reader.put_nowait(entry)

    def forget_passing(self, person: str) -> None:
        """Drop what a reloaded page must not see again."""
        kept = [entry for entry in self._logs[person] if not entry[1]["type"].startswith(PASSING)]
        self._logs[person] = deque(kept, maxlen=KEPT)

    async def follow(self, person: str, after: int | None = None) -> AsyncIterator[str]:
        """Server-sent events for one page, from after number `after` (None: from now) until the server stops."""
        queue: asyncio.Queue[tuple[int, Json] | None] = asyncio.Queue()
        for entry in self._logs[person]:
            if after is not None and entry[0] > after:
                queue.put_nowait(entry)
        self._readers[person].add(queue)
        try:
            yield ": welcome\n\n"
            async for text in _lines(queue):
                yield text
        finally:
            self._readers[person].discard(queue)

    def close(self) -> None:
        """End every open stream."""
        for readers in self._readers.values():
            for reader in readers:
                reader.put_nowait(None)


async def _lines(queue: asyncio.Queue[tuple[int, Json] | None]) -> AsyncIterator[str]:
    while True:
        try:
            entry = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            yield ": still here\n\n"
            continue
        if entry is None:
            return
        yield f"id: {entry[0]}\ndata: {json.dumps(entry[1])}\n\n"
