"""Lines that were cleared with the screen while they were edited (`C-l`), and drawn anew: nobody submitted them."""

from __future__ import annotations

import re

from bot.core.transcript import prompts

MOST_PROMPT = 8

_CLEARED = re.compile(r"(?m:^)\r?([^\n]+?)(\x1b\[H\x1b\[2?J(?:\x1b\[3J)?)")


def without(text: str) -> str:
    """Settled text without such lines."""
    return _CLEARED.sub(_kept, text) if "\x1b[H\x1b[2J" in text or "\x1b[H\x1b[J" in text else text


def _kept(found: re.Match[str]) -> str:
    known = prompts.strong(found[1]) or prompts.weak(found[1])
    head = known.text if known else found[1][:MOST_PROMPT]
    return found[2] if head.strip() and found.string.startswith(head, found.end()) else found.group()
