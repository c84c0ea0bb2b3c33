"""The page's endpoints: what people see and may do, and who may ask."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.workspace import cast, talk
from bot.workspace.facts import App, Hint, Message, Shortcut, SlashCommand, Subcommand
from bot.workspace.feed import Feed
from bot.workspace.server import build
from tests.workspace.asgi import HOST, Client, request
from tests.workspace.payloads import button, option, plain

PLATFORM = "C0PLATFRM1"


class TestGuard:
    """Only this machine and its own page."""

    @pytest.mark.parametrize(
        ("heads", "status"),
        [
            pytest.param({}, 200, id="a client without Origin"),
            pytest.param({"origin": f"http://{HOST}"}, 200, id="its own page"),
            pytest.param({"host": "localhost:1", "origin": "http://localhost:1"}, 200, id="by name"),
            pytest.param({"host": "127.0.0.1"}, 200, id="Host without port"),
            pytest.param({"host": "[::1]:1"}, 200, id="by IPv6"),
            pytest.param({"host": "evil.example.com"}, 403, id="a rebound name"),
            pytest.param({"host": "127.0.0.1.example.com"}, 403, id="a name that begins like us"),
            pytest.param({"host": ""}, 403, id="no Host"),
            pytest.param({"origin": "https://evil.example.com"}, 403, id="another site"),
            pytest.param({"origin": "http://127.0.0.1:2"}, 403, id="another port"),
            pytest.param({"origin": "null"}, 403, id="a sandboxed frame"),
        ],
    )
    def test_who_may_ask(self, app, heads, status):
        """Every path is guarded alike."""
        for path in ("/page/state", "/api/api.test"):
            assert status == request(app, "GET", path, query={"as": cast.ANA.id}, headers=heads).status


class TestState:
    """GET /page/state."""

    def test_frame(self, clock):
        """The page gets people, channels, commands, shortcuts, groups and hints."""
        command = SlashCommand("/ssm", "[command]", "Ask", (Subcommand("active", "active [who]", "Open sessions"),))
        app = App(commands=(command,), shortcuts=(Shortcut("audit", "Audit this", "message"),), hints=(Hint("/ssm active", "who is in"),))
        state = Client(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=app)).look("state", **{"as": cast.ANA.id}).json()
        assert {"team", "me", "people", "channels", "commands", "shortcuts", "usergroups", "app", "hint", "now"} == set(state)
        assert [{"name": "active", "usage": "active [who]", "about": "Open sessions"}] == state["commands"][0]["subcommands"]
        assert ("AF", clock()) == (state["me"]["initials"], state["now"])

    def test_first_visit(self, client):
        """Before anyone is chosen, the frame is the first person's."""
        assert cast.ANA.id == client.look("state").json()["me"]["id"]

    def test_a_guest_sees_one_channel(self, client):
        """A single-channel guest's sidebar has that channel and the bot."""
        assert [
            "platform",
            "Countersign",
        ] == [channel["name"] for channel in client.look("state", **{"as": cast.GIL.id}).json()["channels"]]

    def test_unread(self, client):
        """What others said counts until the channel is read."""
        client.api("chat.postMessage", channel=PLATFORM, text="1")

        def unread():
            return next(c["unread"] for c in client.look("state", **{"as": cast.ANA.id}).json()["channels"] if c["id"] == PLATFORM)

        assert 1 == unread()
        client.messages(cast.ANA, PLATFORM)
        assert 0 == unread()

    @pytest.mark.parametrize("who", [pytest.param("U1", id="nobody"), pytest.param(cast.BOT.id, id="the bot")])
    def test_only_people(self, client, who):
        """A stranger to the workspace and the bot itself have no page."""
        assert 404 == client.look("state", **{"as": who}).status

    def test_a_channel_one_is_not_in(self, client):
        """Nobody reads or writes where they are not."""
        assert 404 == client.look("messages", **{"as": cast.GIL.id}, channel="C0SECFLAG1").status
        assert 400 == client.page("message", **{"as": cast.GIL.id}, channel="C0SECFLAG1", text="hi").status


