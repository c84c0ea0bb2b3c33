"""A CloudTrail record, or a row of one of the SQL questions, as the house's words.

Strategy: a record is first flattened into the same row that the questions select, so that there is one parser for a JSON
record, for Athena (where everything is text) and for DuckDB. Foreign data is never whole: what is missing is empty.
Source: CloudTrail User Guide, "CloudTrail record contents"; real StartSession and ExecuteCommand records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from bot.core.documents import DEFAULT_SHELL, ECS_DOCUMENT, PORT_KINDS, Endpoint, base_name, endpoint_of, kind_of
from bot.core.model import Document, Event, Kind, Session
from bot.core.records import Row, mapping, moment, parsed, record_of, row_of_record, text, tristate
from bot.core.watched import ECS, GUICONNECT

DENIED_ON = re.compile(r"on resource: (?P<arn>arn:aws[\w-]*:\S+)")
DENIED_WHO = re.compile(r"^User: (?P<arn>arn:aws[\w-]*:\S+) is not authorized")
MISSING_TARGET = re.compile(r"\b(?:i-[0-9a-f]{8,17}|mi-[0-9a-f]{17})\b")
DOCUMENT_CALLS = ("Document", "DocumentDefaultVersion", "DocumentPermission", "DocumentMetadata")
TARGETS = ("instance/", "managed-instance/", "task/")
NO_DOCUMENTS: Mapping[str, Document] = MappingProxyType({})
GRANTED = ":assumed-role/SSM-JustInTimeAccessTokenRole/"  # Systems Manager User Guide, "Just-in-time node access"
EMPTY_TIME = datetime.fromtimestamp(0, UTC)


def session_of_row(row: Row, custom: Mapping[str, Document] = NO_DOCUMENTS) -> Session:
    """A row of audit.sql or tunnels.sql as a Session; `error` is set when the call failed."""
    event = _event(row, parsed(row.get("request")), parsed(row.get("response")), {})
    rdp = event.source == GUICONNECT or event.via == GUICONNECT
    kind = Kind.RDP if rdp else kind_of(event.document, custom)
    place = endpoint_of(event.document, event.parameters, custom) if kind in PORT_KINDS else Endpoint()
    return Session(
        id=event.session if not event.error else "",
        owner=event.actor,
        target=event.target,
        started=event.at,
        ended=moment(row.get("ended")),
        document=event.document,
        kind=kind,
        reason=event.reason,
        account=event.account,
        region=event.region,
        host=place.host,
        port=place.port or ("3389" if rdp else ""),
        local_port=place.local_port,
        source_ip=event.source_ip,
        user_agent=event.user_agent,
        mfa=event.mfa,
        error=event.error,
        message=event.message,
        via=event.via or (GUICONNECT if rdp else ""),
        ended_by=text(row.get("ended_by")),
        access="JustInTime" if GRANTED in event.actor else "",
        origin="cloudtrail",
        event=event.id,
    )


def event_of_row(row: Row) -> Event:
    """A row of any of the questions as an Event."""
    request, response = parsed(row.get("request")), parsed(row.get("response"))
    return _event(row, request, response, record_of(row, request, response))


def _event(row: Row, request: Row, response: Row, record: Row) -> Event:
    source, message = text(row.get("eventsource")), text(row.get("error_message"))
    return Event(
        id=text(row.get("eventid")),
        at=moment(row.get("eventtime")) or EMPTY_TIME,
        source=source,
        name=text(row.get("eventname")),
        actor=text(row.get("actor")) or _found(DENIED_WHO, message) or text(row.get("principal_id")),
        identity=text(row.get("identity_type")),
        access_key=text(row.get("access_key")),
        source_ip=text(row.get("source_ip")),
        user_agent=text(row.get("user_agent")),
        mfa=tristate(row.get("mfa")),
        error=text(row.get("error_code")),
        message=message,
        account=text(row.get("account")),
        region=text(row.get("region")),
        session=_session_id(request, response),
        target=_target(source, request, response, message),
        document=_document(text(row.get("eventname")), request, message),
        parameters=_parameters(request.get("parameters")),
        reason=text(request.get("reason")),
        via=text(row.get("invoked_by")),
        record=record,
    )


def event_of_record(record: Mapping[str, Any]) -> Event:
    """A CloudTrail record, as it stands in a log file, as an Event."""
    return replace(event_of_row(row_of_record(record)), record=record)


def _found(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return match["arn"].rstrip(".,") if match else ""


def _session_id(request: Mapping[str, Any], response: Mapping[str, Any]) -> str:
    inner = mapping(response.get("session"))
    return text(response.get("sessionId") or inner.get("sessionId") or request.get("sessionId"))


def _target(source: str, request: Mapping[str, Any], response: Mapping[str, Any], message: str) -> str:
    """Session Manager's form of the target; for a failed call without parameters, what the message names."""
    if source == ECS:
        cluster, task = (text(response.get(f"{part}Arn") or request.get(part)).rpartition("/")[2] for part in ("cluster", "task"))
        return f"ecs:{cluster or 'default'}_{task}" if task else ""
    asked = text(request.get("target") or request.get("InstanceId") or request.get("instanceId"))
    if asked:
        return asked
    resource = _found(DENIED_ON, message).split(":", 5)[-1]
    if resource.startswith(TARGETS):
        return resource.rpartition("/")[2]
    match = MISSING_TARGET.search(message)
    return match[0] if match else ""


def _document(name: str, request: Mapping[str, Any], message: str) -> str:
    if name == "ExecuteCommand":
        return ECS_DOCUMENT
    asked = text(request.get("documentName") or (request.get("name") if name.endswith(DOCUMENT_CALLS) else ""))
    if asked:
        return asked
    resource = _found(DENIED_ON, message)
    if ":document/" in resource:
        return base_name(resource)
    return DEFAULT_SHELL if name == "StartSession" and request.get("target") else ""


def _parameters(value: object) -> Mapping[str, tuple[str, ...]]:
    """A map of lists of text, as StartSession takes it; anything else (hidden, a string) is no parameters."""
    return {name: tuple(text(one) for one in (values if isinstance(values, list) else [values])) for name, values in mapping(value).items()}


def instances(event: Event) -> tuple[str, ...]:
    """The instances that a call of EC2 is about: those it names, and those it made."""
    sets = (mapping(mapping(event.record.get(part)).get("instancesSet")) for part in ("requestParameters", "responseElements"))
    lists = (each.get("items") for each in sets)
    items = (item for each in lists if isinstance(each, list) for item in each)
    return tuple(dict.fromkeys(filter(None, (text(mapping(item).get("instanceId")) for item in items))))
