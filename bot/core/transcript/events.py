"""Streamed logs: one JSON event a line, each some lines of the terminal, cleaned by the agent.

The agent deletes carriage returns, turns tabs into spaces, and strips escapes from a line only if it can
parse them all; it cuts lines at 33,000 bytes and may send an event twice. A group may hold plain text
between the events. Source: amazon-ssm-agent `cloudwatchlogsservice.go`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.core.transcript.edit import Editor
from bot.core.transcript.screen import DEFAULT_COLS, Screen, settle
from bot.core.transcript.scribe import Scribe
from bot.core.transcript.walk import Walk

LONGEST_PIECE = 33_000
_REMEMBERED = 64
_MARK = "\x1b[?2004h"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: when it was uploaded (to the second) and its lines. No time: plain text between events."""

    at: datetime | None
    lines: tuple[str, ...]


def holds(body: bytes, hint: str = "") -> bool:
    """Whether the recording is streamed: by its hint, or by its first line."""
    first = body[:200_000].lstrip()
    if not first.startswith(b"{"):
        return hint == "stream" and b'"sessionData"' in body
    return _event(first.split(b"\n", 1)[0]) is not None or (hint == "stream" and b'"sessionData"' in body)


def events(body: bytes) -> Iterator[Event]:
    """The events in order, re-sent ones left out."""
    recent: dict[tuple[str, ...], datetime | None] = {}
    for line in body.split(b"\n"):
        event = _event(line)
        if event is None:
            if line.strip():
                yield Event(None, (line.decode("utf-8", "replace").rstrip("\r"),))
            continue
        if event.lines in recent and recent[event.lines] == event.at:
            continue
        recent[event.lines] = event.at
        if len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]
        yield event


def walk(body: bytes, scribe: Scribe, screen: Screen) -> None:
    """Writes a streamed log down, line by line: edited lines are known by the marks that were left."""
    state = Walk(screen, Editor(screen, DEFAULT_COLS), scribe, lossy=True)
    batch = _Batch()
    for event in events(body):
        batch.add(event)
        if len(batch.raw) >= 20_000:
            batch.flush(state, keep=1)
    batch.flush(state, keep=1)
    if batch.raw:
        state.tail = batch.raw[0]
    state.leave()
    if any("edited" in typed.doubt for typed in scribe.typed):
        scribe.doubt("the agent removed escape sequences before logging: commands that were edited are partly guessed")


@dataclass(slots=True)
class _Batch:
    raw: list[str] = field(default_factory=list)
    times: list[datetime | None] = field(default_factory=list)
    sure: set[int] = field(default_factory=set)
    _open: bool = False  # the last line was cut at the agent's limit

    def add(self, event: Event) -> None:
        for line in event.lines:
            if self._open and self.raw:
                self.raw[-1] += line
            else:
                if _MARK in line:
                    self.sure.add(len(self.raw))
                self.raw.append(line)
                self.times.append(event.at)
            self._open = len(line.encode("utf-8", "replace")) >= LONGEST_PIECE - 4

    def flush(self, state: Walk, keep: int) -> None:
        """Hands the lines on, but for the last: nothing says yet that it was ended."""
        count = max(0, len(self.raw) - keep)
        lines = [settle(line).replace("\n", " ") for line in self.raw[:count]]
        if lines:
            state.lines(lines, self.times[:count], sure=frozenset(index for index in self.sure if index < count))
        self.sure = {index - count for index in self.sure if index >= count}
        del self.raw[:count], self.times[:count]


def _event(line: bytes) -> Event | None:
    if not line.startswith(b"{") or b'"sessionData"' not in line:
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    data = found.get("sessionData")
    if not isinstance(data, list):
        return None
    return Event(_moment(found.get("eventTime")), tuple(text for text in data if isinstance(text, str)))


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
