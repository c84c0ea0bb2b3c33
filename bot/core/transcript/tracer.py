"""Guesses what was submitted on a line that the agent cleaned, and says in a doubt that it is a guess.

Where escapes are gone, the line is traced back to the keys it comes from; what left no trace at all is only
suspected: by words that run together, by a blank at the end, by a space where a row may have ended.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from bot.core.transcript import lossy, returns, shells
from bot.core.transcript.retrace import LONGEST, SEARCH, WORDS, retrace
from bot.core.transcript.returns import Returned
from bot.core.transcript.screen import UNBOUNDED, settle

EDITED = "the line was edited, and the agent removed the escape sequences that say how"
RETRACED = "the agent removed the escape sequences that say how the line was edited; this is the likeliest way to what is left"
MANGLED = "the agent removed some of its characters, which it took for control codes"
UNTRACED = "two words run together: the line may have been wiped out or put together in another order, without a trace"
RECALLED = "the line was recalled over another; which part stood there is told by earlier commands"
SEARCHED = "found by history search; completed from the earlier command that it found"
UNFIT = "the line was edited across rows, and its carriage returns are gone"
WRAPPED = "the line may hold spaces that the terminal's wraps left"
UNWRAPPED = "spaces that the terminal's wraps left were taken out"

_RIGHTWARD = re.compile(r"(?:\x1b\[C){6,}")
_WIPED = "\b \b"  # a terminal's own erasing, no readline's
_ADDED = re.compile(r"\x08([^\x08])")
_BACK = re.compile(r"\x08+")
_SET_BEFORE = re.compile(r"\S(?:sudo|doas|nohup|time|env|exec|watch|strace|[:;|&]) $")
_OPTION = re.compile(r"-\w")
_APART = re.compile(r"[\s|;&<>)]|$")
GUESSES = frozenset({EDITED, RETRACED, RECALLED, SEARCHED, UNFIT})
NARROW = (40, 60)
MOST_ALIKE = 4  # signs that may stand at both ends of a line by chance
SHORTEST = 3
MOST_WORDS = 100_000
MOST_WORK = 15_000  # states


@dataclass(slots=True)
class Tracer:
    """Finds what was submitted on lines without escapes; the search behind it has a bound for the whole recording."""

    cols: int = 0
    work: int = MOST_WORK
    _lines: set[str] = field(default_factory=set)  # submitted so far
    _words: set[str] = field(default_factory=set)  # and the words in them

    def learn(self, text: str) -> None:
        """A line was submitted: later ones may be recalled from it."""
        if len(text) > SHORTEST and len(self._words) < MOST_WORDS:
            self._lines.add(text)
            self._words.update(WORDS.findall(text))

    def returned(self, line: str) -> tuple[str, str]:
        """An edited line that kept its escapes, with its returns, and the doubt."""
        settled = settle(line)
        prompt = lossy.prompt(settled)
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

    def text(self, left: str, prompt: str, earlier: Callable[[], Sequence[str]]) -> tuple[str, str]:
        """The command of which the agent left this behind its prompt, and the doubt; `earlier` gives those before it."""
        if len(prompt) > 2 and prompt in left:  # the screen was cleared, and the prompt drawn anew
            left = left.rpartition(prompt)[2] if SEARCH not in left else left
        if "\b" not in left and (again := _again(left)):
            return again.removeprefix(prompt).rstrip(), UNTRACED
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

    def _text(self, left: str, prompt: str, earlier: Callable[[], Sequence[str]]) -> tuple[str, str]:
        steps = [len(run) for run in _BACK.findall(left)]
        recalls = SEARCH in left or self._recalls(left)
        if not steps and not recalls:
            return left.rstrip(), self._joined(left)
        if not recalls and (max(steps) == 1 or _WIPED in left):
            return lossy.repair(left).rstrip(), EDITED
        found, before = None, earlier()
        if self.work > 0:
            found, work = retrace(left, prompt, before)
            self.work -= work
        if found is not None and "i-search)`" not in found:
            return found.rstrip(), RETRACED if steps else RECALLED
        return _guessed(left, prompt, before)

    def _recalls(self, left: str) -> bool:
        """Whether the line may be one that was recalled and drawn over: it goes on where an earlier one ended inside a word."""
        ends = range(SHORTEST + 1, min(len(left), LONGEST))
        return any(left[:end] in self._lines and not _APART.match(left, end) for end in ends)

    def _joined(self, left: str) -> str:
        """The doubt where a command runs into the word before it: it may have been put in elsewhere, without a trace."""
        if len(left) > LONGEST:
            return ""
        tokens = Counter(WORDS.findall(left))
        strange = [token for token in tokens if tokens[token] == 1 and token not in self._words and token not in shells.COMMON]
        joined = _SET_BEFORE.search(left) or any(_parted(token, tokens) or _parted(token, self._words) for token in strange)
        return UNTRACED if joined else ""


def _may_wrap(line: str) -> bool:
    """Whether a row as it is may hold a wrap: there is a space where a usual terminal ends."""
    return len(line) > min(returns.USUAL) or any(line[cols : cols + 1] == " " for cols in NARROW)


def _again(left: str) -> str:
    """What follows a text that the line also ends with, where the two run together: it was wiped out and put back, or drawn anew."""
    if len(left) > LONGEST:
        return ""
    size = next((size for size in range(len(left) // 2, MOST_ALIKE, -1) if left.endswith(left[:size])), 0)
    return left[size:] if size and not _APART.match(left, size) else ""


def _parted(token: str, words: Container[str]) -> bool:
    """Whether the token is a known word, or a short option, and a common command, one after the other."""
    parts = ((token[:at], token[at:]) for at in range(2, len(token)))
    return any(last in shells.COMMON and (first in words or (_OPTION.fullmatch(first) and len(last) > 1)) for first, last in parts)


def _guessed(left: str, prompt: str, earlier: Sequence[str]) -> tuple[str, str]:
    if SEARCH not in left:
        return lossy.repair(left).rstrip(), EDITED
    searched, drawn, after = left.rpartition(prompt.rstrip() or SEARCH)
    sought = "".join(_ADDED.findall(searched if drawn else left))
    for size in range(len(sought), 0, -1):
        for command in reversed(earlier):
            if sought[:size] in command:
                return command, SEARCHED
    return lossy.repair(after).strip(), SEARCHED
