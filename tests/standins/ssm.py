"""SSM sessions and nodes, strictly: parameters that AWS does not know or would refuse are refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.standins.folder import Export
from tests.standins.wire import AwsError, Call

FILTERS = {"InvokedAfter", "InvokedBefore", "Target", "Owner", "Status", "SessionId", "AccessType"}
DATES = {"StartDate", "EndDate", "LastPingDateTime", "RegistrationDate"}


def when(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def on_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """A CLI item as the API sends it: times are numbers."""
    return {key: when(value).timestamp() if key in DATES else value for key, value in item.items()}


@dataclass(slots=True)
class Ssm:
    """The operations that moto does not know."""

    export: Export
    page: int | None = None  # fewer items a page than asked for, as AWS may
    terminated: list[str] = field(default_factory=list)

    def operations(self) -> Mapping[str, Callable[[Call], dict[str, Any]]]:
        return {
            "DescribeSessions": self.describe_sessions,
            "DescribeInstanceInformation": self.describe_instance_information,
            "TerminateSession": self.terminate_session,
            "ResumeSession": self.resume_session,
            "GetConnectionStatus": self.get_connection_status,
        }

    def describe_sessions(self, call: Call) -> dict[str, Any]:
        _known(call.body, {"State", "MaxResults", "NextToken", "Filters"})
        if call.body.get("State") not in {"Active", "History"}:
            raise AwsError("ValidationException", "State must be Active or History")
        found = [on_wire(item) for item in self.export.sessions.get(call.where, {}).get(call.body["State"], [])]
        for wanted in call.body.get("Filters", ()):
            found = [item for item in found if _passes(item, wanted)]
        return _paged(call.body, found, "Sessions", 200, self.page)

    def describe_instance_information(self, call: Call) -> dict[str, Any]:
        _known(call.body, {"Filters", "MaxResults", "NextToken"})
        found = [on_wire(item) for item in self.export.nodes.get(call.where, [])]
        for wanted in call.body.get("Filters", ()):
            if wanted["Key"] != "InstanceIds":
                raise AwsError("InvalidFilterKey", f"The filter {wanted['Key']} is not implemented")
            if not 1 <= len(wanted["Values"]) <= 50:
                raise AwsError("ValidationException", "Filter values must have length between 1 and 50")
            found = [item for item in found if item["InstanceId"] in wanted["Values"]]
        return _paged(call.body, found, "InstanceInformationList", 50, self.page)

    def terminate_session(self, call: Call) -> dict[str, Any]:
        """The id comes back whether or not such a session exists."""
        _known(call.body, {"SessionId"})
        wanted = call.body["SessionId"]
        self.terminated.append(wanted)
        held = self.export.sessions.get(call.where, {"Active": [], "History": []})
        for item in [item for item in held["Active"] if item["SessionId"] == wanted]:
            held["Active"].remove(item)
            ended = datetime.now(UTC).isoformat()
            held["History"].append({**item, "Status": "Terminated", "EndDate": ended})
        return {"SessionId": wanted}

    def resume_session(self, call: Call) -> dict[str, Any]:
        _known(call.body, {"SessionId"})
        active = self.export.sessions.get(call.where, {}).get("Active", [])
        if call.body["SessionId"] not in {item["SessionId"] for item in active}:
            raise AwsError("DoesNotExistException", "Session does not exist")
        return {"SessionId": call.body["SessionId"], "TokenValue": "made-up", "StreamUrl": "wss://ssmmessages.example.com"}

    def get_connection_status(self, call: Call) -> dict[str, Any]:
        _known(call.body, {"Target"})
        online = {item["InstanceId"] for item in self.export.nodes.get(call.where, []) if item.get("PingStatus") == "Online"}
        return {"Target": call.body["Target"], "Status": "connected" if call.body["Target"] in online else "notconnected"}


def _known(body: Mapping[str, Any], names: set[str]) -> None:
    if unknown := sorted(set(body) - names):
        raise AwsError("ValidationException", f"Unknown parameter: {unknown[0]}")


def _passes(item: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    key, value = wanted["key"], wanted["value"]
    if key not in FILTERS:
        raise AwsError("InvalidFilterKey", f"The specified key isn't valid: {key}")
    if key in {"InvokedAfter", "InvokedBefore"}:
        if not value.endswith("Z") or "." in value:
            raise AwsError("ValidationException", f"{key} must be ISO-8601, as 2026-08-29T00:00:00Z")
        at = when(value).timestamp()
        return item["StartDate"] >= at if key == "InvokedAfter" else item["StartDate"] <= at
    return item.get(key) == value


def _paged(body: Mapping[str, Any], found: list[dict[str, Any]], name: str, most: int, page: int | None) -> dict[str, Any]:
    size = body.get("MaxResults", most)
    if not 1 <= size <= 200:
        raise AwsError("ValidationException", f"MaxResults must be at most {most}")
    token = body.get("NextToken", "0")
    if not token.isdecimal():
        raise AwsError("InvalidNextToken", "The specified token isn't valid.")
    start, size = int(token), min(size, page or size)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start : start + size], **more}