class TestActions:
    """People cannot press what is not there."""

    @pytest.fixture(name="message")
    def _message(self, client):
        menu = {"type": "static_select", "action_id": "pick", "options": [option("1"), option("2", "Two")]}
        blocks = [{"type": "actions", "block_id": "b", "elements": [button("go"), menu]}]
        return client.api("chat.postMessage", channel=PLATFORM, text="1", blocks=blocks)["message"]

    @pytest.mark.parametrize(
        ("action", "error"),
        [
            pytest.param({"block_id": "b", "action_id": "stop"}, "that button is not there", id="no such action"),
            pytest.param({"block_id": "c", "action_id": "go"}, "that button is not there", id="no such block"),
            pytest.param(
                {"block_id": "b", "action_id": "pick", "selected_option": option("3")}, "that option is not there", id="no such option"
            ),
        ],
    )
    def test_refused(self, client, message, action, error):
        """Each says why."""
        answer = client.page("action", **{"as": cast.ANA.id}, channel=PLATFORM, ts=message["ts"], action=action)
        assert (400, error) == (answer.status, answer.json()["error"])

    def test_another_persons_ephemeral_is_not_there(self, client):
        """What only Ana sees, Ben cannot press."""
        blocks = [{"type": "actions", "elements": [button("go")]}]
        ts = client.api("chat.postEphemeral", channel=PLATFORM, user=cast.ANA.id, text="1", blocks=blocks)["message_ts"]
        answer = client.page("action", **{"as": cast.BEN.id}, channel=PLATFORM, ts=ts, action={"action_id": "go"})
        assert "message_not_found" == answer.json()["error"]

    def test_another_persons_modal_is_not_there(self, app, client):
        """A modal is submitted by the person it is before."""
        trigger = app.state.workspace.triggers.issue(cast.ANA.id)
        view = client.api("views.open", trigger_id=trigger, view={"type": "modal", "title": plain(), "blocks": []})["view"]
        assert "view_not_found" == client.page("submit", **{"as": cast.BEN.id}, view_id=view["id"]).json()["error"]


def test_a_reload_closes_modals(app, client):
    """After a reload the modal is gone, and can no longer be updated."""
    trigger = app.state.workspace.triggers.issue(cast.ANA.id)
    view = {"type": "modal", "title": plain(), "blocks": []}
    view_id = client.api("views.open", trigger_id=trigger, view=view)["view"]["id"]
    client.page("reset-ephemeral", **{"as": cast.ANA.id})
    assert "not_found" == client.api("views.update", view_id=view_id, view=view)["error"]


