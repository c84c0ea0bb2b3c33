"""Payloads by HTTP: signed as Slack signs, and silence told from absence."""

from __future__ import annotations

import asyncio
import socket

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.workspace.delivery import Envelope, Fate
from bot.workspace.facts import App
from bot.workspace.http_delivery import Http, signed

SECRET = "made-up-signing-secret"
COMMAND = Envelope("slash_commands", {"command": "/ssm"})


@pytest.fixture(name="listener")
def _listener():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def fate(port, clock):
    carrier = Http(App(request_url=f"http://127.0.0.1:{port}/", signing_secret=SECRET), clock, ack_seconds=0.05)
    return asyncio.run(carrier.carry(COMMAND)).fate


def test_silence_is_a_timeout(listener, clock):
    """An app that takes the request and says nothing has timed out."""
    assert Fate.TIMED_OUT is fate(listener.getsockname()[1], clock)


def test_absence_is_a_failed_dispatch(listener, clock):
    """An app that is not there cannot be reached."""
    port = listener.getsockname()[1]
    listener.close()
    assert Fate.NOBODY is fate(port, clock)


@pytest.mark.parametrize(
    ("body", "valid"),
    [pytest.param(b"command=%2Fssm", True, id="as it was sent"), pytest.param(b"command=%2Fsudo", False, id="another body")],
)
def test_slack_sdk_knows_the_signature(body, valid):
    """slack_sdk's verifier accepts what was signed, and only that."""
    verifier = SignatureVerifier(SECRET)
    heads = signed(SECRET, str(int(verifier.clock.now())), b"command=%2Fssm")
    assert valid is verifier.is_valid_request(body, heads)
