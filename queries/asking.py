"""The values of each SQL question: one place for Athena and for an archive, so that both ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.core.model import Span, Where

CLOSES_WITHIN = timedelta(days=1)  # the longest session that AWS lets one configure (maxSessionDuration, 1440 minutes)


def audit(span: Span, where: Where, limit: int) -> dict[str, object]:
    """Values of audit.sql. `limit` rows are wanted; one more is asked for, so that a cut can be noticed."""
    return {"since": span.since, "until": span.until, "closes": span.until + CLOSES_WITHIN, "limit": limit + 1} | _filters(where)


def tunnels(span: Span, documents: Sequence[str], where: Where, limit: int) -> dict[str, object]:
    """Values of tunnels.sql; a custom document may be given by name or ARN."""
    return {"documents": tuple(sorted({name.rpartition("/")[2] for name in documents if name}))} | audit(span, where, limit)


def events(span: Span, where: Where, limit: int) -> dict[str, object]:
    """Values of events.sql."""
    return {"since": span.since, "until": span.until, "limit": limit + 1} | _filters(where)


def _filters(where: Where) -> dict[str, object]:
    return {
        "actor": where.actor,
        "target": where.target,
        "document": where.document,
        "ip": where.ip,
        "account": where.account,
        "region": where.region,
        "session": where.session,
        "denied": where.denied,
    }
