"""Writes the clean transcript down: lines in order, commands among them, and what is left out.

Typed lines are always kept. Of each output the first lines are kept, up to a bound for the whole, so that
a recording of any length fits in memory; what is left out is one line that says how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core.model import Line, Typed
from bot.core.transcript.columns import Lines, Times

LINES_OF_ONE_OUTPUT = 20_000
LINES_IN_ALL = 200_000
LONGEST_COMMAND = 1 << 17
CUT = f"only the first {LONGEST_COMMAND} signs of the command are kept; the lines are all there"


@dataclass(slots=True)
class Scribe:
    """The transcript so far."""

    lines: Lines = field(default_factory=Lines)
    typed: list[Typed] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    left_out: int = 0
    shown: int = 0  # lines of the present output
    _unshown: int = 0

    def output(self, texts: list[str], times: Times = ()) -> None:
        """Output as the person saw it."""
        room = max(0, min(LINES_OF_ONE_OUTPUT - self.shown, LINES_IN_ALL - len(self.lines)))
        kept = texts[:room]
        self.lines.add(kept, times)
        self.shown += len(kept)
        self._unshown += len(texts) - len(kept)

    def command(self, rows: Sequence[str], typed: Typed | None) -> None:
        """The rows of a submitted command, its prompt included; `typed` without its line number."""
        self.close()
        at = typed.at if typed else None
        if typed:
            line = len(self.lines) + 1
            self.typed.append(Typed(typed.text, line, typed.prompt, at, typed.shell, typed.doubt))
        self.lines.add(rows, [at] * len(rows) if at else (), typed=typed is not None)

    def more(self, rows: Sequence[str], text: str) -> None:
        """The rows that continue the last command with further text."""
        last = self.typed[-1]
        if len(last.text) < LONGEST_COMMAND:
            self.typed[-1] = replace(last, text=f"{last.text}\n{text}")
        elif last.doubt != CUT:
            self.amend(last.text, CUT)
        self.lines.add(rows, [last.at] * len(rows) if last.at else (), typed=True)

    def abandon(self) -> None:
        """The last command was given up before its end: nobody submitted it."""
        self.lines.unmark(self.typed.pop().line)

    def mark(self, line: Line, typed: Typed) -> None:
        """A line already written was typed."""
        self.lines.mark([line.number])
        self.typed.append(typed)

    def amend(self, text: str, doubt: str) -> None:
        """Another text for the last command, and why."""
        self.typed[-1] = replace(self.typed[-1], text=text, doubt=doubt)

    def close(self) -> None:
        """Ends the present output, and says how much of it is not kept."""
        if self._unshown:
            note = f"[{self._unshown} more lines of this output are not kept here]"
            self.lines.add([note])
            self.left_out += self._unshown
        self.shown = self._unshown = 0

    def doubt(self, sentence: str) -> None:
        """Something that could not be reconstructed; each sentence is said once."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)
