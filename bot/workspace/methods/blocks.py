"""blocks.validate: no token, no scope; every fault with its pointer (docs.slack.dev/reference/methods/blocks.validate)."""

from __future__ import annotations

from dataclasses import asdict

from bot.workspace import shapes
from bot.workspace.call import Call, Method, said
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json
from bot.workspace.limits import validate

PARTS = ("blocks", "view", "message")


def check(call: Call) -> Json:
    """Exactly one of `blocks`, `view`, `message`; `invalid_blocks`, `invalid_view` or `invalid_message` with the faults."""
    given = [part for part in PARTS if call.args.get(part) is not None]
    if len(given) != 1:
        raise SlackError("invalid_arguments", **said(f"exactly one of {', '.join(PARTS)} must be given"))
    part = given[0]
    value = call.json(part, f"invalid_{part}")
    surface = str(value.get("type") or "modal") if part == "view" and isinstance(value, dict) else "message"
    head = "/view" if part == "view" else "/message" if part == "message" else ""
    faults = validate(value, surface)
    if faults:
        raise SlackError(f"invalid_{part}", errors=[{**shapes.kept(**asdict(fault)), "pointer": head + fault.pointer} for fault in faults])
    return {}


METHODS = {"blocks.validate": Method(check, token="none", tier=4)}  # noqa: S106 - a kind of token
