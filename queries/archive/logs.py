r"""Session logs as an archive keeps them: the bytes as AWS held them, and the text to search, with the time of each line.

A log is a file (S3, or uploaded whole into a stream: its only time is when it was uploaded) or streamed (one JSON event a
line, each with its time). The text is what was shown: JSON is decoded, so that `&&` is found where the log has `\\u0026`.
Source: amazon-ssm-agent, agent/agentlogstocloudwatch; CloudWatch Logs API, GetLogEvents.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from isal import igzip

from bot.core.records import mapping, moment
from queries.archive.inflate import Unreadable, inflate
from queries.archive.layout import Found
from queries.output import decoded

CAP = 64 << 20  # bytes of one log; an hour of a busy terminal is a few megabytes
DONE = re.compile(rb"Script done on (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d)[^\n]*\s*\Z")
LINE_END = re.compile(r"\r*\n")


@dataclass(frozen=True, slots=True)
class Message:
    """One log event: when, what, and its lines where it is a streamed one."""

    at: datetime
    text: str
    owner: str = ""
    lines: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """One session's log, ready to keep."""

    session: str
    location: str
    group: str
    account: str
    region: str
    form: str
    first: datetime
    last: datetime
    events: int
    owner: str
    complete: bool
    body: bytes
    text: bytes
    marks: bytes

    def row(self) -> list[Any]:
        """The row of table `logs`; bytes are compressed."""
        packed = [igzip.compress(part, 1) for part in (self.body, self.text, self.marks)]
        return [
            self.session, self.location, self.group, self.account, self.region, self.form, _naive(self.first), _naive(self.last),
            self.events, self.owner, self.complete, *packed,
        ]  # fmt: skip


def of_file(found: Found, body: bytes) -> Log:
    """The log in a `<session id>.log`: streamed JSON lines, or terminal bytes (in a script(1) wrapping or bare)."""
    whole, body = len(body) <= CAP, body[:CAP]
    changed = datetime.fromtimestamp(found.changed // 10**9, UTC)
    messages = [_streamed(line, changed) for line in body.decode("utf-8", "replace").splitlines()] if body.lstrip()[:1] == b"{" else []
    if any(message.lines is not None for message in messages):
        return _log(found, messages, "stream", whole)
    done = DONE.search(body[-512:])
    at = (moment(done["at"].decode()) if done else None) or changed
    return _log(found, [Message(at, body.decode("utf-8", "replace"))], "file", whole, body)


def of_stream(found: Found, body: bytes) -> Log:
    """The log in a saved GetLogEvents answer; Unreadable if it is none."""
    try:
        events = mapping(json.loads(body)).get("events")
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"It is not the output of `aws logs get-log-events` ({error}).") from error
    if not isinstance(events, list) or not events:
        raise Unreadable("It is not the output of `aws logs get-log-events`: it holds no events.")
    messages = sorted(filter(None, map(_event, events)), key=lambda message: message.at)
    if any(message.lines is not None for message in messages):
        return _log(found, list({(m.at, m.text): m for m in messages}.values()), "stream", len(body) <= CAP)
    return _log(found, messages, "file", len(body) <= CAP, "".join(map(_ended, messages)).encode())


def _event(item: object) -> Message | None:
    event = mapping(item)
    try:
        at = datetime.fromtimestamp(int(str(event.get("timestamp"))) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    message = _streamed(str(event.get("message", "")), at)
    return Message(at, message.text, message.owner, message.lines)


def _streamed(text: str, otherwise: datetime) -> Message:
    """A message with its lines and its own time if it is the agent's JSON."""
    event = decoded(text)
    if event is None:
        return Message(otherwise, text)
    return Message(moment(json.loads(text).get("eventTime")) or otherwise, text, event[0], event[1])


def _ended(message: Message) -> str:
    return message.text if message.text.endswith("\n") else message.text + "\n"


def _log(found: Found, messages: list[Message], form: str, complete: bool, body: bytes | None = None) -> Log:
    if not messages:
        raise Unreadable("It holds no event with a time.")
    text, marks = _text(messages)
    return Log(
        session=found.name,
        location=found.path,
        group=found.group,
        account=found.account,
        region=found.region,
        form=form,
        first=min(message.at for message in messages),
        last=max(message.at for message in messages),
        events=len(messages),
        owner=next((message.owner for message in messages if message.owner), ""),
        complete=complete,
        body="".join(map(_ended, messages)).encode() if body is None else body,
        text=text,
        marks=marks,
    )


def _text(messages: Iterable[Message]) -> tuple[bytes, bytes]:
    """Every line in order, and pairs of (offset, epoch in milliseconds): from that offset on, lines have that time."""
    parts: list[bytes] = []
    marks = array("q")
    size = 0
    for message in messages:
        lines = message.lines if message.lines is not None else LINE_END.split(message.text)
        part = "".join(line.replace("\n", " ") + "\n" for line in lines).encode("utf-8", "replace")
        marks.extend((size, int(message.at.timestamp() * 1000)))
        parts.append(part)
        size += len(part)
    return b"".join(parts), marks.tobytes()


@dataclass(frozen=True, slots=True)
class Marks:
    """The time of any place in a log's text."""

    offsets: array[int]
    times: array[int]

    @classmethod
    def of(cls, packed: bytes) -> Marks:
        """From the column `marks`."""
        pairs = array("q", inflate(packed))
        return cls(pairs[0::2], pairs[1::2])

    def at(self, offset: int) -> datetime:
        """When the line at that offset was logged."""
        return datetime.fromtimestamp(self.times[max(0, bisect_right(self.offsets, offset) - 1)] / 1000, UTC)


def _naive(at: datetime) -> datetime:
    """DuckDB's TIMESTAMP has no zone; the archive's are UTC."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime) -> datetime:
    """A TIMESTAMP of the archive, as UTC."""
    return at.replace(tzinfo=UTC)
