"""SSM DescribeSessions: who is connected, and who was.

There is no GetSession: one id is asked for by a filter, in both states. History holds 30 days. Every field but SessionId may
be absent, and the order is not documented, so it is sorted here. A session whose terminal was closed can stay Active for days.
Source: SSM API DescribeSessions and Session; quota of 6 calls a second per account and Region (AWS General Reference, ssm).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.model import Document, Kind, Place, Refused, Session, Span
from queries.budget import Budget
from queries.rate import Bucket

PAGE = 200
RATE = 6.0
SESSION_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.@+=,-]{0,95}$")
SHELL = "SSM-SessionManagerRunShell"
NEVER = datetime.min.replace(tzinfo=UTC)


def checked(session_id: str) -> str:
    """The id, if it could be one; Refused if it could not (ids end in queries and URLs)."""
    if not SESSION_ID.match(session_id):
        raise Refused(f"“{session_id[:60]}” cannot be a session id: those are like `ana.lima-0e34861185201706f`, 96 characters at most.")
    return session_id


def asking(state: str, *filters: tuple[str, str]) -> dict[str, Any]:
    """The parameters of one DescribeSessions call."""
    wanted = {"Filters": [{"key": key, "value": value} for key, value in filters]} if filters else {}
    return {"State": state, "MaxResults": PAGE, **wanted}


def within(span: Span) -> tuple[tuple[str, str], ...]:
    """The filters for sessions that started within a span; to the second, the rest is filtered here."""
    return ("InvokedAfter", iso(span.since)), ("InvokedBefore", iso(span.until, up=True))


def iso(at: datetime, *, up: bool = False) -> str:
    """A time as DescribeSessions takes it: ISO-8601 in whole seconds, rounded down, or up if asked."""
    second = at.astimezone(UTC).replace(microsecond=0)
    rounded = datetime.fromtimestamp(second.timestamp() + 1, UTC) if up and at.microsecond else second
    return rounded.strftime("%Y-%m-%dT%H:%M:%SZ")


def call_text(request: Mapping[str, Any]) -> str:
    """The call as `--explain` shows it, in the AWS CLI's words (whose --max-results would stop after one page)."""
    filters = " ".join(f"key={f['key']},value={f['value']}" for f in request.get("Filters", ()))
    return f"aws ssm describe-sessions --state {request['State']} --page-size {PAGE}" + (f" --filters {filters}" if filters else "")


def pages(client: Any, request: Mapping[str, Any], bucket: Bucket, budget: Budget) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - a boto3 client
    """Every Session item of a question, page after page, within the rate that AWS grants."""
    token: dict[str, str] = {}
    while True:
        if (pause := bucket.take(budget.clock())) > 0:
            budget.wait(pause)
        budget.check()
        page = client.describe_sessions(**request, **token)
        yield from page.get("Sessions") or ()
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def session_of_item(item: Mapping[str, Any], place: Place, document: Document | None, kind: Kind) -> Session:
    """A Session from an SSM item; host and ports are known when the document itself fixes them."""
    name = str(item.get("DocumentName") or "") or SHELL
    fixed = (document.properties if document else None) or {}
    return Session(
        id=str(item.get("SessionId", "")),
        owner=str(item.get("Owner") or ""),
        target=str(item.get("Target") or ""),
        started=utc(item.get("StartDate")),
        ended=utc(item.get("EndDate")),
        status=str(item.get("Status") or ""),
        document=name,
        kind=kind,
        reason=str(item.get("Reason") or ""),
        access=str(item.get("AccessType") or ""),
        account=place.account,
        region=place.region,
        host=literal(fixed.get("host")),
        port=literal(fixed.get("portNumber")),
        local_port=literal(fixed.get("localPortNumber")),
        origin="ssm",
        output=output(item.get("OutputUrl")),
    )


def literal(value: object) -> str:
    """A document's property if it is fixed there; a `{{ parameter }}` says nothing."""
    text = "" if value is None else str(value)
    return "" if "{{" in text else text


def output(url: object) -> str:
    """Where SSM says that the log went: the S3 address, else the log group's."""
    if not isinstance(url, Mapping):
        return ""
    return str(url.get("S3OutputUrl") or url.get("CloudWatchOutputUrl") or "")


def utc(value: object) -> datetime | None:
    """An aware UTC datetime from what botocore gives, or None."""
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def newest_first(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Sorted by start, the newest first, then by id; an id that came twice is kept once."""
    once = {(s.account, s.region, s.id): s for s in sessions}
    return tuple(sorted(sorted(once.values(), key=lambda s: s.id), key=lambda s: s.started or NEVER, reverse=True))


def started_within(span: Span) -> Callable[[Session], bool]:
    """Whether a session began in the half-open span; one without a start is kept, for the reader to judge."""
    return lambda session: session.started is None or span.since <= session.started < span.until
