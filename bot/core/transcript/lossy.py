"""What the agent's cleaning left of a terminal's lines: carriage returns are gone, and often the escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from bot.core.transcript import prompts, returns
from bot.core.transcript.screen import settle

_AFTER_SCREEN = ("\x1b[?1049l", "\x1b[?1047l", "\x1b[?47l")
_SCREEN = re.compile(r"\x1b\[\?(?:1049|1047|47)([hl])")
_ZSH_ROW, _CLEARED = "\x1b[0m\x1b[27m\x1b[24m", "\x1b[J"
_FISH_ROW, _ERASED = "\u23ce ", "\x1b[K"
_FILLER = " " * 38
_ZSH_FILL = re.compile(r"^[^\n]*?[%#] {38,}(?=\S[^\n]{0,80}[%#$>])")
_PIECES = re.compile(r"(\x08*)([^\x08]*)")
MARK = "\x1b[?2004h"
MOST_EVIDENCE = 24
LONGEST_ROW = 4000


def on_screen(text: str) -> bool | None:
    """Whether the text leaves a full-screen program in charge; None if it does not say."""
    marks = _SCREEN.findall(text) if "\x1b[?" in text else []
    return marks[-1] == "h" if marks else None


def begun(line: str) -> str:
    """A line from where the shell began its row: what a full screen or zsh's filler left before is dropped."""
    if "\x1b[" not in line:
        return _ZSH_FILL.sub("", line, count=1) if _FILLER in line and len(line) < LONGEST_ROW else line
    line = line[max(line.rfind(mark) + len(mark) if mark in line else 0 for mark in _AFTER_SCREEN) :]
    for row, then in ((_ZSH_ROW, _CLEARED), (_FISH_ROW, _ERASED)):
        at = line.rfind(row + then)
        line = line[at + len(row) :] if at >= 0 else line
    return line


def width(lines: Sequence[str]) -> int:
    """The width of the terminal, told by edited lines among the first lines of a log; 0 where nothing tells it."""
    marked = [settle(line.rpartition(MARK)[2]) for line in lines if MARK in line and len(line) > returns.NARROWEST]
    plain = [line for line in lines if "\x1b" not in line]
    text = "\n" + "\n".join(plain)
    found = (text[at : text.find("\n", at) if text.find("\n", at) >= 0 else len(text)] for at in prompts.candidates(text, consoles=False))
    typed = (line for line in found if len(line) > returns.NARROWEST and "\b\b" not in line)
    prompted = ((line, prompt(line)) for line in [*marked[:MOST_EVIDENCE], *islice(typed, MOST_EVIDENCE)])
    return returns.width([(line, prompt) for line, prompt in prompted if prompt])


def prompt(line: str) -> str:
    """The prompt that a settled line starts with, or ''."""
    found = prompts.strong(line) or prompts.weak(line)
    return found.text if found else ""


def repair(line: str, start: int = 0) -> str:
    """A line without escapes as it may have stood at the end; `start` is where its prompt ends.

    Readline erases with a backspace and an escape, moves with backspaces alone, and inserts with an escape.
    One step back erases. After many steps, text that ends in a space, or stands inside a word, was inserted
    there; other text that is shorter than the way back replaced what stood there.
    """
    shown, column = "", 0
    pieces = _PIECES.findall(line.replace("\r", ""))
    final = max((number for number, (_, text) in enumerate(pieces) if text), default=0)
    for number, (back, text) in enumerate(pieces):
        steps = len(back)
        column = max(0, column - steps)
        rest = shown[column + len(text) :]
        if steps == 1:
            rest = ""
        elif steps and text and len(text) < steps:
            moved = text.endswith(" ") or (column > start and not shown[column - 1].isspace())
            rest = shown[column:] if moved and number >= final else ""
        shown = shown[:column] + text + rest
        column += len(text)
    return shown
