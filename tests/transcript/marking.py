"""How a transcript is marked against what is known to have been typed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from bot.core.model import Typed

UNSEEN = frozenset({"password"})  # typed without echo: nothing can show it


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines wanted, commands found, and how many of them agree exactly."""

    wanted: int
    found: int
    exact: int
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """The share of the wanted lines that were found."""
        return self.exact / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share of the found commands that were wanted."""
        return self.exact / self.found if self.found else 1.0


def mark(wanted: Sequence[str], found: Sequence[str], history: Iterable[str] = ()) -> Mark:
    """Compares in order. Where they differ, the shell's own history decides: completion and `!!` change what was typed."""
    ran = set(history)
    exact, missed, wrong = 0, [], []
    for what, a, b, c, d in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
        if what == "equal":
            exact += b - a
            continue
        agreed = [text for text in found[c:d] if text in ran][: b - a]
        exact += len(agreed)
        if len(agreed) < max(b - a, d - c):
            missed += wanted[a:b]
            wrong += [text for text in found[c:d] if text not in ran]
    return Mark(len(wanted), len(found), exact, tuple(missed), tuple(wrong))


def unsaid(marked: Mark, found: Iterable[Typed]) -> int:
    """How many of the commands that were not wanted carry no doubt."""
    return (Counter(marked.wrong) & Counter(command.text for command in found if not command.doubt)).total()


def total(marks: Iterable[Mark]) -> Mark:
    """All marks as one."""
    every = list(marks)
    return Mark(sum(m.wanted for m in every), sum(m.found for m in every), sum(m.exact for m in every))


def lab(truth: Path, found: Sequence[str]) -> Mark:
    """The mark of a lab recording by its truth file; passwords are not wanted."""
    known = json.loads(truth.read_text())
    wanted = [line["text"] for line in known["typed"] if line["kind"] not in UNSEEN]
    return mark(wanted, found, known["shell_history"])


def transcribed(truth: Path, found: Sequence[str]) -> Mark:
    """The mark of a recording whose commands a person read off the screen."""
    return mark(json.loads(truth.read_text())["typed"], found)
