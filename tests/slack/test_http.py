"""HTTP mode: signed requests, and the pages beside them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.core.model import Refused
from bot.slack import start
from bot.workspace.cast import ANA
from tests.slack.town import AUDIT, NO_PROXY, Meter, Office, Town

SECRET = "example-secret"


@pytest.fixture(name="town")
def _town():
    town = Town(mode="http", port=0)
    yield town
    town.close()


def post(town, body, *, secret=SECRET, age=0, **headers):
    stamp = str(int(time.time() - age))
    signature = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    named = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": kind, **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{town.bot.pages.port}/slack/events", body, named)
    try:
        with NO_PROXY.open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def command(town, text="active", **more):
    hook = f"{town.place.url}/actions/{town.workspace.team.id}/nowhere"
    fields = {
        "command": "/ssm",
        "text": text,
        "user_id": ANA.id,
        "team_id": town.workspace.team.id,
        "channel_id": AUDIT,
        "trigger_id": text,
    }
    return urllib.parse.urlencode({**fields, "response_url": hook, **more}).encode()


def test_a_signed_command_is_acknowledged_with_nothing_and_answered(town):
    assert (200, "") == post(town, command(town))
    town.heard("ana.ferreira: active", town.direct)  # the response_url leads nowhere here


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"secret": "another"}, id="signed with another secret"),
        pytest.param({"age": 400}, id="older than five minutes"),
        pytest.param({"X-Slack-Signature": ""}, id="not signed"),
    ],
)
def test_what_slack_did_not_sign_is_refused(town, how):
    assert 401 == post(town, command(town), **how)[0]
    assert [] == town.office.asked


def test_the_url_verification_is_answered(town):
    assert (200, "abc") == (
        (answer := post(town, json.dumps({"type": "url_verification", "challenge": "abc"}).encode()))[0],
        json.loads(answer[1])["challenge"],
    )


def test_a_retry_of_an_event_is_done_once(town):
    inner = {
        "type": "message",
        "channel_type": "im",
        "channel": town.workspace.direct(ANA.id).id,
        "user": ANA.id,
        "text": "active",
        "ts": "1.1",
    }
    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "team_id": town.workspace.team.id, "event": inner}).encode()
    answers = [post(town, body), post(town, body, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})]
    assert [(200, ""), (200, "")] == answers
    town.heard("ana.ferreira: active", town.direct)
    assert 1 == len(town.office.asked)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"type": "block_actions", "actions": [{"action_id": "other:thing"}]}, id="another's button"),
        pytest.param({"type": "block_actions", "user": {"id": ANA.id}, "actions": [{"action_id": "ssm:session:link:log"}]}, id="a link"),
        pytest.param({"type": "view_submission", "view": {"type": "modal", "callback_id": "other"}}, id="another's form"),
        pytest.param({"type": "view_closed", "view": {"type": "modal", "callback_id": "other"}}, id="a closed form"),
        pytest.param({"type": "block_actions", "actions": [{"action_id": "ssm:x"}]}, id="a button that nobody pressed"),
    ],
)
def test_what_is_not_ours_is_acknowledged_and_no_more(town, payload):
    body = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
    assert 200 == post(town, body)[0]
    assert [] == town.office.asked + town.office.pressed


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"{}", b"payload=3", b"payload=%7B", b"[]"])
def test_signed_nonsense_is_no_crash(town, body):
    assert post(town, body)[0] < 600
    assert (200, "") == post(town, command(town, "again"))


def test_a_body_beyond_reason_is_not_read(town):
    """The answer comes before the whole of a body that is announced with a gigabyte."""
    connection = http.client.HTTPConnection("127.0.0.1", town.bot.pages.port, timeout=10)
    connection.putrequest("POST", "/slack/events")
    connection.putheader("Content-Length", str(2**30))
    connection.endheaders(b"x" * (4 * 1024 * 1024 + 1))
    assert 413 == connection.getresponse().status
    connection.close()


def test_other_pages_stand_beside(town):
    def hello(_):
        return PlainTextResponse("hello")

    running = start(replace(town.wire, port=0), Office(), Meter(), [Route("/hello", hello)])
    with NO_PROXY.open(f"http://127.0.0.1:{running.pages.port}/hello") as answer:
        assert b"hello" == answer.read()
    running.stop(1)


def test_a_port_that_is_taken_is_a_sentence(town):
    with pytest.raises(Refused, match="set PORT"):
        start(replace(town.wire, port=town.bot.pages.port), Office(), Meter())


def test_http_mode_without_a_secret_does_not_start(town):
    with pytest.raises(Refused, match="SLACK_SIGNING_SECRET"):
        start(replace(town.wire, signing_secret=""), Office(), Meter())
