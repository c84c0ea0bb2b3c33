"""AWS on the wire: which operation a signed request asks for, by whom and where; errors in each protocol's form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from werkzeug.wrappers import Request, Response

SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
ACTION = {("s3", "GET"): "GetObject", ("s3", "PUT"): "PutObject", ("s3", "HEAD"): "HeadObject"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood."""

    service: str
    operation: str
    account: str
    region: str
    body: Mapping[str, Any]

    @property
    def where(self) -> tuple[str, str]:
        return self.account, self.region


class AwsError(Exception):
    """What AWS answers instead of a result."""

    def __init__(self, code: str, message: str = "", status: int = 400, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status, self.extra = code, message, status, dict(extra or {})


def key_of(request: Request) -> str:
    signed = SIGNED.search(request.headers.get("Authorization", ""))
    return signed["key"] if signed else ""


def understood(request: Request, account: str) -> Call:
    """The call in a request; an unsigned one is refused, as AWS does."""
    signed = SIGNED.search(request.headers.get("Authorization", ""))
    if not signed:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    service, target = signed["service"], request.headers.get("X-Amz-Target", "")
    text = request.get_data(as_text=True) if service != "s3" else ""
    if target:
        return Call(service, target.rpartition(".")[2], account, signed["region"], json.loads(text or "{}"))
    if service == "s3":
        return Call(service, ACTION.get((service, request.method), request.method), account, signed["region"], {"path": request.path})
    form = {key: values[0] for key, values in parse_qs(text).items()}
    return Call(service, form.get("Action", ""), account, signed["region"], form)


def answer(result: Mapping[str, Any]) -> Response:
    return Response(json.dumps(result, default=_epoch), 200, content_type="application/x-amz-json-1.1")


def _epoch(value: Any) -> float:
    return value.timestamp()


def refused(error: AwsError, service: str) -> Response:
    """An error in the protocol of its service."""
    if service == "s3":
        xml = f"<Error><Code>{error.code}</Code><Message>{error.message}</Message><RequestId>r</RequestId></Error>"
        return Response(xml, error.status, content_type="application/xml")
    if service == "ec2":
        xml = f"<Response><Errors><Error><Code>{error.code}</Code><Message>{error.message}</Message></Error></Errors></Response>"
        return Response(xml, error.status, content_type="text/xml")
    if service in ("sts", "iam"):
        inner = f"<Error><Type>Sender</Type><Code>{error.code}</Code><Message>{error.message}</Message></Error>"
        return Response(f"<ErrorResponse>{inner}</ErrorResponse>", error.status, content_type="text/xml")
    body = {"__type": error.code, "message": error.message, **error.extra}
    return Response(json.dumps(body), error.status, content_type="application/x-amz-json-1.1")
