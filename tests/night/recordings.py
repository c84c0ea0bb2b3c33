"""The transcripts, in each of the forms that AWS keeps them: S3 objects, plain uploads, streamed JSON events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.core.model import Kind
from tests.night.facts import Told
from tests.night.own_forms import powershell_file, script_file, stream_events
from tests.night.screens import Take

SLICE = 200_000
CUT = timedelta(minutes=17)  # into the session, then its node stopped
SENT_TWICE = "psql"


def moments(told: Told, take: Take, now: datetime) -> list[datetime]:
    """When each piece of a take reached the log: spread over the session, the last before its end (or before now)."""
    until = told.ended or now - timedelta(seconds=20)
    if told.coverage == "partial":
        until = told.started + CUT
    step = (until - told.started) / (len(take.pieces) + 1)
    return [(told.started + step * (n + 1)).replace(microsecond=0) for n in range(len(take.pieces))]


def streamed(told: Told, take: Take, now: datetime) -> list[dict[str, object]]:
    """The events of a streamed session: a line is held back until it ends, so each piece goes out by itself."""
    events = []
    node = told.node
    for at, piece in zip(moments(told, take, now), take.pieces, strict=True):
        if not piece.endswith("\n"):
            continue
        for body in stream_events(piece.encode(), told.id, told.owner, node.region, node.id, at):
            events.append(event(at + timedelta(seconds=1), json_line(body)))  # noqa: PERF401 - two loops read better
    return [*events, events[-1]] if told.key == SENT_TWICE else events


def json_line(body: dict[str, object]) -> str:
    """JSON as Go's encoder writes it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def filed(told: Told, take: Take) -> bytes:
    """The file that the agent renders after the session: what S3 gets."""
    ended = told.ended or told.started
    if told.node.windows:
        return powershell_file(take.raw, ended + timedelta(seconds=4))
    if told.kind is Kind.COMMAND and told.document.endswith("NonInteractiveCommand"):
        return take.raw.replace(b"\r\n", b"\n")
    return script_file(take.raw, ended + timedelta(seconds=2))


def uploaded(told: Told, take: Take) -> list[dict[str, object]]:
    """The same file as plain log events, all at upload time."""
    at = (told.ended or told.started) + timedelta(seconds=64 if told.node.windows else 4)
    text = filed(told, take).decode().replace("\r\n", "\n")
    return [event(at, piece) for piece in _cut(text)]


def _cut(text: str) -> Iterator[str]:
    for at in range(0, len(text), SLICE):
        yield text[at : at + SLICE]


def event(at: datetime, message: str) -> dict[str, object]:
    ms = int(at.timestamp()) * 1000 + 417
    return {"timestamp": ms, "message": message, "ingestionTime": ms + 83}
