"""From terminal text to a transcript: who waits at which prompt, and what was submitted there.

Edited lines (between bracketed-paste marks) are commands for certain; elsewhere `belief` tells prompts from
output. A command stays in the foreground until the next prompt, and what is shown until then is its output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.model import Typed
from bot.core.transcript import across, bang, cleared, full, lossy, prompts, shells
from bot.core.transcript.belief import MANY, Belief, Trust
from bot.core.transcript.columns import Times
from bot.core.transcript.edit import Editor
from bot.core.transcript.prompts import Prompt
from bot.core.transcript.screen import Screen, is_plain, moves_lines, settle, strip, unclear
from bot.core.transcript.scribe import Scribe
from bot.core.transcript.tracer import UNFIT, Tracer

LARGEST_PICTURE = 1 << 19
MOST_CARRIED = 1 << 23
WINDOWS_WIDTH = 200
MOST_RECALLED = 500
UNSUBMITTED = "the last line was still being edited when the recording ended"
SCROLLED = "the shell showed a part of the line at a time; the parts were put together"
MARGIN = "the console wrapped the line at its margin; if it ended just there, what follows is its output"
AFTERWARDS = "typed after the shell had ended: nothing ran it"

_PLACED = re.compile(r"\x1b\[\d+;\d+H")
_WRAP = re.compile(r" \r(?![\r\n\x1b])")
_SCROLLED = re.compile(r"\r[^\r\n\x08]* [<>*+]\x08{2,}")  # ksh shows a part of a long line, and marks its end
_LOGGER = "ssm-session-logger"


@dataclass(slots=True)
class Walk:
    """Walks a recording once, in order, and writes it down."""

    screen: Screen
    editor: Editor
    scribe: Scribe
    belief: Belief
    rows: int = 50
    tracer: Tracer = field(default_factory=Tracer)
    tail: str = ""  # a line without an end yet
    _carried: int = 0  # signs of the tail, each time that it was carried on
    _arrow: bool = False  # "> " is somebody's first prompt, not bash's second
    _due: bool = False  # the line end of a submitted line is still to come
    _fresh: bool = False  # the last command has shown nothing yet
    _asking: str = ""  # the last command, if the shell may show its expansion

    def ground(self, text: str) -> None:
        """Decoded text of a stretch of ground; a line without an end is kept for later."""
        settled = unclear(cleared.without(self.tail.rstrip("\r" if text.startswith("\n") else "") + settle(text)))
        if self._due:
            settled = settled.lstrip("\r").removeprefix("\n")
            self._due = False
        cut = settled.rfind("\n") + 1
        self.tail = settled[cut:]
        self._carried = 0 if cut else self._carried + len(settled)
        if self._carried > MOST_CARRIED:
            cut, self.tail, self._carried = len(settled) + 1, "", 0  # nobody ends this line
        if cut:
            whole = settled[: cut - 1]
            self.lines(whole.split("\n"), plain=f"\n{whole}" if is_plain(whole) else "")

    def lines(self, raw: list[str], times: Times = (), *, plain: str = "") -> None:
        """Whole settled lines, each with its time if there are times; `plain` is their text, begun by a line end, if it is its own picture."""
        shown = (
            raw
            if plain
            else [line if "\r" not in line and "\x1b" not in line and "\b" not in line else self._picture(line) for line in raw]
        )
        self._expanded(shown[:1])
        done = 0
        for index in self.belief.candidates(shown, plain):
            if index < done:
                continue
            last = self.scribe.typed[-1].text if self._fresh and index == done and self.scribe.typed else ""
            prompt, start = self.belief.prompt(shown[index], last, self.belief.idled(shown[max(done, index - MANY - 1) : index]))
            if prompt is not None:
                self._output(raw, shown, times, done, index)
                done = self._command(raw, shown, times, index, start, prompt)
                self._expanded(shown[done : done + 1])
        self._output(raw, shown, times, done, len(raw))

    def edited(self, body: str, prefix: str | None = None, at: datetime | None = None, doubt: str = "", *, abandoned: bool = False) -> None:
        """A line edited between marks, submitted unless abandoned; `prefix` stood on its row before, by default the tail."""
        prefix, self.tail = self.tail if prefix is None else prefix, ""
        belief = self.belief
        if not (belief.marked or belief.lossy) and belief.commands and shells.prints(belief.foreground):
            self.tail = prefix  # a recording shown by a shell that sets no marks itself
            belief.trust = Trust.NONE
            self.ground(body)
            return
        line = self.editor.read(prefix, body)
        if line.before:
            self.scribe.output(list(line.before))
        belief.marked = True
        self._due = not belief.lossy and not settle(body[-60:]).rstrip("\r").endswith("\n")
        prompt = line.prompt
        if prompt.more and not self._more_here(prompt):
            prompt = Prompt(prompt.text, prompt.shell)
            self._arrow = self._arrow or prompt.text == "> "
        if belief.lossy and "\n" in (line.text or ""):
            doubt = doubt or UNFIT
        if line.rows:
            self._submit(line.rows, prompt, "" if abandoned else line.text or "", at, line.doubt or doubt, marked=True)

    def doubted(self, doubt: str) -> None:
        """The last command, if it has shown nothing yet, is less than certain."""
        if self._fresh and self.scribe.typed and not self.scribe.typed[-1].doubt:
            self.scribe.amend(self.scribe.typed[-1].text, doubt)

    def unsubmitted(self, body: str) -> None:
        """A line that was still being edited at the end."""
        self.scribe.doubt(UNSUBMITTED)
        settled, self.tail = self.tail + settle(body), ""
        self.scribe.output([line for line in self.screen.text(settled, self.editor.cols) if line])

    def full(self, body: str) -> None:
        """What a full-screen program painted."""
        self._leave_tail()
        outer = self.belief.foreground
        if shells.head(outer) in shells.MULTIPLEXERS:
            for row, prompt, text in full.inner(body, self.screen, self.editor, self.rows):
                doubt = f"typed inside `{shells.head(outer)}`, read off its screen"
                self._submit([row], prompt, text, None, doubt, marked=self.belief.marked)
            self.belief.foreground = outer
        if picture := full.picture(body, self.screen, self.editor.cols, self.rows):
            self.scribe.output(picture)
            self._fresh = False

    def leave(self) -> None:
        """Ends the recording: a line without an end is a line, but nobody submitted it."""
        if self.belief.waiting(self._picture(self.tail)):
            self.scribe.doubt(UNSUBMITTED)
        self._leave_tail()
        self._afterwards()
        self.scribe.close()

    def _leave_tail(self) -> None:
        tail, self.tail = self.tail, ""
        shown = self._picture(tail) if tail.strip() else ""
        if shown.strip():
            self.scribe.output(shown.split("\n"))

    def _afterwards(self) -> None:
        """Lines typed at a terminal whose shell had ended are still echoed there."""
        last = self.scribe.typed[-1] if self.scribe.typed else None
        if last is None or last.text.strip() not in ("exit", "logout"):
            return
        rest = [line for line in self.scribe.lines[last.line :] if line.text.strip()]
        if not 2 <= len(rest) <= 12 or rest[0].text not in ("exit", "logout"):
            return
        ran = {shells.head(typed.text) for typed in self.scribe.typed}
        for line in rest[1:]:
            if shells.head(line.text) in ran and not line.text.startswith(" "):
                self.scribe.mark(line, Typed(line.text, line.number, at=line.at, doubt=AFTERWARDS))

    def _picture(self, line: str) -> str:
        if is_plain(line):
            return line
        if at := self.belief.behind(line):
            return line[:at] + self._picture(line[at:])  # readline does not know that its row had begun
        if self.belief.lossy and "\x1b" in line and prompts.leads(line):
            line, _ = self.tracer.returned(line)
        elif self.belief.lossy and "\x1b" not in line:
            found = prompts.strong(line) or prompts.weak(line)
            return lossy.repair(line, len(found.text) if found else 0)
        if not self.belief.lossy and "\r" in line and (" \r" in line or "\b\b" in line) and self._begins(line):
            line = _SCROLLED.sub("", line)
            if " \r" in line and _WRAP.search(line):
                return self._wrapped(line)
        moves = moves_lines(line)
        if moves and not self.belief.lossy and not prompts.signed(line):
            return strip(line)  # pictured with its neighbours
        return self.screen.line(line, self.editor.cols, wraps=moves or (("\x1b" in line or not line.isascii()) and _may_wrap(line)))

    def _begins(self, line: str) -> bool:
        """Whether a line starts with a prompt of any shape."""
        shape = self.belief.learned
        return prompts.leads(line) or (shape is not None and shape.match(line) is not None)

    def _wrapped(self, line: str) -> str:
        """A line typed at a prompt over several rows; readline ends a full one by a space and a return."""
        shown = "\n".join(self.screen.rows(line, self.editor.cols)).strip("\n")
        return shown if self._begins(shown) or "\x1b" in line or "\b" in line else line.replace(" \r", "")

    def _command(self, raw: list[str], shown: list[str], times: Times, index: int, start: int, prompt: Prompt) -> int:
        """Submits the line at `index`, with the lines that belong to it; gives the number of the next."""
        whole, after, doubt = shown[index], index + 1, self._doubt(raw[index])
        if moves_lines(raw[index]):
            whole, after = self._unfold(raw, index)
        if not self.belief.lossy and self.editor.unsure("\n".join(raw[index:after])):
            doubt = doubt or across.DOUBT
        rows = whole.split("\n")
        if _PLACED.search(raw[index]) and len(rows[0]) < self.editor.cols:
            del rows[1:]  # PSReadLine places the cursor itself: what stands below is output
        windows = prompt.shell in ("powershell", "cmd")
        while windows and len(rows[-1]) == WINDOWS_WIDTH and after < len(shown) and not prompts.strong(shown[after]):
            if not shells.unfinished("".join(rows)[start + len(prompt.text) :]):
                doubt = doubt or MARGIN
            rows.append(shown[after])
            after += 1
        text = ("" if windows else "\n").join([rows[0][start + len(prompt.text) :], *rows[1:]]).rstrip()
        again = 0
        while prompt.text.strip() and text.startswith(prompt.text, again):
            again += len(prompt.text)  # empty lines whose ends were not shown
        text = text[again:]
        if self.belief.lossy and "\x1b" not in raw[index] and raw[index].startswith(prompt.text, start) and not windows:
            text, doubt = self._traced(raw[index][start + len(prompt.text) :], prompt, doubt)
            rows = [rows[0][:start] + prompt.text + text]
        while _continued(text) and after < len(shown) and not _asks(shown[after]):
            rows, text, after = [*rows, shown[after]], f"{text}\n{shown[after]}".rstrip(), after + 1
        self._submit(rows, prompt, text, times[index] if times else None, doubt)
        return after

    def _unfold(self, raw: list[str], index: int) -> tuple[str, int]:
        """A line edited over several rows: a line end may only have moved the cursor down."""
        text, after = raw[index], index + 1
        while across.UP in text and after < min(len(raw), index + 200) and raw[after].startswith("\r"):
            text, after = f"{text}\n{raw[after]}", after + 1  # readline goes down by a line end and a return
        while True:
            shown = self.screen.text(text, self.editor.cols)
            while shown and not shown[-1]:
                shown.pop()
            inside = len(shown) > 1 and self.screen.spot(text, self.editor.cols).row + 1 < len(shown)
            if not inside or after >= min(len(raw), index + 8):
                return "\n".join(shown), after
            text, after = f"{text}\n{raw[after]}", after + 1

    def _traced(self, left: str, prompt: Prompt, doubt: str) -> tuple[str, str]:
        """What was submitted where the agent took the escapes from the line."""
        text, guess = self.tracer.text(left, prompt.text, lambda: self._earlier(prompt))
        return text, guess or doubt

    def _earlier(self, prompt: Prompt) -> list[str]:
        return [typed.text for typed in self.scribe.typed[-MOST_RECALLED:] if typed.shell == prompt.word]

    def _doubt(self, raw: str) -> str:
        if "\b\b" in raw and not self.belief.lossy and _SCROLLED.search(raw):
            return SCROLLED
        if self.belief.lossy and "\x1b" in raw and (doubt := self.tracer.returned(raw)[1]):
            return doubt
        if self.belief.trust is Trust.STRONG:
            where = shells.head(self.belief.foreground) or "a command document"
            return f"the line looks like a prompt, but it stands in the output of `{where}`"
        return ""

    def _submit(self, rows: Sequence[str], prompt: Prompt, text: str, at: datetime | None, doubt: str, *, marked: bool = False) -> None:
        """One submitted line: a new command, or more of the last one."""
        if _LOGGER in text:
            return
        if prompt.more and self.scribe.typed:
            self.scribe.more(rows, text)
            if text.endswith("^C"):
                self.scribe.abandon()
            self._fresh = True
            return
        if shells.head(self.belief.foreground) in shells.MULTIPLEXERS:
            text = text.lstrip(" ")  # its own painting, or the key that put its greeting away
        submitted = text if text.strip() and not text.endswith("^C") else ""
        if self.belief.lossy and submitted:
            self.tracer.learn(text)
        self.scribe.command(rows, Typed(text, 0, prompt.text, at, prompt.word, doubt) if submitted else None)
        self.belief.saw(prompt, submitted, marked=marked)
        self._fresh = bool(submitted)
        self._asking = submitted if bang.asks(submitted) else ""

    def _more_here(self, prompt: Prompt) -> bool:
        if not (self.scribe.typed and self._fresh):
            return False
        return prompt.text != "> " or not self._arrow or shells.unfinished(self.scribe.typed[-1].text)

    def _output(self, raw: list[str], shown: list[str], times: Times, start: int, end: int) -> None:
        if start >= end:
            return
        texts, whens = shown[start:end], times[start:end]
        if raw is not shown and not self.belief.lossy:
            texts = self._block(raw[start:end], texts)
        if raw is not shown and "\n" in "".join(texts):
            whens = [when for text, when in zip(texts, whens, strict=False) for _ in range(text.count("\n") + 1)]
            texts = "\n".join(texts).split("\n")
        idle = self.belief.idled(texts)
        self._fresh = self._fresh and idle == self.belief.idle
        self.belief.idle = idle
        self.scribe.output(texts, whens)

    def _block(self, raw: list[str], shown: list[str]) -> list[str]:
        """Output that moved over its own lines, as one picture."""
        if any(map(moves_lines, raw)) and sum(map(len, raw)) < LARGEST_PICTURE:
            shown = self.screen.text("\n".join(raw) + "\n", self.editor.cols, self.rows)
            while shown and not shown[-1]:
                shown.pop()
            return shown
        return shown

    def _expanded(self, first: list[str]) -> None:
        asked, self._asking = self._asking, ""
        if asked and first and self._fresh and bang.became(asked, first[0]):
            self.scribe.amend(first[0], f"typed as `{asked}`, which the shell expanded")
            self.belief.foreground = first[0]


def _may_wrap(line: str) -> bool:
    """Whether the line may be an edited one that readline wrapped: programs that overwrite their line know its width."""
    return prompts.leads(line) or (_WRAP.search(line) is not None and prompts.signed(line))


def _continued(text: str) -> bool:
    return text.endswith("\\") and not text.endswith("\\\\") and text.count("\n") < 50


def _asks(line: str) -> bool:
    return bool(prompts.strong(line) or prompts.more(line) or prompts.weak(line))
