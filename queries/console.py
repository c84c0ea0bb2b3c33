"""Links into the AWS console. The encodings are the console's own and are not documented; they are as its address bar shows them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

BASES = {"cn-": "https://{region}.console.amazonaws.cn", "us-gov-": "https://{region}.console.amazonaws-us-gov.com"}


def base(region: str) -> str:
    """The console's address in a Region, of whichever partition."""
    found = next((address for start, address in BASES.items() if region.startswith(start)), "https://{region}.console.aws.amazon.com")
    return found.format(region=region)


def insights(region: str, groups: Sequence[str], query: str, since: int, until: int) -> str:
    """The Logs Insights editor with the query, its groups and its span (epoch seconds) filled in."""
    named = "".join(f"~'{_star(group)}" for group in groups)
    start, end = _iso(since), _iso(until)
    detail = f"~(end~'{_star(end)}~start~'{_star(start)}~timeType~'ABSOLUTE~tz~'UTC~editorString~'{_star(query)}~source~({named}))"
    once = "".join(f"%{ord(char):02X}" if char in "~()'" else char for char in detail)
    encoded = quote("?queryDetail=" + once, safe="*").replace("%", "$")
    return f"{base(region)}/cloudwatch/home?region={region}#logsV2:logs-insights{encoded}"


def stream(region: str, group: str, name: str) -> str:
    """A log stream's events."""
    where = "/".join(("log-groups/log-group", _dollar(group), "log-events", _dollar(name)))
    return f"{base(region)}/cloudwatch/home?region={region}#logsV2:{where}"


def athena(region: str, query_id: str) -> str:
    """A query's page in Athena's editor."""
    return f"{base(region)}/athena/home?region={region}#/query-editor/history/{quote(query_id, safe='-')}"


def s3(region: str, bucket: str, key: str) -> str:
    """An object's page."""
    return f"{base(region)}/s3/object/{quote(bucket, safe='')}?region={region}&prefix={quote(key, safe='/')}"


def _star(text: str) -> str:
    """A string value as the console writes it: percent-encoded, with `*` for `%`."""
    return quote(text, safe="-_.").replace("%", "*")


def _dollar(text: str) -> str:
    """A path part as the console writes it: encoded twice, with `$` for `%`."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")


def _iso(epoch: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - one use

    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
