"""Answers and payloads have the fields that Slack's have, and no others.

The names are those of the scrubbed real responses in slackapi/java-slack-sdk (`json-logs/samples`, commit 86ff7ca, 2026-08) and of docs.slack.dev:
`must` are the fields that clients read; `may` are further fields that appear there.
"""

from __future__ import annotations

import json

import pytest

from bot.workspace import cast, envelopes, shapes
from bot.workspace.facts import Message
from tests.workspace.asgi import request
from tests.workspace.payloads import button, plain

PLATFORM = "C0PLATFRM1"
MODAL = {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}]}
VIEW = (
    "id team_id type title submit close blocks private_metadata callback_id external_id state hash clear_on_close notify_on_close "
    "submit_disabled root_view_id previous_view_id app_id app_installed_team_id bot_id"
)
FILE = (
    "id created timestamp name title mimetype filetype user mode size is_external is_public url_private url_private_download permalink "
    "channels groups ims shares"
)
CHANNEL = (
    "id created is_archived is_im is_mpim is_private is_org_shared context_team_id name name_normalized is_channel is_group is_member "
    "is_general is_shared is_ext_shared creator topic purpose num_members"
)
USER = (
    "id team_id name real_name deleted color tz tz_label tz_offset profile is_admin is_owner is_primary_owner is_restricted "
    "is_ultra_restricted is_bot is_app_user updated"
)
GROUP = "id team_id is_usergroup name description handle is_external date_create date_update date_delete user_count prefs"

#: method, arguments, where in the answer, must, may
ANSWERS = [
    ("auth.test", {}, "", "ok url team user team_id user_id bot_id is_enterprise_install", ""),
    ("bots.info", {"bot": "B0COUNTER1"}, "bot", "id deleted name updated app_id user_id icons", ""),
    ("team.info", {}, "team", "id name url domain email_domain icon", ""),
    ("users.info", {"user": cast.ANA.id}, "user", USER, ""),
    ("users.info", {"user": cast.STRANGER.id}, "user", USER, "is_stranger"),
    ("users.list", {}, "", "ok members cache_ts response_metadata", ""),
    ("usergroups.list", {}, "usergroups", GROUP, ""),
    ("usergroups.list", {"include_users": True}, "usergroups", f"{GROUP} users", ""),
    ("conversations.list", {}, "channels", CHANNEL, ""),
    ("conversations.info", {"channel": PLATFORM}, "channel", CHANNEL, ""),
    ("conversations.open", {"users": cast.ANA.id}, "channel", "id", ""),
    ("chat.postMessage", {"channel": PLATFORM, "text": "hi"}, "", "ok channel ts message", ""),
    ("chat.postMessage", {"channel": PLATFORM, "text": "hi"}, "message", "bot_id type text user ts team bot_profile app_id", ""),
    (
        "chat.postMessage",
        {"channel": PLATFORM, "text": "hi"},
        "message.bot_profile",
        "id deleted name updated app_id icons team_id",
        "user_id",
    ),
    ("chat.postEphemeral", {"channel": PLATFORM, "text": "hi", "user": cast.ANA.id}, "", "ok message_ts", ""),
    ("files.getUploadURLExternal", {"filename": "a.csv", "length": 1}, "", "ok upload_url file_id", ""),
    ("views.publish", {"user_id": cast.ANA.id, "view": {"type": "home", "blocks": []}}, "view", VIEW, ""),
]


@pytest.mark.parametrize(("method", "args", "where", "must", "may"), [pytest.param(*row, id=f"{row[0]} {row[2]}") for row in ANSWERS])
def test_answers(client, method, args, where, must, may):
    """Nothing that clients read is missing, and nothing is there that Slack does not send."""
    assert_names(client.api(method, **args), where, must, may)


def assert_names(value, where, must, may=""):
    for step in where.split(".") if where else []:
        value = value[step]
    value = value[0] if isinstance(value, list) else value
    names, needed = set(value), set(must.split())
    assert (set(), set()) == (needed - names, names - needed - set(may.split()))


def test_a_modal(app, client):
    """views.open answers a whole view."""
    trigger = app.state.workspace.triggers.issue(cast.ANA.id)
    assert_names(client.api("views.open", trigger_id=trigger, view=MODAL), "view", VIEW)


def test_a_file(client):
    """files.info answers a whole file."""
    asked = client.form("files.getUploadURLExternal", filename="a.csv", length=1)
    request(client.app, "POST", asked["upload_url"], body=b"x")
    assert_names(client.form("files.completeUploadExternal", files=[{"id": asked["file_id"]}]), "files", FILE)
    assert_names(client.form("files.info", file=asked["file_id"]), "file", FILE)


COMMAND = "token api_app_id team_id team_domain channel_id channel_name user_id user_name command text response_url trigger_id is_enterprise_install"
HEAD = "type user api_app_id token team enterprise is_enterprise_install"


@pytest.fixture(name="workspace")
def _workspace(app):
    return app.state.workspace


def test_a_command(workspace):
    """Every value of a command is text, as in its form body."""
    sent = envelopes.command(workspace, cast.ANA, workspace.channels[PLATFORM], "/ssm", "help", "http://127.0.0.1/").payload
    assert_names(sent, "", COMMAND)
    assert all(isinstance(value, str) for value in sent.values())


@pytest.mark.parametrize(
    ("viewer", "more"), [pytest.param("", " message", id="on a message"), pytest.param(cast.ANA.id, "", id="on an ephemeral message")]
)
def test_a_click(workspace, viewer, more):
    """A click carries its message, unless only one person saw it."""
    item = Message("1.1", PLATFORM, "U0COUNTER1", "hi", bot_id="B0COUNTER1", viewer=viewer, blocks=(button(),))
    place = envelopes.on_message(workspace, item, "http://127.0.0.1/")
    sent = envelopes.interaction(workspace, cast.ANA, "block_actions", actions=[], state={}, **place).payload
    assert_names(sent, "", f"{HEAD} trigger_id container channel response_url actions state{more}")
    assert_names(sent, "user", "id username name team_id")
    assert_names(sent, "container", "type message_ts channel_id is_ephemeral")


def test_a_submission(app, client, workspace):
    """A submission carries its view."""
    trigger = workspace.triggers.issue(cast.ANA.id)
    view = workspace.views[client.api("views.open", trigger_id=trigger, view=MODAL)["view"]["id"]]
    sent = envelopes.interaction(workspace, cast.ANA, "view_submission", view=view, response_urls=[]).payload
    assert_names(sent, "", f"{HEAD} trigger_id view response_urls")
    assert shapes.view(workspace, view) == sent["view"]


def test_an_event(workspace):
    """An event is wrapped as the Events API wraps it."""
    item = Message("1.1", PLATFORM, cast.ANA.id, "hi")
    sent = envelopes.event(workspace, envelopes.said(workspace, item, "app_mention")).payload
    wrapped = "token team_id context_team_id api_app_id event type event_id event_time authorizations is_ext_shared_channel event_context"
    assert_names(sent, "", wrapped)
    assert_names(sent, "event", "type user text ts channel event_ts team client_msg_id")
    assert_names(sent, "authorizations", "enterprise_id team_id user_id is_bot is_enterprise_install")


def test_all_of_it_is_json(workspace):
    """Payloads survive a round trip."""
    sent = envelopes.event(workspace, {"type": "app_home_opened"}).payload
    assert sent == json.loads(json.dumps(sent))
