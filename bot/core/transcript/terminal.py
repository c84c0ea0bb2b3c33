"""Terminal bytes, as a pty gave them, to a walked transcript."""

from __future__ import annotations

import re
from heapq import merge

from bot.core.transcript import learned, prompts, size
from bot.core.transcript.belief import Belief
from bot.core.transcript.edit import Editor, abandoned
from bot.core.transcript.screen import Screen, decode, settle
from bot.core.transcript.scribe import Scribe
from bot.core.transcript.spans import Owner, Span, spans
from bot.core.transcript.walk import Walk

WINDOW = 1 << 20
MOST_UNMARKED = 500  # lines that tell the width
MOST_RETURNS = 4
MARK_AND_KEYPAD = 24  # bytes
LAST_OF_SCREEN = 1 << 17  # bytes of a full-screen program that its last picture is made from

_WRAPPED = re.compile(rb"\r(?!\n)(?<= \r)")
_UP = re.compile(rb"A(?<=\x1b\[A)")
_ASH = b"\x1b[6n"  # asks where the cursor stands, behind each prompt


def walk(data: bytes, scribe: Scribe, screen: Screen, *, quiet: bool = False) -> None:
    r"""Writes down what the terminal bytes show. Line ends may be `\n`, `\r\n` or `\r\r\n`."""
    data = _joined(data) if _ASH in data else data
    cut = list(spans(data))
    edits = [span for span in cut if span.owner is Owner.EDIT]
    wrapped = _UP.search(data) is not None or _WRAPPED.search(data) is not None
    shape = None if edits or quiet else _learned(data)
    lines = (_text(data, span) for span in edits) if edits else iter(_edited_without_marks(data, shape) if wrapped else ())
    width = size.width(data, lines if wrapped else (), screen)
    editor = Editor(screen, width.cols, width, after_prompt=_after_prompt(data, edits))
    state = Walk(screen, editor, scribe, Belief(quiet=quiet, learned=shape), rows=size.height(data))
    for number, span in enumerate(cut):
        _step(state, data, span, last=number + 1 == len(cut))
    state.leave()


def _joined(data: bytes) -> bytes:
    """Lines that busybox's ash wrapped are one again: it ends a full row by one return more than a line."""
    usual = max(range(MOST_RETURNS), key=lambda returns: _ends(data[:WINDOW], returns))
    wrapped = re.compile(rb"\x1b\[6n(?:[^\n]*[^\r\n]\r{%d}\n)+" % (usual + 1))
    return wrapped.sub(lambda found: found.group().replace(b"\r" * (usual + 1) + b"\n", b""), data)


def _ends(data: bytes, returns: int) -> int:
    """How many lines end by so many returns."""
    return data.count(b"\r" * returns + b"\n") - data.count(b"\r" * (returns + 1) + b"\n")


def _learned(data: bytes) -> re.Pattern[str] | None:
    """The prompt that the recording's start and end teach; what is between is not needed."""
    half = learned.LONGEST_HEAD
    parts = data if len(data) <= 2 * half else data[:half] + b"\n" + data[-half:]
    return learned.learn(settle(decode(parts)))


def _step(state: Walk, data: bytes, span: Span, *, last: bool) -> None:
    if span.owner is Owner.EDIT:
        before, end = data[max(0, span.start - MARK_AND_KEYPAD) : span.start], data[max(span.start, span.end - 40) : span.end]
        state.edited(_text(data, span), abandoned=abandoned(before.decode("latin-1"), end.decode("latin-1")))
    elif span.owner is Owner.FULL:
        state.full(_text(data, Span(span.owner, max(span.start, span.end - LAST_OF_SCREEN), span.end)))
    elif span.owner is Owner.BROKEN and last:
        state.unsubmitted(_text(data, span))
    else:
        state.belief.enter()
        for window in _windows(data, span):
            state.ground(window)


def _windows(data: bytes, span: Span) -> list[str] | map[str]:
    if span.end - span.start <= WINDOW:
        return [_text(data, span)]
    cuts = [span.start]
    while cuts[-1] + WINDOW < span.end:
        end = data.rfind(b"\n", cuts[-1] + 1, cuts[-1] + WINDOW) + 1
        cuts.append(end if end > cuts[-1] else cuts[-1] + WINDOW)
    return map(lambda start, end: decode(data[start:end]), cuts, [*cuts[1:], span.end])


def _text(data: bytes, span: Span) -> str:
    return decode(data[span.start : span.end])


def _after_prompt(data: bytes, edits: list[Span]) -> bool:
    """Whether prompts stand before the mark, as zsh draws them, in most edited lines."""
    behind = sum(
        1
        for span in edits
        if data[max(0, span.start - 40) : span.start].rstrip(b"\x1b[?12004h=").endswith((b"\x1b[K", b"\x1b[K\x1b[?1h\x1b="))
    )
    return behind * 2 > len(edits)


def _edited_without_marks(data: bytes, shape: re.Pattern[str] | None) -> list[str]:
    """Lines at prompts that wrapped or moved across rows; readline goes down by a line end and a return."""
    found: list[str] = []
    end = 0
    for mark in merge(*(map(re.Match.end, sign.finditer(data)) for sign in (_WRAPPED, _UP))):
        if mark <= end:
            continue
        start = data.rfind(b"\n", end, mark) + 1 or end
        end = _end_of_edit(data, mark)
        text = decode(data[start : min(end, start + 8192)])
        settled = settle(text)
        if prompts.leads(settled) or (shape and shape.match(settled)):
            found.append(text)
            if len(found) == MOST_UNMARKED:
                break
    return found


def _end_of_edit(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    while end >= 0 and data[end + 1 : end + 2] == b"\r" and data[end + 2 : end + 3] != b"\n":
        end = data.find(b"\n", end + 1)
    return end if end >= 0 else len(data)
