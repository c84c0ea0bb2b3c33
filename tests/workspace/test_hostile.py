"""Whatever a client sends, the workspace answers: no request makes it raise."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.workspace import cast, hooks, stack
from bot.workspace.facts import App
from bot.workspace.methods import METHODS
from bot.workspace.server import build
from tests.workspace import payloads
from tests.workspace.asgi import Client, request
from tests.workspace.conftest import EVERY_SCOPE

PLATFORM = "C0PLATFRM1"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=5,
)
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
FILES = [{"id": "F1", "title": "a"}]
KNOWN = {
    "channel": PLATFORM, "user": cast.ANA.id, "user_id": cast.ANA.id, "text": "hi", "blocks": payloads.MESSAGE["blocks"], "view": HOME, "ts": "1.1",
    "thread_ts": "1.1", "limit": 2, "cursor": "", "users": cast.ANA.id, "files": FILES, "filename": "a.csv", "length": 3, "metadata": {},
    "attachments": [], "message": payloads.MESSAGE, "name": "eyes", "timestamp": "1.1", "message_ts": "1.1", "trigger_id": "1", "oldest": "0",
    "types": "im", "post_at": 1, "email": cast.ANA.email, "usergroup": "S1", "file": "F1", "hash": "", "external_id": "", "channel_id": PLATFORM,
}  # fmt: skip
ARGS = st.fixed_dictionaries({}, optional={name: st.just(value) | JSON for name, value in KNOWN.items()})
PATIENT = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("method", METHODS)
@PATIENT
@given(args=ARGS)
def test_every_method_answers(clock, method, args):
    """Any arguments get ok or an error word."""
    client = Client(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=App(scopes=EVERY_SCOPE)))
    token = "xapp-local-workspace" if METHODS[method].token == "app" else None
    answer = client.api(method, _token=token, **args)
    assert answer["ok"] or answer["error"]


PAGE = {
    "as": cast.ANA.id, "channel": PLATFORM, "ts": None, "view_id": None, "action": {"action_id": "a"}, "state": {"values": {}}, "text": "hi",
    "command": "/ssm", "callback_id": "x", "block_id": "b", "action_id": "a", "value": "v", "kind": "500", "times": 1, "seconds": 1,
}  # fmt: skip
POSTS = ("command", "message", "action", "submit", "close", "shortcut", "options", "home/open", "reset-ephemeral", "faults")


@pytest.mark.parametrize("path", POSTS)
@PATIENT
@given(data=st.data())
def test_every_post_of_the_page_answers(clock, path, data):
    """Any JSON from the page gets an answer below 500; half of the requests aim at a message and a modal that are there."""
    client = Client(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=App(scopes=EVERY_SCOPE)))
    workspace = client.app.state.workspace
    ts = client.api("chat.postMessage", channel=PLATFORM, text="hi", blocks=list(payloads.BLOCKS.values()))["ts"]
    view = stack.opened(workspace, cast.ANA.id, payloads.MODAL)
    aimed = {**PAGE, "ts": ts, "view_id": view.id}
    args = data.draw(st.fixed_dictionaries({}, optional={name: st.just(value) | JSON for name, value in aimed.items()}))
    answer = client.page(path, **{"as": cast.ANA.id, "channel": PLATFORM, **args})
    assert answer.status in (200, 400)


@PATIENT
@given(body=JSON | ARGS)
def test_every_response_url_answers(clock, body):
    """Any body is taken or refused."""
    app = build(cast.PEOPLE, cast.CHANNELS, clock)
    workspace = app.state.workspace
    url = hooks.url(workspace, hooks.born(workspace, cast.ANA.id, PLATFORM))
    answer = request(app, "POST", url, body=json.dumps(body).encode(), headers={"content-type": "application/json"})
    assert answer.status in (200, 400)


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"],
)
@PATIENT
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(clock, kind, body):
    """Broken bodies of every kind are refused, not stumbled over."""
    app = build(cast.PEOPLE, cast.CHANNELS, clock)
    heads = {"authorization": "Bearer xoxb-local-workspace", "content-type": kind}
    assert request(app, "POST", "/api/auth.test", body=body, headers=heads).status in (200, 400)
    assert request(app, "POST", "/page/message", body=body, headers=heads).status in (200, 400)
