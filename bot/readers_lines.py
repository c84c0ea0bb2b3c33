"""Readers of settings that are written in lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot import readers as read
from bot.readers import Reader


def lines_of(reads: Callable[[str], object]) -> Reader:
    """A reader of lines, each of which must be readable by another."""

    def reader(value: object) -> tuple[str, ...]:
        for each in (found := read.lines(value)):
            reads(each)
        return found

    return reader


def teams(value: object) -> Mapping[str, tuple[str, ...]]:
    """A table of lists, or `team=name name` with `;` between."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else ((name, people) for name, _, people in (each.partition("=") for each in read.lines(value)))
    )
    found = {str(name).strip(): read.words(people) for name, people in pairs}
    if not all(name and people for name, people in found.items()):
        raise ValueError("it must be like payments=alice@example.com bob@example.com")
    return MappingProxyType(found)
