"""Full-screen programs: of what they paint, the last picture is kept.

A terminal multiplexer is one of them, and people type commands inside it. They are read off its screen
whenever a line ends at a prompt, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.transcript import prompts
from bot.core.transcript.edit import Editor
from bot.core.transcript.prompts import Prompt
from bot.core.transcript.screen import DEFAULT_COLS, Screen, settle

_PLACES = re.compile(r"\x1b\[[0-9]{1,3};([0-9]{1,3})H")


def picture(body: str, screen: Screen, cols: int, rows: int) -> list[str]:
    """The rows of the last picture, empty ones left out."""
    text = body[max(0, body.rfind("\x1b[2J")) :]
    return [line for line in screen.view(text, _width(text, cols), rows) if line.strip()]


def inner(body: str, screen: Screen, editor: Editor, rows: int) -> Iterator[tuple[str, Prompt, str]]:
    """Commands typed inside a multiplexer: the row, the prompt on it, and what stood behind."""
    text = settle(body)
    if not screen.bearable(text):
        return
    vt = screen.watched(_width(text, editor.cols), rows)
    for piece in text.split("\n"):
        vt.feed_str(piece)
        row = vt[vt.cursor.row].text.rstrip()
        found = editor.at(row) or prompts.weak(row)
        if found and len(row) > len(found.text) and len(piece) > 1 and piece.strip().endswith(row[-1]):
            yield row, Prompt(found.text, found.shell, strong=False), row[len(found.text) :].rstrip()
        vt.feed_str("\r\n")


def _width(text: str, cols: int) -> int:
    """The width known from shells, else the farthest column that the program addressed."""
    if cols < DEFAULT_COLS:
        return cols
    return max([80, *(int(column) for column in _PLACES.findall(text))])
