"""The Web API's door: tokens, scopes, bodies, pages, rates, and errors in Slack's shape."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.workspace import cast
from bot.workspace.facts import App
from bot.workspace.server import build
from tests.workspace.asgi import Client, request
from tests.workspace.conftest import EVERY_SCOPE

PLATFORM = "C0PLATFRM1"
AUTH = {"authorization": "Bearer xoxb-local-workspace"}


def test_auth_test_names_the_bot(client):
    """auth.test answers who the token is, as Bolt asks at its start, with an empty JSON body."""
    heads = {**AUTH, "content-type": "application/json"}
    answer = request(client.app, "POST", "/api/auth.test", headers=heads).json()
    assert (True, "U0COUNTER1", "B0COUNTER1", "T0WORKSP01") == (answer["ok"], answer["user_id"], answer["bot_id"], answer["team_id"])


@pytest.mark.parametrize(
    ("method", "heads", "error"),
    [
        pytest.param("auth.test", {}, "not_authed", id="no token"),
        pytest.param("auth.test", {"authorization": "Bearer xoxb-other"}, "invalid_auth", id="another token"),
        pytest.param(
            "auth.test", {"authorization": "Bearer xapp-local-workspace"}, "not_allowed_token_type", id="app token for a bot method"
        ),
        pytest.param("apps.connections.open", AUTH, "not_allowed_token_type", id="bot token for an app method"),
        pytest.param("chat.shout", AUTH, "unknown_method", id="a method that does not exist"),
        pytest.param("users.info", AUTH, "invalid_arguments", id="a missing argument"),
    ],
)
def test_refuses(client, method, heads, error):
    """Refusals are HTTP 200 with ok false and Slack's word."""
    answer = request(client.app, "POST", f"/api/{method}", headers=heads)
    assert (200, False, error) == (answer.status, answer.json()["ok"], answer.json()["error"])


def test_missing_argument_is_named(client):
    """The detail is where Slack puts it."""
    assert ["[ERROR] missing required field: user"] == client.api("users.info")["response_metadata"]["messages"]


def test_missing_scope_names_needed_and_provided(clock):
    """An app without reactions:write hears which scope it lacks and which it has."""
    scopes = tuple(scope for scope in EVERY_SCOPE if scope != "reactions:write")
    client = Client(build(cast.PEOPLE, cast.CHANNELS, clock, app=App(scopes=scopes)))
    answer = client.api("reactions.add", channel=PLATFORM, timestamp="1.1", name="eyes")
    assert ("missing_scope", "reactions:write", ",".join(scopes)) == (answer["error"], answer["needed"], answer["provided"])


def test_token_may_be_in_the_form(app):
    """Old clients send the token among the arguments."""
    heads = {"content-type": "application/x-www-form-urlencoded"}
    assert request(app, "POST", "/api/auth.test", body=b"token=xoxb-local-workspace", headers=heads).json()["ok"]


def test_reads_take_get(app):
    """slack_sdk's async client asks by GET."""
    answer = request(app, "GET", "/api/users.info", query={"user": cast.ANA.id}, headers=AUTH).json()
    assert "ana.ferreira@example.com" == answer["user"]["profile"]["email"]


def test_multipart(app):
    """JavaScript's client sends some calls as multipart."""
    body = b'--x\r\nContent-Disposition: form-data; name="user"\r\n\r\nU0ANAFERR1\r\n--x--\r\n'
    heads = {**AUTH, "content-type": "multipart/form-data; boundary=x"}
    assert "ana.ferreira" == request(app, "POST", "/api/users.info", body=body, headers=heads).json()["user"]["name"]


@pytest.mark.parametrize(
    ("body", "error"),
    [pytest.param(b"{", "invalid_json", id="broken JSON"), pytest.param(b"[]", "json_not_object", id="JSON that is no object")],
)
def test_bad_bodies(app, body, error):
    """A body that cannot be read is an error, not a crash."""
    heads = {**AUTH, "content-type": "application/json"}
    assert error == request(app, "POST", "/api/auth.test", body=body, headers=heads).json()["error"]


