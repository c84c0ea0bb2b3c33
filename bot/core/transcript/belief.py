"""Which lines are prompts: shapes are not proof, so it matters who was asked to show them.

Strong shapes are believed anywhere but in the output of a program that shows other people's text; consoles
only after a command that opens one; bare signs only where a shell was seen to wait.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.core.transcript import prompts, shells
from bot.core.transcript.prompts import Prompt

MOST_LITERALS = 8
MOST_ASKED = 160
MANY = 50  # lines; more are as many

_ASKS_SECRET = re.compile(r"(?i)\b(?:password|passphrase|passcode|mot de passe|passwort|contraseña|pin)\b[^:\n]{0,80}:\s*$")


_ASKED = re.compile(r"(?i)[^\n\r\x08\x1b]{0,80}\b(?:password|passphrase|passcode|pin)\b[^:\n\r\x08\x1b]{0,80}: ?")
_SHELL_OF_SIGN = {"$": "sh", "#": "sh", "%": "zsh"}
_ANGLED = [["node"], ["mongo"], ["mongosh"], ["R"], ["octave"], ["ftp"], ["sqlcmd"]]


class Trust(IntEnum):
    """Which prompts a stretch of ground may hold."""

    NONE = 0
    STRONG = 1
    ALL = 2


@dataclass(slots=True)
class Belief:
    """What the recording has taught so far about who waits where."""

    quiet: bool = False  # a command document: nobody sits at a prompt
    marked: bool = False  # the shell in the foreground marks what is edited
    lossy: bool = False  # marks may have been stripped
    trust: Trust = Trust.ALL
    foreground: str = ""
    console: str = ""
    learned: re.Pattern[str] | None = None  # the shape of prompts that no table has
    commands: int = 0
    idle: int = 0  # lines shown since the last prompt
    _nested: bool = False  # a shell without marks runs inside one with marks
    _strong: bool = False  # a shell with a telling prompt was seen
    _weak: set[str] = field(default_factory=set)
    _literals: list[str] = field(default_factory=list)  # prompts that may stand behind unfinished output

    def enter(self) -> None:
        """Starts a stretch of ground."""
        if self.quiet:
            self.trust = Trust.STRONG
        elif not self.marked or self._nested or shells.opens(self.foreground):
            self.trust = Trust.ALL
        else:
            self.trust = Trust.NONE if shells.prints(self.foreground) else Trust.STRONG

    def candidates(self, shown: list[str], text: str = "") -> list[int]:
        """Numbers of the lines that may hold a prompt; `text` is all of them, each behind a line end, where that is known."""
        if self.trust is Trust.NONE:
            return []
        text = text or "\n" + "\n".join(shown)
        found = prompts.candidates(text, consoles=self.trust is Trust.ALL)
        if self.learned:
            found = sorted({*found, *(prompt.start() for prompt in self.learned.finditer(text))})
        if self.trust is Trust.ALL and (not self.marked or self.lossy):
            self._learn(text, found)
            found = sorted({*found, *self._glued(text)})
        indices: set[int] = set()
        line, before = -1, 0
        for offset in found:
            line += text.count("\n", before, offset)
            before = offset
            indices.add(line)
        return sorted(indices) if text.count("\n") == len(shown) else _unfolded(shown, sorted(indices))

    def prompt(self, line: str, last: str, idle: int) -> tuple[Prompt | None, int]:
        """The prompt on the line and where it starts; `last` is the command directly above, or ''."""
        if last and (found := prompts.more(line)) and self._continues(found, last):
            return found, 0
        if self.learned and (shaped := self.learned.match(line)):
            return Prompt(shaped.group(), _SHELL_OF_SIGN.get(shaped.group().rstrip()[-1:], "")), 0
        if (found := prompts.strong(line)) and self._opened(found):
            return found, 0
        if (found := prompts.weak(line)) and self._angled(found):
            return Prompt(found.text, "repl"), 0
        if (found := prompts.weak(line)) and self._waits(found, idle):
            self._weak.add(found.text)
            return found, 0
        for literal in self._literals[-MOST_LITERALS:]:
            at = line.rfind(literal)
            if at > 0 and line[len(literal) + at :].strip():
                return Prompt(literal, prompts.shell_of(literal)), at
        return None, 0

    def behind(self, line: str) -> int:
        """Where a known prompt stands behind unfinished output that nothing had moved over yet, or 0."""
        if self.marked and not self.lossy:
            return 0
        asked = _ASKED.match(line) if ": " in line[:MOST_ASKED] else None
        if asked and self._at(line[asked.end() :]):
            return asked.end()
        found = (line.find(literal) for literal in self._literals[-MOST_LITERALS:])
        at = min((at for at in found if at >= 0), default=0)
        return at if line[:at].isprintable() else 0

    def waiting(self, line: str) -> bool:
        """Whether somebody had typed behind a prompt on the line."""
        found = prompts.strong(line) or (prompts.weak(line) if self._weak else None)
        return bool(found and line[len(found.text) :].strip())

    def saw(self, prompt: Prompt, command: str, *, marked: bool) -> None:
        """A prompt was there, and perhaps a command was submitted at it."""
        self.idle = 0
        self.console = prompt.shell if prompt.console else ""
        self._strong = self._strong or (prompt.strong and not prompt.console)
        self._nested = self.marked and not marked
        if command:
            self.commands += 1
            self.foreground = command

    def idled(self, lines: Sequence[str]) -> int:
        """How many lines were shown since the last prompt, questions for a secret left out."""
        if len(lines) > MANY:
            return self.idle + MANY
        return self.idle + sum(1 for line in lines if line.strip() and not (line.rstrip().endswith(":") and _ASKS_SECRET.search(line)))

    def _continues(self, found: Prompt, last: str) -> bool:
        if self.console:
            return found.shell == self.console
        return found.shell not in ("python", "mysql", "psql", "sqlite") and shells.unfinished(last)

    def _opened(self, found: Prompt) -> bool:
        if not found.console:
            return True
        return self.trust is Trust.ALL and (bool(self.console) or self.commands == 0 or shells.opens(self.foreground))

    def _angled(self, found: Prompt) -> bool:
        """Whether a console that asks by a bare `> ` is open."""
        return (
            self.trust is Trust.ALL
            and found.text == "> "
            and (self.console == "repl" or (not self.console and self.foreground.split()[:1] in _ANGLED))
        )

    def _waits(self, found: Prompt, idle: int) -> bool:
        if self.trust is not Trust.ALL:
            return False
        if found.text in self._weak:
            return True
        if self.console:
            return False
        if idle == 0 and (self.commands == 0 or shells.opens(self.foreground)):
            return not found.text.endswith("> ") or self.commands > 0
        return found.text.endswith("$ ") and not self._strong

    def _learn(self, text: str, found: list[int]) -> None:
        for offset in found[:200]:
            prompt = self._at(text[offset : offset + 400].split("\n", 1)[0])
            if prompt and not prompt.console and len(prompt.text) > 4 and prompt.text not in self._literals:
                self._literals.append(prompt.text)

    def _at(self, line: str) -> Prompt | None:
        shaped = self.learned.match(line) if self.learned else None
        return Prompt(shaped.group()) if shaped else prompts.strong(line)

    def _glued(self, text: str) -> list[int]:
        found = []
        for literal in self._literals[-MOST_LITERALS:]:
            at = text.find(literal)
            while at > 0:
                if text[at - 1] != "\n":
                    found.append(at)
                at = text.find(literal, at + len(literal))
        return found


def _unfolded(shown: list[str], indices: list[int]) -> list[int]:
    """Line numbers, where some lines were pictured as several rows."""
    owners = [number for number, line in enumerate(shown) for _ in range(line.count("\n") + 1)]
    return sorted({owners[index] for index in indices if index < len(owners)})
