"""Mends what the agent's cleaning broke: carriage returns are gone, and often the escapes.

Every guess is said in the command's doubt. What left no trace (a recalled line drawn over another) is told
only by the person's earlier commands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bot.core.transcript import prompts, returns, shells
from bot.core.transcript.retrace import SEARCH, retrace
from bot.core.transcript.returns import Returned
from bot.core.transcript.screen import UNBOUNDED, settle

EDITED = "the line was edited, and the agent removed the escape sequences that say how"
RETRACED = "the agent removed the escape sequences that say how the line was edited; this is the likeliest way to what is left"
MANGLED = "the agent removed some of its characters, which it took for control codes"
UNTRACED = "a known command runs into the word before it: the line may have been put together in another order without a trace"
RECALLED = "the line was recalled over another; which part stood there is told by earlier commands"
SEARCHED = "found by history search; completed from the earlier command that it found"
UNFIT = "the line was edited across rows, and its carriage returns are gone"
WRAPPED = "the line may hold spaces that the terminal's wraps left"
UNWRAPPED = "spaces that the terminal's wraps left were taken out"

_AFTER_SCREEN = re.compile(r".*\x1b\[\?(?:1049|1047|47)l", re.DOTALL)
_SCREEN = re.compile(r"\x1b\[\?(?:1049|1047|47)([hl])")
_ZSH_ROW = re.compile(r".*\x1b\[0m\x1b\[27m\x1b\[24m(?=\x1b\[J)", re.DOTALL)
_FILLER = " " * 38
_ZSH_FILL = re.compile(r"^[^\n]*?[%#] {38,}(?=\S[^\n]{0,80}[%#$>])")
_FISH_ROW = re.compile(r".*\u23ce (?=\x1b\[K)", re.DOTALL)
_RIGHTWARD = re.compile(r"(?:\x1b\[C){6,}")
_WIPED = "\b \b"  # a terminal's own erasing, no readline's
_ADDED = re.compile(r"\x08([^\x08])")
_BACK = re.compile(r"\x08+")
_SET_BEFORE = re.compile(r"\S(?:sudo|doas|nohup|time|env|exec|watch|strace|[:;|&]) $")
_APART = re.compile(r"[\s|;&<>)]|$")
_PIECES = re.compile(r"(\x08*)([^\x08]*)")
GUESSES = frozenset({EDITED, RETRACED, RECALLED, SEARCHED, UNFIT})
MARK = "\x1b[?2004h"
NARROW = (40, 60)
MOST_EVIDENCE = 24
MOST_WORK = 40_000  # states


def on_screen(text: str) -> bool | None:
    """Whether the text leaves a full-screen program in charge; None if it does not say."""
    marks = _SCREEN.findall(text) if "\x1b[?" in text else []
    return marks[-1] == "h" if marks else None


def begun(line: str) -> str:
    """A line from where the shell began its row: what a full screen or zsh's filler left before is dropped."""
    if "\x1b[" not in line:
        return _ZSH_FILL.sub("", line) if _FILLER in line else line
    return _FISH_ROW.sub("", _ZSH_ROW.sub("", _AFTER_SCREEN.sub("", line)))


def width(lines: Sequence[str]) -> int:
    """The width of the terminal, told by edited lines among the first lines of a log; 0 where nothing tells it."""
    marked = [settle(line.rpartition(MARK)[2]) for line in lines if MARK in line and len(line) > returns.NARROWEST]
    plain = [line for line in lines if "\x1b" not in line]
    text = "\n" + "\n".join(plain)
    found = (text[at : text.find("\n", at) if text.find("\n", at) >= 0 else len(text)] for at in prompts.candidates(text, consoles=False))
    typed = (line for line in found if len(line) > returns.NARROWEST and "\b\b" not in line)
    prompted = ((line, _prompt(line)) for line in [*marked[:MOST_EVIDENCE], *islice(typed, MOST_EVIDENCE)])
    return returns.width([(line, prompt) for line, prompt in prompted if prompt])


def _prompt(line: str) -> str:
    found = prompts.strong(line) or prompts.weak(line)
    return found.text if found else ""


def repair(line: str, start: int = 0) -> str:
    """A line without escapes as it may have stood at the end; `start` is where its prompt ends.

    Readline erases with a backspace and an escape, moves with backspaces alone, and inserts with an escape.
    One step back erases. After many steps, text that ends in a space, or stands inside a word, was inserted
    there; other text that is shorter than the way back replaced what stood there.
    """
    shown, column = "", 0
    pieces = _PIECES.findall(line.replace("\r", ""))
    for number, (back, text) in enumerate(pieces):
        steps = len(back)
        column = max(0, column - steps)
        last = not any(after for _, after in pieces[number + 1 :])
        rest = shown[column + len(text) :]
        if steps == 1:
            rest = ""
        elif steps and text and len(text) < steps:
            moved = text.endswith(" ") or (column > start and not shown[column - 1].isspace())
            rest = shown[column:] if moved and last else ""
        shown = shown[:column] + text + rest
        column += len(text)
    return shown


