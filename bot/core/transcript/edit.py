"""One edited line, from the mark that opened it to the mark that submitted it: prompt, command, rows.

bash and fish draw the prompt after the mark, zsh before it. Completion lists and search prompts may come
and go in between: the command is what stands behind the last drawing of the prompt.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from bot.core.transcript import across, prompts
from bot.core.transcript.across import Width
from bot.core.transcript.prompts import Prompt
from bot.core.transcript.screen import Screen, is_plain, settle, strip, unclear

MOST_KNOWN = 32
TOLD = Width(told=True, exact=True)

_CLOCK = re.compile(r" {6,}\[?\d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?\]?$")
_CLOCK_ENDS = frozenset("0123456789]M")
_FILL = re.compile(r"[%#] {15,}$")
_LEAD = "\n\n\n\n"


@dataclass(frozen=True, slots=True)
class Edited:
    """The picture of one edited line. `before` are rows above it; `text` is None where nothing was submitted."""

    before: tuple[str, ...]
    rows: tuple[str, ...]
    prompt: Prompt
    text: str | None
    doubt: str = ""


@dataclass(slots=True)
class Editor:
    """Reads edited lines, and learns the recording's prompts from them."""

    screen: Screen
    cols: int
    width: Width = TOLD
    after_prompt: bool = False
    known: dict[str, Prompt] = field(default_factory=dict)

    def read(self, prefix: str, body: str) -> Edited:
        """The line edited in `body` (decoded), where `prefix` (settled) already stood on its row."""
        above, stood = _unfilled(prefix)
        typed = settle(body)
        if stood.strip() and "\x1b" not in stood and self.at(typed.lstrip("\r")):
            above, stood = strip(stood).strip(), ""  # readline does not know that its row had begun
        edited = None
        if stood.strip() and self._drawn_before(stood, typed):
            edited = self._behind(stood, typed)
        edited = edited or self._within(stood, typed)
        if not edited.doubt and self.unsure(typed):
            edited = replace(edited, doubt=across.DOUBT)
        if above:
            edited = replace(edited, before=(above, *edited.before))
        if edited.prompt.text.strip():
            self.known[edited.prompt.text] = edited.prompt
            if len(self.known) > MOST_KNOWN:
                del self.known[next(iter(self.known))]
        return edited

    def unsure(self, line: str) -> bool:
        """Whether a settled line was edited across rows in a way that the width does not explain for certain."""
        return not self.width.exact and "\x1b[" in line and across.doubtful(line, self.width, self.screen)

    def _drawn_before(self, stood: str, typed: str) -> bool:
        if self.at(typed.lstrip("\r")):
            return False
        return self.after_prompt or "\x1b[J" in stood

    def at(self, line: str) -> Prompt | None:
        """The prompt that the line starts with: one seen before, or one of a telling shape."""
        if line.startswith(tuple(self.known)):
            return next(prompt for text, prompt in self.known.items() if line.startswith(text))
        return prompts.strong(line)

    def _lines(self, stood: str, typed: str) -> list[str]:
        whole = unclear(stood) + typed
        lines = whole.split("\n") if is_plain(whole) else self.screen.rows(whole, self.cols)
        while lines and not lines[-1].strip():
            lines.pop()
        while lines and not lines[0].strip():
            lines.pop(0)
        return lines

    def _behind(self, stood: str, typed: str) -> Edited | None:
        """A line whose prompt was drawn before the mark: what stands right of it is a right-hand prompt."""
        spot = self.screen.spot(_LEAD + unclear(stood), self.cols)
        left, right = _cut(spot.text, spot.col)
        lines = self._lines(stood, typed if "\n" not in typed else typed + "\n\x1b[J")
        if not left.strip():
            return None
        for index in reversed(range(len(lines))):
            if lines[index].startswith(left.rstrip()):
                rows = [_without_right(lines[index], right.strip()), *lines[index + 1 :]]
                name = prompts.shell_of(left) or "zsh"
                more = prompts.more(left) is not None and left.strip() != ">"
                text = "\n".join([rows[0][len(left) :], *rows[1:]]).rstrip()
                return Edited(tuple(lines[:index]), tuple(rows), Prompt(left, name, more=more), _submitted(text))
        return None

    def _within(self, stood: str, typed: str) -> Edited:
        """A line whose prompt was drawn after the mark."""
        lines = self._lines(stood, typed)
        if not lines:
            return Edited((), (), Prompt(""), None)
        offset = 0
        leftover = stood.rsplit("\r", 1)[-1]
        if leftover.strip() and is_plain(leftover) and lines[0].startswith(leftover.rstrip()):
            offset = len(leftover)
        index, prompt, start = self._find(lines, offset, _hint(typed))
        rows = [_without_clock(lines[index]), *lines[index + 1 :]]
        if prompt is None:
            return self._unknown(lines, offset)
        text = "\n".join([rows[0][start + len(prompt.text) :], *rows[1:]]).rstrip()
        return Edited(tuple(lines[:index]), tuple(rows), prompt, _submitted(text))

    def _find(self, lines: list[str], offset: int, hint: str) -> tuple[int, Prompt | None, int]:
        for index in reversed(range(len(lines))) if hint else ():
            if (lines[index] + " ").startswith(hint):
                return index, Prompt(hint, prompts.shell_of(hint) or "fish"), 0
        for index in reversed(range(len(lines))):
            start = offset if index == 0 else 0
            if found := self.at(lines[index][start:] + " "):
                return index, found, start
        if lines[0][offset:].startswith("> ") or lines[0][offset:] == ">":
            return 0, Prompt("> ", "", more=True), offset
        if found := prompts.more(lines[0][offset:] + " "):
            return 0, found, offset
        for index in reversed(range(len(lines))):
            start = offset if index == 0 else 0
            if found := prompts.ending(lines[index][start:] + " "):
                return index, Prompt(found.text, "bash" if found.text.endswith(("$ ", "# ")) else "", strong=False), start
        return 0, None, 0

    def _unknown(self, lines: list[str], offset: int) -> Edited:
        text = "\n".join([lines[0][offset:], *lines[1:]]).strip()
        doubt = "no prompt was recognised on this edited line; its start may belong to the prompt"
        return Edited((), tuple(lines), Prompt(""), _submitted(text), doubt)


