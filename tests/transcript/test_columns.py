"""The lines of a transcript are a sequence like any other, whatever they are kept as."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.model import Line
from bot.core.transcript.columns import Lines

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
MADE = (Line(1, "$ id", typed=True, at=AT), Line(2, "uid=0"), Line(3, "gid=0", at=AT))


@pytest.fixture(name="lines")
def _lines() -> Lines:
    """Three lines, one typed, two with a time."""
    lines = Lines()
    lines.add(["$ id"], [AT])
    lines.add(["uid=0"])
    lines.add(["gid=0"], [AT])
    lines.mark([1, 2])
    lines.mark([2], typed=False)
    return lines


def test_lines_are_numbered_from_one_and_made_when_asked_for(lines: Lines) -> None:
    """By index from both ends, by slice, and one by one."""
    assert MADE == tuple(lines)
    assert (MADE[0], MADE[2], MADE[1:]) == (lines[0], lines[-1], lines[1:])
    with pytest.raises(IndexError):
        lines[3]


def test_lines_equal_what_holds_the_same(lines: Lines) -> None:
    """A tuple of them, and nothing longer, shorter or other."""
    assert lines == MADE
    assert hash(MADE) == hash(lines)
    assert lines != MADE[:2]
    assert lines != (*MADE[:2], Line(3, "gid=0"))
    assert lines != "abc"
    assert Lines() == ()
