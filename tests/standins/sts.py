"""STS: AssumeRole gives a key that carries its account, and asks for the external id where one was agreed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from werkzeug.wrappers import Response

from tests.standins.wire import AwsError, Call

_NUMBERS = itertools.count(1)


def account_of(key: str, default: str) -> str:
    """The account of an access key: its role's, else the stand-in's own."""
    return key[4:16] if key.startswith("ASIA") and key[4:16].isdecimal() else default


def answered(call: Call, external_ids: Mapping[str, str]) -> Response | None:
    """Our answer, or None for what is not asked here."""
    if call.operation == "GetCallerIdentity":
        return _xml(call, f"<Arn>arn:aws:iam::{call.account}:user/bot</Arn><UserId>AIDAEXAMPLE</UserId><Account>{call.account}</Account>")
    if call.operation != "AssumeRole":
        return None
    role = call.body["RoleArn"]
    if external_ids.get(role, call.body.get("ExternalId")) != call.body.get("ExternalId"):
        raise AwsError("AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {role}", 403)
    account, name = role.split(":")[4], call.body["RoleSessionName"]
    until = datetime.now(UTC) + timedelta(seconds=int(call.body.get("DurationSeconds", 3600)))
    key = f"<AccessKeyId>ASIA{account}{next(_NUMBERS):04d}</AccessKeyId><SecretAccessKey>made-up</SecretAccessKey>"
    token = f"<SessionToken>made-up</SessionToken><Expiration>{until:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
    arn = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    who = f"<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:{name}</AssumedRoleId><Arn>{arn}/{name}</Arn></AssumedRoleUser>"
    return _xml(call, f"<Credentials>{key}{token}</Credentials>{who}")


def _xml(call: Call, inner: str) -> Response:
    body = f"<{call.operation}Result>{inner}</{call.operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
    xml = f'<{call.operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{body}</{call.operation}Response>'
    return Response(xml, 200, content_type="text/xml")
