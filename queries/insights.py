"""CloudWatch Logs Insights: it finds, it does not judge. One query for one place, started, polled, and stopped if nobody waits.

Times are epoch seconds and both ends are inclusive; rows are cut to the half-open span here. A service quota of 100 queries
at once is shared with every dashboard of the account, so a full house is waited out. Results may cut @message short: such
rows are counted and said. Source: CloudWatch Logs API StartQuery, GetQueryResults, StopQuery; "CloudWatch Logs quotas".
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.model import Span, Unavailable
from queries import faults
from queries.budget import Budget, Stopped, poll_after

ROWS = 10_000
PRICE = 0.005  # US dollars a GB scanned, in most Regions
GB = 1_000_000_000
CEILING = 200 * GB  # bytes that one query may scan: one US dollar
CUT_AT = 1_000  # characters at which @message has been seen cut
FULL = (1.0, 2.0, 4.0, 8.0)  # seconds between tries while all query slots are taken
GOING = frozenset({"Scheduled", "Running", "Unknown"})
NO_GROUP = re.compile(r"Log group '(?P<group>[^']+)' does not exist")
GROUP = re.compile(r"^[\w./#-]{1,512}$", re.ASCII)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What one place answered: rows by field, bytes scanned, groups that do not exist, and what limits the answer."""

    rows: tuple[Row, ...] = ()
    scanned: int = 0
    groups: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    query_id: str = ""
    notes: tuple[str, ...] = field(default=())
    cut: bool = False


def seconds(span: Span) -> tuple[int, int]:
    """The span as StartQuery takes it: whole seconds, both inclusive, no narrower than the span; rows are cut to it afterwards."""
    since = math.floor(span.since.timestamp())
    return since, max(since, math.ceil(span.until.timestamp()))


def asking(groups: Sequence[str], text: str, span: Span) -> dict[str, Any]:
    """The parameters of one StartQuery call."""
    since, until = seconds(span)
    return {"logGroupNames": list(groups), "startTime": since, "endTime": until, "queryString": text, "limit": ROWS}


def ask(
    client: Any,  # noqa: ANN401 - a boto3 client
    groups: Sequence[str],
    text: str,
    span: Span,
    budget: Budget,
    place: object,
    ceiling: int = CEILING,
) -> Found:
    """Ask one place. A group that does not exist there is left out and named; raises Unavailable or botocore's errors."""
    absent: list[str] = []
    while wanted := [group for group in groups if group not in absent]:
        try:
            query_id = _start(client, asking(wanted, text, span), budget, place)
        except client.exceptions.ResourceNotFoundException as error:
            absent.append(_absent_group(error, wanted))
        else:
            found = _follow(client, query_id, budget, place, ceiling)
            return replace(found, groups=tuple(wanted), absent=tuple(absent), query_id=query_id)
    raise Unavailable(no_group(absent, place))


def no_group(groups: Sequence[str], place: object) -> str:
    """The sentence for log groups that are not there."""
    named = ", ".join(groups)
    why = "the agent never creates it, so nothing was streamed there. Create it, or correct the scope"
    return f"Log group {named} does not exist in {place}: {why}."


def _absent_group(error: BaseException, wanted: Sequence[str]) -> str:
    """Which group AWS does not know; the first one if it does not say."""
    named = NO_GROUP.search(faults.message_of(error))
    return named["group"] if named and named["group"] in wanted else wanted[0]


def _start(client: Any, request: Mapping[str, Any], budget: Budget, place: object) -> str:  # noqa: ANN401 - a boto3 client
    """The id of the started query; waits while all slots are taken."""
    for pause in (*FULL, None):
        budget.check()
        try:
            return str(client.start_query(**request)["queryId"])
        except client.exceptions.LimitExceededException as error:
            if pause is None:
                raise Unavailable(
                    f"Logs Insights in {place} has no free query slot (100 at once, shared with dashboards). Try again in a minute."
                ) from error
            budget.wait(pause)
        except client.exceptions.MalformedQueryException as error:
            raise Unavailable(f"Logs Insights in {place} does not take the query: {_compile_error(error)}") from error
    raise AssertionError("unreachable: the last try returns or raises")


