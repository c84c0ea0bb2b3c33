r"""The records of a CloudTrail file that are kept, as lines of JSON with the Athena table's columns.

Strategy: a file as CloudTrail writes it starts `{"Records":[{"eventVersion":`, so a record runs from one such mark to the next.
A watched event name is looked for in the raw bytes, and only the records around the finds are cut out and decoded; whether
source and name really are watched is judged on the decoded record. Whenever anything does not fit (another form of file, a
mark inside a record, a cut that is not a whole record or has not whole records beside it) the file is decoded whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from bot.core.watched import WATCHED, concerns
from queries.archive.inflate import Unreadable

OPENING = b'{"Records":['
MARK = b'{"eventVersion":'
HEAD = OPENING + MARK
NEXT = b"," + MARK
TAIL = b"}]}"
NEIGHBOURS = 3  # on each side
LARGEST = 4 << 20  # bytes of one record; CloudTrail's limit for an event is 256 kB
NAMES = re.compile(('"eventName":"(?:' + "|".join(sorted({n for names in WATCHED.values() for n in names})) + ')"').encode())
NULL = msgspec.Raw(b"null")
TEXTS = (  # CloudTrail's key of each text column, in Athena's order; the column is the key in lower case
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage",
    "requestID", "eventID", "eventType", "apiVersion", "recipientAccountId", "sharedEventID", "vpcEndpointId",
    "vpcEndpointAccountId", "eventCategory",
)  # fmt: skip
JSONS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")


class Record(msgspec.Struct, gc=False, frozen=True):
    """The two keys that decide whether a record is kept."""

    eventSource: str = ""  # noqa: N815 - CloudTrail's own names
    eventName: str = ""  # noqa: N815


class Named(msgspec.Struct, gc=False):
    """A file, as far as it must be read to choose from it."""

    Records: list[Record]


class Raws(msgspec.Struct, gc=False):
    """A file whose records stay raw."""

    Records: list[msgspec.Raw]


_named, _raws, _record = msgspec.json.Decoder(Named), msgspec.json.Decoder(Raws), msgspec.json.Decoder(Record)
_whole = msgspec.json.Decoder(dict[str, msgspec.Raw])
_any = msgspec.json.Decoder()


def kept(chunks: Callable[[], Iterable[bytes]]) -> list[bytes]:
    """The watched records of a file, raw, in their order; Unreadable if it is no CloudTrail file.

    `chunks` gives the file's bytes from their beginning each time it is called.
    """
    try:
        return [record for buffer, first, last in _regions(chunks()) for record in _cut(buffer, first, last)]
    except msgspec.MsgspecError:
        return _by_decoding(b"".join(chunks()))


def _regions(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Stretches of whole records as (buffer, first byte, end); raises a decoding error if the file is not of CloudTrail's form."""
    buffer, first = b"", 0
    for chunk in chunks:
        buffer = buffer[first:] + chunk if first else buffer + chunk
        first = 0
        if buffer.startswith(OPENING):
            first = len(OPENING)
        if not buffer.startswith(MARK, first) and len(buffer) > len(HEAD):
            raise msgspec.DecodeError("not as CloudTrail writes it")
        last = buffer.rfind(NEXT)
        if last > first:
            yield buffer, first, last
            first = last + 1
        elif len(buffer) > LARGEST:
            raise msgspec.DecodeError("a record without an end")
    if not buffer.startswith(MARK, first) or not buffer.endswith(TAIL):
        raise msgspec.DecodeError("not as CloudTrail writes it")
    yield buffer, first, len(buffer) - len(TAIL) + 1


def _cut(buffer: bytes, first: int, last: int) -> Iterator[bytes]:
    """The watched records between two places, each checked to be a whole record among whole records."""
    done = first
    for match in NAMES.finditer(buffer, first, last):
        if match.start() < done:
            continue
        start, end = buffer.rfind(MARK, first, match.start()), _end(buffer, match.end(), last)
        piece, done = buffer[start:end], end
        record = _record.decode(piece)
        if concerns(record.eventSource, record.eventName):
            _check_neighbours(buffer, first, last, start, end)
            yield piece


def _end(buffer: bytes, start: int, last: int) -> int:
    end = buffer.find(NEXT, start, last)
    return end if end >= 0 else last


def _check_neighbours(buffer: bytes, first: int, last: int, start: int, end: int) -> None:
    """Raise a decoding error unless whole records stand before and after: a mark inside another record would be noticed."""
    for _ in range(NEIGHBOURS):
        if start > first:
            before = buffer.rfind(MARK, first, start)
            _record.decode(buffer[before : start - 1])
            start = before
        if end < last:
            after = _end(buffer, end + 1, last)
            _record.decode(buffer[end + 1 : after])
            end = after


def _by_decoding(body: bytes) -> list[bytes]:
    try:
        wanted = [number for number, record in enumerate(_named.decode(body).Records) if concerns(record.eventSource, record.eventName)]
        records = _raws.decode(body).Records if wanted else []
    except msgspec.MsgspecError as error:
        raise Unreadable(f"It is not a CloudTrail log file ({error}).") from error
    return [bytes(records[number]) for number in wanted]


def line(raw: bytes, account: str, region: str, day: str) -> bytes:
    """One record as a line of JSON with the table's columns; raises MsgspecError or Unreadable for what is no record.

    A record without an eventID gets one from its content, so that it too is kept once. Account, region and day are the path's;
    where it says none, the record's own.
    """
    if len(raw) > LARGEST:
        raise Unreadable(f"It holds a record of {len(raw):,} bytes, more than CloudTrail ever writes.")
    fields = _whole.decode(raw)
    row: dict[str, Any] = {key.lower(): text(fields.get(key, NULL)) for key in TEXTS}
    row |= {key.lower(): bytes(fields[key]).decode() if fields.get(key, NULL) != NULL else None for key in JSONS}
    row["readonly"] = text(fields.get("readOnly", NULL))
    row["useridentity"] = _lowered(_any.decode(fields.get("userIdentity", NULL)))
    row["eventid"] = row["eventid"] or "sha256:" + hashlib.sha256(raw).hexdigest()
    row["account"] = account or row["recipientaccountid"] or ""
    row["region"] = region or row["awsregion"] or ""
    row["timestamp"] = day or (row["eventtime"] or "")[:10].replace("-", "/")
    return msgspec.json.encode(row)


def text(raw: msgspec.Raw) -> str | None:
    """A JSON value as Athena shows it in a string column: text bare, null as nothing, anything else as it is written."""
    if raw == NULL:
        return None
    value = _any.decode(raw)
    return value if isinstance(value, str) else bytes(raw).decode()


def _lowered(identity: object) -> Mapping[str, Any] | None:
    """UserIdentity with keys in lower case, as the table's struct has them; scalars as text."""
    if not isinstance(identity, dict):
        return None
    return {key.lower(): _lowered(value) if isinstance(value, dict) else _plain(value) for key, value in identity.items()}


def _plain(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
