"""People at their browsers: what they say and press, and what their page tells them. No sleeps: waiting follows the page's events.

driver = Driver(url)
driver.say(ANA, "platform", "/ssm active")
[reply] = driver.wait_for(lambda: driver.messages(ANA, "platform"))
driver.press(ANA, reply, "go")
driver.submit(ANA, driver.view(ANA), {"reason": "forgotten tunnel"})
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections import defaultdict
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.workspace.elements import find, inside, options
from bot.workspace.values import HOLDS

PATIENCE = 10.0  # seconds until a test gives up; nothing waits that long when all is well
MANY = ("selected_options", "selected_users", "selected_channels", "selected_conversations")
JSON = "application/json"


class Refused(AssertionError):
    """The workspace would not let the person do it."""


class Driver:
    """Drives the page's endpoints for any number of people. A person is an id or anything with `.id`."""

    def __init__(self, url: str) -> None:
        self.url, self._address = url, urlsplit(url).netloc
        self._changed = threading.Condition()
        self._events: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._streams: dict[str, tuple[http.client.HTTPConnection, threading.Thread]] = {}

    def say(self, user, channel, text, thread_ts=""):
        """Type into a channel (id or name): a slash command or a message."""
        where = {"as": self._at(user), "channel": self.channel(user, channel)["id"]}
        if text.startswith("/") and not thread_ts:
            command, _, rest = text.partition(" ")
            return self._post("command", **where, command=command, text=rest)
        return self._post("message", **where, text=text, thread_ts=thread_ts)

    def press(self, user, item, action_id, *, choose=None, block_id="", values=None, forged=None):
        """Press or choose an element of a message or view. `choose` is an option's value, a date, an id, or a list of them.

        `forged` replaces the action whole, whether or not it is there.
        """
        if forged is not None:
            return self._post(
                "action", **self._where(user, item), action={"action_id": action_id, "block_id": block_id, **forged}, forged=True
            )
        element = find(item.get("blocks") or [], block_id, action_id) or {"action_id": action_id, "block_id": block_id, "type": "button"}
        action = {name: element[name] for name in ("type", "block_id", "action_id", "value") if name in element}
        action |= _chosen(element, choose)
        return self._post("action", **self._where(user, item), action=action, state={"values": _state(item, values or {})})

    def submit(self, user, view, values=None):
        """Submit a modal. `values` maps a block_id or action_id to what is typed or chosen."""
        return self._post("submit", **{"as": self._at(user)}, view_id=view["id"], state={"values": _state(view, values or {})})

    def dismiss(self, user, view, *, whole=False):
        """Close a modal, or the whole stack."""
        return self._post("close", **{"as": self._at(user)}, view_id=view["id"], all=whole)

    def shortcut(self, user, callback_id, message=None):
        """Use a global shortcut, or one on a message."""
        where = self._where(user, message) if message else {"as": self._at(user)}
        return self._post("shortcut", **where, callback_id=callback_id)

    def suggestions(self, user, item, action_id, value, block_id=""):
        """What an external menu offers for what was typed."""
        return self._post("options", **self._where(user, item), block_id=block_id, action_id=action_id, value=value)["options"]

    def open_home(self, user):
        """Open the app's home tab."""
        return self._post("home/open", **{"as": self._at(user)})

    def reload(self, user):
        """Load the page anew: ephemerals are gone."""
        return self._post("reset-ephemeral", **{"as": self._at(user)})

    def fault(self, kind, **more):
        """Order a fault (see bot.workspace.faults.KINDS)."""
        return self._post("faults", kind=kind, **more)

    def messages(self, user, channel, thread=""):
        """What the person sees in a channel or thread, oldest first."""
        query = {"as": self._at(user), "channel": self.channel(user, channel)["id"], **({"thread": thread} if thread else {})}
        return self._get("messages", **query)["messages"]

    def last(self, user, channel, thread=""):
        """The newest of them, or None."""
        return next(reversed(self.messages(user, channel, thread)), None)

    def channel(self, user, name):
        """A channel in the person's sidebar by id or name; `"bot"` is the direct conversation with the app."""
        for channel in self.state(user)["channels"]:
            if name in (channel["id"], channel["name"]) or (name == "bot" and channel["is_im"]):
                return channel
        raise Refused(f"{name} is not in the sidebar")

    def state(self, user):
        """The frame of the person's page."""
        return self._get("state", **{"as": self._at(user)})

    def home(self, user):
        """The home tab's view, or None."""
        return self._get("home", **{"as": self._at(user)})["view"]

    def file(self, file):
        """The bytes of a file of a message."""
        return self._raw("GET", urlsplit(file["url"]).path)

    def events(self, user, kind=""):
        """What the person's page was told, oldest first."""
        name = self._at(user)
        with self._changed:
            return [event for event in self._events[name] if kind in ("", event["type"])]

    def views(self, user):
        """The modals before the person, bottom first."""
        shown: dict[str, Any] = {}
        for event in self.events(user):
            if event["type"] in ("view_opened", "view_pushed", "view_updated"):
                shown[event["view"]["id"]] = event["view"]
            elif event["type"] == "view_closed":
                shown.pop(event["view"]["id"], None)
        return [view for view in shown.values() if view["type"] == "modal"]

    def view(self, user, title=""):
        """The modal on top, awaited; with `title`, the one that is called so."""
        return self.wait_for(lambda: next((v for v in reversed(self.views(user)) if title in ("", v["title"]["text"])), None))

    def wait_for(self, predicate, timeout=PATIENCE):
        """The first truthy value of `predicate()`, asked again at every event of the people involved."""
        with self._changed:
            found = self._changed.wait_for(predicate, timeout)
        assert found, "nothing happened"
        return found

    def close(self):
        """Hang up."""
        for connection, thread in self._streams.values():
            with suppress(OSError, AttributeError):  # no socket any more where the stream has ended
                connection.sock.shutdown(socket.SHUT_RDWR)
            thread.join()
            connection.close()

    def _at(self, user) -> str:
        name = getattr(user, "id", user)
        if name not in self._streams:
            self._streams[name] = self._listen(name)
        return name

    def _listen(self, name):
        connection = http.client.HTTPConnection(self._address)
        connection.request("GET", f"/page/events?{urlencode({'as': name})}")
        answer = connection.getresponse()
        assert answer.readline().startswith(b":"), "no such person"
        thread = threading.Thread(target=self._follow, args=(name, answer), daemon=True)
        thread.start()
        return connection, thread

    def _follow(self, name, answer):
        with suppress(OSError, http.client.HTTPException, ValueError), answer:
            while line := answer.readline():
                if line.startswith(b"data: "):
                    with self._changed:
                        self._events[name].append(json.loads(line[6:]))
                        self._changed.notify_all()

    def _where(self, user, item):
        place = {"view_id": item["id"]} if "ts" not in item else {"channel": item["channel"], "ts": item["ts"]}
        return {"as": self._at(user), **place}

    def _get(self, path, **query):
        return json.loads(self._raw("GET", f"/page/{path}?{urlencode(query)}"))

    def _post(self, path, **args):
        return json.loads(self._raw("POST", f"/page/{path}", json.dumps(args).encode()))["response"]

    def _raw(self, method, path, body=b""):
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request(method, path, body, {"Content-Type": JSON} if body else {})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Refused(content.decode())
        return content


def _state(item, values):
    """The form's state in Slack's shape, from plain values by block_id or action_id."""
    state: dict[str, Any] = {}
    for block_id, element in inside(item.get("blocks") or []):
        action_id, held = element.get("action_id"), HOLDS.get(element.get("type", ""))
        given = values.get(block_id, values.get(action_id))
        if held and given is not None:
            state.setdefault(block_id, {})[action_id] = {"type": element["type"], **_chosen(element, given)}
    return state


def _chosen(element, choose):
    if choose is None:
        return {}
    held = "selected_option" if element["type"] == "overflow" else HOLDS[element["type"]]
    if held not in ("selected_option", "selected_options"):
        return {held: list(choose) if held in MANY else choose}
    known = {option["value"]: option for option in options(element)}
    wanted = [choose] if isinstance(choose, str | dict) else list(choose)
    picked = [each if isinstance(each, dict) else known.get(each, {"value": each}) for each in wanted]
    return {held: picked if held in MANY else picked[0]}
