"""What readline writes to turn one shown row into another, as the agent's cleaning leaves it.

Returns and escapes are gone, so a step back to the left shows as backspaces only where readline did not find
a return cheaper; what it inserted, deleted or cleared left no more than the signs it wrote. Source: readline's
`display.c` (update_line, _rl_move_cursor_relative), for a terminal such as xterm that inserts and deletes.
"""

from __future__ import annotations

_LIT = 0xF0000  # pasted and searched text is shown bright, and counts as different


def lit(text: str) -> str:
    """The text as it is shown bright."""
    return "".join(chr(ord(sign) % _LIT + _LIT) for sign in text)


def unlit(text: str) -> str:
    """The text without its brightness."""
    return text if text.isascii() else "".join(chr(ord(sign) % _LIT) for sign in text)


def moved(column: int, goal: int) -> str:
    """What a move within the row leaves: a return, or steps to the right, leave nothing."""
    return "" if column <= goal or goal == 0 or goal + 1 < column - goal else "\b" * (column - goal)


def redrawn(old: str, at: int, new: str, goal: int, before: int = 0) -> str:
    """What is left of the update from one text and cursor to another, both `before` columns from the row's start."""
    if old == new:
        return moved(before + at, before + goal)
    first = _shared(old, new)
    end_old, end_new = _ends(old, new, first)
    shift = end_new - end_old
    kept = end_old < len(old) if shift > 0 else 2 * (len(new) - first) >= -shift
    written = new[first:end_new] if kept else new[first:]
    return moved(before + at, before + first) + unlit(written) + moved(before + first + len(written), before + goal)


def _shared(old: str, new: str) -> int:
    """How long the start is that both share."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old.startswith(new[low:middle], low) else (low, middle - 1)
    return low


def _ends(old: str, new: str, first: int) -> tuple[int, int]:
    """Where the end that both rows share begins in each; it is kept only if there is a blank in it."""
    last_old, last_new, kept = len(old) - 1, len(new) - 1, False
    while last_old > first and last_new > first and old[last_old] == new[last_new]:
        kept = kept or old[last_old] == " "
        last_old, last_new = last_old - 1, last_new - 1
    if not kept:
        return len(old), len(new)
    return (last_old, last_new) if old[last_old] == new[last_new] else (last_old + 1, last_new + 1)
