"""What a prompt looks like, by shell, and where it ends and the typing begins.

A strong shape is a prompt wherever a line starts with it. A weak one (`$ `, `# `) is a prompt only where
the recording has shown that somebody waits there. A line edited between bracketed-paste marks is a prompt
for certain; only its end is looked for, first by shape, then at the first sign that ends prompts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_BEFORE = r"(?:\([\w./:@ -]{1,60}\) ?|\[[INVR]\] )*"

_STRONG = (
    ("sh", r"(?:sh|rbash|dash|ash)-\d[\w.]*[$#] "),
    ("bash", r"bash-\d[\w.]*[$#] "),
    ("bash", r"\[[\w.+-]+@[\w.-]+(?:[: ][^\]\n]{0,160})?\][$#%] "),
    ("zsh", r"[\w.+-]+@[\w.-]+ \S{1,120} % "),
    ("bash", r"[\w.+-]+@[\w.-]+:[~/][^\n$#%>]{0,200}?[$#] "),
    ("bash", r"[\w.+-]+@[\w.-]+[: ][~/]\S{0,200}? ?[$#] "),
    ("fish", r"[\w.+-]+@[\w.-]+ [~/][^\s>]{0,120}(?: \([^)\n]{1,60}\))?(?: \[\w{1,8}\])?> "),
    ("powershell", r"(?:\[[\w.:-]+\]: )?PS (?:[A-Za-z]+:|[~/\\])[^>\n]{0,260}> ?"),
    ("cmd", r"[A-Za-z]:\\[^<>|\"\n]{0,260}>"),
    ("sh", r"(?:~|/[\w./-]{0,160}) [$#] "),
    ("zsh", r"➜ +\S+(?: \S*git:\([^)\n]{1,80}\))?(?: [✗✔](?= |$))?(?: +|$)"),
    ("", r"[❯λ] "),
)
_REPL = (
    ("python", r">>> "),
    ("python", r"In \[\d+\]: "),
    ("mysql", r"(?:mysql|MariaDB \[[^\]\n]{1,64}\])> "),
    ("psql", r"[\w.-]{1,64}[=!][#>] "),
    ("sqlite", r"sqlite> "),
    ("redis", r"[\w.-]+:\d{2,5}(?:\[\d+\])?> "),
    ("ruby", r"irb\([\w:#<>]+\):\d+(?::\d+)?[>*\"'] "),
    ("debugger", r"\((?:gdb|Pdb|lldb)\) "),
    ("ftp", r"s?ftp> "),
    ("mongo", r"(?:[\w.-]+ \[\w+\] )?(?:test|admin|local|config|mongosh?|rs\d*(?::\w+)?)> "),
    ("repl", r"(?:scala|jshell|SQL|cqlsh(?::\w+)?|ghci|Prelude|hive|spark-sql|impala|octave:\d+)> "),
)
_MORE = (
    ("python", r"\.\.\. "),
    ("mysql", r" {4}(?:->|'>|\">|`>) "),
    ("psql", r"[\w.-]{1,64}[-('\"*$][#>] "),
    ("sqlite", r" {3}\.\.\.> "),
    (
        "zsh",
        r"(?:(?:for|while|until|if|then|else|elif|case|select|function|quote|dquote|bquote|heredoc|pipe|cmdsubst|cmdand|cmdor|subsh|cursh|array|math|braceparam|repeat)(?: \w+)*|\w*quote)> ",
    ),
    ("powershell", r">> ?"),
    ("sh", r"> "),
)
_WEAK = re.compile(rf"{_BEFORE}(?:\$ |# |% |> )")
_ENDS = re.compile(r"^.{0,160}?[$#%>❯➜λ»›⟩▶❱]\s")
_CONSOLES = frozenset({"python", "mysql", "psql", "sqlite", "redis", "ruby", "debugger", "ftp", "mongo", "repl"})


def _table(rows: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    shapes = "|".join(f"(?P<s{number}>{shape})" for number, (_, shape) in enumerate(rows))
    return re.compile(f"{_BEFORE}(?:{shapes})"), tuple(shell for shell, _ in rows)


_STRONG_RE, _STRONG_NAMES = _table(_STRONG)
_REPL_RE, _REPL_NAMES = _table(_REPL)
_MORE_RE, _MORE_NAMES = _table(_MORE)
_TABLES = (("a", _STRONG_RE), ("b", _REPL_RE), ("c", _MORE_RE))
_SEARCH = re.compile(r"\n(?:" + "|".join(table.pattern.replace("(?P<", f"(?P<{tag}") for tag, table in _TABLES) + rf"|{_WEAK.pattern})")
_SIGNS = ("$", "#", "%", ">", "\\", "➜", "❯", "λ")
_CONSOLE_SIGNS = tuple(map(re.compile, (r"\[(?<=\nIn \[)", r"\((?:gdb|Pdb|lldb)\) ", r"\.(?<=\n\.)\.\. ")))  # by what is rarest in them
_ANY_SIGN = (*_SIGNS, "(gdb) ", "(Pdb) ", "(lldb) ")
_WORDED = re.compile(r"\.\.\. |In \[")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as it stood: its text, whose it is, and how sure its shape makes us."""

    text: str
    shell: str = ""
    strong: bool = True
    more: bool = False  # asks for the rest of an unfinished command

    @property
    def console(self) -> bool:
        """Whether a program other than a shell asks."""
        return self.shell in _CONSOLES

    @property
    def word(self) -> str:
        """The shell as a transcript names it: consoles are all `repl`."""
        return "repl" if self.console else self.shell


