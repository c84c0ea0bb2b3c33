"""The lines of a transcript, kept as columns: a recording has hundreds of thousands of lines, and few of them are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import eq
from typing import overload

from bot.core.model import Line

Times = Sequence[datetime | None]


@dataclass(slots=True, eq=False)
class Lines(Sequence[Line]):
    """Lines in order, numbered from 1. Each Line is made when it is asked for."""

    texts: list[str] = field(default_factory=list)
    _typed: set[int] = field(default_factory=set)  # numbers of lines
    _times: dict[int, datetime | None] = field(default_factory=dict)

    def add(self, texts: Sequence[str], times: Times = (), *, typed: bool = False) -> None:
        """More lines at the end, each with its time if there are times."""
        numbers = range(len(self.texts) + 1, len(self.texts) + len(texts) + 1)
        self.texts += texts
        if times:
            self._times.update(zip(numbers, times, strict=False))
        if typed:
            self._typed.update(numbers)

    def mark(self, numbers: Iterable[int], *, typed: bool = True) -> None:
        """Lines already written were typed, or were not."""
        (self._typed.update if typed else self._typed.difference_update)(numbers)

    def unmark(self, first: int) -> None:
        """No line from this number on was typed."""
        self._typed.difference_update(range(first, len(self.texts) + 1))

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, index: int | slice) -> Line | tuple[Line, ...]:
        """The line at an index from 0, or lines."""
        numbers = range(1, len(self.texts) + 1)[index]
        return self._line(numbers) if isinstance(numbers, int) else tuple(map(self._line, numbers))

    def __iter__(self) -> Iterator[Line]:
        """The lines in order."""
        return map(self._line, range(1, len(self.texts) + 1))

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.texts)

    def __eq__(self, other: object) -> bool:
        """Whether the other sequence, of whatever kind, holds the same lines."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """As a tuple of the lines has it."""
        return hash(tuple(self))

    def _line(self, number: int) -> Line:
        return Line(number, self.texts[number - 1], number in self._typed, self._times.get(number))
