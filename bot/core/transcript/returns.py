"""Puts back the carriage returns that the agent deleted from lines whose escapes it left.

Where readline went is told by what it can not have meant: it never moves beyond what is written, never clears
or deletes where nothing stands, and draws its prompt at the start of a row only. Rows that a line fills end in
a space and a return.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_MOVED = re.compile(r"\x08{2,}|\x1b\[[CAP@]")
_STEP = re.compile(r"([^\x08\x1b\n\r]+)|(\x08+)|((?:\x1b\[C)+)|((?:\x1b\[A)+)|(\x1b\[\d*[PK@J])|(.)", re.DOTALL)
_SEARCH = re.compile(r"\((?:failed )?(?:reverse-)?i-search\)`")
_FAILED = re.compile(r"\x1b\[C(?:\x1b\[\d*[@P])?(?:failed )?reverse-")
_ROOM = re.compile(r"\x1b\[(\d+)C")  # fish steps to the right from the start of a row only
USUAL = frozenset({80, 100, 120, 132, 140, 150, 160, 180, 200, 220, 240})
NARROWEST, WIDEST = 40, 300
MOST_EVIDENCE = 24
LONGEST = 2400
ROW_END, AGAINST = 1.8, -0.7  # logarithms of how much likelier at the right width than at another
CLEAR_USUAL, CLEAR = 3.0, 6.5


@dataclass(frozen=True, slots=True)
class Returned:
    """The line with its returns, how many of its rows were full, and whether its moves fit the width."""

    line: str
    wraps: int = 0
    fits: bool = True


@dataclass(slots=True)
class _Pen:
    """Where readline's cursor stands: the row, the column, and how far each row is written."""

    cols: int
    row: int = 0
    column: int = 0
    ends: list[int] = field(default_factory=lambda: [0])
    wraps: int = 0
    fits: bool = True
    typed: bool = True  # signs come as they are typed, not drawn anew

    def write(self, text: str) -> str:
        """The text with a return after each space that only fills a row."""
        out: list[str] = []
        while text:
            room = self.cols - self.column
            if room > 0:
                part, text = text[:room], text[room:]
                out.append(part)
                self.column += len(part)
                self.ends[self.row] = max(self.ends[self.row], self.column)
                continue
            self.row, self.column = self.row + 1, 0
            if self.row == len(self.ends):
                self.ends.append(0)
            self.fits = self.fits and (text[0] == " " or not self.typed)
            if text[0] == " " and self.typed and self.fits:
                out.append(" \r")
                self.ends[self.row] = max(1, self.ends[self.row])
                self.wraps += 1
                text = text[1:]
        return "".join(out)

    def back(self, steps: int) -> str:
        """Steps to the left; readline never leaves the row by them."""
        self.fits = self.fits and steps <= min(self.column, self.cols)
        self.column = max(0, min(self.column, self.cols) - steps)
        self.typed = self.typed and steps == 1
        return "\b" * steps

    def right(self, steps: int, home: int) -> str:
        """Steps to the right, from the start of the row where they would lead beyond what is written."""
        end = self.ends[self.row]
        far = self.column + steps
        self.typed = False
        if far - end == home and self.row == 0 and self.column < end:  # to the end, and from there to the start
            self.column = home
            return "\x1b[C" * (steps - home) + "\r" + "\x1b[C" * home
        returned = far > end or far >= self.cols or (steps == home < (self.column - 1) / 2 and far != end)
        self.column = steps if returned else far
        self.fits = self.fits and self.column <= end
        return ("\r" if returned else "") + "\x1b[C" * steps

    def up(self, steps: int) -> str:
        """Steps up, to a row that is there."""
        self.fits = self.fits and steps <= self.row
        self.row, self.typed = max(0, self.row - steps), False
        self.column = min(self.column, self.cols - 1)
        return "\x1b[A" * steps

    def act(self, action: str) -> str:
        """Clearing, deleting and opening: never where nothing stands."""
        count, end = int(action[2:-1] or 1), self.ends[self.row]
        idle = self.column >= end and self.row > 0 and self.column > 0 and action[-1] in "KJ"
        if idle:
            self.column = 0
        if action[-1] in "KJ":
            self.ends[self.row] = min(end, self.column)
            del self.ends[self.row + 1 :]
        else:
            self.ends[self.row] = max(self.column, end - count) if action[-1] == "P" else end + count
            self.typed = False
        return ("\r" if idle else "") + action


def returned(line: str, prompt: str, cols: int) -> Returned:
    """A settled line without returns, as readline may have written it on a terminal of this width."""
    if _ROOM.search(line):
        return Returned(_ROOM.sub(lambda found: "\r" + found.group(), line))
    typed = _replayed(line, prompt, _Pen(cols))
    drawn = typed if typed.fits else _replayed(line, prompt, _Pen(cols, typed=False))
    return drawn if drawn.fits else typed


def width(lines: Sequence[tuple[str, str]]) -> int:
    """The width at which the long ones of these lines, each with its prompt, make sense; 0 where none is told."""
    long = [(line, prompt) for line, prompt in lines if len(line) < LONGEST and _reach(line) > NARROWEST][:MOST_EVIDENCE]
    best, most = 0, 0.0
    for cols in range(NARROWEST, min(WIDEST, max((_reach(line) for line, _ in long), default=0))):
        score = sum(_score(line, prompt, cols) for line, prompt in long if _reach(line) > cols)
        if score > most and score >= (CLEAR_USUAL if cols in USUAL else CLEAR):
            best, most = cols, score
    return best


def _score(line: str, prompt: str, cols: int) -> float:
    """How much the line speaks for the width: a space at a row's end is chance once in six, and drawn lines have none."""
    found = _replayed(line, prompt, _Pen(cols))
    if not found.wraps:
        return AGAINST
    return (ROW_END * found.wraps - 0.5 if found.fits else ROW_END * (found.wraps - 1) + AGAINST) + (
        1.0 if "\x1b[A" in line and found.fits else 0
    )


def _reach(line: str) -> int:
    """How far the row reached at least, before anything moved."""
    return len(_MOVED.split(line, maxsplit=1)[0]) if "\x1b[A" not in line else len(line)


def _replayed(line: str, prompt: str, pen: _Pen) -> Returned:
    out = []
    for found in _STEP.finditer(_redrawn(line, prompt)):
        text, back, right, up, action, other = found.groups()
        if text:
            out.append(pen.write(text))
        elif back:
            out.append(pen.back(len(back)))
        elif right:
            out.append(pen.right(len(right) // 3, len(prompt)))
        elif up:
            out.append(pen.up(len(up) // 3))
        elif action:
            out.append(pen.act(action))
        else:
            out.append(other)
            pen.column = 0 if other == "\r" else pen.column
    return Returned("".join(out), pen.wraps, pen.fits)


def _redrawn(line: str, prompt: str) -> str:
    """With a return wherever the prompt, or that of a history search, is drawn anew."""
    line = _FAILED.sub(lambda found: "\r" + found.group(), line) if "reverse-" in line else line
    starts = [re.escape(prompt.rstrip())] if len(prompt.strip()) > 2 or "i-search" in line else []
    again = re.compile("|".join([r"(?:\x1b\[\d*[P@])?(?:" + "|".join([*starts, _SEARCH.pattern]) + ")"]))
    return again.sub(
        lambda found: found.group() if found.start() == 0 or found.string[found.start() - 1] == "\r" else "\r" + found.group(), line
    )
