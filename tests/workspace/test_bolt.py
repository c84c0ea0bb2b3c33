"""Unmodified slack_bolt against the workspace: a command, an action, a modal, an event, an upload, a shortcut, a home, a menu.

Three Socket Mode clients and HTTP run the same walk.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer

import pytest
from slack_bolt import App as Bolt
from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace import cast
from bot.workspace.facts import App, Shortcut
from bot.workspace.server import build, serve
from tests.workspace.driver import Driver, Refused
from tests.workspace.payloads import button, option, plain

SECRET = "made-up-signing-secret"
SHORTCUTS = (Shortcut("audit", "Audit this message", "message"), Shortcut("who", "Who is in?", "global"))
CSV = b"node,count\nweb,3\n"
MODAL = {
    "type": "modal",
    "callback_id": "flag",
    "title": plain("Flag"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        {"type": "input", "block_id": "reason", "label": plain("Reason"), "element": {"type": "plain_text_input", "action_id": "text"}},
        {
            "type": "input",
            "block_id": "level",
            "label": plain("Level"),
            "element": {"type": "static_select", "action_id": "pick", "options": [option("high", "High"), option("low", "Low")]},
        },
    ],
}


def bolt(base_url, heard, **more):
    """A small app as anyone would write it."""
    app = Bolt(client=WebClient("xoxb-local-workspace", base_url=base_url), **more)
    asks(app, heard)
    flags(app, heard)
    hears(app)
    return app


def asks(app, heard):
    """A command with a button and a menu."""

    @app.command("/ssm")
    def ask(ack, respond, command):
        ack()
        respond("Asking…")
        menu = {"type": "external_select", "action_id": "node", "placeholder": plain("Node"), "min_query_length": 0}
        blocks = [{"type": "actions", "block_id": "b", "elements": [button("flag", value="42"), menu]}]
        respond(f"You asked: {command['text']}", blocks=blocks, replace_original=True)

    @app.action("flag")
    def flag(ack, body, client):
        ack()
        heard["value"] = body["actions"][0]["value"]
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.options("node")
    def nodes(ack, payload):
        ack(options=[option(name, name) for name in ("web-1", "db-1") if payload["value"] in name])


def flags(app, heard):
    """A modal with a form."""

    @app.view("flag")
    def flagged(ack, view, client, body):
        values = view["state"]["values"]
        if len(values["reason"]["text"]["value"]) < 5:
            ack(response_action="errors", errors={"reason": "Say a little more."})
            return
        ack()
        heard["level"] = values["level"]["pick"]["selected_option"]["value"]
        client.chat_postMessage(channel="#sec-flags", text=f"Flagged: {values['reason']['text']['value']}")

    @app.view_closed("flag")
    def closed(ack, body):
        ack()
        heard["closed"] = body["view"]["callback_id"]


def hears(app):
    """Events and shortcuts."""

    @app.event("app_mention")
    def mentioned(event, client):
        client.files_upload_v2(channel=event["channel"], content=CSV, filename="audit.csv", thread_ts=event["ts"], initial_comment="Here")

    @app.event("app_home_opened")
    def home(event, client):
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "header", "text": plain("Your flags")}]})

    @app.shortcut("audit")
    def audit(ack, body, respond):
        ack()
        respond(f"Auditing: {body['message']['text']}")

    @app.shortcut("who")
    def who(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view={**MODAL, "title": plain("Who")})


def walk(driver, heard):
    """What people do, and what they see."""
    driver.say(cast.ANA, "platform", "/ssm active")
    reply = driver.wait_for(lambda: (last := driver.last(cast.ANA, "platform")) and last["text"] == "You asked: active" and last)
    assert 1 == len(driver.messages(cast.ANA, "platform"))
    assert [] == driver.messages(cast.BEN, "platform")

    assert [option("web-1", "web-1")] == driver.suggestions(cast.ANA, reply, "node", "web")
    driver.press(cast.ANA, reply, "flag")
    modal = driver.view(cast.ANA)
    assert "42" == heard["value"]
    assert {"errors": {"reason": "Please complete this required field."}} == driver.submit(cast.ANA, modal, {"level": "high"})
    assert {"errors": {"reason": "Say a little more."}} == driver.submit(cast.ANA, modal, {"reason": "hm", "level": "high"})
    assert {"ok": True} == driver.submit(cast.ANA, modal, {"reason": "A forgotten tunnel", "level": "high"})
    driver.wait_for(lambda: [m for m in driver.messages(cast.RHEA, "sec-flags") if m["text"] == "Flagged: A forgotten tunnel"])
    driver.wait_for(lambda: not driver.views(cast.ANA))
    assert "high" == heard["level"]

    asked = driver.say(cast.BEN, "platform", "@countersign audit 7d")
    parent, file_message = driver.wait_for(lambda: (thread := driver.messages(cast.BEN, "platform", asked["ts"]))[1:] and thread)
    assert driver.file(file_message["files"][0]) == CSV

    driver.shortcut(cast.BEN, "audit", parent)
    driver.wait_for(lambda: driver.last(cast.BEN, "platform")["text"].startswith("Auditing: "))
    driver.shortcut(cast.BEN, "who")
    driver.dismiss(cast.BEN, driver.view(cast.BEN, "Who"))
    assert "flag" == heard["closed"]

    driver.open_home(cast.OMAR)
    home = driver.wait_for(lambda: driver.home(cast.OMAR))
    assert "Your flags" == home["blocks"][0]["text"]["text"]
    with pytest.raises(Refused, match="that button is not there"):
        driver.press(cast.ANA, parent, "flag")


@contextmanager
def workspace(clock, app):
    running = serve(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=app))
    driver = Driver(running.url)
    try:
        yield running, driver
    finally:
        driver.close()
        running.stop()


def test_builtin_client(clock):
    """slack_bolt with slack_sdk's own WebSocket client."""
    heard = {}
    with workspace(clock, App(shortcuts=SHORTCUTS)) as (running, driver):
        handler = SocketModeHandler(bolt(running.api_url, heard), "xapp-local-workspace", ping_interval=1)
        handler.connect()
        try:
            running.call(running.app.state.hub.connected.wait())
            walk(driver, heard)
        finally:
            handler.client.auto_reconnect_enabled = False
            running.call(running.app.state.hub.cut())
            with suppress(AttributeError):  # slack_sdk's own race: its monitor may have closed the socket first
                handler.close()


def test_http(clock):
    """slack_bolt by HTTP: signed requests to its own request URL."""
    heard, box = {}, {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _receiver(box))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        with workspace(clock, App(shortcuts=SHORTCUTS, request_url=url, signing_secret=SECRET)) as (running, driver):
            box["app"] = bolt(running.api_url, heard, signing_secret=SECRET)
            _in_step(box["app"], clock)
            walk(driver, heard)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _in_step(app, clock):
    """Let Bolt's signature check live in the test's time."""
    for middleware in app._middleware_list:
        if hasattr(middleware, "verifier"):
            middleware.verifier.clock.now = clock


def _receiver(box):
    from http.server import BaseHTTPRequestHandler

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = box["app"].dispatch(BoltRequest(body=body, headers={name: [value] for name, value in self.headers.items()}))
            content = (answer.body or "").encode()
            self.send_response(answer.status)
            for name, value in answer.first_headers_without_set_cookie().items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            """Quiet."""

    return Receiver
