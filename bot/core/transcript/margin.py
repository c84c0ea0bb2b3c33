"""Whether the moves of an edited line are those that readline makes at a width.

readline never steps back from the first column, never moves beyond what is written, and never above its
prompt; it wraps by a space in the first column of the next row, and a return. A terminal stops a move at its
margin silently, so it is told by arithmetic.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.core.transcript import row

_STEP = re.compile(r"([^\r\n\x08\x1b]+)|(\r|\n|\x08)|((?:\x1b\[C)+|(?:\x1b\[A)+)|\x1b\[(\d{0,3})([ACDKPJ@])")

_NO_WRAP = ("", "\x1b", "\b", "\r", "\n", "(")

Step = tuple[str, int]


def keeps(line: str, cols: int) -> bool:
    """Whether no move of the line leaves what is written at this width; lines that cannot be told by it do."""
    steps = _steps(line.strip("\r\n"))
    if steps is None:
        return True
    ends, at, column = [0], 0, 0
    for action, count in steps:
        if action == "text":
            at, column = _written(ends, at, column, count, cols)
            continue
        if action == "A":
            at -= count
        elif action == "\n":
            at, column = at + 1, 0
        elif action in ("\r", "wrap"):
            if action == "wrap" and column != 1:
                return False
            column = 0
        else:
            column = _moved(ends, at, min(column, cols - 1), action, count)
        if at < 0 or at >= len(ends) or column < 0 or column > min(ends[at], cols - 1 if action == "C" else cols):
            return False
    return True


def _written(ends: list[int], at: int, column: int, count: int, cols: int) -> tuple[int, int]:
    """Text runs on to the rows below; a full row waits for its wrap."""
    while column + count > cols:
        count -= max(0, cols - column)
        ends[at] = cols
        at, column = at + 1, 0
        if at == len(ends):
            ends.append(0)
    column += count
    ends[at] = max(ends[at], column)
    if column == cols and at + 1 == len(ends):
        ends.append(0)
    return at, column


def _moved(ends: list[int], at: int, column: int, action: str, count: int) -> int:
    if action == "C":
        return column + count
    if action == "D":
        return column - count
    if action in "KJ":
        ends[at] = min(ends[at], column)
    elif action == "P":
        ends[at] = max(column, ends[at] - count)
    elif action == "@":
        ends[at] += count
    return column


@lru_cache(maxsize=256)
def _steps(line: str) -> tuple[Step, ...] | None:
    if re.search(r"\n(?!\r)", line) or not row.narrow(line.replace("\n", "")):
        return None
    steps: list[Step] = []
    at = 0
    for found in _STEP.finditer(line):
        if found.start() != at:
            return None
        at = found.end()
        text, control, run, count, action = found.groups()
        if control == "\r" and line[at - 2 : at - 1] == " " and line[at : at + 1] not in _NO_WRAP and line[at : at + 6] != line[:6]:
            control = "wrap"
        if action in ("K", "J") and count not in ("", "0"):
            return None
        steps.append(_step(text, control, run, count, action))
    return tuple(steps) if at == len(line) else None


def _step(text: str, control: str, run: str, count: str, action: str) -> Step:
    if text:
        return "text", len(text)
    if control:
        return ("D", 1) if control == "\b" else (control, 1)
    if run:
        return run[-1], len(run) // 3
    return action, int(count or 1) or 1
