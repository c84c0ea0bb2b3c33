"""The manifest is valid, and asks for what is used."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.manifest import EVENTS, SCOPES, manifest

ROOT = Path(__file__).resolve().parents[1]
MODES = [pytest.param("socket", "", id="socket mode"), pytest.param("http", "https://bot.example.com/", id="http mode")]
NEEDS = {
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_delete": "chat:write",
    "chat_postEphemeral": "chat:write",
    "files_upload_v2": "files:write",
    "users_info": "users:read",
    "users_lookupByEmail": "users:read.email",
    "usergroups_list": "usergroups:read",
    "usergroups_users_list": "usergroups:read",
    "conversations_open": "im:write",
    "conversations_info": "channels:read",
    "conversations_list": "groups:read",
    "conversations_history": "channels:history",
    "conversations_replies": "groups:history",
    "files_getUploadURLExternal": "files:write",
    "files_completeUploadExternal": "files:write",
    "views_open": "",
    "views_update": "",
    "views_publish": "",
    "auth_test": "",
    "apps_connections_open": "",
}


@pytest.fixture(scope="module", name="schema")
def _schema():
    for parent in ROOT.parents:
        path = parent / "shared" / "schemas" / "slack-manifest.schema.2.0.0.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    pytest.skip("no copy of Slack's manifest schema beside the project")


@pytest.mark.parametrize(("mode", "url"), MODES)
def test_slack_would_take_it(schema, mode, url):
    assert [] == [error.message for error in Draft7Validator(schema).iter_errors(manifest(mode, url))]


def test_http_mode_names_its_address_everywhere():
    told = manifest("http", "https://bot.example.com/")
    url = "https://bot.example.com/slack/events"
    places = (told["features"]["slash_commands"][0]["url"], told["settings"]["interactivity"]["request_url"])
    assert (url, url, url) == (*places, told["settings"]["event_subscriptions"]["request_url"])
    assert not told["settings"]["socket_mode_enabled"]


def test_every_method_that_is_called_has_its_scope():
    """The calls of the Slack side are found in its source; a new one must be entered in NEEDS."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").glob("*.py"))
    called = set(re.findall(r"\.((?:chat|files|users|usergroups|conversations|views|auth|apps|reactions)_\w+)\(?", source))
    assert set() == called - set(NEEDS)
    assert set() == {NEEDS[method] for method in called} - {""} - set(SCOPES)


def test_every_event_has_a_listener():
    source = (ROOT / "bot" / "slack" / "listeners.py").read_text(encoding="utf-8")
    assert all(f'"{event.partition(".")[0]}"' in source for event in EVENTS)
