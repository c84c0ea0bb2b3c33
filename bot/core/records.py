"""A CloudTrail record as a row of the SQL questions and back, and its scalars: time, text, true/false/unsaid, JSON.

Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]


def text(value: object) -> str:
    """Foreign data as text; nothing is the empty string."""
    return "" if value is None else value if isinstance(value, str) else str(value)


def moment(value: object) -> datetime | None:
    """CloudTrail's time (`2026-11-23T21:14:00Z`, or without its zone) in UTC; None for what is not a time."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        found = datetime.fromisoformat(text(value).strip())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def tristate(value: object) -> bool | None:
    """`true` and `false` as CloudTrail writes them; None when it does not say."""
    return {"true": True, "false": False}.get(text(value).lower())


def parsed(value: object) -> Mapping[str, Any]:
    """What `requestParameters` or `responseElements` hold, whether text or an object; empty for null and for what is not JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return mapping(value)


def mapping(value: object) -> Mapping[str, Any]:
    """An object as it is; nothing for anything else."""
    return value if isinstance(value, Mapping) else {}


def row_of_record(record: Mapping[str, Any]) -> Row:
    """A CloudTrail record as a row of events.sql."""
    identity = mapping(record.get("userIdentity"))
    context = mapping(identity.get("sessionContext"))
    attributes, issuer = mapping(context.get("attributes")), mapping(context.get("sessionIssuer"))
    return {
        "eventid": record.get("eventID"),
        "eventtime": record.get("eventTime"),
        "eventsource": record.get("eventSource"),
        "eventname": record.get("eventName"),
        "account": record.get("recipientAccountId") or identity.get("accountId"),
        "region": record.get("awsRegion"),
        "actor": identity.get("arn"),
        "identity_type": identity.get("type"),
        "principal_id": identity.get("principalId"),
        "user_name": identity.get("userName"),
        "invoked_by": identity.get("invokedBy"),
        "access_key": identity.get("accessKeyId"),
        "mfa": attributes.get("mfaAuthenticated"),
        "source_ip": record.get("sourceIPAddress"),
        "user_agent": record.get("userAgent"),
        "error_code": record.get("errorCode"),
        "error_message": record.get("errorMessage"),
        "request": record.get("requestParameters"),
        "response": record.get("responseElements"),
        "eventtype": record.get("eventType"),
        "readonly": record.get("readOnly"),
        "additional": record.get("additionalEventData"),
        "issuer_arn": issuer.get("arn"),
        "issuer_name": issuer.get("userName"),
        "credential_created": attributes.get("creationDate"),
    }


def record_of(row: Row, request: Mapping[str, Any], response: Mapping[str, Any]) -> Mapping[str, object]:
    """The record with CloudTrail's own nested keys, as far as the row knows it; absent keys stay absent."""
    attributes = _known({"mfaAuthenticated": row.get("mfa"), "creationDate": row.get("credential_created")})
    issuer = _known({"arn": row.get("issuer_arn"), "userName": row.get("issuer_name")})
    identity = _known(
        {
            "type": row.get("identity_type"),
            "principalId": row.get("principal_id"),
            "arn": row.get("actor"),
            "userName": row.get("user_name"),
            "invokedBy": row.get("invoked_by"),
            "accessKeyId": row.get("access_key"),
            "sessionContext": _known({"attributes": attributes, "sessionIssuer": issuer}),
        }
    )
    return _known(
        {
            "eventSource": row.get("eventsource"),
            "eventName": row.get("eventname"),
            "eventTime": text(row.get("eventtime")),
            "eventID": row.get("eventid"),
            "eventType": row.get("eventtype"),
            "readOnly": tristate(row.get("readonly")),
            "awsRegion": row.get("region"),
            "recipientAccountId": row.get("account"),
            "sourceIPAddress": row.get("source_ip"),
            "userAgent": row.get("user_agent"),
            "errorCode": row.get("error_code"),
            "errorMessage": row.get("error_message"),
            "userIdentity": identity,
            "requestParameters": request,
            "responseElements": response,
            "additionalEventData": parsed(row.get("additional")),
        }
    )


def _known(fields: Mapping[str, Any]) -> Mapping[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, "", {})}
