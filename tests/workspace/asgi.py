"""Requests straight into the application, without a socket: fast, and each answers before the next line runs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1:1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


def request(app, method, path, *, query=None, body=b"", headers=None):
    """One request; headers are lower case."""
    heads = {"host": HOST, **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": urlencode(query or {}).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in heads.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }
    sent = []

    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return parts.pop() if parts else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = sent[0]
    names = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], names, b"".join(message.get("body", b"") for message in sent[1:]))


@dataclass
class Client:
    """A client of the Web API and of the page."""

    app: object
    token: str = "xoxb-local-workspace"

    def api(self, method, _token=None, **args):
        """A JSON call of the Web API, as slack_sdk makes for chat.* and views.*."""
        heads = {"content-type": "application/json", "authorization": f"Bearer {_token or self.token}"}
        return request(self.app, "POST", f"/api/{method}", body=json.dumps(args).encode(), headers=heads).json()

    def form(self, method, **args):
        """A form call, as slack_sdk makes for the others: nested JSON is text."""
        body = urlencode({name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in args.items()}).encode()
        heads = {"content-type": "application/x-www-form-urlencoded", "authorization": f"Bearer {self.token}"}
        return request(self.app, "POST", f"/api/{method}", body=body, headers=heads).json()

    def page(self, path, **args):
        """A POST of the page."""
        return request(self.app, "POST", f"/page/{path}", body=json.dumps(args).encode(), headers={"content-type": "application/json"})

    def look(self, path, **query):
        """A GET of the page."""
        return request(self.app, "GET", f"/page/{path}", query=query)

    def messages(self, user, channel, thread=""):
        """What a person sees in a channel."""
        more = {"thread": thread} if thread else {}
        return self.look("messages", **{"as": user.id, "channel": channel, **more}).json()["messages"]
