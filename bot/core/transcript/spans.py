"""A recording cut at the marks that say who owns the terminal.

Shells switch bracketed paste on (`ESC[?2004h`) while a line is edited and off (`ESC[?2004l`) when it is
submitted: between the marks somebody types. Full-screen programs own the alternate screen (`ESC[?1049h` …
`l`); what they paint there is no command line. The rest is ground: output, and shells without marks.
Source: xterm's control sequences; readline 8.1 and later, zsh and fish set the mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

LONGEST_EDIT = 1 << 18

_MARK = re.compile(rb"\x1b\[\?(2004|1049|1047|47)([hl])")


class Owner(StrEnum):
    """Who owns the terminal during a span."""

    GROUND = "ground"
    EDIT = "edit"
    BROKEN = "broken"  # a line was being edited, and never submitted by its mark
    FULL = "full screen"


class Span(NamedTuple):
    """A half-open range of bytes and its owner, marks left out."""

    owner: Owner
    start: int
    end: int


def spans(data: bytes) -> Iterator[Span]:
    """The spans of the recording in order, empty ones left out."""
    owner, start = Owner.GROUND, 0
    for mark in _MARK.finditer(data):
        following = _next(owner, paste=mark[1] == b"2004", on=mark[2] == b"h")
        if following is None:
            continue
        yield from _span(_settled(owner, following), start, mark.start())
        owner, start = following, mark.end()
    yield from _span(Owner.BROKEN if owner is Owner.EDIT else owner, start, len(data))


def _next(owner: Owner, *, paste: bool, on: bool) -> Owner | None:
    if owner is Owner.FULL:
        return Owner.GROUND if not paste and not on else None
    if not paste:
        return Owner.FULL if on else None
    if on:
        return Owner.EDIT
    return Owner.GROUND if owner is Owner.EDIT else None


def _settled(owner: Owner, following: Owner) -> Owner:
    return Owner.BROKEN if owner is Owner.EDIT and following is not Owner.GROUND else owner


def _span(owner: Owner, start: int, end: int) -> Iterator[Span]:
    if end - start > LONGEST_EDIT and owner is Owner.EDIT:
        owner = Owner.GROUND
    if end > start or owner is Owner.EDIT:
        yield Span(owner, start, end)