def test_pages_by_cursor(client):
    """Following next_cursor gives everyone once."""
    names, cursor = [], ""
    while page := client.form("users.list", limit=3, cursor=cursor):
        names += [member["name"] for member in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert sorted(person.name for person in cast.PEOPLE) == sorted(names)


def test_invalid_cursor(client):
    """A made-up cursor is refused."""
    assert "invalid_cursor" == client.form("users.list", cursor="bm9uc2Vuc2U=")["error"]


def test_ordered_429(app, client):
    """A 429 that was ordered says when to come back, and happens once."""
    app.state.faults.add("429", "chat.postMessage", seconds=7)
    heads = {**AUTH, "content-type": "application/json"}
    body = json.dumps({"channel": PLATFORM, "text": "hi"}).encode()
    first = request(app, "POST", "/api/chat.postMessage", body=body, headers=heads)
    assert (429, "7", "ratelimited") == (first.status, first.headers["retry-after"], first.json()["error"])
    assert 200 == request(app, "POST", "/api/chat.postMessage", body=body, headers=heads).status


def test_ordered_500(app):
    """A breakdown that was ordered is an HTTP 500."""
    app.state.faults.add("500", "auth.test")
    assert 500 == request(app, "POST", "/api/auth.test", headers=AUTH).status


def test_one_message_a_second(app, client, clock):
    """With the switch on, a second message in the same channel waits a second; another channel does not."""
    app.state.faults.add("channel_rate")
    assert client.api("chat.postMessage", channel=PLATFORM, text="1")["ok"]
    assert "ratelimited" == client.api("chat.postMessage", channel=PLATFORM, text="2")["error"]
    assert client.api("chat.postMessage", channel="C0SECFLAG1", text="3")["ok"]
    clock.forward(1)
    assert client.api("chat.postMessage", channel=PLATFORM, text="4")["ok"]


def test_tiers(app, client, clock):
    """With the switch on, a tier 2 method answers 20 times a minute."""
    app.state.faults.add("tiers")
    answers = [client.form("users.list")["ok"] for _ in range(21)]
    assert answers == [True] * 20 + [False]
    clock.forward(60)
    assert client.form("users.list")["ok"]


def test_unknown_fault():
    """A fault that does not exist is refused by name."""
    from bot.workspace.faults import Faults

    with pytest.raises(ValueError, match="unknown fault 'rain'"):
        Faults().add("rain")


def test_blocks_validate_needs_no_token(app):
    """blocks.validate answers every fault with pointer, code and message."""
    body = json.dumps({"view": {"type": "modal", "title": {"type": "plain_text", "text": "x" * 25}, "blocks": []}}).encode()
    answer = request(app, "POST", "/api/blocks.validate", body=body, headers={"content-type": "application/json"}).json()
    assert (
        "invalid_view",
        "/view/title/text",
        "too_long",
    ) == (answer["error"], answer["errors"][0]["pointer"], answer["errors"][0]["code"])


def test_blocks_validate_wants_one_part(client):
    """Exactly one of blocks, view and message."""
    assert "invalid_arguments" == client.api("blocks.validate", blocks=[], message={})["error"]


class TestPeople:
    """users.*, usergroups.*, bots.info, team.info."""

    def test_guest_and_stranger_are_marked(self, client):
        """A bot can tell guests and Slack Connect strangers from staff."""
        gil, kim = (client.form("users.info", user=person.id)["user"] for person in (cast.GIL, cast.STRANGER))
        assert (True, True, False) == (gil["is_restricted"], gil["is_ultra_restricted"], gil.get("is_stranger", False))
        assert (True, "T0PARTNER1") == (kim["is_stranger"], kim["team_id"])

    def test_lookup_by_email(self, client):
        """An address is found whatever its case; a stranger's is not."""
        assert cast.BEN.id == client.form("users.lookupByEmail", email="Ben.Okafor@example.com")["user"]["id"]
        assert "users_not_found" == client.form("users.lookupByEmail", email=cast.STRANGER.email)["error"]

    def test_email_needs_its_scope(self, clock):
        """Without users:read.email there is no address in a profile."""
        scopes = tuple(scope for scope in EVERY_SCOPE if scope != "users:read.email")
        client = Client(build(cast.PEOPLE, cast.CHANNELS, clock, app=App(scopes=scopes)))
        assert "email" not in client.form("users.info", user=cast.ANA.id)["user"]["profile"]

    def test_groups(self, client):
        """User groups list their people."""
        assert {"sec-reviewers", "oncall", "ssm-responders"} == {group["handle"] for group in client.form("usergroups.list")["usergroups"]}
        assert [cast.OMAR.id] == client.form("usergroups.users.list", usergroup="S0ONCALL01")["users"]
        assert "no_such_subteam" == client.form("usergroups.users.list", usergroup="S1")["error"]

    def test_zone_follows_the_season(self, client, clock):
        """tz_offset is the zone's offset now: New York is five hours behind in November."""
        assert client.form("users.info", user=cast.RHEA.id)["user"]["tz_offset"] == -5 * 3600

    def test_bot_and_team(self, client):
        """The bot and the workspace are known by id."""
        assert "U0COUNTER1" == client.form("bots.info", bot="B0COUNTER1")["bot"]["user_id"]
        assert "bot_not_found" == client.form("bots.info", bot="B1")["error"]
        assert "example-corp" == client.form("team.info")["team"]["domain"]


class TestConversations:
    """conversations.*."""

    def test_lists_public_by_default(self, client):
        """Private channels and DMs are listed only when asked for and visible."""
        assert {"ssm-audit", "sec-flags", "platform"} == {channel["name"] for channel in client.form("conversations.list")["channels"]}
        private = client.form("conversations.list", types="private_channel")["channels"]
        assert [] == private

    def test_a_private_channel_without_the_bot_does_not_exist_for_it(self, client):
        """Slack does not tell a bot that such a channel is there."""
        assert "channel_not_found" == client.form("conversations.info", channel="C0INCIDNT1")["error"]
        assert "channel_not_found" == client.form("conversations.join", channel="C0INCIDNT1")["error"]

    def test_join(self, clock):
        """A public channel is joined once; then it says so."""
        channels = [replace(channel, members=(cast.ANA.id,)) for channel in cast.CHANNELS]
        client = Client(build(cast.PEOPLE, channels, clock, app=App(scopes=EVERY_SCOPE)))
        assert "not_in_channel" == client.api("chat.postMessage", channel=PLATFORM, text="hi")["error"]
        assert client.api("conversations.join", channel=PLATFORM)["channel"]["is_member"]
        assert client.api("chat.postMessage", channel=PLATFORM, text="hi")["ok"]
        assert "already_in_channel" == client.api("conversations.join", channel=PLATFORM)["warning"]

    def test_public_writing_needs_its_scope(self, clock):
        """chat:write.public posts to public channels without joining."""
        channels = [replace(channel, members=()) for channel in cast.CHANNELS]
        client = Client(build(cast.PEOPLE, channels, clock, app=App(scopes=(*EVERY_SCOPE, "chat:write.public"))))
        assert client.api("chat.postMessage", channel=PLATFORM, text="hi")["ok"]

    def test_archived(self, clock):
        """An archived channel takes no messages."""
        channels = [replace(channel, is_archived=True) for channel in cast.CHANNELS]
        client = Client(build(cast.PEOPLE, channels, clock))
        assert "is_archived" == client.api("chat.postMessage", channel=PLATFORM, text="hi")["error"]

    def test_open_is_the_same_conversation_each_time(self, client):
        """A DM has one id, and a group message has one for its people."""
        assert client.form("conversations.open", users=cast.ANA.id) == client.form("conversations.open", users=cast.ANA.id)
        both = f"{cast.ANA.id},{cast.BEN.id}"
        assert client.form("conversations.open", users=both) == client.form("conversations.open", users=both)
        assert "user_not_found" == client.form("conversations.open", users="U1")["error"]

    def test_members(self, client):
        """Members are ids."""
        assert cast.GIL.id in client.form("conversations.members", channel=PLATFORM)["members"]

    def test_history_is_newest_first_with_metadata_on_request(self, client):
        """Metadata is stored, and shown only with include_all_metadata; replies and ephemerals are not in history."""
        metadata = {"event_type": "review", "event_payload": {"id": "7"}}
        first = client.api("chat.postMessage", channel=PLATFORM, text="1", metadata=metadata)["ts"]
        client.api("chat.postMessage", channel=PLATFORM, text="2", thread_ts=first)
        client.api("chat.postEphemeral", channel=PLATFORM, user=cast.ANA.id, text="3")
        client.api("chat.postMessage", channel=PLATFORM, text="4")
        plain = client.form("conversations.history", channel=PLATFORM)["messages"]
        assert ["4", "1"] == [message["text"] for message in plain]
        assert "metadata" not in plain[1]
        assert metadata == client.form("conversations.history", channel=PLATFORM, include_all_metadata="true")["messages"][1]["metadata"]

    def test_replies(self, client):
        """A thread starts with its parent, which counts its replies."""
        parent = client.api("chat.postMessage", channel=PLATFORM, text="1")["ts"]
        client.api("chat.postMessage", channel=PLATFORM, text="2", thread_ts=parent)
        thread = client.form("conversations.replies", channel=PLATFORM, ts=parent)["messages"]
        assert (["1", "2"], 1) == ([message["text"] for message in thread], thread[0]["reply_count"])
        assert "thread_not_found" == client.form("conversations.replies", channel=PLATFORM, ts="1.1")["error"]
