"""Transcripts: the log bytes of one session to clean lines and typed commands."""

from bot.core.transcript.reader import Reader, read, screen_text

__all__ = ["Reader", "read", "screen_text"]
