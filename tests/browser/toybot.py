"""A small Bolt app that shows everything the page must draw, and tells what reached it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace.facts import App as Installed
from bot.workspace.facts import Hint, Shortcut, SlashCommand, Subcommand
from bot.workspace.server import Running
from tests.browser import gallery, views

VERBS = (
    Subcommand("active", "active [node]", "Sessions that are open now"),
    Subcommand("audit", "audit <span> [--denied]", "What happened in a span of time"),
    Subcommand("controls", "controls", "Every control"),
    Subcommand("data", "data", "Charts and data tables"),
)
INSTALLED = Installed(
    name="Toy",
    commands=(SlashCommand("/toy", "[command]", "Show what the page can draw", VERBS), SlashCommand("/tea", "", "Make tea")),
    shortcuts=(Shortcut("inspect", "Inspect message"), Shortcut("begin", "Sign off a session", "global")),
    hints=(
        Hint("/toy active", "who is on which node"),
        Hint("/toy audit 7d", "what a week looked like"),
        Hint("@Toy hello", "talk to the app"),
    ),
)

Heard = list[dict[str, Any]]


def start(running: Running) -> tuple[Heard, Callable[[], None]]:
    """Connect the bot to a workspace; gives what it hears and how to stop it."""
    heard: Heard = []
    app = App(client=WebClient(token=INSTALLED.bot_token, base_url=running.api_url))
    for listen in (_commands, _actions, _views, _events):
        listen(app, heard)
    handler = SocketModeHandler(app, INSTALLED.app_token)
    handler.connect()
    return heard, handler.close


SHOWS: dict[str, dict[str, Any]] = {
    "layout": {"text": "Session ana-0a1b on web-1", "blocks": gallery.LAYOUT},
    "rich": {"text": "Rich text", "blocks": gallery.RICH},
    "table": {"text": "Two nodes", "blocks": gallery.TABLE},
    "data": {"text": "Port forwards a day", "blocks": gallery.DATA},
    "controls": {"text": "Every control", "blocks": gallery.CONTROLS},
    "video": {"text": "A video", "blocks": [gallery.VIDEO]},
    "attachments": {"text": "Flagged", "attachments": gallery.ATTACHMENTS},
    "hostile": {
        "text": gallery.HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "blocks": [
            {"type": "header", "text": gallery.plain("<script>alert(1)</script>")},
            {"type": "section", "text": gallery.plain(gallery.HOSTILE)},
            gallery.rich(gallery.text(gallery.HOSTILE)),
            {"type": "section", "text": gallery.mrkdwn("&lt;!channel&gt; &lt;script&gt; <javascript:alert(1)|click me>")},
        ],
    },
}


def _commands(app: App, heard: Heard) -> None:
    @app.command("/toy")
    def toy(ack: Any, body: dict[str, Any], respond: Any, client: WebClient) -> None:
        heard.append(body)
        verb = body["text"].split(" ")[0]
        if verb == "silent":
            return
        ack()
        if verb == "modal":
            client.views_open(trigger_id=body["trigger_id"], view=views.form())
        elif verb == "file":
            client.files_upload_v2(
                channel=body["channel_id"],
                file=io.BytesIO(b"node,lines\nweb-1,42\n"),
                filename="audit.csv",
                title="Audit",
                initial_comment="The audit",
            )
        elif verb == "picture":
            client.files_upload_v2(
                channel=body["channel_id"], file=io.BytesIO(gallery.PNG), filename="tunnels.png", title="Tunnels", alt_txt="tunnels by day"
            )
        elif verb == "post":
            client.chat_postMessage(channel=body["channel_id"], **SHOWS[body["text"].split(" ")[1]])
        else:
            respond(**SHOWS.get(verb, {"text": f"You asked: {body['text']}"}))


def _actions(app: App, heard: Heard) -> None:
    @app.action("push")
    def push(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=views.deeper())

    @app.action("approve")
    def approve(ack: Any, body: dict[str, Any], respond: Any) -> None:
        ack()
        heard.append(body)
        respond(text=f"Approved by {body['user']['name']}", replace_original=True)

    @app.options("node")
    def nodes(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[gallery.option(name, name) for name in ("web-1", "web-2", "db-1") if payload["value"] in name])

    @app.action(re.compile(".*"))
    def other(ack: Any, body: dict[str, Any]) -> None:
        ack()
        heard.append(body)

    @app.shortcut("inspect")
    def inspect(ack: Any, body: dict[str, Any], respond: Any) -> None:
        ack()
        heard.append(body)
        respond(text=f"Inspected {body['message']['ts']}")

    @app.shortcut("begin")
    def begin(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=views.form())


def _views(app: App, heard: Heard) -> None:
    @app.view("form")
    def signed(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        heard.append(body)
        reason = view["state"]["values"]["reason"]["it"]["value"]
        if "because" in reason:
            ack(response_action="errors", errors={"reason": "Say why, not because."})
        else:
            ack(response_action="update", view=views.done(f"Signed: {reason}"))


def _events(app: App, heard: Heard) -> None:
    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view=views.HOME)

    @app.event("app_mention")
    def mention(event: dict[str, Any], say: Any) -> None:
        heard.append(event)
        say(text=f"You said: {event['text']}", thread_ts=event.get("thread_ts", event["ts"]))

    @app.event("message")
    def direct(event: dict[str, Any], say: Any) -> None:
        heard.append(event)
        if "bot_id" not in event:
            say(text=f"Direct: {event['text']}")