def abandoned(before: str, body: str) -> bool:
    """Whether zsh gave the line up (`C-c`): it hands the keypad back only where a line is submitted."""
    return before.removesuffix("\x1b[?2004h").endswith("\x1b[?1h\x1b=") and "\x1b[?1l\x1b>" not in body[-40:]


def _unfilled(prefix: str) -> tuple[str, str]:
    """What stood on the row before zsh filled it to begin another, and the row that it began."""
    above, fill, row = prefix.rpartition("\r \r")
    if not fill:
        return "", prefix
    return strip(_FILL.sub("", above)).strip(), row


def _hint(typed: str) -> str:
    """The prompt of shells that clear the row behind it before anybody types, as fish does."""
    text = typed.split("\b", 1)[0].replace("\x1b[0K", "\x1b[K")
    at = text.find(" \x1b[K")
    while at >= 0:
        row = text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at + 1]
        row = row.rpartition("\x1b[2K")[2]
        if row.strip() and "\x1b" not in row:
            return row
        at = text.find(" \x1b[K", at + 1)
    return ""


def _submitted(text: str) -> str | None:
    return None if not text.strip() or text.endswith("^C") else text


def _cut(text: str, column: int) -> tuple[str, str]:
    if text.isascii():
        return text[:column], text[column:]
    width = 0
    for index, sign in enumerate(text):
        if width >= column:
            return text[:index], text[index:]
        if not unicodedata.combining(sign):
            width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
    return text, ""


def _without_right(row: str, right: str) -> str:
    return row[: -len(right)].rstrip() if right and row.endswith(right) and len(row) > len(right) else row


def _without_clock(row: str) -> str:
    found = _CLOCK.search(row, max(0, len(row) - 60)) if row[-1:] in _CLOCK_ENDS and "      " in row else None
    return row[: found.start()].rstrip() if found else row
