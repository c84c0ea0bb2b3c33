"""Logs Insights over the log groups of an export: StartQuery, GetQueryResults, StopQuery."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins import insights_ql
from tests.standins.folder import Export
from tests.standins.wire import AwsError, Call

KNOWN = {"logGroupName", "logGroupNames", "startTime", "endTime", "queryString", "limit", "queryLanguage"}
OVER = {"Complete", "Cancelled"}


@dataclass(slots=True)
class Running:
    """A query that was started."""

    query: insights_ql.Query
    rows: list[insights_ql.Row]
    scanned: int
    matched: int
    polls: int
    status: str = "Scheduled"


@dataclass(slots=True)
class Insights:
    """`polls` is how many times a query is found unfinished; `cut` is where @message is cut; `slots` how many may run at once;
    `inflate` multiplies the bytes scanned.
    """

    export: Export
    polls: int = 1
    cut: int | None = None
    slots: int = 100
    inflate: int = 1
    started: list[Mapping[str, Any]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    _running: dict[str, Running] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def operations(self) -> Mapping[str, Callable[[Call], dict[str, Any]]]:
        return {"StartQuery": self.start_query, "GetQueryResults": self.get_query_results, "StopQuery": self.stop_query}

    def start_query(self, call: Call) -> dict[str, Any]:
        body = call.body
        if unknown := sorted(set(body) - KNOWN):
            raise AwsError("InvalidParameterException", f"unknown parameter {unknown[0]}")
        if not 1 <= body.get("limit", 1) <= 10_000 or body["endTime"] < body["startTime"] or body["endTime"] > 10**11:
            raise AwsError("InvalidParameterException", "limit or time range (epoch seconds) is not valid")
        if sum(one.status not in OVER for one in self._running.values()) >= self.slots:
            raise AwsError("LimitExceededException", "Account maximum query concurrency limit of [100] reached.")
        query = insights_ql.parse(body["queryString"])
        events = self._events(call)
        rows = insights_ql.run(query, events)
        scanned = sum(len(event["@message"].encode()) for event in events) * self.inflate
        query_id = f"00000000-0000-4000-8000-{next(self._ids):012d}"
        self._running[query_id] = Running(query, rows[: body.get("limit", 10_000)], scanned, len(rows), self.polls)
        self.started.append(body)
        return {"queryId": query_id}

    def _events(self, call: Call) -> list[insights_ql.Row]:
        held, body = self.export.logs.get(call.where, {}), call.body
        groups = body.get("logGroupNames") or [body["logGroupName"]]
        for group in groups:
            if group not in held:
                raise AwsError(
                    "ResourceNotFoundException", f"Log group '{group}' does not exist for account ID '{call.account}' (Service: AWSLogs)"
                )
        since, until = body["startTime"] * 1000, body["endTime"] * 1000
        return [
            {"@timestamp": event["timestamp"], "@message": event["message"], "@logStream": stream, "@log": f"{call.account}:{group}"}
            for group in groups
            for stream, events in held[group].items()
            for event in events
            if since <= event["timestamp"] <= until
        ]

    def get_query_results(self, call: Call) -> dict[str, Any]:
        one = self._one(call)
        if one.status not in OVER:
            one.status = "Running" if one.polls else "Complete"
            one.polls = max(0, one.polls - 1)
        rows = one.rows if one.status in OVER else one.rows[: len(one.rows) // 2]
        statistics = {"bytesScanned": float(one.scanned), "recordsMatched": float(one.matched), "recordsScanned": float(one.matched)}
        return {"results": [self._row(one.query, row) for row in rows], "statistics": statistics, "status": one.status}

    def _row(self, query: insights_ql.Query, row: insights_ql.Row) -> list[dict[str, str]]:
        cells = [{"field": name, "value": self._cut(insights_ql.shown(row[name], name))} for name in query.shown if name in row]
        return cells if query.aggregated else [*cells, {"field": "@ptr", "value": "CmEKJgoi"}]

    def _cut(self, value: str) -> str:
        return value[: self.cut] if self.cut else value

    def stop_query(self, call: Call) -> dict[str, Any]:
        one = self._one(call)
        if one.status in OVER:
            raise AwsError("InvalidParameterException", "The query is not in a state that can be cancelled")
        one.status = "Cancelled"
        self.stopped.append(call.body["queryId"])
        return {"success": True}

    def _one(self, call: Call) -> Running:
        found = self._running.get(call.body["queryId"])
        if not found:
            raise AwsError("ResourceNotFoundException", "The query does not exist")
        return found
