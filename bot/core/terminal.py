"""A message as a terminal shows it: the same blocks, without Slack."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.reply import Block, Message
from bot.core.times import moment

WIDTH = 118
GAP = {"section": ("",), "rich_text": ("",)}
DATE = re.compile(r"<!date\^(\d+)\^[^|>]*\|[^>]*>")
LINK = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")
MARKS = re.compile(r"(?<![\w*`])\*([^*\n]+)\*(?![\w*])")
EMOJI = {":warning:": "⚠", ":information_source:": "ℹ", ":no_entry:": "⛔", ":hourglass:": "⏳", ":octagonal_sign:": "🛑"}


def shown(message: Message, zone: str = "UTC") -> str:
    """The message as lines of text; without blocks, its own text."""
    lines = [line for block in message.blocks for line in (*_block(block, zone), *GAP.get(str(block["type"]), ()))]
    return "\n".join(lines) if lines else message.text


def _block(block: Block, zone: str) -> Iterator[str]:
    show = SHOWN.get(str(block["type"]))
    yield from show(block, zone) if show else [f"[{block['type']}]"]


def _section(block: Block, zone: str) -> Iterator[str]:
    if "text" in block:
        yield from _wrapped(said(block["text"], zone))
    for cell in block.get("fields", ()):
        name, _, value = said(cell, zone).partition("\n")
        yield f"  {name:<18} " + " · ".join(filter(None, value.split("\n")))
    accessory = block.get("accessory")
    if accessory and accessory.get("value"):
        yield f"    → /ssm {accessory['value']}"


def _context(block: Block, zone: str) -> Iterator[str]:
    for element in block["elements"]:
        yield from _wrapped(said(element, zone), "  ")


def _actions(block: Block, _zone: str) -> Iterator[str]:
    labels = [f"[{element['text']['text']}]" for element in block["elements"]]
    yield "  " + " ".join(labels)


def _rich(block: Block, _zone: str) -> Iterator[str]:
    yield from ("  │ " + line for line in _texts(block).split("\n"))


def _texts(node: object) -> str:
    if isinstance(node, Mapping):
        return str(node["text"]) if node.get("type") == "text" else _texts(node.get("elements", ()))
    return "".join(_texts(child) for child in node) if isinstance(node, (list, tuple)) else ""


def _header(block: Block, zone: str) -> Iterator[str]:
    title = said(block["text"], zone)
    yield from (title, "─" * min(len(title), WIDTH))


def said(text: Mapping[str, Any], zone: str) -> str:
    """The words of a text object as they stand on a line."""
    if text["type"] == "plain_text":
        return str(text["text"])
    words = DATE.sub(lambda m: moment(datetime.fromtimestamp(int(m[1]), UTC), zone), text["text"])
    words = "`".join(part if i % 2 else MARKS.sub(r"\1", part) for i, part in enumerate(LINK.sub(r"\2", words).split("`")))
    for code, sign in EMOJI.items():
        words = words.replace(code, sign)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    for line in text.split("\n"):
        yield from textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=False) or [""]


SHOWN: Mapping[str, Callable[[Block, str], Iterator[str]]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "rich_text": _rich,
    "header": _header,
    "divider": lambda _block, _zone: iter(("─" * 40,)),
}
