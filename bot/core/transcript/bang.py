"""History expansion: bash and zsh show the line that `!!` and its kin became before they run it."""

from __future__ import annotations

import re

_BANG = re.compile(r"(?:^|[^\\'\w\[])(!(?:!|[?$^*]|-?\d+|[A-Za-z][\w.-]*|\?[^?\s]+\??)(?::[\w^$*/&-]+)*)|^\^[^^\n]+\^[^^\n]*\^?")


def asks(command: str) -> bool:
    """Whether the line may be expanded before it runs."""
    return ("!" in command or command.startswith("^")) and _BANG.search(command) is not None


def became(command: str, shown: str) -> bool:
    """Whether the line shown after the command is its expansion."""
    pattern = "".join(".+" if part is None else re.escape(part) for part in _around(command))
    return shown != command and "event not found" not in shown and re.fullmatch(pattern, shown) is not None


def _around(command: str) -> list[str | None]:
    parts: list[str | None] = []
    last = 0
    for found in _BANG.finditer(command):
        start, end = found.span(1) if found.group(1) else found.span()
        parts += [command[last:start], None]
        last = end
    return [*parts, command[last:]]
