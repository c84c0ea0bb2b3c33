"""Block Kit within Slack's limits by construction (docs.slack.dev, "Block Kit reference").

Texts given here are mrkdwn that the caller has made safe (`text.safe`, `text.code`); `plain` takes any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.core.reply import Block
from bot.core.text import clip, visible

SECTION, FIELD, FIELDS, HEADER = 3000, 2000, 10, 150
CONTEXT, ACTIONS, BUTTON, VALUE, URL = 10, 25, 75, 2000, 3000
PREFORMATTED = 2900


def plain(text: str, most: int) -> Block:
    """A plain_text object: Slack interprets nothing in it. Never empty, since Slack refuses that."""
    return {"type": "plain_text", "text": clip(visible(text, lines=True), most) or " ", "emoji": False}


def mrkdwn(text: str, most: int = SECTION) -> Block:
    """A mrkdwn object that finds no links or names of its own (`verbatim`). A cut never leaves half an entity."""
    return {"type": "mrkdwn", "text": _cut(text, most) or " ", "verbatim": True}


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = kept.rfind(opening)
        if start >= 0 and closing not in kept[start:]:
            kept = kept[:start]
    return kept + "…"


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph, with a button beside it if there is one."""
    block = {"type": "section", "text": mrkdwn(text)}
    return {**block, "accessory": accessory} if accessory else block


def fields(pairs: Iterable[tuple[str, str]]) -> tuple[Block, ...]:
    """Names and values in two columns; as many sections as ten fields each need."""
    cells = [mrkdwn(f"*{name}*\n{value or '–'}", FIELD) for name, value in pairs]
    return tuple({"type": "section", "fields": cells[i : i + FIELDS]} for i in range(0, len(cells), FIELDS))


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:CONTEXT]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(buttons: Sequence[Block]) -> tuple[Block, ...]:
    """A row of buttons, or nothing where there are none."""
    return ({"type": "actions", "elements": list(buttons[:ACTIONS])},) if buttons else ()


def button(label: str, action: str, value: str, *, style: str = "", confirm: Block | None = None) -> Block:
    """A button; `action` is `ssm:<command>:<verb>`, `value` an opaque id or the words to ask."""
    extra: dict[str, Any] = {"style": style} if style else {}
    if confirm:
        extra["confirm"] = confirm
    return {"type": "button", "text": plain(label, BUTTON), "action_id": action[:255], "value": value[:VALUE], **extra}


def link(label: str, action: str, url: str) -> Block:
    """A button that opens a page."""
    return {"type": "button", "text": plain(label, BUTTON), "action_id": action[:255], "url": url[:URL]}


def asking(label: str, words: str, number: int = 0, *, style: str = "") -> Block:
    """A button that asks the desk the given words, as if they were typed."""
    verb = words.partition(" ")[0]
    return button(label, f"ssm:{verb}:ask" + (f":{number}" if number else ""), words, style=style)


def confirmation(title: str, text: str, yes: str, no: str = "Cancel", *, style: str = "danger") -> Block:
    """The question before something happens."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30), "style": style}


def preformatted(text: str) -> Block:
    """Foreign lines as they are, in a fixed-width box; nothing in them is interpreted."""
    inner = [{"type": "text", "text": clip(visible(text, lines=True), PREFORMATTED) or " "}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": inner}]}


def weight(block: Mapping[str, Any]) -> int:
    """How many characters of text a block carries: a message is kept to a size that Slack takes."""
    return sum(len(v) if k in {"text", "value", "url"} and isinstance(v, str) else _inner(v) for k, v in block.items())


def _inner(value: object) -> int:
    if isinstance(value, Mapping):
        return weight(value)
    return sum(_inner(item) for item in value) if isinstance(value, (list, tuple)) else 0
