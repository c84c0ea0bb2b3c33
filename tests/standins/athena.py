"""Athena over a Lake: a query is queued, runs, succeeds or fails, is paged, cancelled, reused and billed for what it scans."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standins.lake import Failed, Lake
from tests.standins.wire import AwsError, Call

TERMINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}


@dataclass(slots=True)
class Execution:
    """One query's life."""

    id: str
    sql: str
    request: Mapping[str, Any]
    left: list[str]
    state: str = "QUEUED"
    reason: str = ""
    scanned: int = 0
    reused: bool = False
    names: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Athena:
    """`states` are what polls find before the end; `inflate` multiplies the bytes scanned; `fail` is a reason to fail with."""

    lake: Lake
    workgroups: Mapping[str, str] = field(default_factory=lambda: {"primary": "s3://results/"})
    states: tuple[str, ...] = ("RUNNING",)
    inflate: int = 1
    fail: str = ""
    need_partition: bool = True
    started: list[Mapping[str, Any]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    _all: dict[str, Execution] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def operations(self) -> Mapping[str, Callable[[Call], dict[str, Any]]]:
        return {
            "StartQueryExecution": self.start,
            "GetQueryExecution": self.get,
            "GetQueryResults": self.results,
            "StopQueryExecution": self.stop,
        }

    def start(self, call: Call) -> dict[str, Any]:
        body = call.body
        group = body.get("WorkGroup", "primary")
        if group not in self.workgroups:
            raise AwsError("InvalidRequestException", f"WorkGroup {group} is not found.")
        if not (self.workgroups[group] or body.get("ResultConfiguration", {}).get("OutputLocation")):
            raise AwsError("InvalidRequestException", "No output location provided.")
        one = Execution(f"10000000-0000-4000-8000-{next(self._ids):012d}", body["QueryString"], body, list(self.states))
        self._prepare(one)
        self._all[one.id] = one
        self.started.append(body)
        return {"QueryExecutionId": one.id}

    def _prepare(self, one: Execution) -> None:
        """Whether it will fail or not is known at the start; it is told at the end."""
        reuse = one.request.get("ResultReuseConfiguration", {}).get("ResultReuseByAgeConfiguration", {}).get("Enabled")
        one.reused = bool(reuse) and any(other.sql == one.sql and other.state == "SUCCEEDED" for other in self._all.values())
        try:
            one.scanned = 0 if one.reused else self.lake.scanned(one.sql, need_partition=self.need_partition) * self.inflate
            one.reason = self.fail
        except Failed as failed:
            one.reason = str(failed)

    def get(self, call: Call) -> dict[str, Any]:
        one = self._one(call)
        if one.state not in TERMINAL:
            one.state = one.left.pop(0) if one.left else self._end(one)
        status = {"State": one.state, "SubmissionDateTime": 1_790_000_000.0}
        if one.state in {"FAILED", "CANCELLED"}:
            status |= {"StateChangeReason": one.reason or "Query cancelled by user", "CompletionDateTime": 1_790_000_001.0}
        return {
            "QueryExecution": {
                "QueryExecutionId": one.id,
                "Query": one.sql,
                "StatementType": "DML",
                "SubstatementType": "SELECT",
                "ResultConfiguration": {"OutputLocation": f"s3://results/{one.id}.csv"},
                "QueryExecutionContext": one.request.get("QueryExecutionContext", {}),
                "Status": status,
                "WorkGroup": one.request.get("WorkGroup", "primary"),
                "Statistics": {
                    "DataScannedInBytes": 0 if one.state == "QUEUED" else one.scanned,
                    "ResultReuseInformation": {"ReusedPreviousResult": one.reused},
                },
            }
        }

    def _end(self, one: Execution) -> str:
        if one.reason:
            return "FAILED"
        try:
            one.names, one.rows = self.lake.run(one.sql)
        except Failed as failed:
            one.reason = str(failed)
            return "FAILED"
        return "SUCCEEDED"

    def results(self, call: Call) -> dict[str, Any]:
        one = self._one(call)
        if one.state != "SUCCEEDED":
            raise AwsError("InvalidRequestException", f"Query has not yet finished. Current state: {one.state}")
        size, start = call.body.get("MaxResults", 1000), int(call.body.get("NextToken", "0"))
        if not 1 <= size <= 1000:
            raise AwsError("InvalidRequestException", "MaxResults is more than maximum allowed length 1000.")
        rows = [tuple(one.names), *one.rows]
        page = [{"Data": [_cell(value) for value in row]} for row in rows[start : start + size]]
        more = {"NextToken": str(start + size)} if start + size < len(rows) else {}
        return {
            "ResultSet": {"Rows": page, "ResultSetMetadata": {"ColumnInfo": [_column(name) for name in one.names]}},
            "UpdateCount": 0,
            **more,
        }

    def stop(self, call: Call) -> dict[str, Any]:
        one = self._one(call)
        if one.state not in TERMINAL:
            one.state = "CANCELLED"
            self.stopped.append(one.id)
        return {}

    def _one(self, call: Call) -> Execution:
        found = self._all.get(call.body["QueryExecutionId"])
        if not found:
            raise AwsError("InvalidRequestException", f"QueryExecution {call.body['QueryExecutionId']} was not found")
        return found


def _cell(value: Any) -> dict[str, str]:
    return {} if value is None else {"VarCharValue": str(value)}


def _column(name: str) -> dict[str, Any]:
    kind = {"Type": "varchar", "Precision": 2_147_483_647, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": True}
    return {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name, **kind}
