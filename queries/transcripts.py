"""The whole log of one session: its log stream if there is one, else its S3 object, else why there is neither.

GetLogEvents pages until the forward token repeats. A streamed log is one JSON event a line, oldest first; an event that the
agent sent twice after a failed put is kept once. A plain upload is the file itself, cut by the agent into events. S3 holds
`<prefix>/<sessionId>.log`, with `:` left out of the name. Tunnels are never logged.
Source: CloudWatch Logs API GetLogEvents; amazon-ssm-agent, agent/session/shell/shell.go and agent/s3util.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from bot.core.model import Kind, Recording, Session, Unavailable
from queries import faults
from queries.budget import Budget
from queries.output import decoded

CAP = 64 * 1024 * 1024  # bytes; an hour of a busy terminal is a few megabytes
UNLOGGED = frozenset({Kind.TUNNEL, Kind.SSH, Kind.RDP})
GOING = frozenset({"Connected", "Connecting"})
HOSTED = re.compile(r"^(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3[.-]")
STILL_ON = "It still goes on: without streaming the log appears only when a session ends."
ECS = "ECS exec is logged as its cluster's executeCommandConfiguration says, not by Session Manager's preferences."
MAY_BE = (
    "Its document may name no log, the node's role may lack the permissions (s3:PutObject, logs:PutLogEvents), "
    "or the node was stopped before the upload."
)
UNLISTED = "Without s3:ListBucket on the bucket AWS says so of a log that does not exist, too."
ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})


@dataclass(frozen=True, slots=True)
class Body:
    """What one store held: the bytes, their form, and whether they are whole."""

    bytes: bytes
    form: str
    location: str
    complete: bool = True


def destinations(inputs: Mapping[str, object]) -> tuple[str, tuple[str, str]]:
    """The log group, and the bucket with its prefix, that a document's inputs name; empty where they name none or a parameter."""

    def named(name: str) -> str:
        value = str(inputs.get(name) or "")
        return "" if "{{" in value else value

    return named("cloudWatchLogGroupName"), (named("s3BucketName"), named("s3KeyPrefix"))


def key_of(prefix: str, session_id: str) -> str:
    """The S3 key of a session's log."""
    name = session_id.replace(":", "") + ".log"
    return f"{prefix.strip('/')}/{name}" if prefix.strip("/") else name


def hinted(url: str, session_id: str) -> tuple[str, str] | None:
    """Bucket and key out of SSM's OutputUrl, which is a console link, an https or an s3 address; None if it is none of them."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        found = parts.netloc, parts.path.lstrip("/")
    elif "/s3/" in parts.path and "console" in parts.netloc:
        found = parts.path.rpartition("/")[2], parse_qs(parts.query).get("prefix", [""])[0]
    elif hosted := HOSTED.match(parts.netloc):
        found = hosted["bucket"], unquote(parts.path.lstrip("/"))
    else:
        found = parts.path.lstrip("/").partition("/")[0], unquote(parts.path.lstrip("/").partition("/")[2])
    ours = all(found) and found[1].endswith(session_id.replace(":", "") + ".log") and parts.scheme in {"s3", "https"}
    return found if ours else None


def from_stream(client: Any, group: str, session_id: str, budget: Budget, cap: int = CAP) -> Body | None:  # noqa: ANN401 - a boto3 client
    """The log stream of a session in one group; None if the group or the stream is not there or holds nothing."""
    try:
        messages, whole = _events(client, group, session_id, budget, cap)
    except client.exceptions.ResourceNotFoundException:
        return None
    if not messages:
        return None
    streamed = any(decoded(message) for message in messages)
    body = _joined(dict.fromkeys(messages) if streamed else messages)
    return Body(body, "stream" if streamed else "file", f"{group}/{session_id}", whole)


def _events(client: Any, group: str, name: str, budget: Budget, cap: int) -> tuple[list[str], bool]:  # noqa: ANN401 - a boto3 client
    """Every message of a stream in order, and whether that is all of it."""
    messages: list[str] = []
    size, token = 0, ""
    while True:
        budget.check()
        page: Mapping[str, Any] = client.get_log_events(
            logGroupName=group, logStreamName=name, startFromHead=True, **({"nextToken": token} if token else {})
        )
        for event in page.get("events") or ():
            size += len(event.get("message", ""))
            if size > cap:
                return messages, False
            messages.append(str(event.get("message", "")))
        if page.get("nextForwardToken") in {token, None}:
            return messages, True
        token = str(page["nextForwardToken"])


def _joined(messages: Iterable[str]) -> bytes:
    """Messages one after the other, each ending its line."""
    return "".join(message if message.endswith("\n") else message + "\n" for message in messages).encode()


def from_object(client: Any, bucket: str, key: str, place: object, cap: int = CAP) -> Body | None:  # noqa: ANN401 - a boto3 client
    """The S3 object; None if it is not there. Raises Unavailable if it may not be read, botocore's errors otherwise."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - light start

    try:
        answer = client.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if faults.code_of(error) in ABSENT:
            return None
        if faults.code_of(error) in faults.DENIED:
            raise Unavailable(f"{faults.unavailable(error, place, 's3')} {UNLISTED}") from error
        raise
    with answer["Body"] as body:
        held = body.read(cap + 1)
    return Body(held[:cap], "file", f"s3://{bucket}/{key}", len(held) <= cap)


def recording(session: Session, body: Body) -> Recording:
    """What was found, as the house says it; a session that still goes on is not complete yet."""
    return Recording(session.id, body.bytes, body.form, body.location, body.complete and session.status not in GOING)


def never_logged(session: Session) -> str:
    """Why a session of this kind has no log at all; empty if it should have one."""
    if session.kind in UNLOGGED:
        return f"A {session.kind} session carries bytes, not a terminal: AWS never logs its content."
    if session.error:
        return "The session was refused, so there is nothing to record."
    return ""


def nowhere(session: Session, groups: Sequence[str], objects: Sequence[str], trouble: Sequence[str]) -> str:
    """Why no log was found although one could be, from what was looked at and what could not be read."""
    looked = [f"log group {group}" for group in groups] + list(objects)
    if not looked:
        return "No log group and no bucket is configured for this account, so there is nowhere to look for a transcript."
    why = ECS if session.kind is Kind.ECS else STILL_ON if session.status in GOING else MAY_BE
    return f"No transcript in {' or '.join(looked)}. " + (" ".join(trouble) if trouble else why)
