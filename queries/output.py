"""What a log event holds: plain text (a file uploaded at the end), or the agent's JSON with one element a line (streamed).

A group may mix both, so each event is looked at by itself. Nothing here cleans escapes or judges what was typed.
Source: amazon-ssm-agent, agent/agentlogstocloudwatch (the event's keys), agent/session/shell (what is uploaded).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.core.model import Hit, Place, Span, Stream
from queries.insights import Row, group_of, is_cut, moment

LINE_END = re.compile(r"\r*\n")
MOST_TEXT = 2_000  # characters of a line that a hit keeps
MARGIN = 500  # of them before a match


def decoded(message: str) -> tuple[str, tuple[str, ...]] | None:
    """The owner's ARN and the lines of a streamed event; None if the message is no such event."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        event: Any = json.loads(message)
    except ValueError:
        return None
    if not isinstance(event, Mapping) or not isinstance(event.get("sessionData"), list):
        return None
    identity = event.get("userIdentity")
    owner = str(identity.get("arn", "")) if isinstance(identity, Mapping) else ""
    return owner, tuple(str(line) for line in event["sessionData"])


def lines_of(message: str) -> tuple[str, tuple[str, ...]]:
    """Owner and lines of any event; a streamed event that was cut short is one line as it stands."""
    return decoded(message) or ("", tuple(LINE_END.split(message)))


def hits_of(rows: Iterable[Row], patterns: Any, place: Place, span: Span) -> Iterator[Hit]:  # noqa: ANN401 - compiled RE2
    """Each line that really matches, out of the events that the server found.

    The server matches the raw event, so a session id or an ARN may have matched: such events give nothing. Where an event was
    cut and the match is not in what is left, the event is kept as it stands, with nothing in `matched`.
    """
    for row in rows:
        at, message = moment(row.get("@timestamp", "")), row.get("@message", "")
        if at is None or not span.since <= at < span.until:
            continue
        owner, lines = lines_of(message)
        found = [(excerpt(line, match.start()), str(match.group(0))) for line in lines if (match := patterns.search(line))]
        if not found and is_cut(message):
            found = [(message[:MOST_TEXT], "")]
        yield from (_hit(row, at, line, matched, owner, place) for line, matched in found)


def excerpt(line: str, start: int) -> str:
    """As much of a line as a hit keeps: its beginning, or the part around a match that begins further on."""
    if start < MOST_TEXT - MARGIN:
        return line[:MOST_TEXT]
    return "…" + line[start - MARGIN : start - MARGIN + MOST_TEXT - 1]


def _hit(row: Row, at: datetime, line: str, matched: str, owner: str, place: Place) -> Hit:
    """One matching line with where it came from."""
    return Hit(
        session=row.get("@logStream", ""),
        at=at,
        text=line,
        matched=matched[:MOST_TEXT],
        owner=owner,
        group=group_of(row.get("@log", "")),
        account=place.account,
        region=place.region,
    )


def stream_of(row: Row, place: Place) -> Stream | None:
    """A Stream from a row of recent.logs; None if the row has no times."""
    first, last = moment(row.get("firstSeen", "")), moment(row.get("lastSeen", ""))
    if first is None or last is None:
        return None
    return Stream(
        session=row.get("@logStream", ""),
        first=first,
        last=last,
        events=int(float(row.get("events") or 0)),
        group=group_of(row.get("@log", "")),
        account=place.account,
        region=place.region,
    )
