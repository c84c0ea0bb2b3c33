"""Socket Mode as a bare WebSocket client sees it: tickets, hello, envelopes, rotation, retries."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.workspace import cast, stack
from bot.workspace.server import build, serve
from tests.workspace.asgi import Client
from tests.workspace.driver import Driver

HELP = "/ssm help"


@pytest.fixture(name="impatient")
def _impatient(clock):
    """A workspace that waits 50 ms for an acknowledgement, and its driver."""
    running = serve(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, ack_seconds=0.05, retry_delays=(0, 0, 0)))
    driver = Driver(running.url)
    yield running, driver
    driver.close()
    running.stop()


def opened(running):
    """A fresh address for one connection."""
    return Client(running.app).api("apps.connections.open", _token="xapp-local-workspace")["url"]


@contextmanager
def linked(running):
    """One connection, past its hello."""
    with connect(opened(running), proxy=None) as link:
        assert "hello" == json.loads(link.recv())["type"]
        yield link


def background(work):
    """A person acts while the test plays the app; `join` gives what the page answered."""
    box = []
    thread = threading.Thread(target=lambda: box.append(work()))
    thread.start()

    def join():
        thread.join()
        return box[0]

    return join


def test_a_ticket_opens_one_connection(running):
    """The address of apps.connections.open works once."""
    url = opened(running)
    with connect(url, proxy=None) as link:
        link.recv()
    with pytest.raises(InvalidStatus), connect(url, proxy=None):
        pass


def test_another_site_gets_no_socket(running):
    """Even with a ticket, a page of another origin is not let in."""
    with pytest.raises(InvalidStatus, match="403"), connect(opened(running), proxy=None, origin="https://evil.example.com"):
        pass


def test_a_rebound_name_gets_no_socket(running):
    """A name that was made to point to this machine is not this machine."""
    url = urlsplit(opened(running))
    line = socket.create_connection((url.hostname, url.port))
    with line, pytest.raises(InvalidStatus, match="403"), connect(url._replace(netloc="evil.example.com").geturl(), sock=line, proxy=None):
        pass


def test_hello_counts_connections(running):
    """hello names the app and how many connections it has."""
    with linked(running), connect(opened(running), proxy=None) as second:
        hello = json.loads(second.recv())
        assert (2, "A0COUNTER1") == (hello["num_connections"], hello["connection_info"]["app_id"])


def test_command_envelope(running, driver):
    """A command arrives with what Slack sends, typed names and links as entities, and is acknowledged with a text."""
    with linked(running) as link:
        done = background(lambda: driver.say(cast.ANA, "platform", "/ssm who @ben.okafor <@U0RHEASAN1> in #sec-flags <now> & then"))
        envelope = json.loads(link.recv())
        link.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "hello"}}))
        assert {"ok": True} == done()
    payload = envelope["payload"]
    assert ("slash_commands", True, "/ssm") == (envelope["type"], envelope["accepts_response_payload"], payload["command"])
    assert "who <@U0BENOKAF1|ben.okafor> <@U0RHEASAN1|rhea.santos> in <#C0SECFLAG1|sec-flags> &lt;now&gt; &amp; then" == payload["text"]
    [reply] = driver.messages(cast.ANA, "platform")
    assert ("hello", True) == (reply["text"], reply["ephemeral"])


def test_in_channel_shows_the_command(running, driver):
    """An acknowledgement in_channel also shows everyone what was typed."""
    with linked(running) as link:
        done = background(lambda: driver.say(cast.ANA, "platform", HELP))
        answer = {"envelope_id": json.loads(link.recv())["envelope_id"], "payload": {"text": "hello", "response_type": "in_channel"}}
        link.send(json.dumps(answer))
        done()
    assert [(cast.ANA.id, HELP), ("U0COUNTER1", "hello")] == [(m["user"], m["text"]) for m in driver.messages(cast.BEN, "platform")]


def test_a_bad_acknowledgement_is_told(running, driver):
    """Blocks in an acknowledgement are checked like any others."""
    with linked(running) as link:
        done = background(lambda: driver.say(cast.ANA, "platform", HELP))
        answer = {"envelope_id": json.loads(link.recv())["envelope_id"], "payload": {"blocks": [{"type": "poem"}]}}
        link.send(json.dumps(answer))
        assert "invalid_blocks" == done()["error"]
    assert "invalid_blocks" in driver.last(cast.ANA, "platform")["text"]


def test_no_answer_is_an_operation_timeout(impatient):
    """Without an acknowledgement the person sees operation_timeout, as a message and a toast."""
    running, driver = impatient
    with linked(running):
        assert {"operation_timeout": True} == driver.say(cast.ANA, "platform", HELP)
    assert '/ssm failed with the error "operation_timeout"' == driver.last(cast.ANA, "platform")["text"]
    assert driver.wait_for(lambda: driver.events(cast.ANA, "toast"))


def test_a_late_answer_is_no_answer(running, driver):
    """The fault late_ack: an acknowledgement that came after three seconds counts as none."""
    running.app.state.faults.add("late_ack", "slash_commands")
    with linked(running) as link:
        done = background(lambda: driver.say(cast.ANA, "platform", HELP))
        link.send(json.dumps({"envelope_id": json.loads(link.recv())["envelope_id"], "payload": {"text": "too late"}}))
        assert {"operation_timeout": True} == done()
    assert "too late" not in driver.last(cast.ANA, "platform")["text"]


def test_nobody_connected(driver):
    """Without the app the command fails at once."""
    assert {"dispatch_failed": True} == driver.say(cast.ANA, "platform", HELP)


def test_unknown_command(driver):
    """A command that no app declares says so."""
    assert {"error": "unknown_command"} == driver.say(cast.ANA, "platform", "/dance")


def test_each_envelope_goes_to_one_connection(running, driver):
    """With two connections, envelopes take turns; none is seen twice."""
    with linked(running) as first, linked(running) as second:
        seen = []
        for link in (first, second):
            done = background(lambda: driver.say(cast.ANA, "platform", HELP))
            envelope = json.loads(link.recv(timeout=5))
            seen.append(envelope["envelope_id"])
            link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
            assert {"ok": True} == done()
        assert 2 == len(set(seen))


def test_rotation(running, driver):
    """refresh_requested: the old connection hears disconnect and gets no more envelopes; a new one does."""
    with linked(running) as old:
        running.app.state.faults.add("refresh")
        assert ("disconnect", "refresh_requested") == ((goodbye := json.loads(old.recv()))["type"], goodbye["reason"])
        with linked(running) as new:
            done = background(lambda: driver.say(cast.ANA, "platform", HELP))
            new.send(json.dumps({"envelope_id": json.loads(new.recv())["envelope_id"]}))
            assert {"ok": True} == done()


def test_cut(running):
    """drop_socket hangs up without a word."""
    with linked(running) as link:
        running.app.state.faults.add("drop_socket")
        with pytest.raises(ConnectionClosed):
            link.recv()


def test_events_are_retried(impatient):
    """An event without acknowledgement comes three times more, with the same event_id and a reason."""
    running, driver = impatient
    with linked(running) as link:
        driver.say(cast.ANA, "platform", "<@U0COUNTER1> help")
        attempts = [json.loads(link.recv(timeout=5)) for _ in range(4)]
    assert [0, 1, 2, 3] == [attempt["retry_attempt"] for attempt in attempts]
    assert ["", "timeout", "timeout", "timeout"] == [attempt["retry_reason"] for attempt in attempts]
    assert 1 == len({attempt["payload"]["event_id"] for attempt in attempts})


def test_twice(running, driver):
    """The fault twice: one click arrives in two envelopes."""
    running.app.state.faults.add("twice", "slash_commands")
    with linked(running) as link:
        done = background(lambda: driver.say(cast.ANA, "platform", HELP))
        both = [json.loads(link.recv(timeout=5)) for _ in range(2)]
        for envelope in both:
            link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        assert {"ok": True} == done()
    assert both[0]["payload"] == both[1]["payload"]
    assert both[0]["envelope_id"] != both[1]["envelope_id"]


@pytest.mark.parametrize(
    ("channel", "text", "heard"),
    [
        pytest.param("platform", "@countersign help", "app_mention", id="mentioned in a channel"),
        pytest.param("bot", "help", "message", id="in its own conversation"),
    ],
)
def test_what_the_bot_hears(running, driver, channel, text, heard):
    """A mention is app_mention; in its own conversation the bot hears every message as message.im."""
    with linked(running) as link:
        driver.say(cast.ANA, channel, text)
        envelope = json.loads(link.recv(timeout=5))
        link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    event = envelope["payload"]["event"]
    assert ("events_api", heard, cast.ANA.id) == (envelope["type"], event["type"], event["user"])
    assert ("im" if "message" == heard else None) == event.get("channel_type")


def test_what_the_bot_does_not_hear(running, driver):
    """Chatter in a channel, and a mention where it is not, are none of the bot's business: the next envelope is the home's."""
    with linked(running) as link:
        driver.say(cast.ANA, "platform", "good morning")
        driver.say(cast.ANA, "incident-42", "@countersign help")
        driver.open_home(cast.ANA)
        envelope = json.loads(link.recv(timeout=5))
        link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    assert ("app_home_opened", "home") == (envelope["payload"]["event"]["type"], envelope["payload"]["event"]["tab"])


def test_junk_from_the_app_is_ignored(running, driver):
    """Text that is no acknowledgement does not disturb the connection."""
    with linked(running) as link:
        for junk in ("", "hello", "[]", '{"envelope_id": "e-1"}'):
            link.send(junk)
        done = background(lambda: driver.say(cast.ANA, "platform", HELP))
        link.send(json.dumps({"envelope_id": json.loads(link.recv())["envelope_id"]}))
        assert {"ok": True} == done()


def test_closing_the_whole_stack(running, driver):
    """The app hears of each modal that asked for it, top first, with is_cleared."""
    view = {"type": "modal", "title": {"type": "plain_text", "text": "A"}, "blocks": [], "notify_on_close": True}
    with linked(running) as link:
        driver.state(cast.ANA)
        running.call(_stacked(running.app.state.workspace, view))
        bottom, top = driver.wait_for(lambda: driver.views(cast.ANA)[1:] and driver.views(cast.ANA))
        done = background(lambda: driver.dismiss(cast.ANA, bottom, whole=True))
        heard = []
        for _ in range(2):
            envelope = json.loads(link.recv(timeout=5))
            heard.append((envelope["payload"]["type"], envelope["payload"]["is_cleared"], envelope["payload"]["view"]["id"]))
            link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        assert {"ok": True} == done()
    assert [("view_closed", True, top["id"]), ("view_closed", True, bottom["id"])] == heard


async def _stacked(workspace, view):
    stack.opened(workspace, cast.ANA.id, view, stack.opened(workspace, cast.ANA.id, view))