class TestForms:
    """What Slack's client says before a form leaves it."""

    @pytest.fixture(name="submit")
    def _submit(self, app, client):
        def submit(element, value, **block):
            trigger = app.state.workspace.triggers.issue(cast.ANA.id)
            blocks = [{"type": "input", "block_id": "b", "label": plain(), "element": {"action_id": "a", **element}, **block}]
            view = {"type": "modal", "title": plain(), "submit": plain(), "blocks": blocks}
            opened = client.api("views.open", trigger_id=trigger, view=view)["view"]
            state = {"values": {"b": {"a": {"type": element["type"], "value": value}}}}
            return client.page("submit", **{"as": cast.ANA.id}, view_id=opened["id"], state=state).json()["response"]

        return submit

    @pytest.mark.parametrize(
        ("element", "value", "sentence"),
        [
            pytest.param({"type": "plain_text_input"}, "", "Please complete this required field.", id="nothing"),
            pytest.param({"type": "plain_text_input", "min_length": 5}, "abc", "Please enter at least 5 characters.", id="too short"),
            pytest.param({"type": "plain_text_input", "max_length": 2}, "abc", "Please enter at most 2 characters.", id="too long"),
            pytest.param({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number.", id="a fraction"),
            pytest.param({"type": "number_input", "is_decimal_allowed": True}, "many", "Please enter a valid number.", id="no number"),
            pytest.param(
                {"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "max_value": "3"},
                "5",
                "Please enter a number between 1 and 3.",
                id="outside",
            ),
            pytest.param({"type": "email_text_input"}, "ana", "Please enter a valid email address.", id="no address"),
            pytest.param({"type": "url_text_input"}, "example", "Please enter a valid URL.", id="no URL"),
        ],
    )
    def test_refused(self, submit, element, value, sentence):
        """The sentence stands at the block, and the app hears nothing."""
        assert {"errors": {"b": sentence}} == submit(element, value)

    def test_optional_may_be_empty(self, submit):
        """An optional field may stay empty: the form leaves for the app, which is not connected here."""
        assert {"dispatch_failed": True} == submit({"type": "plain_text_input"}, "", optional=True)

    def test_initial_values_count(self, submit):
        """A field that nobody touched holds its initial value."""
        assert {"dispatch_failed": True} == submit({"type": "plain_text_input", "initial_value": "as it was"}, "as it was")


class TestEvents:
    """Server-sent events."""

    def test_everyone_in_the_channel_is_told(self, running, driver):
        """A message reaches the pages of its people and no others."""
        for person in (cast.ANA, cast.GIL):
            driver.state(person)
        for channel, text in (("C0SECFLAG1", "secret"), (PLATFORM, "hello")):
            running.call(posted(running.app, channel, text))
        driver.wait_for(lambda: driver.events(cast.GIL, "message") and driver.events(cast.ANA, "message")[1:])
        assert ["hello"] == [event["message"]["text"] for event in driver.events(cast.GIL, "message")]
        assert ["secret", "hello"] == [event["message"]["text"] for event in driver.events(cast.ANA, "message")]

    def test_a_page_that_comes_back_hears_what_it_missed(self):
        """Last-Event-ID replays later events; a reload forgets the ephemerals."""
        feed = Feed()

        async def heard(after):
            stream, lines = feed.follow("U1", after), []
            feed.tell(("U1",), "end")
            async for text in stream:
                lines += [json.loads(line[6:])["type"] for line in text.splitlines() if line.startswith("data: ")]
                if "end" in lines:
                    return lines
            return lines

        feed.tell(("U1",), "message")
        feed.tell(("U1",), "ephemeral")
        feed.tell(("U1",), "reaction")
        assert ["ephemeral", "reaction", "end"] == asyncio.run(heard(1))
        feed = Feed()
        feed.tell(("U1",), "message")
        feed.tell(("U1",), "ephemeral")
        feed.tell(("U1",), "reaction")
        feed.forget_passing("U1")
        assert ["reaction", "end"] == asyncio.run(heard(1))


async def posted(app, channel, text):
    """The bot says something, on the server's own loop."""
    workspace = app.state.workspace
    talk.post(workspace, Message(workspace.ids.ts(), channel, "U0COUNTER1", text, bot_id="B0COUNTER1"))


def test_unknown_fault_is_told(client):
    """The page's faults are checked too."""
    answer = client.page("faults", kind="rain")
    assert (400, True) == (answer.status, "unknown fault" in answer.json()["error"])


def test_faults_are_cleared(app, client):
    """`none` clears what waits."""
    client.page("faults", kind="500", times=3, method="auth.test")
    assert 1 == len(app.state.faults.waiting)
    client.page("faults", kind="none")
    assert [] == app.state.faults.waiting


def test_the_front_page_may_be_missing(clock, tmp_path):
    """Without its files the server says so; with them it serves them."""
    app = build(cast.PEOPLE, cast.CHANNELS, clock, static=tmp_path)
    assert 404 == request(app, "GET", "/").status
    (tmp_path / "index.html").write_text("<h1>hello</h1>")
    assert "<h1>hello</h1>" == request(app, "GET", "/").text
    assert 200 == request(app, "GET", "/static/index.html").status
