"""One terminal row, without an emulator: most edited lines and progress bars never leave theirs.

Exact for what it accepts, and it accepts only narrow characters, movement within the row, and no wrap (a
full row waits for its wrap, and a return takes it back); the rest is the emulator's. The two are tested against each other.
"""

from __future__ import annotations

import re

_STEP = re.compile(r"([^\r\x08\x1b]+)|(\r|\x08+)|\x1b\[([0-9]{0,3})([KJPCD@GX])")
_STEPS = re.compile(r"(?:[^\x1b]++|\x1b\[[0-9]{0,3}[KJPCD@GX])*+")
_STRANGE = re.compile(
    r"[\t\n\x00-\x07\x0b-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\xad\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u200b-\u200f\u2028-\u202e\u2060-\u206f\u20d0-\u20ff\u231a\u231b\u2329\u232a\u23e9-\u23f3\u25fd\u25fe\u2614-\u2615\u2630-\u2637\u2648-\u2653\u267f-\u2693\u26a1-\u26d4\u26ea-\u2705\u270a-\u2728\u274c-\u2757\u2795-\u2797\u27b0-\u27bf\u2b1b-\u2b55\u2e80-\ufdff\ufe00-\ufe6f\ufeff-\uffff\U00010000-\U0010ffff]"
)


def narrow(text: str) -> bool:
    """Whether each character of the text takes one column, and does nothing else."""
    return (text.isascii() and "\t" not in text and "\n" not in text) or _STRANGE.search(text) is None


def picture(text: str, cols: int) -> tuple[str, int] | None:
    """The row that settled text without line ends leaves, and the cursor's column; None if it is not that simple."""
    if not narrow(text) or _STEPS.fullmatch(text) is None:
        return None
    shown, column, full = "", 0, False
    for plain, control, count, action in _STEP.findall(text):
        if full and control != "\r":
            return None
        if plain:
            end = column + len(plain)
            shown = shown[:column].ljust(column) + plain + shown[end:]
            column, full = end, end == cols
            if column > cols:
                return None
        elif control:
            column, full = max(0, column - len(control)) if control != "\r" else 0, False
        else:
            shown, column = _act(shown, column, count, action, cols)
            if column < 0 or len(shown) >= cols:
                return None
    return shown, column


def _act(shown: str, column: int, count: str, action: str, cols: int) -> tuple[str, int]:
    if action == "J" and count not in ("", "0"):
        return shown, -1
    if action in "KJ":
        if count in ("", "0"):
            return shown[:column], column
        return (
            ("", column)
            if count == "2"
            else (" " * min(column + 1, len(shown)) + shown[column + 1 :], column)
            if count == "1"
            else (shown, column)
        )
    steps = int(count or 1) or 1
    if action == "C":
        return shown, min(cols - 1, column + steps)
    if action == "D":
        return shown, max(0, column - steps)
    if action == "G":
        return shown, min(cols, steps) - 1
    if action == "P":
        return shown[:column] + shown[column + steps :], column
    if column > len(shown):
        return shown, column
    if action == "X":
        return shown[:column] + " " * min(steps, max(0, len(shown) - column)) + shown[column + steps :], column
    return shown[:column] + " " * min(steps, cols) + shown[column:], column
