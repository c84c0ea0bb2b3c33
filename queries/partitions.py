"""The partition predicate: which days, accounts and Regions of a CloudTrail table a question must read.

CloudTrail files a record under the day it was delivered, not the day it happened, so the days are widened by one on both
sides; the question filters eventtime exactly. Source: Amazon Athena User Guide, "Query AWS CloudTrail logs".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from bot.core.model import Refused
from queries.scheme_model import Partition, TableScheme

Quote = Callable[[object], str]
SLACK = timedelta(days=1)


def predicate(scheme: TableScheme, since: datetime, until: datetime, *, account: str, region: str, quote: Quote) -> str:
    """SQL that narrows every partition column that can be narrowed; `true` for a table without partitions."""
    first, last = (since - SLACK).astimezone(UTC).date(), (until + SLACK).astimezone(UTC).date()
    wanted = {"account": account, "region": region}
    parts = [_place(p, wanted[p.kind], quote) for p in scheme.partitions if p.kind in wanted]
    parts += [_days(p, first, last, quote) for p in scheme.partitions if p.kind == "day-string"]
    parts += _dates([p for p in scheme.partitions if p.kind in ("year", "month", "day")], first, last, quote)
    return "\n    AND ".join(part for part in parts if part) or "true"


def _column(partition: Partition) -> str:
    return '"' + partition.name.replace('"', '""') + '"'


def _literal(partition: Partition, value: object, quote: Quote) -> str:
    """An int column is compared bare; a string column is quoted, and a part of a date in it is padded with zeros."""
    if isinstance(value, int):
        return str(value) if partition.type.endswith("int") else quote(f"{value:02d}")
    return str(int(str(value))) if partition.type.endswith("int") and str(value).isdecimal() else quote(value)


def _place(partition: Partition, asked: str, quote: Quote) -> str:
    names = [asked] if asked else list(partition.values)
    if not names:
        if partition.injected:
            raise Refused(f"The table's column {partition.name} must be narrowed to be read: name one {partition.kind}.")
        return ""
    if len(names) == 1:
        return f"{_column(partition)} = {_literal(partition, names[0], quote)}"
    return f"{_column(partition)} IN ({', '.join(_literal(partition, name, quote) for name in names)})"


def _days(partition: Partition, first: date, last: date, quote: Quote) -> str:
    return f"{_column(partition)} BETWEEN {quote(f'{first:%Y/%m/%d}')} AND {quote(f'{last:%Y/%m/%d}')}"


def _dates(partitions: Sequence[Partition], first: date, last: date, quote: Quote) -> list[str]:
    """Year, month and day columns: one alternative a month, each with its own days where the table has days."""
    columns = {p.kind: p for p in partitions}
    if "year" not in columns:
        return []
    known = [kind for kind in ("year", "month", "day") if kind in columns]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    wanted = sorted({tuple(getattr(day, kind) for kind in known) for day in days})
    alternatives = []
    for prefix, group in groupby(wanted, key=lambda parts: parts[:2]):
        terms = [f"{_column(columns[k])} = {_literal(columns[k], part, quote)}" for k, part in zip(known, prefix, strict=False)]
        if "day" in columns and "month" in columns:
            inside = ", ".join(_literal(columns["day"], parts[2], quote) for parts in group)
            terms.append(f"{_column(columns['day'])} IN ({inside})")
        alternatives.append(" AND ".join(terms))
    return ["(" + "\n      OR ".join(f"({one})" for one in alternatives) + ")"]