def strong(line: str) -> Prompt | None:
    """The shell or console prompt that the line starts with, if its shape is one."""
    for pattern, names in ((_STRONG_RE, _STRONG_NAMES), (_REPL_RE, _REPL_NAMES)):
        if found := pattern.match(line):
            return _prompt(found.group(), names[int(str(found.lastgroup)[1:])])
    return None


@lru_cache(maxsize=256)
def _prompt(text: str, shell: str) -> Prompt:
    return Prompt(text, shell)


def more(line: str) -> Prompt | None:
    """The secondary prompt (`> `, `... `, `    -> `) that the line starts with."""
    found = _MORE_RE.match(line)
    return Prompt(found.group(), _MORE_NAMES[int(str(found.lastgroup)[1:])], more=True) if found else None


def weak(line: str) -> Prompt | None:
    """The bare sign (`$ `, `# `, `% `, `> `) that the line starts with."""
    found = _WEAK.match(line)
    return Prompt(found.group(), "zsh" if found.group().endswith("% ") else "sh", strong=False) if found else None


def ending(line: str) -> Prompt | None:
    """The shortest start of the line that ends like a prompt: for lines known to be edited."""
    found = _ENDS.match(line)
    return Prompt(found.group(), strong=False) if found else None


@lru_cache(maxsize=256)
def shell_of(prompt: str) -> str:
    """The shell whose prompt this text is, or ''."""
    for candidate in (strong(prompt + " "), strong(prompt)):
        if candidate:
            return candidate.shell
    return ""


def signed(line: str) -> bool:
    """Whether the line has any sign that ends prompts."""
    return any(map(line.__contains__, _ANY_SIGN)) or _WORDED.match(line) is not None


def leads(line: str) -> bool:
    """Whether the line starts like a prompt of any strength, escapes and returns before it left out."""
    return _SEARCH.match("\n" + line.lstrip("\r")) is not None


def candidates(text: str, *, consoles: bool = True) -> list[int]:
    """Offsets in settled, plain text, begun by a line end, where a line starts like a prompt of any strength."""
    starts: set[int] = set()
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            starts.add(text.rfind("\n", 0, at))
            end = text.find("\n", at)
            at = text.find(sign, end) if end >= 0 else -1
    for shape in _CONSOLE_SIGNS if consoles else ():
        starts.update(text.rfind("\n", 0, found.start()) for found in shape.finditer(text))
    return [start + 1 for start in sorted(starts) if start >= 0 and _SEARCH.match(text, start)]
