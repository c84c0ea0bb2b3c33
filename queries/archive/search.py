"""Searching session output in an archive: RE2 over whole texts, newest first, stopping when there is enough.

RE2 looks at a text as a whole (`(?m)` makes `^` and `$` mean lines, never_nl keeps a match within one), and only the lines it
points at are matched again by themselves, so an answer is line by line at the speed of a whole buffer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.core.model import Hit, Place, Refused, Span, Stream
from queries.archive.asking import Answer, Inquiry, places
from queries.archive.inflate import inflate
from queries.archive.logs import CAP, Marks, aware
from queries.literals import quoted
from queries.output import MOST_TEXT

ENOUGH = 10_000  # hits of one question, as many as Logs Insights gives by default
TOGETHER = 24  # logs that are fetched at once
MEMORY = 64 << 20  # bytes that one compiled pattern may use
TEXT_CAP = 4 * CAP
BEST = (
    "SELECT {columns} FROM logs WHERE last >= ? AND first < ? "
    "QUALIFY row_number() OVER (PARTITION BY session, account, region ORDER BY grp = '', last DESC, location) = 1 ORDER BY last DESC, session"
)
FACTS = "session, account, region, grp, form, first, last, events, owner, location"
WHEREABOUTS = (
    "SELECT trino_json_scalar(responseelements, '$.sessionId') AS session, account, region, useridentity.arn AS owner FROM cloudtrail "
    "WHERE eventname = 'StartSession' AND errorcode IS NULL"
)
QUERY = "RE2 over the session logs of the archive: {}"


@dataclass(frozen=True, slots=True)
class Known:
    """Whose a session is and where, as CloudTrail says."""

    place: Place
    owner: str


def whereabouts(inquiry: Inquiry) -> Mapping[str, Known]:
    """Every session that CloudTrail saw start: an S3 log's path names neither account nor Region."""
    return inquiry.keep(
        "whereabouts",
        lambda: {
            row["session"]: Known(Place(row["account"], row["region"]), row["owner"] or "")
            for row in inquiry.rows(WHEREABOUTS)
            if row["session"]
        },
    )


def streams(inquiry: Inquiry, span: Span, limit: int) -> Answer:
    """Session logs that overlap the span, latest first."""
    rows = _rows(inquiry, FACTS, span)
    found = [Stream(r["session"], aware(r["first"]), aware(r["last"]), r["events"], r["grp"], r["account"], r["region"]) for r in rows]
    notes = (
        ("an S3 log's only time is when it was uploaded, after the session's end",) if any(row["form"] == "file" for row in rows) else ()
    )
    return Answer(tuple(found[:limit]), notes, places(rows), len(found))


def stored(inquiry: Inquiry, span: Span) -> Answer:
    """Session logs that came from S3, by when they were written; `events` is their size in bytes."""
    sql = "SELECT session, account, region, last, octet_length(body) AS size, location FROM logs WHERE grp = '' AND last >= ? AND last < ? ORDER BY session"
    since, until = (moment.replace(tzinfo=None) for moment in (span.since, span.until + timedelta(days=1)))
    rows = inquiry.rows(sql, [since, until])
    found = tuple(Stream(r["session"], aware(r["last"]), aware(r["last"]), r["size"], "", r["account"], r["region"]) for r in rows)
    return Answer(found, (), places(rows), len(found))


def hits(inquiry: Inquiry, span: Span, patterns: Sequence[str], enough: int = ENOUGH) -> Answer:
    """Lines that match any pattern, ignoring case, latest first."""
    finder = compiled(patterns)
    rows = _rows(inquiry, FACTS, span)
    found: list[Hit] = []
    for start in range(0, len(rows), TOGETHER):
        texts = _texts(inquiry, rows[start : start + TOGETHER])
        for row in rows[start : start + TOGETHER]:
            found.extend(_in_log(texts[row["location"]], row, finder, span))
        later = rows[start + TOGETHER :]
        if len(found) >= enough:
            found = sorted(found, key=lambda hit: hit.at, reverse=True)[:enough]
            if later and found[-1].at >= aware(later[0]["last"]):
                break
    ordered = tuple(sorted(found, key=lambda hit: hit.at, reverse=True))
    notes = (f"the newest {enough:,} lines; there may be more",) if len(found) >= enough else ()
    return Answer(ordered, notes, places(rows))


def compiled(patterns: Sequence[str]) -> Any:  # noqa: ANN401 - google-re2 ships no types
    """The patterns as one, in bytes. Refused with RE2's own reason if it does not compile."""
    import re2  # noqa: PLC0415 - light start

    options = re2.Options()
    options.case_sensitive, options.log_errors, options.never_nl, options.max_mem = False, False, True, MEMORY
    for pattern in patterns:
        try:
            re2.compile(pattern, options)
        except re2.error as error:
            raise Refused(f"“{pattern[:80]}” is not a regular expression that I can use: {_reason(error)}.") from error
    try:
        return re2.compile("(?m)" + "|".join(f"(?:{pattern})" for pattern in patterns).encode().decode("utf-8"), options)
    except (re2.error, UnicodeError) as error:
        raise Refused(f"Those patterns are too much at once: {_reason(error)}.") from error


def literal(text: str) -> str:
    """A pattern that matches the text itself."""
    return quoted(text)


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _rows(inquiry: Inquiry, columns: str, span: Span) -> list[dict[str, Any]]:
    known = whereabouts(inquiry)
    since, until = (moment.replace(tzinfo=None) for moment in (span.since, span.until))
    rows = inquiry.rows(BEST.format(columns=columns), [since, until])
    for row in rows:
        if found := known.get(row["session"]):
            row["owner"] = row["owner"] or found.owner
            row.update({} if row["account"] else {"account": found.place.account, "region": found.place.region})
    return _once(rows)


def _once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One log a session: its stream rather than its S3 object, now that both have their place."""
    best: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        key = row["session"], row["account"], row["region"]
        if key not in best or (row["grp"] and not best[key]["grp"]):
            best[key] = row
    return sorted(best.values(), key=lambda row: (row["last"], row["session"]), reverse=True)


def _texts(inquiry: Inquiry, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Text and marks of some logs, still compressed, by location."""
    held = inquiry.rows("SELECT location, text, marks FROM logs WHERE location IN (SELECT unnest(?))", [[row["location"] for row in rows]])
    return {row["location"]: row for row in held}


def _in_log(held: Mapping[str, Any], row: Mapping[str, Any], finder: Any, span: Span) -> Iterator[Hit]:  # noqa: ANN401 - compiled RE2
    text = inflate(held["text"], TEXT_CAP)
    marks = Marks.of(held["marks"])
    base = Hit(row["session"], aware(row["last"]), "", "", row["owner"], row["grp"], row["account"], row["region"])
    for start, line, matched in lines_matching(finder, text):
        at = marks.at(start)
        if span.since <= at < span.until:
            yield replace(base, at=at, text=line[:MOST_TEXT], matched=matched[:MOST_TEXT])


def lines_matching(finder: Any, text: bytes) -> Iterator[tuple[int, str, str]]:  # noqa: ANN401 - compiled RE2
    """Each line that matches: its offset, the line, and what matched in it."""
    position = 0
    while (match := finder.search(text, position)) is not None:
        start = text.rfind(b"\n", 0, match.start()) + 1
        end = text.find(b"\n", match.start())
        end = end if end >= 0 else len(text)
        line = text[start:end]
        if line and (alone := finder.search(line)) is not None:
            yield start, line.decode("utf-8", "replace"), alone.group(0).decode("utf-8", "replace")
        position = end + 1
        if position > len(text):
            return
