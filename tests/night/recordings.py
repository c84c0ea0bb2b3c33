"""The transcripts, in each of the forms that AWS keeps them: S3 objects, plain uploads, streamed JSON events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.core.model import Kind
from tests.night.documents import COMMAND
from tests.night.facts import Told
from tests.night.forms import powershell_file, script_file, stream_body, stream_events
from tests.night.screens import Take

SLICE = 200_000
CUT = timedelta(minutes=17)  # into the session, then its node stopped
SENT_TWICE = "psql"


def streamed(told: Told, take: Take, now: datetime) -> list[dict[str, object]]:
    """The log events of a streamed session; one session's last event was sent twice."""
    pieces = _lines_at_a_time(_pieces(told, take), ends=not told.live and told.coverage != "partial")
    events = [
        event for at, piece in zip(_moments(told, len(pieces), now), pieces, strict=True) if piece for event in stream(told, piece, at)
    ]
    return [*events, events[-1]] if told.key == SENT_TWICE else events


def _lines_at_a_time(pieces: list[str], *, ends: bool) -> list[str]:
    """The agent holds a line back until it ends, or the session does."""
    held, whole = "", []
    for piece in pieces:
        lines, newline, held = (held + piece).rpartition("\n")
        whole.append(lines + newline)
    return [*whole, held] if ends else whole


def stream(told: Told, piece: str, at: datetime) -> Iterator[dict[str, object]]:
    """The log events of one piece of terminal output."""
    node = told.node
    for body in stream_events(piece.encode(), told.id, told.owner, node.region, node.id, at):
        sent = datetime.strptime(str(body["eventTime"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        yield log_event(sent + timedelta(seconds=1), stream_body([body]).decode().rstrip("\n"))


def filed(told: Told, take: Take) -> bytes:
    """The file that the agent renders after the session: what S3 gets."""
    ended = told.ended or told.started
    if told.node.windows:
        return powershell_file(take.raw, ended + timedelta(seconds=4))
    if told.document == COMMAND:
        return take.raw.replace(b"\r\n", b"\n")
    return script_file(take.raw, ended + timedelta(seconds=2))


def uploaded(told: Told, take: Take) -> list[dict[str, object]]:
    """The same file as plain log events, all at upload time."""
    at = (told.ended or told.started) + timedelta(seconds=64 if told.node.windows else 4)
    text = filed(told, take).decode().replace("\r\n", "\n")
    return [log_event(at, text[start : start + SLICE]) for start in range(0, len(text), SLICE)]


def log_event(at: datetime, message: str) -> dict[str, object]:
    """An event as GetLogEvents gives it."""
    ms = int(at.timestamp()) * 1000 + 417
    return {"timestamp": ms, "message": message, "ingestionTime": ms + 83}


def _pieces(told: Told, take: Take) -> list[str]:
    """A streamed Windows session is the person's own PowerShell transcript, so its banner names them."""
    if not told.node.windows or told.kind is not Kind.SHELL:
        return take.pieces
    head, _, _ = powershell_file(b"", told.started).decode("utf-8-sig").partition("*" * 22 + "\r\nWindows PowerShell transcript end")
    return [head.replace("\\SYSTEM", "\\ssm-user"), *take.pieces]


def _moments(told: Told, count: int, now: datetime) -> list[datetime]:
    """When each piece reached the log: spread over the session, the last before its end (or before now)."""
    until = told.started + CUT if told.coverage == "partial" else told.ended or now - timedelta(seconds=20)
    step = (until - told.started) / (count + 1)
    return [(told.started + step * (n + 1)).replace(microsecond=0) for n in range(count)]
