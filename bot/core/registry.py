"""Discovery: every module of `commands` that does not begin with `_` is a verb. A broken one stops the bot at start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType

from bot.core.ask import Command


def discover(package: ModuleType) -> Mapping[str, Command]:
    """The commands of a package by name, in order. Raises TypeError naming the file and what is missing."""
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
    found = [_command(importlib.import_module(f"{package.__name__}.{name}"), name) for name in names]
    return {command.name: command for command in found}


def _command(module: ModuleType, name: str) -> Command:
    command = getattr(module, "COMMAND", None)
    if not isinstance(command, Command):
        raise TypeError(f"{module.__file__}: has no COMMAND = Command(…)")
    if command.name != name:
        raise TypeError(f"{module.__file__}: COMMAND.name is {command.name!r}; it must be the file's name, {name!r}")
    if not command.usage.startswith(f"/ssm {name}") or not command.about or not command.examples:
        raise TypeError(f"{module.__file__}: COMMAND needs a usage that begins with “/ssm {name}”, a sentence about it and examples")
    return command
