"""Mends what the agent's cleaning broke: carriage returns are gone, and often the escapes.

Every guess is said in the command's doubt. What left no trace (a recalled line drawn over another) is told
only by the person's earlier commands.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.transcript.scribe import Scribe

EDITED = "the line was edited, and the agent removed the escape sequences that say how"
RECALLED = "the line was recalled over another; which part stood there is told by earlier commands"
SEARCHED = "found by history search; completed from the earlier command that it found"
WRAPPED = "the line may hold spaces that the terminal's wraps left"
UNWRAPPED = "spaces that the terminal's wraps left were taken out"

_AFTER_SCREEN = ("\x1b[?1049l", "\x1b[?1047l", "\x1b[?47l")
_SCREEN = re.compile(r"\x1b\[\?(?:1049|1047|47)([hl])")
_ZSH_ROW, _CLEARED = "\x1b[0m\x1b[27m\x1b[24m", "\x1b[J"
_RIGHTWARD = re.compile(r"(?:\x1b\[C){6,}")
_SEARCH = re.compile(r"\((?:failed )?(?:reverse-)?i-search\)`([^']*)':")
_PIECES = re.compile(r"(\x08*)([^\x08]*)")
_USUAL = frozenset({80, 100, 120, 132, 140, 150, 160, 180, 200, 220, 240})
NARROWEST, WIDEST = 40, 300


def on_screen(text: str) -> bool | None:
    """Whether the text leaves a full-screen program in charge; None if it does not say."""
    marks = _SCREEN.findall(text) if "\x1b[?" in text else []
    return marks[-1] == "h" if marks else None


def begun(line: str) -> str:
    """A line from where the shell began its row: what a full screen or zsh's filler left before is dropped."""
    if "\x1b[" not in line:
        return line
    line = line[max(line.rfind(mark) + len(mark) if mark in line else 0 for mark in _AFTER_SCREEN) :]
    row = line.rfind(_ZSH_ROW + _CLEARED)
    return line[row + len(_ZSH_ROW) :] if row >= 0 else line


def returned(line: str) -> str:
    """An edited line with the carriage returns that long walks to the right must have followed."""
    return _RIGHTWARD.sub(lambda found: "\r" + found.group(), line) if "\x1b[C" in line else line


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


def recalled(text: str, earlier: list[str]) -> tuple[str, str]:
    """The command, where one recalled line was drawn over another without a trace, and the doubt; else as it was."""
    if found := _SEARCH.search(text):
        return _searched(text, found.group(1), earlier)
    known = [command for command in dict.fromkeys(reversed(earlier)) if len(command) > 3]
    for first in known:
        if text.startswith(first) and text[len(first) :] in known:
            return text[len(first) :], RECALLED
    return text, ""


def _searched(text: str, sought: str, earlier: list[str]) -> tuple[str, str]:
    shown = text.rsplit("': ", 1)[-1].strip()
    for command in reversed(earlier):
        if sought and sought in command:
            return command, SEARCHED
    return shown, SEARCHED


def unwrap(scribe: Scribe) -> None:
    """Takes out the space that readline writes at each wrap, where one width explains the long lines."""
    rows = [scribe.lines[typed.line - 1].text for typed in scribe.typed]
    width = _width([row for row in rows if len(row) > NARROWEST])
    for number, (typed, row) in enumerate(zip(scribe.typed, rows, strict=True)):
        if len(row) <= (width or 79) or typed.doubt or "\n" in typed.text or not row.endswith(typed.text):
            continue
        if width and _explains(width, row):
            kept = "".join(sign for index, sign in enumerate(row) if index not in _wraps(width, len(row)))
            start = len(row) - len(typed.text)
            start -= sum(1 for index in _wraps(width, len(row)) if index < start)
            scribe.typed[number] = replace(typed, text=kept[start:], doubt=UNWRAPPED)
        else:
            scribe.typed[number] = replace(typed, doubt=WRAPPED)


def _width(rows: list[str]) -> int:
    best, most = 0, 0
    for width in range(NARROWEST, min(WIDEST, max(map(len, rows), default=0))):
        long = [row for row in rows if len(row) > width]
        score = sum(len(_wraps(width, len(row))) if _explains(width, row) else -2 for row in long)
        if score > most and score >= (2 if width in _USUAL else 4):
            best, most = width, score
    return best


def _explains(width: int, row: str) -> bool:
    return all(row[index] == " " for index in _wraps(width, len(row)))


def _wraps(width: int, length: int) -> range:
    return range(width, length, width + 1)
