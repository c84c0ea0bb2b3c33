"""Alive, ready, numbers; and what a log may not say."""

from __future__ import annotations

import asyncio
import io
import json
import logging

import pytest
import structlog

from bot import log
from bot.health import Metrics, app


def get(path, metrics=None, **checks):
    """The status and text of a page, by ASGI itself."""
    sent = []
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": ""}

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(metrics or Metrics(), checks)(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


def test_alive_is_alive():
    assert (200, "ok\n") == get("/healthz")


def test_ready_when_no_check_has_a_reason():
    assert (200, '{"ready":true,"reasons":{}}') == get("/readyz", slack=lambda: "")


def test_not_ready_says_why():
    def broken():
        raise OSError("postgresql://user:hunter2@host/db")

    status, text = get("/readyz", slack=lambda: "no connection to Slack", store=broken, fine=lambda: "")
    assert 503 == status
    assert {"slack": "no connection to Slack", "store": "the check failed: OSError"} == json.loads(text)["reasons"]


def test_numbers_are_prometheus_text():
    metrics = Metrics(("audit",), now=lambda: 1764000000.0)
    metrics.acked("slash_commands", 0.004)
    metrics.asked("audit", "answered", 1.5)
    metrics.asked("rm -rf /", "refused", 0.1)
    metrics.failed("web_api", "ratelimited")
    metrics.watch("countersign_questions_in_hand", "Questions that run or wait.", lambda: 3)
    _, text = get("/metrics", metrics)
    for line in (
        'countersign_ack_seconds_bucket{kind="slash_commands",le="0.005"} 1.0',
        'countersign_questions_total{outcome="answered",verb="audit"} 1.0',
        'countersign_questions_total{outcome="refused",verb="other"} 1.0',
        'countersign_errors_total{error="ratelimited",service="web_api"} 1.0',
        "countersign_last_success_timestamp_seconds 1.764e+09",
        "countersign_questions_in_hand 3.0",
    ):
        assert line in text
    assert "rm -rf" not in text


@pytest.fixture(name="lines")
def _lines():
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    log.setup("info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def test_a_log_line_is_one_json_object(lines):
    structlog.get_logger("slack").info("answered", user="U0ALICE", text="two\nlines \ud800")
    (line,) = lines()
    assert ("answered", "info", "slack", "U0ALICE") == (line["event"], line["level"], line["logger"], line["user"])


def test_libraries_log_in_the_same_form(lines):
    logging.getLogger("slack_bolt.App").warning("odd %s", "thing")
    logging.getLogger("slack_bolt.App").info("chatter")
    assert ["odd thing"] == [line["event"] for line in lines()]


def fail(text):
    raise RuntimeError(text)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("xoxb-1-abc", id="bot token"),
        pytest.param("xapp-1-A0-2-abc", id="app token"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", id="access key"),
        pytest.param("https://hooks.slack.com/commands/T0/1/abc", id="response_url"),
        pytest.param("hunter2", id="password in a url"),
    ],
)
def test_a_secret_is_masked_wherever_it_stands(lines, secret):
    shown = f"postgresql://me:{secret}@host/db" if secret == "hunter2" else secret
    try:
        fail(f"no: {shown}")
    except RuntimeError:
        structlog.get_logger("slack").exception("failed", error=shown, nested={"list": [shown]})
    assert 1 == len(lines())
    assert secret not in json.dumps(lines())
