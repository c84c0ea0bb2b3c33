"""Writes the clean transcript down: lines in order, commands among them, and what is left out.

Typed lines are always kept. Of each output the first lines are kept, up to a bound for the whole, so that
a recording of any length fits in memory; what is left out is one line that says how much.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import repeat

from bot.core.model import Line, Typed

LINES_OF_ONE_OUTPUT = 20_000
LINES_IN_ALL = 200_000
LONGEST_LINE = 100_000

Times = Sequence[datetime | None]

_SLOTS = tuple(Line.__dict__[name].__set__ for name in ("number", "text", "typed", "at"))


@dataclass(slots=True)
class Scribe:
    """The transcript so far."""

    lines: list[Line] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    left_out: int = 0
    shown: int = 0  # lines of the present output
    _unshown: int = 0

    def output(self, texts: list[str], times: Times = ()) -> None:
        """Output as the person saw it."""
        room = max(0, min(LINES_OF_ONE_OUTPUT - self.shown, LINES_IN_ALL - len(self.lines)))
        kept = texts[:room]
        number = len(self.lines) + 1
        self.lines += _lines(number, kept, times)
        self.shown += len(kept)
        self._unshown += len(texts) - len(kept)

    def command(self, rows: Sequence[str], typed: Typed | None) -> None:
        """The rows of a submitted command, its prompt included; `typed` without its line number."""
        self.close()
        at = typed.at if typed else None
        if typed:
            line = len(self.lines) + 1
            self.typed.append(Typed(typed.text, line, typed.prompt, at, typed.shell, typed.doubt))
        for row in rows:
            self.lines.append(Line(len(self.lines) + 1, row, typed=typed is not None, at=at))

    def more(self, rows: Sequence[str], text: str) -> None:
        """The rows that continue the last command with further text."""
        last = self.typed[-1]
        self.typed[-1] = replace(last, text=f"{last.text}\n{text}")
        for row in rows:
            self.lines.append(Line(len(self.lines) + 1, row, typed=True, at=last.at))

    def abandon(self) -> None:
        """The last command was given up before its end: nobody submitted it."""
        first = self.typed.pop().line - 1
        self.lines[first:] = [replace(line, typed=False) for line in self.lines[first:]]

    def mark(self, line: Line, typed: Typed) -> None:
        """A line already written was typed."""
        self.lines[line.number - 1] = replace(line, typed=True)
        self.typed.append(typed)

    def amend(self, text: str, doubt: str) -> None:
        """Another text for the last command, and why."""
        self.typed[-1] = replace(self.typed[-1], text=text, doubt=doubt)

    def close(self) -> None:
        """Ends the present output, and says how much of it is not kept."""
        if self._unshown:
            note = f"[{self._unshown} more lines of this output are not kept here]"
            self.lines.append(Line(len(self.lines) + 1, note))
            self.left_out += self._unshown
        self.shown = self._unshown = 0

    def doubt(self, sentence: str) -> None:
        """Something that could not be reconstructed; each sentence is said once."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)


def _lines(number: int, texts: list[str], times: Times) -> list[Line]:
    """Lines of output in bulk: a frozen dataclass's own constructor takes twice as long."""
    made = list(map(Line.__new__, repeat(Line, len(texts))))
    values: tuple[Iterable[object], ...] = (range(number, number + len(made)), texts, repeat(False), times or repeat(None))
    for put, column in zip(_SLOTS, values, strict=True):
        _drain(put, made, column)
    return made


def _drain(put: Callable[[Line, object], None], lines: list[Line], column: Iterable[object]) -> None:
    deque(map(put, lines, column), maxlen=0)
