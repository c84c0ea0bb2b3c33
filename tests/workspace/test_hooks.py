"""response_url: five uses in thirty minutes, to where the person acted."""

from __future__ import annotations

import json

import pytest

from bot.workspace import cast, hooks
from tests.workspace.asgi import request

PLATFORM = "C0PLATFRM1"


@pytest.fixture(name="url")
def _url(app):
    """A response_url as a slash command in #platform gets it."""
    workspace = app.state.workspace
    return hooks.url(workspace, hooks.born(workspace, cast.ANA.id, PLATFORM))


@pytest.fixture(name="answer")
def _answer(app, url):
    def post(**body):
        return request(app, "POST", url, body=json.dumps(body).encode(), headers={"content-type": "application/json"})

    return post


def seen(client, user=cast.ANA):
    return [(message["text"], message.get("ephemeral", False)) for message in client.messages(user, PLATFORM)]


def test_default_is_ephemeral(answer, client):
    """Without response_type only the person who acted sees the answer."""
    assert ((reply := answer(text="hi")).status, reply.text) == (200, "ok")
    assert ([("hi", True)], []) == (seen(client), seen(client, cast.BEN))


def test_in_channel(answer, client):
    """in_channel is for everyone."""
    answer(text="hi", response_type="in_channel")
    assert [("hi", False)] == seen(client, cast.BEN)


def test_replaces_what_it_posted(answer, client):
    """replace_original changes the first answer in place: one message, not two."""
    answer(text="Asking…")
    answer(text="Here it is", replace_original=True)
    assert [("Here it is", True)] == seen(client)


def test_a_command_may_not_replace(app, answer, client):
    """With the switch `no_replace` the second answer to a command is a new message, as people report of Slack."""
    app.state.faults.add("no_replace")
    answer(text="Asking…")
    answer(text="Here it is", replace_original=True)
    assert [("Asking…", True), ("Here it is", True)] == seen(client)


def test_takes_more_than_chat_does(answer):
    """Blocks that chat.postMessage finds too long together go through a response_url."""
    assert 200 == answer(text="hi", blocks=[{"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}] * 5).status


def test_deletes_what_it_posted(answer, client):
    """delete_original takes it away."""
    answer(text="Asking…")
    answer(delete_original=True)
    assert [] == seen(client)


def test_five_uses(answer):
    """The sixth answer finds a used address."""
    assert [answer(text="hi").status for _ in range(5)] == [200] * 5
    assert ((reply := answer(text="hi")).status, reply.text) == (404, "used_url")


def test_thirty_minutes(answer, clock):
    """After thirty minutes the address has expired."""
    clock.forward(30 * 60)
    assert 200 == answer(text="in time").status
    clock.forward(1)
    assert ((reply := answer(text="late")).status, reply.text) == (404, "expired_url")


def test_unknown(app):
    """A made-up address has expired too."""
    assert ((reply := request(app, "POST", "/actions/T1/H1", body=b"{}")).status, reply.text) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param({}, "no_text", id="nothing to say"),
        pytest.param({"text": "x", "blocks": [{"type": "poem"}]}, "invalid_blocks", id="bad blocks"),
    ],
)
def test_refuses(answer, body, error):
    """What may not be said is a 400 with Slack's word, and no use of the address is lost."""
    assert (400, error) == ((reply := answer(**body)).status, reply.text)
    assert [answer(text="hi").status for _ in range(5)] == [200] * 5


def test_reaches_where_the_bot_is_not(app, client):
    """A response_url answers in a private channel that the bot was never invited to."""
    workspace = app.state.workspace
    url = hooks.url(workspace, hooks.born(workspace, cast.ANA.id, "C0INCIDNT1"))
    assert 200 == request(app, "POST", url, body=b'{"text": "hi"}', headers={"content-type": "application/json"}).status
    assert ["hi"] == [message["text"] for message in client.messages(cast.ANA, "C0INCIDNT1")]
