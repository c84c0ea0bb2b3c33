"""History expansion: bash and zsh show the line that `!!` and its kin became before they run it."""

from __future__ import annotations

import re

_BANG = re.compile(r"(?:^|[^\\'\w\[])(!(?:!|[?$^*]|-?\d+|[A-Za-z][\w.-]*|\?[^?\s]+\??)(?::[\w^$*/&-]+)*)|^\^[^^\n]+\^[^^\n]*\^?")


def asks(command: str) -> bool:
    """Whether the line may be expanded before it runs."""
    return ("!" in command or command.startswith("^")) and _BANG.search(command) is not None


def became(command: str, shown: str) -> bool:
    """Whether the line shown after the command is its expansion: what is typed stands in it, with some text for each expansion."""
    first, *between, last = _around(command)
    at = len(first)
    if shown == command or "event not found" in shown or "\n" in shown or not shown.startswith(first):
        return False
    for part in between:
        found = shown.find(part, at + 1)
        if found < 0:
            return False
        at = found + len(part)
    return shown.endswith(last) and len(shown) - len(last) > at


def _around(command: str) -> list[str]:
    """What stands before, between and behind the expansions; there is at least one."""
    parts: list[str] = []
    last = 0
    for found in _BANG.finditer(command):
        start, end = found.span(1) if found.group(1) else found.span()
        parts.append(command[last:start])
        last = end
    return [*parts, command[last:]]
