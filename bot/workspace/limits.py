"""Slack's rules for Block Kit payloads: what is wrong with one, and where."""

from __future__ import annotations

from dataclasses import dataclass

from bot.workspace.facts import Value


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, as `blocks.validate` reports it: a JSON pointer, a code, a sentence and the rule that was broken."""

    pointer: str
    code: str
    message: str
    constraint: Value = None


def validate(part: Value, surface: str) -> list[Fault]:
    """Every fault of `part` (a list of blocks, a view or a message) on this surface: `message`, `modal` or `home`."""
    count = len(part.get("blocks") or ()) if isinstance(part, dict) else len(part or ())
    most = 50 if surface == "message" else 100
    return [Fault("/blocks", "too_many_items", f"no more than {most} items allowed")] if count > most else []
