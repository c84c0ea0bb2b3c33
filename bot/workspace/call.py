"""One call of the Web API: its arguments, whether they came as JSON, form or query, and the errors of bad ones."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, Value
from bot.workspace.sockets import Hub
from bot.workspace.state import Workspace
from bot.workspace.wire import decoded


@dataclass(frozen=True, slots=True)
class Call:
    """What a method receives."""

    workspace: Workspace
    hub: Hub
    method: str
    args: Json

    def text(self, name: str, default: str = "") -> str:
        """A string argument; numbers are written out."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument, also as `true` or `1`."""
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`; SlackError `invalid_arguments` otherwise."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", **said(f"must be an integer [json-pointer:/{name}]")) from None
        if not 0 <= value <= most:
            raise SlackError("invalid_limit")
        return value or default

    def json(self, name: str, error: str = "invalid_arguments") -> Value:
        """A nested argument: JSON as it is, or as text in a form; None when absent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return decoded(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def words(self, name: str) -> list[str]:
        """A comma-separated argument."""
        value = self.args.get(name)
        return (
            [str(item) for item in value]
            if isinstance(value, list)
            else [word.strip() for word in self.text(name).split(",") if word.strip()]
        )


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: what it does, any one of which scopes it takes, its rate tier, what it cannot do without."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    required: tuple[str, ...] = ()
    token: str = "bot"  # noqa: S105 - which kind: bot, app or none


def said(*messages: str) -> Json:
    """The detail of an error, where Slack puts it."""
    return {"response_metadata": {"messages": [f"[ERROR] {message}" for message in messages]}}


def paged(call: Call, name: str, items: Sequence[Json], default: int = 100, most: int = 1000) -> Json:
    """One page of `items` under `name`, with the cursor to the next."""
    start, limit = _start(call.text("cursor")), call.number("limit", default, most)
    after = start + limit
    cursor = base64.b64encode(f"next:{after}".encode()).decode() if after < len(items) else ""
    return {name: list(items[start:after]), "response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except ValueError:
        pass
    raise SlackError("invalid_cursor")
