"""How wide the person's terminal was: no recording says so, but shells show it.

zsh and fish fill a whole row before each prompt; readline wraps with a space and a carriage return in the
last column. Where nothing wrapped, any generous width gives the same picture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from operator import itemgetter

from bot.core.transcript import across
from bot.core.transcript.screen import DEFAULT_COLS, DEFAULT_ROWS, Screen, settle

NARROWEST = 20
WIDEST = 1000
ENOUGH = 200  # signs of a width that are counted

_ZSH_FILL = re.compile(rb"\x1b\[7m[%#](?:\x1b\[[0-9;]*m)*( {19,999})\r \r")
_FISH_FILL = re.compile(rb"\xe2\x8f\x8e(?:\x1b\[[0-9;]*m|\x1b\(B)*( {19,999})\r")
_ZSH_FILLED, _FISH_FILLED = re.compile(rb"\r \r(?<= \r \r)"), re.compile(rb"\x8e(?<=\xe2\x8f\x8e)")
_FORWARD = re.compile(rb"\r\x1b\[(\d{1,3})C")
_WRAP = re.compile(r" \r(?![\r\n\x1b]|\((?:failed )?(?:reverse-|fwd-)?i-search)")
_REFILLED = re.compile(r"([^\x1b\r\n\x08]+)((?:\x1b\[A)+)\r((?:\x1b\[C)*)([^\x1b\r\n\x08]+)\x1b\[\d*@")
_MOVES = re.compile(r"[\x1b\r\b\n]")
_ROWS = re.compile(rb"\x1b\[1;(\d{1,3})r")


def fill(data: bytes) -> int:
    """The width that a shell's end-of-line filler gives away, or 0."""
    found = Counter(len(match[1]) + 1 for match in islice(_ZSH_FILL.finditer(data), ENOUGH)) if _ZSH_FILLED.search(data) else Counter()
    if found:
        return found.most_common(1)[0][0]
    found = Counter(len(match[1]) + 1 for match in islice(_FISH_FILL.finditer(data), ENOUGH)) if _FISH_FILLED.search(data) else Counter()
    if not found:
        return 0
    farthest = max(map(int, set(map(itemgetter(1), islice(_FORWARD.finditer(data), 100 * ENOUGH)))), default=0)
    width = found.most_common(1)[0][0]
    return width if farthest < width else DEFAULT_COLS  # resized since


def height(data: bytes) -> int:
    """The rows of the scrolling regions that full-screen programs set, else a usual height."""
    found = [int(match[1]) for match in islice(_ROWS.finditer(data), ENOUGH)]
    return max((rows for rows in found if 5 <= rows <= 300), default=DEFAULT_ROWS)


def wrap(line: str, screen: Screen) -> int:
    """The column at which one edited line wrapped first, or 0."""
    head = line.lstrip("\r\n")[:8]
    found = next((wrapped for wrapped in _WRAP.finditer(line) if not line.startswith(head, wrapped.end())), None)
    if not found or not line[: found.start()].strip():
        return 0
    column = screen.spot(line[: found.start()].rsplit("\n", 1)[-1], WIDEST).col
    return column if NARROWEST <= column < WIDEST else 0


def refilled(line: str) -> int:
    """The width of a row that readline filled anew from above, to insert what it pushed into the next; or 0."""
    found = _REFILLED.match(line) if "\x1b[A" in line and "@" in line else None
    if not found:
        return 0
    typed, ups, steps, text = found.groups()
    column = len(steps) // 3 + len(text) - 1  # one sign more, to wrap
    return column if NARROWEST <= column < WIDEST and len(ups) // 3 == len(typed) // column else 0


def width(data: bytes, lines: Iterable[str], screen: Screen) -> across.Width:
    """The most plausible width: the filler's, else what wraps and lines edited across rows agree on."""
    if filled := fill(data):
        return across.Width(filled, told=True, exact=True)
    votes: Counter[int] = Counter()
    reach = 0
    moved: list[str] = []
    for raw in lines:
        line = settle(raw)
        if (across.moved(line) or across.edited(line)) and len(moved) < ENOUGH:
            moved.append(line)
        if column := wrap(line, screen) or refilled(line):
            votes[column] += 1
        else:
            reach = max(reach, len(_MOVES.split(line, maxsplit=1)[0]))
    ranked = [column for column, _ in votes.most_common()]
    voted = next((column for column in ranked if column >= reach), ranked[0] if ranked else 0)
    inferred = across.infer(moved, [voted, *ranked] if voted else [], screen)
    return inferred or (across.Width(voted, told=True) if voted else across.Width())
