"""Terminal bytes, as a pty gave them, to a walked transcript."""

from __future__ import annotations

from bot.core.transcript import size
from bot.core.transcript.belief import Belief
from bot.core.transcript.edit import Editor
from bot.core.transcript.screen import Screen, decode
from bot.core.transcript.scribe import Scribe
from bot.core.transcript.spans import Owner, Span, spans
from bot.core.transcript.walk import Walk

WINDOW = 1 << 20
LAST_OF_SCREEN = 1 << 17  # bytes of a full-screen program that its last picture is made from


def walk(data: bytes, scribe: Scribe, screen: Screen, *, quiet: bool = False) -> None:
    r"""Writes down what the terminal bytes show. Line ends may be `\n`, `\r\n` or `\r\r\n`."""
    cut = list(spans(data))
    edits = [span for span in cut if span.owner is Owner.EDIT]
    wrapped = b" \r" in data
    lines = (_text(data, span) for span in edits) if edits else iter(_lines_with_wraps(data) if wrapped else ())
    width = size.width(data, lines if wrapped or b"\x1b[A" in data else (), screen)
    editor = Editor(screen, width, after_prompt=_after_prompt(data, edits))
    state = Walk(screen, editor, scribe, Belief(quiet=quiet), rows=size.height(data))
    for number, span in enumerate(cut):
        _step(state, data, span, last=number + 1 == len(cut))
    state.leave()


def _step(state: Walk, data: bytes, span: Span, *, last: bool) -> None:
    if span.owner is Owner.EDIT:
        state.edited(_text(data, span))
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


def _lines_with_wraps(data: bytes) -> list[str]:
    found: list[str] = []
    at = data.find(b" \r")
    while at >= 0 and len(found) < 2000:
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        end = len(data) if end < 0 else end
        if b"$" in data[start:at] or b"#" in data[start:at] or b">" in data[start:at]:
            found.append(decode(data[start : min(end, start + 8192)]))
        at = data.find(b" \r", end)
    return found
