"""Streamed logs: one JSON event a line, each some lines of the terminal, cleaned by the agent.

The agent deletes carriage returns, turns tabs into spaces, and strips escapes from a line only if it can
parse them all; it cuts lines at 33,000 bytes and may send an event twice. A group may hold plain text
between the events. Source: amazon-ssm-agent `cloudwatchlogsservice.go`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice

from bot.core.transcript import learned, lossy
from bot.core.transcript.belief import Belief
from bot.core.transcript.edit import Editor, abandoned
from bot.core.transcript.lossy import MARK
from bot.core.transcript.screen import DEFAULT_COLS, Screen, decode, settle
from bot.core.transcript.scribe import Scribe
from bot.core.transcript.tracer import GUESSES, UNFIT, Tracer
from bot.core.transcript.walk import Walk

LONGEST_PIECE = 33_000
BATCH = 20_000
_GOES_ON = re.compile(r"\x1b\[[ACK]")  # a line still being edited on its rows below
FIRST_LINES = 20_000  # that tell the width
MOST_HEAD, LAST_BYTES = 300, 1 << 14  # that teach a prompt
_REMEMBERED = 64


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
                yield Event(None, (decode(line).rstrip("\r"),))
            continue
        if event.lines in recent and recent[event.lines] == event.at:
            continue
        recent[event.lines] = event.at
        if len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]
        yield event


def walk(body: bytes, scribe: Scribe, screen: Screen) -> None:
    """Writes a streamed log down, line by line: edited lines are known by the marks that were left."""
    lines = _lines(body)
    head = list(islice(lines, FIRST_LINES))
    cols = lossy.width([text for text, _ in head])
    belief = Belief(lossy=True, learned=_learned([text for text, _ in head[:MOST_HEAD]], body))
    state = Walk(screen, Editor(screen, cols or DEFAULT_COLS), scribe, belief, tracer=Tracer(cols))
    raw: list[str] = []
    times: list[datetime | None] = []
    for line, at in chain(head, lines):
        before, mark, after = line.rpartition(MARK)
        if mark and lossy.on_screen(before) is not True and lossy.on_screen(after) is None:
            _flush(state, raw, times)
            typed, doubt = state.tracer.returned(after)
            state.edited(typed, settle(lossy.begun(before)), at, doubt, abandoned=abandoned(before, after))
            continue
        settled = settle(lossy.begun(line)).replace("\n", " ")
        if not raw and _GOES_ON.match(settled):
            state.doubted(UNFIT)
        raw.append(settled)
        times.append(at)
        if len(raw) >= BATCH:
            _flush(state, raw, times)
    _flush(state, raw, times)
    state.leave()
    if scribe.typed and scribe.typed[-1].line == len(scribe.lines):
        scribe.amend(scribe.typed[-1].text, "the recording ends with this line; it may not have been submitted")
    if any(typed.doubt in GUESSES for typed in scribe.typed):
        scribe.doubt("the agent removed escape sequences before logging: commands that were edited are partly guessed")


def _learned(head: list[str], body: bytes) -> re.Pattern[str] | None:
    """The prompt of unusual shape that the log's start and end teach."""
    start = body.rfind(b"\n", 0, max(0, len(body) - LAST_BYTES)) + 1
    tail = [text for text, _ in _lines(body[start:])] if start else []
    return learned.learn(settle("\n".join([*head, *tail])))


def _flush(state: Walk, raw: list[str], times: list[datetime | None]) -> None:
    if raw:
        state.lines(raw[:], times[:])
        raw.clear()
        times.clear()


def _lines(body: bytes) -> Iterator[tuple[str, datetime | None]]:
    """The lines with their times; a line that the agent cut at its limit is one line again."""
    held = ""
    for event in events(body):
        for text in event.lines:
            if len(text) * 4 > LONGEST_PIECE and len(text.encode("utf-8", "replace")) >= LONGEST_PIECE - 4:
                held += text
                continue
            yield held + text, event.at
            held = ""
    if held:
        yield held, None


def _event(line: bytes) -> Event | None:
    if not line.startswith(b"{") or b'"sessionData"' not in line:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # RecursionError: nesting that no agent writes
        return None
    data = found.get("sessionData")
    if not isinstance(data, list):
        return None
    return Event(_moment(found.get("eventTime")), tuple(decode(text.encode("utf-8", "replace")) for text in data if isinstance(text, str)))


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
