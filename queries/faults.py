"""What AWS's errors mean to a person: one sentence each, with what is missing and what to do.

Codes are those of the botocore models and of the common errors of the AWS APIs ("Common Errors" of each API reference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.core.model import Unavailable

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation", "403", "Forbidden"})
THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"}
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
NOT_ENABLED = frozenset({"OptInRequired", "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "RegionDisabledException"})
BROKEN = frozenset(
    {"InternalServerError", "InternalServerException", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException", "500", "503"}
)

# botocore's exception classes, by what has gone wrong; a subclass counts as its base
NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError", "SSOTokenLoadError"}
)
SLOW = frozenset({"ReadTimeoutError", "ConnectTimeoutError"})
UNREACHED = frozenset(
    {"EndpointConnectionError", "ConnectionError", "ConnectionClosedError", "HTTPClientError", "ProxyConnectionError", "SSLError"}
)

NOT_AUTHORIZED = re.compile(r"(?:not authorized to perform:?|no identity-based policy allows the) +(?P<action>[a-z0-9-]+:\w+)")
ON_RESOURCE = re.compile(r"on resource:? +(?P<resource>arn:\S+?)(?:[\s,]|$)")
CLIP = 300

# IAM's name of an action where it is not the service and the operation as botocore names them
ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket", "s3:HeadObject": "s3:GetObject"}


def unavailable(error: BaseException, place: object, service: str = "") -> Unavailable:
    """The sentence for any error of botocore, kept as an Unavailable; the caller raises it `from` the error."""
    if isinstance(error, Unavailable):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        return Unavailable(of_response(response, getattr(error, "operation_name", ""), place, service))
    return Unavailable(of_transport(error, place, service))


def of_response(response: Mapping[str, Any], operation: str, place: object, service: str) -> str:
    """AWS answered with an error: what it means."""
    error = response.get("Error") or {}
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    action = ACTIONS.get(f"{service}:{operation}", f"{service}:{operation}".strip(":"))
    return of_code(code, message, action, place)


def of_code(code: str, message: str, action: str, place: object) -> str:
    """The sentence for an error code of AWS."""
    said = clipped(message)
    if code in DENIED:
        return denied(message, action, place)
    if code in THROTTLED:
        return f"AWS is throttling {action} in {place} ({code}). Try again in a minute; other tools may share the quota."
    if code in EXPIRED:
        return f"The credentials for {place} have expired ({code}). Renew them, or let the bot run under a role that renews itself."
    if code in NOT_ENABLED:
        return f"{place} does not know these credentials ({code}): the Region may not be enabled for the account, or the key is gone."
    if code in BROKEN:
        return f"AWS failed to answer {action} in {place} ({code}). Try again in a minute."
    return f"AWS refused {action} in {place}: {code or 'an error without a code'}: {said or 'no reason given'}"


def denied(message: str, action: str, place: object) -> str:
    """Which IAM action is missing, on what, for an AccessDenied."""
    named, resource = NOT_AUTHORIZED.search(message), ON_RESOURCE.search(message)
    what = named.group("action") if named else action
    where = f" on {resource.group('resource')}" if resource else ""
    return f"No permission in {place}: the bot's role there needs {what}{where}. `countersign policy` prints the whole policy."


def of_transport(error: BaseException, place: object, service: str) -> str:
    """AWS was not reached, or there was nothing to reach it with; told by the error's class, which botocore names well."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & NO_CREDENTIALS:
        return f"No AWS credentials for {place}: {clipped(str(error))}. Give the bot a role, a profile or keys."
    if names & SLOW:
        return f"{service or 'AWS'} in {place} did not answer in time. Try again; if it stays so, look at the network path to the endpoint."
    if names & UNREACHED:
        return f"The endpoint of {service or 'AWS'} in {place} cannot be reached: {clipped(str(error))}"
    return f"{service or 'AWS'} could not be asked in {place}: {type(error).__name__}: {clipped(str(error))}"


def clipped(text: str) -> str:
    """AWS's words on one line and not too long, since they end in a message to a person."""
    flat = " ".join(text.split())
    return flat if len(flat) <= CLIP else flat[: CLIP - 1] + "…"


def code_of(error: BaseException) -> str:
    """The code that AWS gave with an error; empty if AWS did not answer at all."""
    response = getattr(error, "response", None)
    return str((response.get("Error") or {}).get("Code", "")) if isinstance(response, Mapping) else ""


def message_of(error: BaseException) -> str:
    """The message that AWS gave with an error."""
    response = getattr(error, "response", None)
    return str((response.get("Error") or {}).get("Message", "")) if isinstance(response, Mapping) else str(error)
