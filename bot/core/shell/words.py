"""The words of a parsed command line, and what a program name means.

Strategy: a `Simple` is one process (or builtin, or cmdlet) that the line would start, with everything that a
process-creation event would know about it, and a few things that only the command line knows: what it is piped
from and into, which files it writes and reads, and through which wrappers it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

SHELLS = frozenset(
    ["sh", "bash", "dash", "zsh", "ksh", "ksh93", "mksh", "ash", "csh", "tcsh", "fish", "rbash", "yash", "posh", "pdksh", "elvish"]
)
POWERSHELLS = frozenset(("powershell", "pwsh", "powershell_ise"))


@dataclass(frozen=True, slots=True)
class Simple:
    """One simple command. `argv[0]` is the program as typed, quotes and escapes resolved.

    `user` is "root" after sudo, the named user after `sudo -u`, else "". `parent` is the command line of what
    starts it, `via` the wrappers in order (sudo, xargs, ssh …). `stdin` is known text on standard input.
    `position` counts from 0 within a pipeline.
    """

    argv: tuple[str, ...]
    commandline: str
    image: str = ""
    user: str = ""
    parent: str = ""
    via: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    stdin: str = ""
    piped_from: tuple[str, ...] = ()
    piped_into: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    shell: str = "bash"  # bash, powershell, cmd: the language that it was written in
    position: int = 0

    @property
    def name(self) -> str:
        """The program's bare name in lower case, without folder and `.exe`."""
        return bare(self.image)

    @property
    def redirects(self) -> tuple[str, ...]:
        """Files written and read."""
        return self.writes + self.reads


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed text, the commands in it, the texts hidden in it (decoded, expanded), and whether it parsed."""

    commands: tuple[Simple, ...]
    text: str
    errors: bool = False
    hidden: tuple[str, ...] = field(default=())


@lru_cache(maxsize=4096)
def bare(image: str) -> str:
    r"""The name by which a program is known.

    >>> bare("/usr/bin/NC"), bare("C:\\\\Windows\\\\certutil.exe")
    ('nc', 'certutil')
    """
    base = image.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    for suffix in (".exe", ".com", ".cmd", ".bat"):
        base = base.removesuffix(suffix)
    return base


def joined(argv: tuple[str, ...] | list[str]) -> str:
    """A command line as a process-creation event shows it: words by single spaces, quotes gone."""
    return " ".join(argv)
