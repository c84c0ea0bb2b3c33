"""Which form a recording has, and the terminal bytes inside."""

from __future__ import annotations

from bot.core.transcript import terminal
from bot.core.transcript.screen import Screen
from bot.core.transcript.scribe import Scribe


def walk(body: bytes, hint: str, scribe: Scribe, screen: Screen) -> str:
    """Writes the recording down; gives the name of its form."""
    terminal.walk(body, scribe, screen)
    return "pty"
