"""From terminal text to a transcript: who waits at which prompt, and what was submitted there.

Edited lines (between bracketed-paste marks) are commands for certain. Elsewhere prompts are found by shape:
strong shapes anywhere, weak ones only where a shell was seen to wait, and none in the output of a program
that shows other people's text. A command stays in the foreground until the next prompt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.core.model import Typed
from bot.core.transcript import lossy, prompts, shells
from bot.core.transcript.edit import Editor
from bot.core.transcript.prompts import Prompt
from bot.core.transcript.screen import Screen, is_plain, moves_lines, settle, unclear
from bot.core.transcript.scribe import Scribe

LARGEST_PICTURE = 1 << 19
WINDOWS_WIDTH = 200

_ASKS_SECRET = re.compile(r"(?i)\b(?:password|passphrase|passcode|mot de passe|passwort|contraseña|pin)\b[^:\n]{0,80}:\s*$")
_BANG = re.compile(r"(?:^|[^\\'\w\[])(!(?:!|[?$^*]|-?\d+|[A-Za-z][\w.-]*|\?[^?\s]+\??)(?::[\w^$*/&-]+)*)|^\^[^^\n]+\^[^^\n]*\^?")
_PLACED = re.compile(r"\x1b\[\d+;\d+H")
_LOGGER = "ssm-session-logger"
NOBODY_ASKED = "the line looks like a prompt, but it stands in the output of "


class Trust(IntEnum):
    """Which prompts a stretch of ground may hold."""

    NONE = 0
    STRONG = 1
    ALL = 2


@dataclass(slots=True)
class Walk:
    """Walks a recording once, in order, and writes it down."""

    screen: Screen
    editor: Editor
    scribe: Scribe
    rows: int = 50
    quiet: bool = False  # a command document: nobody sits at a prompt
    marked: bool = False  # the shell in the foreground marks what is edited
    lossy: bool = False  # escapes were stripped by the agent before we saw them
    trust: Trust = Trust.ALL
    foreground: str = ""
    console: str = ""
    tail: str = ""
    idle: int = 0  # lines shown since the last prompt
    commands: int = 0
    _weak: set[str] = field(default_factory=set)
    _literals: list[str] = field(default_factory=list)  # prompts that may stand behind unfinished output
    _strong: bool = False  # a shell with a telling prompt was seen
    _arrow: bool = False  # "> " is somebody's first prompt, not bash's second
    _due: bool = False  # the line end of a submitted line is still to come
    _fresh: bool = False  # the last command has shown nothing yet
    _asking: str = ""

    # ---- ground

    def enter(self) -> None:
        """Starts a stretch of ground, and decides which prompts to believe in it."""
        if self.quiet:
            self.trust = Trust.STRONG
            return
        if not self.marked or shells.opens(self.foreground):
            self.trust = Trust.ALL
        else:
            self.trust = Trust.NONE if shells.prints(self.foreground) else Trust.STRONG

    def ground(self, text: str) -> None:
        """Further text of the present stretch; a line without an end is kept for later."""
        settled = unclear(self.tail.rstrip("\r" if text.startswith("\n") else "") + settle(text))
        self.tail = ""
        if self._due:
            settled = settled.lstrip("\r").removeprefix("\n")
            self._due = False
        cut = settled.rfind("\n") + 1
        self.tail = settled[cut:]
        if cut:
            self.lines(settled[: cut - 1].split("\n"), plain=is_plain(settled[:cut]))

    def unsubmitted(self, body: str) -> None:
        """A line that was still being edited at the end."""
        self.scribe.doubt("the last line was still being edited when the recording ended")
        settled, self.tail = self.tail + settle(body), ""
        shown = self.screen.text(settled, self.editor.cols)
        self.scribe.output([line for line in shown if line])

    def leave(self) -> None:
        """Ends the recording: a line without an end is a line."""
        tail, self.tail = self.tail, ""
        if tail.strip():
            shown = self._picture(tail)
            found = prompts.strong(shown) or (prompts.weak(shown) if self._weak else None)
            if found and shown[len(found.text) :].strip():
                self.scribe.doubt("the last line was still being edited when the recording ended")
            self.scribe.output(shown.split("\n"))
        self._afterwards()
        self.scribe.close()

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
                self.scribe.mark(line, Typed(line.text, line.number, at=line.at, doubt="typed after the shell had ended: nothing ran it"))

    def lines(self, raw: list[str], times: Sequence[datetime | None] = (), plain: bool = False, sure: frozenset[int] = frozenset()) -> None:
        """Whole settled lines, each with its time if there are times; `sure` ones hold an edited line."""
        shown = raw if plain else [self._picture(line) for line in raw]
        self._expanded(shown)
        done = 0
        for index in self._candidates(shown, sure):
            if index < done:
                continue
            prompt, start = self._prompt(shown[index], index == done and self._fresh, self._idle(shown, done, index), index in sure)
            if prompt is None:
                continue
            self._output(raw, shown, times, done, index)
            done = self._command(raw, shown, times, index, start, prompt)
            self._expanded(shown[done : done + 1])
        self._output(raw, shown, times, done, len(raw))

    def _picture(self, line: str) -> str:
        if is_plain(line):
            return line
        if self.lossy and "\x1b" not in line:
            return lossy.repair(line, self._start(line))
        return self.screen.line(line, self.editor.cols)

    def _start(self, line: str) -> int:
        found = prompts.strong(line) or prompts.weak(line)
        return len(found.text) if found else 0

    def _candidates(self, shown: list[str], sure: frozenset[int]) -> list[int]:
        if self.trust is Trust.NONE:
            return sorted(sure)
        text = "\n" + "\n".join(shown)
        found = prompts.candidates(text)
        if self.trust is Trust.ALL and (not self.marked or self.lossy):
            self._learn(text, found)
            found = sorted({*found, *self._glued(text)})
        indices, line, before = set(sure), -1, 0
        for offset in found:
            line += text.count("\n", before, offset)
            before = offset
            indices.add(line)
        return self._with_folds(shown, sorted(indices))

    def _with_folds(self, shown: list[str], indices: list[int]) -> list[int]:
        if not any("\n" in shown[index] for index in indices if index < len(shown)) and not any("\n" in line for line in shown):
            return indices
        owners = [number for number, line in enumerate(shown) for _ in range(line.count("\n") + 1)]
        return sorted({owners[index] for index in indices if index < len(owners)})

    def _learn(self, text: str, found: list[int]) -> None:
        for offset in found[:200]:
            prompt = prompts.strong(text[offset : offset + 400].split("\n", 1)[0])
            if prompt and not prompt.console and len(prompt.text) > 4 and prompt.text not in self._literals:
                self._literals.append(prompt.text)

    def _glued(self, text: str) -> list[int]:
        found = []
        for literal in self._literals[-8:]:
            at = text.find(literal)
            while at > 0:
                if text[at - 1] != "\n":
                    found.append(at)
                at = text.find(literal, at + len(literal))
        return found

    def _idle(self, shown: list[str], done: int, index: int) -> int:
        if index - done > 50:
            return self.idle + 50
        return self.idle + sum(1 for line in shown[done:index] if line.strip() and not _ASKS_SECRET.search(line))

    def _prompt(self, line: str, fresh: bool, idle: int, sure: bool) -> tuple[Prompt | None, int]:
        fresh = fresh and bool(self.scribe.typed)
        if fresh and (found := prompts.more(line)) and self._continues(found):
            return found, 0
        if (found := prompts.strong(line)) and self._believes(found):
            return found, 0
        if (found := prompts.weak(line)) and (sure or self._waits(found, idle)):
            self._weak.add(found.text)
            return found, 0
        for literal in self._literals[-8:]:
            at = line.rfind(literal)
            if at > 0 and line[len(literal) + at :].strip():
                return Prompt(literal, prompts.shell_of(literal)), at
        return (prompts.ending(line + " "), 0) if sure else (None, 0)

    def _continues(self, found: Prompt) -> bool:
        if self.console:
            return found.shell == self.console or (found.shell == "sh" and self.console == "repl")
        return found.shell not in ("python", "mysql", "psql", "sqlite") and shells.unfinished(self.scribe.typed[-1].text)

    def _believes(self, found: Prompt) -> bool:
        if found.console:
            return self.trust is Trust.ALL and (bool(self.console) or self.commands == 0 or shells.opens(self.foreground))
        return True

    def _waits(self, found: Prompt, idle: int) -> bool:
        if self.trust is not Trust.ALL or self.console:
            return False
        if found.text in self._weak:
            return True
        if idle == 0 and (self.commands == 0 or shells.opens(self.foreground)):
            return not found.text.endswith("> ") or self.commands > 0
        return found.text.endswith("$ ") and not self._strong

    def _command(self, raw: list[str], shown: list[str], times: Sequence[datetime | None], index: int, start: int, prompt: Prompt) -> int:
        whole, after = shown[index], index + 1
        if not is_plain(raw[index]) and moves_lines(raw[index]):
            whole, after = self._unfold(raw, index)
        at = times[index] if times else None
        rows = whole.split("\n")
        if _PLACED.search(raw[index]) and len(rows[0]) < self.editor.cols:
            del rows[1:]  # PSReadLine places the cursor itself: what stands below is output
        if prompt.shell == "powershell" and self.marked is False:
            after = self._hard_wrapped(shown, rows, after)
        text = "\n".join([rows[0][start + len(prompt.text) :], *rows[1:]]).rstrip()
        if len(rows) > 1 and prompt.shell in ("powershell", "cmd"):
            text = "".join([rows[0][start + len(prompt.text) :], *rows[1:]]).rstrip()
        while prompt.text.strip() and text.startswith(prompt.text):
            text = text[len(prompt.text) :]  # empty lines whose ends were not shown
        while _continued(text) and after < len(shown) and not _asks(shown[after]):
            rows, text, after = [*rows, shown[after]], f"{text}\n{shown[after]}".rstrip(), after + 1
        self._submit(rows, prompt, text, at, self._doubt(raw[index]))
        return after

    def _hard_wrapped(self, shown: list[str], rows: list[str], after: int) -> int:
        while len(rows[-1]) == WINDOWS_WIDTH and after < len(shown) and not prompts.strong(shown[after]):
            rows.append(shown[after])
            after += 1
        return after

    def _unfold(self, raw: list[str], index: int) -> tuple[str, int]:
        """A line edited over several rows: a line end may only have moved the cursor down."""
        text, after = raw[index], index + 1
        for _ in range(8):
            shown = self.screen.text(text, self.editor.cols)
            while shown and not shown[-1]:
                shown.pop()
            last = len(shown)
            if after >= len(raw) or self.screen.spot(text, self.editor.cols).row + 1 >= last or last < 2:
                return "\n".join(shown), after
            text, after = f"{text}\n{raw[after]}", after + 1
        return "\n".join(shown), after

    def _doubt(self, raw: str) -> str:
        if self.lossy and "\x1b" not in raw and "\b" in raw:
            return lossy.EDITED
        if self.trust is Trust.STRONG:
            return f"{NOBODY_ASKED}`{shells.head(self.foreground)}`"
        return ""

    def _submit(self, rows: Sequence[str], prompt: Prompt, text: str, at: datetime | None, doubt: str) -> None:
        """One submitted line: a new command, or more of the last one."""
        if _LOGGER in text:
            return
        if self.lossy and not prompt.more:
            text, guess = lossy.recalled(text, [typed.text for typed in self.scribe.typed[-500:]])
            doubt = guess or doubt
        submitted = bool(text.strip()) and not text.endswith("^C")
        if prompt.more and self.scribe.typed:
            self.scribe.more(rows, text)
            self._fresh = True
            return
        typed = Typed(text, 0, prompt.text, at, prompt.word, doubt) if submitted else None
        self.scribe.command(rows, typed)
        self.idle = 0
        self._fresh = submitted
        self.console = prompt.shell if prompt.console else ""
        self._strong = self._strong or (prompt.strong and not prompt.console)
        if submitted:
            self.commands += 1
            self.foreground = text
            self._asking = text if _BANG.search(text) else ""

    def _output(self, raw: list[str], shown: list[str], times: Sequence[datetime | None], start: int, end: int) -> None:
        if start >= end:
            return
        texts, whens = shown[start:end], times[start:end]
        if raw is not shown and not self.lossy:
            block = raw[start:end]
            if any(map(moves_lines, block)) and sum(map(len, block)) < LARGEST_PICTURE:
                texts, whens = self._block(block), ()
        if any("\n" in text for text in texts[:50]) and not whens:
            texts = "\n".join(texts).split("\n")
        if len(texts) > 50 or any(text.strip() for text in texts):
            self.idle += 50 if len(texts) > 50 else sum(1 for text in texts if text.strip() and not _ASKS_SECRET.search(text))
            self._fresh = False
        self.scribe.output(texts, whens)

    def _block(self, block: list[str]) -> list[str]:
        texts = self.screen.text("\n".join(block) + "\n", self.editor.cols, self.rows)
        while texts and not texts[-1]:
            texts.pop()
        return texts

    def _expanded(self, shown: list[str]) -> None:
        """bash and zsh show the line that `!!` and its kin became before they run it."""
        asked, self._asking = self._asking, ""
        if not asked or not self._fresh or not shown:
            return
        first = shown[0]
        pattern = "".join(".+" if part is None else re.escape(part) for part in _around_bangs(asked))
        if re.fullmatch(pattern, first) and first != asked and "event not found" not in first:
            self.scribe.amend(first, f"typed as `{asked}`, which the shell expanded")
            self.foreground = first

    # ---- edited lines and full screens

    def edited(self, body: str, prefix: str | None = None, at: datetime | None = None) -> None:
        """A line edited between marks, submitted; `prefix` stood on its row before, by default the tail."""
        prefix, self.tail = self.tail if prefix is None else prefix, ""
        if not (self.marked or self.lossy) and self.commands and shells.prints(self.foreground):
            self.tail = prefix  # a recording shown by a shell that sets no marks itself
            self.trust = Trust.NONE
            self.ground(body)
            return
        line = self.editor.read(prefix, body)
        self._asking = "" if not self._fresh else self._asking
        if line.before:
            self.scribe.output(list(line.before))
        self.marked = True
        self._due = not self.lossy and not settle(body).rstrip("\r").endswith("\n")
        prompt = line.prompt
        if prompt.more and not self._more_here(prompt):
            prompt = Prompt(prompt.text, prompt.shell)
            self._arrow = self._arrow or prompt.text == "> "
        if not line.rows:
            return
        self._submit(line.rows, prompt, line.text or "", at, line.doubt)
        if line.text is None and not prompt.more:
            self._fresh = False

    def _more_here(self, prompt: Prompt) -> bool:
        if not (self.scribe.typed and self._fresh):
            return False
        return prompt.text != "> " or not self._arrow or shells.unfinished(self.scribe.typed[-1].text)

    def full(self, body: str) -> None:
        """What a full-screen program painted: kept is its last picture."""
        self.leave_tail()
        text = settle(body[max(0, body.rfind("\x1b[2J")) :])
        columns = [int(column) for column in re.findall(r"\x1b\[\d{1,3};(\d{1,3})H", text)]
        cols = max([80, *columns]) if self.editor.cols >= 240 else self.editor.cols
        if shells.head(self.foreground) in shells.MULTIPLEXERS:
            self._inner(text, cols)
        picture = [line for line in self.screen.view(text, cols, self.rows) if line.strip()]
        if picture:
            self.scribe.output(picture)
            self._fresh = False

    def leave_tail(self) -> None:
        """A line without an end before another owner takes the terminal."""
        tail, self.tail = self.tail, ""
        if tail.strip("\r\n "):
            shown = self._picture(tail)
            if shown.strip():
                self.scribe.output(shown.split("\n"))

    def _inner(self, text: str, cols: int) -> None:
        """Commands inside a terminal multiplexer, read off its screen whenever a line ends at a prompt."""
        outer = self.foreground
        vt = self.screen.watched(cols, self.rows)
        for piece in text.split("\n") if self.screen.bearable(text) else ():
            vt.feed_str(piece)
            cursor = vt.cursor
            row = vt[cursor.row].text.rstrip()
            found = self.editor.at(row) or prompts.weak(row)
            if found and len(row) > len(found.text) and piece.strip().endswith(row[-1]) and len(piece) > 1:
                doubt = f"typed inside `{shells.head(outer)}`, read off its screen"
                self._submit([row], Prompt(found.text, found.shell, strong=False), row[len(found.text) :].rstrip(), None, doubt)
            vt.feed_str("\r\n")
        self.foreground = outer


def _continued(text: str) -> bool:
    return text.endswith("\\") and not text.endswith("\\\\") and text.count("\n") < 50


def _asks(line: str) -> bool:
    return bool(prompts.strong(line) or prompts.more(line) or prompts.weak(line))


def _around_bangs(text: str) -> list[str | None]:
    parts: list[str | None] = []
    last = 0
    for found in _BANG.finditer(text):
        start, end = found.span(1) if found.group(1) else found.span()
        parts += [text[last:start], None]
        last = end
    return [*parts, text[last:]]
