r"""The records of a CloudTrail file that are kept, as lines of JSON with the Athena table's columns.

Strategy: a file as CloudTrail writes it starts `{"Records":[{"eventVersion":`, so a record runs from one such mark to the next.
A watched name is looked for in the raw bytes by RE2, which runs from one `N` to the next with the processor's widest words and lets
other threads run meanwhile; only the records around the finds are cut out and decoded, and whether source and name really are
watched is judged on the decoded record. Whenever anything does not fit (another form of file, a
mark inside a record, a cut that is not a whole record or has not whole records beside it) the file is decoded whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import re2

from bot.core.watched import LEADING, WATCHED, concerns
from queries.archive.inflate import Unreadable

OPENING = b'{"Records":['
MARK = b'{"eventVersion":'
HEAD = OPENING + MARK
NEXT = b"," + MARK
TAIL = b"}]}"
NEIGHBOURS = 3  # on each side
SEAM = 16 << 10  # bytes of a chunk's beginning that are looked at together with the end of the one before
LARGEST = 4 << 20  # bytes of one record; CloudTrail's limit for an event is 256 kB
NULL = msgspec.Raw(b"null")
TEXTS = (  # CloudTrail's key of each text column, in Athena's order; the column is the key in lower case
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage",
    "requestID", "eventID", "eventType", "apiVersion", "recipientAccountId", "sharedEventID", "vpcEndpointId",
    "vpcEndpointAccountId", "eventCategory",
)  # fmt: skip
IDENTITY = ("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName")
ISSUER = ("type", "principalId", "arn", "accountId", "userName")
ATTRIBUTES = ("mfaAuthenticated", "creationDate")
JSONS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")


def _bytewise() -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    return options


CALLS = "|".join(sorted({name for names in (*WATCHED.values(), *LEADING.values()) for name in names}))
NAMES = re2.compile(f'Name":"(?:{CALLS})"'.encode(), _bytewise())  # from the rare `N`: five times as fast as from `"eventName`


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
        return [record for stretch in _stretches(chunks()) for record in _cut(*stretch)]
    except msgspec.MsgspecError:
        return _by_decoding(b"".join(chunks()))


def _stretches(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Bytes, and from where to where they hold whole records; raises a decoding error if the file has not CloudTrail's form.

    A chunk is searched where it lies. Only the record that its beginning cuts in two is put together, with some that follow.
    """
    rest, begun = b"", False
    for chunk in chunks:
        held, start = chunk, 0
        seam = rest + chunk[:SEAM]
        if begun and (end := seam.rfind(NEXT, max(0, len(rest) - 1))) > 0:
            yield seam, 0, end
            start = end + 1 - len(rest)
        elif rest:
            held = rest + chunk
        if not begun and len(held) >= len(HEAD):
            _check_head(held)
            begun, start = True, len(OPENING)
        if begun and (end := held.rfind(NEXT, start)) > 0:
            yield held, start, end
            start = end + 1
        rest = held[start:]
        if len(rest) > LARGEST:
            raise msgspec.DecodeError("a record without an end")
    if not begun or not rest.endswith(TAIL):
        raise msgspec.DecodeError("another form of file")
    yield rest, 0, len(rest) - len(TAIL) + 1


def _check_head(held: bytes) -> None:
    if not held.startswith(HEAD):
        raise msgspec.DecodeError("another form of file")


def _cut(records: bytes, begin: int, stop: int) -> Iterator[bytes]:
    """The watched records from `begin` to `stop`, each checked to be a whole record among whole records."""
    done = begin
    for match in NAMES.finditer(records, begin, stop):
        if match.start() < done:
            continue
        start, end = records.rfind(MARK, begin, match.start()), _end(records, match.end(), stop)
        piece, done = records[start:end], end
        record = _record.decode(piece)
        if concerns(record.eventSource, record.eventName):
            _check_neighbours(records, begin, stop, start, end)
            yield piece


def _end(records: bytes, start: int, stop: int) -> int:
    end = records.find(NEXT, start, stop)
    return end if end >= 0 else stop


def _check_neighbours(records: bytes, begin: int, stop: int, start: int, end: int) -> None:
    """Raise a decoding error unless whole records stand before and after: a mark inside another record would be noticed."""
    for _ in range(NEIGHBOURS):
        if start > begin:
            before = records.rfind(MARK, begin, start)
            _record.decode(records[before : start - 1])
            start = before
        if end < stop:
            after = _end(records, end + 1, stop)
            _record.decode(records[end + 1 : after])
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
    row["useridentity"] = _identity(_any.decode(fields.get("userIdentity", NULL)))
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


def _identity(value: object) -> Mapping[str, Any] | None:
    """UserIdentity in the table's shape: keys in lower case, scalars as text; what has another shape is left out."""
    if not isinstance(value, dict):
        return None
    context = _object(value.get("sessionContext"))
    issuer, attributes = _object(context.get("sessionIssuer")), _object(context.get("attributes"))
    inner = {"sessionissuer": _texts(issuer, ISSUER), "attributes": _texts(attributes, ATTRIBUTES)}
    return _texts(value, IDENTITY) | {"sessioncontext": inner if context else None}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key.lower(): _plain(value[key]) for key in keys if key in value}


def _plain(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
