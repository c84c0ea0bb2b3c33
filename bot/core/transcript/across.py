"""Lines edited across rows: only the right width pictures them as one line, which is how a width is found.

readline moves up and down among the rows of a wrapped line. Replayed at a wrong width the line falls apart:
it does not begin with its prompt, or the cursor is not left on its last row. Where several widths picture
lines whole and do not agree on the text, the text is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.transcript import margin, prompts, row
from bot.core.transcript.screen import DEFAULT_COLS, UNBOUNDED, Screen

UP = "\x1b[A"
NARROWEST, WIDEST = 20, 320
MOST_EVIDENCE = 12
MOST_TIES = 6
LONGEST = 6000
HEAD = 14
USUAL = (80, 120, 100, 132, 160, 200, 140, 150, 180, 220, 240)
DOUBT = "the line was edited across rows, and the recording does not tell the width of the terminal for certain"

_RIGHT = re.compile(r"\r((?:\x1b\[C)+)")
_MOVED = re.compile(r"[\r\n\b\x1b]")
_LISTED = re.compile(r"[^\r\n]\n[^\r\n]")  # below a list of completions the prompt is drawn anew
_GAP = re.compile(r" {3,}")
_UPS = re.compile(r"(?:\x1b\[A)+")


@dataclass(frozen=True, slots=True)
class Width:
    """The width to picture at, the others that explain as much, and whether anything told it."""

    cols: int = DEFAULT_COLS
    ties: tuple[int, ...] = ()
    told: bool = False  # by a filler, a wrap or a line edited across rows
    exact: bool = False  # by a filler: nothing is left to doubt


def moved(line: str) -> bool:
    """Whether a settled line was edited across rows, and is short enough to be replayed often."""
    return UP in line and len(line) < LONGEST


def edited(line: str) -> bool:
    """Whether a settled line was edited where it may have wrapped: it speaks against widths at which it falls apart."""
    return NARROWEST < len(line) < LONGEST and ("\b" in line or _RIGHT.search(line) is not None) and not _LISTED.search(line)


def whole(line: str, cols: int, screen: Screen) -> str | None:
    """The one line that the edits leave at this width, its prompt included, or None where they do not fit it."""
    if not margin.keeps(line, cols):
        return None
    flat = row.picture(line.strip("\r\n"), UNBOUNDED) if UP not in line else None
    if flat is not None and _extent(line) < cols:
        return flat[0].rstrip()
    head = _head(line)
    spot, shown = screen.left(line, cols)
    while shown and not shown[-1]:
        shown.pop()
    if not shown or not head or not shown[-1].startswith(head) or (any(shown[:-1]) and not _LISTED.search(line)):
        return None
    if _gaps(shown[-1], line):
        return None
    if flat is not None and "\r" not in line.strip("\r\n") and flat[0].rstrip() != shown[-1]:
        return None  # a step back does not leave its row
    rows = -(-len(shown[-1]) // cols)
    return shown[-1] if rows - 1 <= spot <= rows + 1 else None


def infer(lines: Sequence[str], votes: Sequence[int], screen: Screen) -> Width | None:
    """The width that pictures most of the moved lines whole; `votes` are widths told otherwise, best first."""
    across = [line for line in lines if moved(line) and _head(line)][:MOST_EVIDENCE]
    if not across:
        return None
    low, high = _bounds(across)
    evidence = [*across, *sorted((line for line in lines if UP not in line), key=len)[-MOST_EVIDENCE:]]
    scores = {cols: sum(whole(line, cols, screen) is not None for line in evidence) for cols in votes[:3]}
    if not scores or max(scores.values()) < len(evidence):
        scores |= {cols: sum(whole(line, cols, screen) is not None for line in evidence) for cols in range(low, high + 1)}
    most = max(scores.values(), default=0)
    if not most:
        return None
    best = sorted(cols for cols, score in scores.items() if score == most)
    chosen = next((cols for cols in (*votes, *USUAL) if cols in best), best[len(best) // 2])
    return Width(chosen, tuple(_spread(best, chosen)), told=True)


def doubtful(line: str, width: Width, screen: Screen) -> bool:
    """Whether another width that explains as much pictures another text, or none does."""
    if width.exact or not (moved(line) or edited(line)):
        return False
    if UP not in line and not width.told:
        return _may_have_wrapped(line)
    shown = whole(line, width.cols, screen)
    return shown is None or not width.told or any(whole(line, cols, screen) not in (None, shown) for cols in width.ties)


def _may_have_wrapped(line: str) -> bool:
    first = _MOVED.search(line)
    return first is not None and first.start() >= min(USUAL) and _RIGHT.search(line) is not None


def _extent(line: str) -> int:
    """More columns than the line can have reached, if it stayed on its row."""
    return len(line.strip("\r\n").rpartition("\n")[2].replace("\b", "").replace("\r", ""))


def _head(line: str) -> str:
    """The prompt, which nothing overwrites, or how its row begins."""
    before = line.partition(UP)[0].strip("\r\n").rpartition("\n")[2].lstrip("\r")
    plain = _MOVED.split(before, maxsplit=1)[0]
    known = prompts.strong(plain) or prompts.weak(plain)
    head = known.text if known else plain[:HEAD]
    return head if head.strip() else ""


def _gaps(shown: str, line: str) -> bool:
    """Whether there are cells that nothing was written to: readline does not move beyond the text."""
    found = _GAP.findall(shown)
    return bool(found) and max(found) not in line


def _bounds(evidence: Sequence[str]) -> tuple[int, int]:
    """No move to the right reaches the width; going up needs as many full rows."""
    low, high = NARROWEST, WIDEST
    for line in evidence:
        low = max([low, *(len(found[1]) // 3 + 1 for found in _RIGHT.finditer(line))])
        first = _UPS.search(line)
        before = line[: first.start()] if first else ""
        if first and not _MOVED.search(before.lstrip("\r\n")):
            high = min(high, len(before.strip("\r\n")) // (len(first.group()) // 3))
    return low, max(low, high)


def _spread(best: list[int], chosen: int) -> list[int]:
    others = [cols for cols in best if cols != chosen]
    step = max(1, len(others) // MOST_TIES)
    return [*others[::step][:MOST_TIES], *others[-1:]]
