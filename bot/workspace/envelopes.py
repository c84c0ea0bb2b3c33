"""What the app receives when a person does something, in the shapes that Slack documents.

Sources: docs.slack.dev/reference/interaction-payloads, docs.slack.dev/reference/events,
docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from bot.workspace import shapes
from bot.workspace.delivery import Envelope
from bot.workspace.facts import Channel, Json, Message, Person, Value, View
from bot.workspace.state import Workspace

TOKEN = "verification-token-of-the-local-workspace"  # noqa: S105 - Slack's deprecated field; it protects nothing here


def command(workspace: Workspace, person: Person, channel: Channel, name: str, text: str, response_url: str) -> Envelope:
    """A slash command; every value is a string, as in Slack's form body."""
    payload = {
        "token": TOKEN,
        "team_id": person.team or workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.triggers.issue(person.id),
    }
    return Envelope("slash_commands", payload, accepts_response=True)


def interaction(workspace: Workspace, person: Person, kind: str, view: View | None = None, **more: Value) -> Envelope:
    """The head that all interactive payloads share, and what is particular to this one."""
    triggered = (
        {} if kind in ("view_closed", "block_suggestion") else {"trigger_id": workspace.triggers.issue(person.id, view.id if view else "")}
    )
    payload = {
        "type": kind,
        "user": _user(workspace, person),
        "api_app_id": workspace.app.id,
        "token": TOKEN,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        **triggered,
        **({"view": shapes.view(workspace, view)} if view else {}),
        **more,
    }
    return Envelope("interactive", payload, accepts_response=kind in ("view_submission", "block_suggestion"))


def on_message(workspace: Workspace, item: Message, response_url: str) -> Json:
    """Where a click on a message happened. An ephemeral message is not in the payload, as in Slack."""
    container: Json = {
        "type": "message",
        "message_ts": item.ts,
        "channel_id": item.channel,
        "is_ephemeral": bool(item.viewer),
        **shapes.kept(thread_ts=item.thread_ts),
    }
    place = {"container": container, "channel": where(workspace.channels[item.channel]), "response_url": response_url}
    return place if item.viewer else {**place, "message": shapes.message(workspace, item)}


def event(workspace: Workspace, body: Json) -> Envelope:
    """An Events API callback around one event."""
    payload = {
        "token": TOKEN,
        "team_id": workspace.team.id,
        "context_team_id": workspace.team.id,
        "api_app_id": workspace.app.id,
        "event": body,
        "type": "event_callback",
        "event_id": workspace.ids.next("Ev"),
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team.id,
                "user_id": workspace.app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": workspace.ids.next("4-"),
    }
    return Envelope("events_api", payload)


def said(workspace: Workspace, item: Message, kind: str) -> Json:
    """The event of a person's message: `app_mention`, or `message` in a direct conversation."""
    return {
        "type": kind,
        "user": item.user,
        "text": item.text,
        "ts": item.ts,
        "channel": item.channel,
        "event_ts": item.ts,
        "team": workspace.people[item.user].team or workspace.team.id,
        "client_msg_id": workspace.ids.next("m-"),
        **shapes.kept(thread_ts=item.thread_ts, channel_type="im" if kind == "message" else ""),
    }


def where(channel: Channel) -> Json:
    """The channel of an interaction."""
    return {"id": channel.id, "name": _channel_name(channel)}


def _user(workspace: Workspace, person: Person) -> Json:
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team or workspace.team.id}


def _channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
