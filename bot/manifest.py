"""The app's manifest: what Slack must allow, and nothing that is not used. Schema: github.com/slackapi/manifest-schema, version 2.

Paste it at api.slack.com/apps → Create New App → From a manifest.
"""

from __future__ import annotations

from typing import Any

SCOPES = {
    "commands": "the command and the shortcuts",
    "chat:write": "answers in channels the bot was invited to, and in direct messages",
    "files:write": "the CSV of an answer",
    "users:read": "who asks: guest, stranger, time zone",
    "users:read.email": "whose session it is, by e-mail",
    "usergroups:read": "roles by user group",
    "channels:read": "channels by name, and whether one is shared with another organisation",
    "groups:read": "the same for private channels",
    "channels:history": "whether a scheduled post already stands, after a crash",
    "groups:history": "the same for private channels",
    "im:write": "to open direct messages",
    "im:history": "questions in direct messages",
    "app_mentions:read": "questions in threads",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")
COMMAND = {
    "command": "/ssm",
    "description": "Who opened a session, and what they did",
    "usage_hint": "active | session <id> | audit 7d | help",
    "should_escape": True,
}
SHORTCUTS = (
    {"name": "Ask Countersign", "type": "global", "callback_id": "ssm:ask", "description": "Ask about sessions"},
    {"name": "Look up the session", "type": "message", "callback_id": "ssm:session", "description": "The session that this message names"},
)


def manifest(mode: str = "socket", url: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP mode with the public base URL of the bot (https, without a path)."""
    request_url = f"{url.rstrip('/')}/slack/events" if mode == "http" else ""
    where = {"url": request_url} if request_url else {}
    asks = {"request_url": request_url} if request_url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Countersign",
            "description": "Who goes there, and who signed for it? Watches AWS Session Manager.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "countersign", "always_online": True},
            "slash_commands": [COMMAND | where],
            "shortcuts": [dict(each) for each in SHORTCUTS],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**asks, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **asks},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }
