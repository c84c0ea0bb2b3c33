"""A workspace, a bot on it with an office of the test's own, and hands to act and eyes to look with."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from bot.core.model import Refused, Unavailable
from bot.core.reply import File, Message
from bot.slack import Wire, start
from bot.workspace.cast import ANA, CHANNELS, GROUPS, PEOPLE
from bot.workspace.facts import App, Shortcut
from bot.workspace.server import build, serve

AUDIT, PLATFORM, PRIVATE = CHANNELS[0].id, CHANNELS[2].id, CHANNELS[3].id
SHORTCUTS = (Shortcut("ssm:ask", "Ask", "global"), Shortcut("ssm:message", "Look up", "message"))
FORM = {
    "type": "modal",
    "callback_id": "ssm:ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [
        {
            "type": "input",
            "block_id": "ask",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "ssm:words"},
        }
    ],
}
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(name: str, value: str = "") -> dict[str, Any]:
    element = {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": value or "v"}
    return {"type": "actions", "block_id": "acts", "elements": [element]}


def until(see: Callable[[], Any], seconds: float = 8.0, what: str = "") -> Any:
    """What is seen, as soon as it is true; an AssertionError after the seconds."""
    deadline, tick = time.monotonic() + seconds, threading.Event()
    while not (found := see()):
        assert time.monotonic() < deadline, f"not seen within {seconds} s: {what or see}"
        tick.wait(0.01)
    return found


class Office:
    """Answers by the first word: a table from word to what happens. Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, str, str]] = []
        self.pressed: list[tuple[Any, str, str, Mapping[str, str]]] = []
        self.gate = threading.Event()
        self.messages: dict[str, Message] = {}

    def answer(self, who, words, via, progress):
        self.asked.append((who, words, via))
        verb = words.split(" ")[0]
        if verb == "wait":
            assert self.gate.wait(20)
        if verb == "far":
            progress("Reading 1 of 2 accounts…")
            assert self.gate.wait(20)
        if verb == "refuse":
            raise Refused("That span is too long: ask for at most `366d`.")
        if verb == "down":
            raise Unavailable("Athena did not answer. Try again.") from OSError("secret detail")
        if verb == "break":
            raise RuntimeError("secret detail")
        if who.is_guest or who.is_stranger:
            raise Refused("Guests cannot ask me.")
        return self.messages.get(verb) or Message(f"{who.user_name}: {words}", (section(words or "nothing"),))

    def press(self, who, action_id, value, values, progress):
        self.pressed.append((who, action_id, value, values))
        return self.messages.get(action_id) or Message(f"pressed {action_id} {value}", (section(f"pressed {value}"),))

    def view(self, who, action_id, value):
        return None

    def check(self, action_id, value, values):
        return {}

    def home(self, who):
        return {"type": "home", "blocks": [section(f"Home of {who.user_name}")]}

    def form(self, who):
        return FORM

    def shortcut_words(self, message):
        return "session " + message.get("text", "")


class Meter:
    """Counts into lists."""

    def __init__(self) -> None:
        self.acks: list[float] = []
        self.outcomes: list[tuple[str, str]] = []
        self.errors: list[tuple[str, str]] = []

    def acked(self, kind, seconds):
        self.acks.append(seconds)

    def asked(self, verb, outcome, seconds):
        self.outcomes.append((verb, outcome))

    def failed(self, service, error):
        self.errors.append((service, error))

    def watch(self, name, about, read):
        assert read() >= 0


class Town:
    """The workspace and the bot."""

    def __init__(self, *, cable=None, mode: str = "socket", ack_seconds: float = 3.0, start_bot: bool = True, **wire: Any) -> None:
        self.late = 0.0
        app = App(shortcuts=SHORTCUTS, signing_secret="example-secret" if mode == "http" else "")
        how = {"groups": GROUPS, "app": app, "retry_delays": (0.0, 0.0, 0.0), "ack_seconds": ack_seconds}
        self.place = serve(build(PEOPLE, CHANNELS, lambda: time.time() + self.late, **how))
        self.workspace = self.place.app.state.workspace
        self.faults = self.place.app.state.faults
        self.office, self.meter = Office(), Meter()
        self.api_url = self.place.api_url
        if cable:
            self.cable = cable(int(self.place.url.rsplit(":", 1)[1]))
            self.workspace.base = self.cable.url
            self.api_url = f"{self.cable.url}/api/"
        app = self.workspace.app
        usual = {"app_token": app.app_token, "workers": 4, "waiting": 16, "host": "127.0.0.1", "api_url": self.api_url}
        self.wire = Wire(app.bot_token, mode=mode, signing_secret=app.signing_secret, **(usual | wire))
        if start_bot:
            self.bot = start(self.wire, self.office, self.meter)
            self.bot.front.pause = lambda seconds: None

    def close(self) -> None:
        self.office.gate.set()
        self.bot.stop(5)
        self.place.stop()
        if hasattr(self, "cable"):
            self.cable.close()

    def act(self, name: str, who: str = ANA.id, **args: Any) -> dict[str, Any]:
        body = json.dumps({"as": who, **args}).encode()
        request = urllib.request.Request(f"{self.place.url}/page/{name}", body, {"Content-Type": "application/json"})
        try:
            with NO_PROXY.open(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def ask(self, text: str, who: str = ANA.id, channel: str = AUDIT) -> dict[str, Any]:
        return self.act("command", who, channel=channel, command="/ssm", text=text)

    def say(self, text: str, who: str = ANA.id, channel: str = AUDIT, **more: str) -> str:
        return self.act("message", who, channel=channel, text=text, **more)["ts"]

    def press(self, message: Any, action_id: str, who: str = ANA.id) -> dict[str, Any]:
        action = {"block_id": "acts", "action_id": action_id}
        return self.act("action", who, channel=message.channel, ts=message.ts, action=action)

    def whispers(self, who: str = ANA.id) -> list[Any]:
        return sorted(self.workspace.ephemerals[who].copy().values(), key=lambda item: item.ts)

    def said(self, channel: str = AUDIT) -> list[Any]:
        found = sorted(self.workspace.messages[channel].copy().values(), key=lambda item: item.ts)
        return [item for item in found if item.user == self.workspace.app.bot_user]

    def direct(self, who: str = ANA.id) -> list[Any]:
        return self.said(self.workspace.direct(who).id)

    def heard(self, text: str, where: Callable[[], list[Any]] | None = None, **how: Any) -> Any:
        """The message that has this in its text, once it is there."""
        look = where or self.whispers
        return until(lambda: next((item for item in look() if text in item.text), None), what=text, **how)


CSV = File("audit.csv", b"a,b\r\n1,2\r\n", "Audit")