@dataclass(slots=True)
class Tracer:
    """Finds what was submitted on lines without escapes; the search behind it has a bound for the whole recording."""

    cols: int = 0
    work: int = MOST_WORK

    def returned(self, line: str) -> tuple[str, str]:
        """An edited line that kept its escapes, with its returns, and the doubt."""
        settled = settle(line)
        prompt = _prompt(settled)
        if "\x1b[C" in settled and not prompt:
            return _RIGHTWARD.sub(lambda found: "\r" + found.group(), settled), ""
        found = returns.returned(settled, prompt, self.cols or UNBOUNDED)
        return found.line, self._sure(settled, found)

    def _sure(self, line: str, found: Returned) -> str:
        if not found.fits:
            return UNFIT
        if found.wraps:
            return UNWRAPPED
        return WRAPPED if not self.cols and _may_wrap(line) else ""

    def text(self, left: str, prompt: str, earlier: Sequence[str]) -> tuple[str, str]:
        """The command of which the agent left this behind its prompt, and the doubt; `earlier` are those before it."""
        if len(prompt) > 2 and prompt in left:  # the screen was cleared, and the prompt drawn anew
            left = left.rpartition(prompt)[2] if SEARCH not in left else left
        left, wrapped = self._unwrapped(left, prompt)
        text, doubt = self._text(left, prompt, earlier)
        return text, doubt or wrapped or (MANGLED if "\ufffd" in text else "")

    def _unwrapped(self, left: str, prompt: str) -> tuple[str, str]:
        """The line without the space that readline writes at each wrap, and the doubt."""
        if "\b\b" in left or len(prompt + left) <= (self.cols or min(NARROW)):
            return left, ""
        if not self.cols:
            return left, WRAPPED if _may_wrap(prompt + left) else ""
        found = returns.returned(prompt + left, prompt, self.cols)
        return found.line.replace(" \r", "")[len(prompt) :], self._sure(prompt + left, found)

    def _text(self, left: str, prompt: str, earlier: Sequence[str]) -> tuple[str, str]:
        steps = [len(run) for run in _BACK.findall(left)]
        recalls = SEARCH in left or _recalls(left, earlier)
        if not steps and not recalls:
            return left.rstrip(), _joined(left, earlier)
        if not recalls and (max(steps) == 1 or _WIPED in left):
            return repair(left).rstrip(), EDITED
        found = None
        if self.work > 0:
            found, work = retrace(left, prompt, earlier)
            self.work -= work
        if found is not None and "i-search)`" not in found:
            return found.rstrip(), RETRACED if steps else RECALLED
        return _guessed(left, prompt, earlier)


def _may_wrap(line: str) -> bool:
    """Whether a row as it is may hold a wrap: there is a space where a usual terminal ends."""
    return len(line) > min(returns.USUAL) or any(line[cols : cols + 1] == " " for cols in NARROW)


def _recalls(left: str, earlier: Sequence[str]) -> bool:
    """Whether the line may be one that was recalled and drawn over: it goes on where an earlier one ended inside a word."""
    return any(left.startswith(command) and not _APART.match(left, len(command)) for command in set(earlier) if len(command) > 3)


def _joined(left: str, earlier: Sequence[str]) -> str:
    """The doubt where a command runs into the word before it: it may have been put in elsewhere, without a trace."""
    tokens = left.split()
    words = {word for command in earlier for word in command.split()} | {token for token in tokens if tokens.count(token) > 1}
    if _SET_BEFORE.search(left):
        return UNTRACED
    for number, token in enumerate(tokens):
        known = words.union(tokens[:number], tokens[number + 1 :])
        if token not in known and token not in shells.COMMON and _parted(token, known):
            return UNTRACED
    return ""


def _parted(token: str, words: set[str]) -> bool:
    """Whether the token is a known word and a common command, one after the other."""
    return any(token[:at] in words and token[at:] in shells.COMMON for at in range(2, len(token)))


def _guessed(left: str, prompt: str, earlier: Sequence[str]) -> tuple[str, str]:
    if SEARCH not in left:
        return repair(left).rstrip(), EDITED
    searched, drawn, after = left.rpartition(prompt.rstrip() or SEARCH)
    sought = "".join(_ADDED.findall(searched if drawn else left))
    for size in range(len(sought), 0, -1):
        for command in reversed(earlier):
            if sought[:size] in command:
                return command, SEARCHED
    return repair(after).strip(), SEARCHED
