"""Links into the AWS console. The Logs and Insights forms follow what the console itself writes in its address bar."""

from __future__ import annotations

from urllib.parse import quote

from bot.core.model import Session


def console(session: Session, service: str) -> str:
    """The console's page of a service in the session's region."""
    return f"https://{_region(session)}.console.aws.amazon.com/{service}?region={_region(session)}"


def history(session: Session) -> str:
    """Session Manager's own list of sessions."""
    return console(session, "systems-manager/session-manager/sessions")


def trail(session: Session) -> str:
    """CloudTrail's event history, narrowed to the start of this session."""
    return console(session, "cloudtrailv2/home") + "#/events" + (f"/{quote(session.event)}" if session.event else "")


def stream(session: Session, group: str) -> str:
    """The session's log stream in CloudWatch Logs."""
    return console(session, "cloudwatch/home") + f"#logsV2:log-groups/log-group/{_twice(group)}/log-events/{_twice(session.id)}"


def object_(session: Session, bucket: str, key: str) -> str:
    """The session's log in S3."""
    return f"https://{_region(session)}.console.aws.amazon.com/s3/object/{quote(bucket)}?region={_region(session)}&prefix={quote(key)}"


def _twice(text: str) -> str:
    return quote(quote(text, safe=""), safe="").replace("%", "$")


def _region(session: Session) -> str:
    return quote(session.region, safe="")
