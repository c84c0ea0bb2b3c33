"""HTTP instead of Socket Mode: the same payloads, signed, to the app's request URL.

Source: docs.slack.dev/authentication/verifying-requests-from-slack (`v0:timestamp:body`, HMAC-SHA256).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

from bot.workspace.delivery import ACK_SECONDS, Envelope, Fate, Outcome
from bot.workspace.facts import App, Json
from bot.workspace.wire import decoded

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Http:
    """Carries envelopes to `app.request_url`."""

    def __init__(self, app: App, clock: Callable[[], float], ack_seconds: float = ACK_SECONDS) -> None:
        self._app, self._clock, self._ack_seconds = app, clock, ack_seconds

    async def carry(self, envelope: Envelope) -> Outcome:
        """Send once; the body of a 200 is the acknowledgement."""
        kind, body = _written(envelope)
        heads = {"Content-Type": kind, **signed(self._app.signing_secret, str(int(self._clock())), body), **_retry(envelope)}
        request = urllib.request.Request(self._app.request_url, body, heads)  # noqa: S310 - the address is the owner's own setting
        return await asyncio.to_thread(self._sent, request)

    def _sent(self, request: urllib.request.Request) -> Outcome:
        try:
            with _direct.open(request, timeout=self._ack_seconds) as answer:
                return Outcome(Fate.ACKED, _payload(answer.read()))
        except TimeoutError:
            return Outcome(Fate.TIMED_OUT)
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            return Outcome(Fate.TIMED_OUT if isinstance(error.reason, TimeoutError) else Fate.NOBODY)


def signed(secret: str, timestamp: str, body: bytes) -> dict[str, str]:
    """The two headers that prove who sent the body."""
    mark = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={mark}"}


def _written(envelope: Envelope) -> tuple[str, bytes]:
    if envelope.kind == "events_api":
        return JSON, json.dumps(envelope.payload).encode()
    fields = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return FORM, urlencode(fields).encode()


def _retry(envelope: Envelope) -> dict[str, str]:
    return (
        {"X-Slack-Retry-Num": str(envelope.retry_attempt), "X-Slack-Retry-Reason": envelope.retry_reason} if envelope.retry_attempt else {}
    )


def _payload(body: bytes) -> Json | None:
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return None
    try:
        value = decoded(text)
    except ValueError:
        return {"text": text}
    return value if isinstance(value, dict) else {"text": text}
