"""Collects the simple commands of one typed text, and follows each one into what it starts.

Limits keep a hostile line from costing more than it is worth: how deep, how many, how much text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.core.shell.decode import output
from bot.core.shell.files import files
from bot.core.shell.prefixes import Inner
from bot.core.shell.words import Simple, bare, joined
from bot.core.shell.wrappers import inside

DEEPEST = 8
MOST_COMMANDS = 1_000
MOST_TEXT = 400_000

Walk = Callable[[str, "Sink", "Frame"], None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a command stands: who runs it, from which command line, and how deep."""

    user: str = ""
    parent: str = ""
    via: tuple[str, ...] = ()
    depth: int = 0
    shell: str = "bash"


@dataclass(frozen=True, slots=True)
class Place:
    """What surrounds one command in its own line."""

    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    stdin: str | None = None
    position: int = 0
    text: str = ""  # as written, where quoting matters


@dataclass(slots=True)
class Sink:
    """The commands found so far; `walks` reads a text in another language."""

    walks: Mapping[str, Walk]
    commands: list[Simple] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # plain variables
    errors: bool = False
    spent: int = 0

    @property
    def full(self) -> bool:
        """Whether no more commands are taken."""
        return len(self.commands) >= MOST_COMMANDS

    def add(self, argv: tuple[str, ...], place: Place, frame: Frame) -> str | None:
        """Take one command and all that it starts; what it prints, where that is known."""
        if self.full:
            self.errors = True
            return None
        written, read = files(argv) if argv else ((), ())
        line = place.text or joined((*place.env, *argv)) if not argv else place.text or joined(argv)
        self.commands.append(
            Simple(
                argv=argv,
                commandline=line,
                image=argv[0] if argv else "",
                user=frame.user,
                parent=frame.parent,
                via=frame.via,
                writes=place.writes + written,
                reads=place.reads + read,
                stdin=place.stdin or "",
                env=place.env,
                shell=frame.shell,
                position=place.position,
            )
        )
        if not argv:
            return None
        printed = output(bare(argv[0]), argv[1:], place.stdin)
        if frame.depth < DEEPEST:
            for inner in inside(argv, place.stdin):
                printed = self._follow(inner, argv, place, frame, line) or printed
        return printed

    def _follow(self, inner: Inner, argv: tuple[str, ...], place: Place, frame: Frame, line: str) -> str | None:
        below = Frame(inner.user or frame.user, line, (*frame.via, bare(argv[0])), frame.depth + 1, inner.language)
        if inner.argv:
            below = Frame(below.user, line, below.via, below.depth, frame.shell)
            again = Place(place.writes, place.reads, place.env, place.stdin, place.position)
            return self.add(inner.argv, again, below)
        if inner.text.strip():
            self.read(inner.text, below)
        return None

    def read(self, text: str, frame: Frame) -> None:
        """Read a text that a command hands to a shell."""
        self.spent += len(text)
        if frame.depth > DEEPEST or self.spent > MOST_TEXT:
            self.errors = True
            return
        self.hidden.append(text)
        self.walks[frame.shell](text, self, frame)
