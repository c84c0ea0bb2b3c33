"""A typed text as what rules are tried on: each simple command, the text as a whole, and every text hidden in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.core.model import Typed
from bot.core.rules import records
from bot.core.rules.correlation import Fired
from bot.core.rules.prefilter import family
from bot.core.rules.words import Rule
from bot.core.shell import Parsed, Simple

LONGEST = 100_000  # characters of a hidden text that are judged


class Hit(NamedTuple):
    """What a rule is tried on: its place among the parts of a text, its record, and how it is shown."""

    number: int
    record: records.Record
    shown: str


class Tried:
    """A parsed text, ready for the rules that were chosen."""

    __slots__ = ("_commands", "_scripts", "chosen")

    def __init__(self, parsed: Parsed, typing: records.Typing, chosen: tuple[Rule, ...]) -> None:
        self.chosen = chosen
        wholes = enumerate(_whole(parsed, typing.platform))
        self._commands = [Hit(number, records.command(simple, typing), simple.commandline) for number, simple in wholes]
        self._scripts = [Hit(0, records.script(shown[:LONGEST]), shown) for shown in (parsed.text, *parsed.hidden)]

    def first(self, rule: Rule) -> Hit | None:
        """Where a rule fires first, if it does."""
        test = rule.test
        for hit in self._scripts if rule.kind == "script" else self._commands:
            if test(hit.record):
                return hit
        return None

    def every(self, rule: Rule) -> list[Hit]:
        """Everywhere that a rule fires."""
        return [hit for hit in (self._scripts if rule.kind == "script" else self._commands) if rule.test(hit.record)]


def names(rule: Rule) -> tuple[str, ...]:
    """By what correlations can call a rule."""
    return tuple(dict.fromkeys(filter(None, (rule.name, rule.id))))


def fired_by(rule: Rule, matched: Sequence[Hit], line: int, typed: Typed) -> list[Fired[Typed]]:
    """What a rule fired on in one typed text; the text as a whole only where no command of it did."""
    parts = [hit for hit in matched if hit.shown != typed.text] or matched[:1]
    return [Fired(name, typed.at, f"{line:09}.{hit.number:04}", typed, hit.record) for hit in parts for name in names(rule)]


def spread(parsed: Parsed) -> str:
    """Everything that parsing brought out, as one text for the quick filter."""
    return "\n".join((*parsed.hidden, *(simple.commandline for simple in parsed.commands), *_argvs(parsed)))[:LONGEST]


def _argvs(parsed: Parsed) -> list[str]:
    return [" ".join(simple.argv) for simple in parsed.commands]


def _whole(parsed: Parsed, platform: str) -> tuple[Simple, ...]:
    """The commands, and the line as one command: what a shell given the whole line would show."""
    windows = family(platform) == "windows"
    if len(parsed.commands) == 1 and not parsed.errors and (not windows or _covers(parsed.commands[0], parsed.text)):
        return parsed.commands
    line = Simple(argv=(), commandline=parsed.text, image="", shell="powershell" if windows else "bash")
    words = tuple(parsed.text.split(None, 200)) if not parsed.commands else ()
    loose = Simple(argv=words, commandline=parsed.text, image=words[0], shell=line.shell) if words else line
    return (*parsed.commands, loose)


def _covers(simple: Simple, text: str) -> bool:
    """Whether a command is all there is; PowerShell can do much around one: `(New-Object x).Upload(…)`."""
    return simple.commandline == " ".join(text.split())
