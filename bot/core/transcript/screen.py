"""The terminal: what a stretch of terminal bytes looked like to the person in front of it.

Most output paints nothing but text, so it is only stripped; a line that overwrites itself is laid over
itself; what moves the cursor goes through a real emulator (avt, by way of pyavt). Sequences that neither
paint nor move (colours, titles, modes, reports) are dropped first, which also keeps a recording from
resizing or ringing anything. A block that would keep the emulator busy for its own sake is only stripped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from avt._avt import Vt

from bot.core.transcript import row

DEFAULT_COLS = 240
DEFAULT_ROWS = 50
NARROW_COLS = 100
UNBOUNDED = 4000
MOST_HEAVY = 4000
CELLS_A_PICTURE = 2000  # what a picture costs beside its cells
MOST_CELLS = 1 << 30  # cells of all pictures of a recording: some seconds; recordings of people take about 400,000 a megabyte
_ERASE = "\r\x1b[K"
_HEIGHTS = (5, 10, 20, 50)
_LOWEST = 2

_SILENT = re.compile(  # begins with a literal, which is what makes the search fast
    r"\x1b(?:"
    r"\[[0-9;:]*+(?:m(?:\x1b\[[0-9;:]*+m)*+|[cnqtlh]| q)"  # colours, often several in a row; reports, cursor shapes, window operations, modes
    r"|\[[?>=!][0-9;:$]*[a-zA-Z]"  # private modes, key protocols, soft reset
    r"|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links, palettes; xterm also ends them by BEL
    r"|[PX^_k][^\x1b\n]{0,4096}(?:\x1b\\)?"  # device strings, screen's titles
    r"|[()*+][AB12]|[=>\\]"
    r")"
)
_KEPT = b"\0"  # stands for a return while line ends lose theirs
_UNSEEN_OR_RETURN = bytes(code for code in (*range(1, 32), 127) if code not in b"\x07\b\t\n\v\f\x1b")
_RETURN = re.compile(rb"\r(?!\r?\n)([" + re.escape(_UNSEEN_OR_RETURN) + rb"]*+)([\n\v\f]?)")  # line ends have one return or two, or more
_SEEN = bytes.maketrans(_KEPT + b"\v\f", b"\r\n\n")
_CSI = re.compile(r"\x1b(?:\[[0-9;:<=>?\x08\t]*[ -/]*[@-~]?|[ -/]*[0-~]?)")
_FAR = re.compile(r"\x1b\[[0-9]*;?[0-9]{2,}[CDGH]|\t")
_HEAVY = re.compile(r"\x1b(?:\[[0-9;?]*+[bSMJLT]|[#c])")
_LEVEL = re.compile(r"(?:[^\x1b]++|\x1b\[(?:[0-9]*+[KCDG@PX]|0?J))*+")
_HEAVY_ENDS = "bSMJLT#c"
_LONG_REPEAT = re.compile(r"\x1b\[[0-9;:\x08\t\r\n]{4,}b")
_REPEATS = re.compile(r"b(?<=[0-9;:\x08\t\r\n]{4}b)")  # whether to look for them at all
_CLEAR = re.compile(r"\x1b(?:\[3J\x1b)?\[(?:1?;?1?)[Hf]\x1b\[[0-3]?J(?:\x1b\[3J)?|\x1bc")
_VERTICAL = re.compile(r"\x1b(?:\[[0-9;]*+[ABEFHfdLMSTJru]|[78DEM])")


def decode(data: bytes) -> str:
    """Terminal bytes as text: controls that nobody sees are out (but BEL, which ends titles), line ends are LF."""
    parts = _RETURN.split(data if _KEPT not in data else data.replace(_KEPT, b""))
    for more in range(1, len(parts), 3):
        parts[more] = b"" if parts[more + 1] else _KEPT * (1 + parts[more].count(b"\r"))
    return b"".join(parts).translate(_SEEN, _UNSEEN_OR_RETURN).decode("utf-8", "replace")


def settle(text: str) -> str:
    """Decoded text without what paints nothing; cursor movement is kept."""
    if "\x1b" in text:
        text = _SILENT.sub("", text)
    return text.replace("\x07", "")


def unclear(text: str) -> str:
    """Cleared screens as a fresh line: what stood there before was seen too."""
    if "\x1b" not in text:
        return text
    return (
        _CLEAR.sub("\n", text)
        if "J" in text and ("\x1b[H" in text or "\x1b[1;1" in text or "\x1b[;" in text)
        else text.replace("\x1bc", "\n")
    )


def is_plain(text: str) -> bool:
    """Whether settled text is its own picture."""
    return "\x1b" not in text and "\b" not in text and "\r" not in text


def moves_lines(text: str) -> bool:
    """Whether settled text leaves the line it is on other than by a line end."""
    return "\x1b" in text and _VERTICAL.search(text) is not None


def strip(text: str) -> str:
    """Settled text with every escape sequence taken out unread."""
    return _CSI.sub("", text).replace("\x1b", "").replace("\b", "").replace("\r", "")


@dataclass(frozen=True, slots=True)
class Spot:
    """A cursor: row and column from 0, and the text of its row."""

    row: int
    col: int
    text: str


class Screen:
    """Emulators by size, reused; `text` pictures settled text as logical lines, wraps undone."""

    def __init__(self) -> None:
        self._vts: dict[tuple[int, int], Vt] = {}
        self._cells = 0
        self.skipped = 0

    def _vt(self, cols: int, rows: int) -> Vt:
        self._cells += cols * rows + CELLS_A_PICTURE
        vt = self._vts.get((cols, rows))
        if vt is None:
            vt = self._vts[(cols, rows)] = Vt(cols, rows, 100_000)
        else:
            vt.feed_str("\x1bc")
        return vt

    def line(self, text: str, cols: int, *, wraps: bool = True) -> str:
        """One settled line as it stood when it ended. Where it does not wrap, its width is what it needs."""
        if is_plain(text):
            return text
        if "\r" not in text and "\b" not in text:
            text = text.replace("\x1b[K", "")  # with the cursor at the end there is nothing to erase
            if "\x1b" not in text:
                return text
        elif "\x1b" not in text and "\b" not in text and "\t" not in text and text.isascii():
            return _overlay(text)
        elif not wraps:
            text = _erased(text)
            if is_plain(bare := text.removeprefix(_ERASE)) and len(bare) < UNBOUNDED and row.narrow(bare):
                return bare.rstrip()
        simple = row.picture(text, cols if wraps else UNBOUNDED)
        if simple is not None:
            return simple[0].rstrip()
        return "\n".join(_trim(self.text(text, cols)))

    def text(self, text: str, cols: int, rows: int = 0) -> list[str]:
        """The logical lines that settled text leaves on an empty terminal, as high as the text needs."""
        if not self.bearable(text):
            return strip(text).split("\n")
        if cols == DEFAULT_COLS and text.isascii() and not _FAR.search(text) and max(map(len, text.split("\n"))) < NARROW_COLS:
            cols = NARROW_COLS  # any width that nothing reaches gives the same picture
        vt = self._vt(cols, rows or _height(text, cols))
        vt.feed_str(_tame(text))
        return [line.rstrip() for line in vt.text()]

    def view(self, text: str, cols: int, rows: int) -> list[str]:
        """The rows of the screen after the text, as a full-screen program left them."""
        if not self.bearable(text):
            return []
        vt = self._vt(cols, rows)
        vt.feed_str(_tame(text))
        return [line.text.rstrip() for line in vt.view()]

    def spot(self, text: str, cols: int) -> Spot:
        """Where the cursor stands after the text, and what its row holds."""
        simple = row.picture(text.lstrip("\n"), cols)
        if simple is not None:
            return Spot(text.count("\n"), simple[1], simple[0])
        if not self.bearable(text):
            return Spot(0, 0, "")
        vt = self._vt(cols, 10)
        vt.feed_str(_tame(text))
        cursor = vt.cursor
        return Spot(cursor.row, cursor.col, vt[cursor.row].text)

    def left(self, text: str, cols: int) -> tuple[int, list[str]]:
        """The row within the last logical line where the text leaves the cursor, and all logical lines."""
        if not self.bearable(text):
            return 0, []
        vt = self._vt(cols, 50)
        vt.feed_str(_tame("\n\n\n\n" + text))
        shown = [line.rstrip() for line in vt.text()]
        above = sum(max(1, -(-len(line) // cols)) for line in _trim(shown)[:-1])
        return vt.cursor.row - above, shown

    def rows(self, text: str, cols: int) -> list[str]:
        """The logical lines that an edited line leaves, with room above for what redraws its prompt."""
        simple = row.picture(text.rstrip("\n"), cols)
        return [simple[0].rstrip()] if simple is not None else self.text("\n\n\n\n" + text, cols)

    def watched(self, cols: int, rows: int) -> Vt:
        """An emulator of its own, for a reader that looks at the screen while it changes."""
        return Vt(cols, rows, 0)

    def bearable(self, text: str) -> bool:
        """Whether the emulator's work on the text stays in proportion to its length, and that on the recording within MOST_CELLS."""
        if self._cells > MOST_CELLS:
            self.skipped += 1
            return False
        if len(text) <= MOST_HEAVY or text.count("\x1b") <= MOST_HEAVY or sum(map(text.count, _HEAVY_ENDS)) <= MOST_HEAVY:
            return True
        heavy = len(_HEAVY.findall(text)) > MOST_HEAVY
        self.skipped += heavy
        return not heavy


def _height(text: str, cols: int) -> int:
    """Rows enough to move about in. Text that stays on its line but by line ends needs none: what leaves the screen at its top is kept."""
    if _LEVEL.fullmatch(text):
        return _LOWEST
    needed = len(text) // cols + text.count("\n") + 3
    return next((height for height in _HEIGHTS if height >= needed), _HEIGHTS[-1])


def _tame(text: str) -> str:
    if "\x1b" in text:
        text = (_LONG_REPEAT.sub("", text) if _REPEATS.search(text) else text).replace("\x1b#8", "")
    return text.replace("\n", "\r\n")


def tame(text: str) -> str:
    """Text as the emulator may have it: real line ends, no endless repeats."""
    return _tame(text)


def _overlay(text: str) -> str:
    shown = ""
    for part in reversed(text.split("\r")):
        if len(part) > len(shown):
            shown += part[len(shown) :]
    return shown.rstrip()


def _erased(text: str) -> str:
    """A row from where it was last erased whole."""
    at = max(text.rfind(_ERASE), text.rfind("\x1b[2K\r"), text.rfind("\r\x1b[2K"))
    return text[at:] if at > 0 else text


def _trim(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]