def _compile_error(error: BaseException) -> str:
    """Where Insights says that the query is wrong."""
    response: Mapping[str, Any] = getattr(error, "response", {})
    inner = response.get("queryCompileError") or {}
    at = (inner.get("location") or {}).get("startCharOffset")
    said = faults.clipped(str(inner.get("message") or faults.message_of(error)))
    return said if at is None else f"{said} (at character {at})"


def _follow(client: Any, query_id: str, budget: Budget, place: object, ceiling: int) -> Found:  # noqa: ANN401 - a boto3 client
    """Poll to the end. A query that is cancelled, late or too dear is stopped, and the rows so far are kept and marked."""
    begun, reply = budget.clock(), {}
    try:
        while True:
            budget.check()
            reply = client.get_query_results(queryId=query_id)
            if reply.get("status") not in GOING:
                return _finished(reply, place)
            if _scanned(reply) > ceiling:
                _stop(client, query_id)
                return found_of(reply, f"stopped at the cost ceiling ({ceiling / GB:,.1f} GB): these are the rows found so far")
            budget.wait(poll_after(budget.clock() - begun))
    except Stopped:
        _stop(client, query_id)
        if not reply.get("results"):
            raise
        return found_of(reply, "stopped before the end: these are the rows found so far")


def _stop(client: Any, query_id: str) -> None:  # noqa: ANN401 - a boto3 client
    """Stop a query that nobody waits for; it may have ended by itself, and stopping is a courtesy."""
    with contextlib.suppress(Exception):
        client.stop_query(queryId=query_id)


def _scanned(reply: Mapping[str, Any]) -> int:
    """Bytes that a query has read so far."""
    return int((reply.get("statistics") or {}).get("bytesScanned") or 0)


def _finished(reply: Mapping[str, Any], place: object) -> Found:
    """A query that has ended: complete, or timed out with what it had; raises Unavailable if it failed."""
    status = str(reply.get("status"))
    if status == "Complete":
        return found_of(reply)
    if status == "Timeout" and reply.get("results"):
        return found_of(reply, "Logs Insights ran out of time (60 minutes): these are the rows found so far")
    raise Unavailable(f"The Logs Insights query in {place} ended as {status}. Ask a shorter span, or ask again.")


def found_of(reply: Mapping[str, Any], note: str = "") -> Found:
    """Rows and bytes of a GetQueryResults reply, with what limits them."""
    rows = tuple({cell.get("field", ""): cell.get("value", "") for cell in row} for row in reply.get("results") or ())
    full = f"cut at {ROWS:,} rows: ask a shorter span" if len(rows) >= ROWS else ""
    short = sum(is_cut(row.get("@message", "")) for row in rows)
    cut = f"{short} events may be cut at {CUT_AT:,} characters; the transcript has them whole" if short else ""
    return Found(rows, _scanned(reply), notes=tuple(filter(None, (note, full, cut))), cut=bool(note or full))


def is_cut(message: str) -> bool:
    """Whether a message has just the length at which results have been seen cut."""
    return CUT_AT <= len(message) < CUT_AT + 4


def bytes_for(dollars: float) -> int:
    """How many bytes may be scanned for so many US dollars."""
    return int(dollars / PRICE * GB)


def cost(scanned: int) -> float:
    """US dollars for bytes scanned."""
    return scanned / GB * PRICE


def moment(value: str) -> datetime | None:
    """A time as Insights writes it: `2026-11-23 16:59:04.123` in UTC, or epoch milliseconds out of an aggregate."""
    try:
        if re.fullmatch(r"[\d.]+(?:[eE]\+?\d+)?", value):
            return datetime.fromtimestamp(float(value) / 1000, UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def group_of(log: str) -> str:
    """The group's name out of `@log`, which is `account:group`."""
    return log.partition(":")[2] or log


def text_of(groups: Sequence[str], query: str) -> str:
    """The question as `--explain` shows it."""
    return f"SOURCE {', '.join(groups)}\n{query}"
