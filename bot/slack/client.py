"""Slack's Web API clients: what is tried again, and what is not.

Two clients, because a repeated read is harmless and a repeated post is a second message. `steady` (reads, edits, anything that gives the same
result twice) tries again after lost connections, 429 and 5xx; `once` (new messages and files) only after a 429, which says that nothing was
done. slack_sdk takes a proxy from the environment for every host and does not know NO_PROXY; a loopback address must not go there.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler, ServerErrorRetryHandler
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.webhook import WebhookClient

from bot.slack.words import Wire

SECONDS = 15  # per attempt
TRANSIENT = frozenset({"internal_error", "fatal_error", "ratelimited", "service_unavailable", "request_timeout", "team_added_to_org"})
SlackError = (SlackClientError, OSError)  # an answer that is not ok, and no answer at all


def loopback(url: str) -> bool:
    """Whether a URL stays on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def word(error: Exception) -> str:
    """Slack's own word for an error, or the exception's name where Slack did not answer. Never the request."""
    if isinstance(error, SlackApiError):
        data = error.response.data if hasattr(error.response, "data") else error.response
        found = data.get("error") if isinstance(data, dict) else ""
        return str(found or f"http_{getattr(error.response, 'status_code', 0)}")
    return type(error).__name__


def transient(error: Exception) -> bool:
    """Whether the same call may well succeed in a moment."""
    return not isinstance(error, SlackApiError) or word(error) in TRANSIENT or word(error).startswith("http_5") or _status(error) >= 429


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 0)


def again() -> list[RetryHandler]:
    """For what may be done twice."""
    return [
        ConnectionErrorRetryHandler(max_retry_count=2),
        RateLimitErrorRetryHandler(max_retry_count=3),
        ServerErrorRetryHandler(max_retry_count=2),
    ]


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of one bot. `bare` tries nothing again: for callers with a rhythm, or no time, of their own."""

    steady: WebClient
    once: WebClient
    bare: WebClient
    tokenless: WebClient  # for Bolt, which is told who it is and needs none

    def hook(self, url: str, *, hasty: bool = False) -> WebhookClient:
        """A response_url. Replacing the same message twice gives the same message, so it is tried again, unless `hasty`."""
        client = WebhookClient(url, timeout=SECONDS, retry_handlers=[] if hasty else again())
        if loopback(url):
            client.proxy = None
        return client


def clients(wire: Wire) -> Clients:
    """The clients for a wire."""
    return Clients(
        _client(wire, wire.bot_token, again()),
        _client(wire, wire.bot_token, [RateLimitErrorRetryHandler(max_retry_count=3)]),
        _client(wire, wire.bot_token, []),
        _client(wire, None, []),
    )


def _client(wire: Wire, token: str | None, handlers: list[RetryHandler]) -> WebClient:
    client = WebClient(token=token, base_url=wire.api_url, timeout=SECONDS, retry_handlers=handlers)
    if loopback(wire.api_url):
        client.proxy = None
    return client
