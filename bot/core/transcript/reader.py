"""Reads a recording whole, or in slices of any size, into a Transcript. Never raises, whatever the bytes."""

from __future__ import annotations

from bot.core.model import Recording, Transcript
from bot.core.transcript import forms
from bot.core.transcript.columns import Lines
from bot.core.transcript.screen import Screen, decode, settle, strip
from bot.core.transcript.scribe import Scribe

LARGEST = 1 << 29
KEPT_OF_BROKEN = 1 << 24  # bytes


def read(recording: Recording) -> Transcript:
    """The transcript of a recording in any form that Session Manager writes."""
    reader = Reader(form=recording.form, complete=recording.complete, missing=recording.missing)
    reader.feed(recording.body)
    return reader.finish()


class Reader:
    """Takes a recording in slices. What it finds depends on the bytes, not on where they were cut.

    Prompts and width are learned from the whole recording, so the bytes are held (at most LARGEST) until
    `finish`; the lines of a transcript are bounded by the scribe.
    """

    def __init__(self, form: str = "", *, complete: bool = True, missing: str = "") -> None:
        self._form = form
        self._complete = complete
        self._missing = missing
        self._slices: list[bytes] = []
        self._size = 0

    def feed(self, body: bytes) -> None:
        """The next bytes of the recording."""
        room = LARGEST - self._size
        self._slices.append(body if len(body) <= room else body[:room])
        self._size += len(body)

    def finish(self) -> Transcript:
        """The transcript of all that was fed."""
        body = self._slices[0] if len(self._slices) == 1 else b"".join(self._slices)
        self._slices.clear()
        scribe, screen = Scribe(), Screen()
        try:
            form = forms.walk(body, self._form, scribe, screen)
        except Exception as error:  # noqa: BLE001 - whoever typed decides what is read, and one recording must not hide the others
            return _broken(body, type(error).__name__)
        if self._missing:
            scribe.doubt(self._missing)
        if self._size > LARGEST:
            scribe.doubt(f"only the first {LARGEST} bytes were read")
        if screen.skipped:
            scribe.doubt("a stretch of screen control was too heavy to be pictured and was only stripped")
        if scribe.left_out:
            scribe.doubt(f"{scribe.left_out} lines of output are not kept")
        return _transcript(scribe, form, complete=self._complete and not self._missing and self._size <= LARGEST)


def _broken(body: bytes, error: str) -> Transcript:
    """What is left of a recording that broke the reading: its lines, unpictured, and a doubt that says so."""
    lines = Lines()
    lines.add(strip(settle(decode(body[:KEPT_OF_BROKEN]))).split("\n"))
    said = f"this recording broke its reading ({error}): the lines are as they came, and which of them were typed is not known"
    return Transcript(lines, complete=False, doubts=(said,), broken=error)


def _transcript(scribe: Scribe, form: str, *, complete: bool) -> Transcript:
    shells = {typed.shell for typed in scribe.typed}
    windows = form == "powershell" or (bool(shells & {"powershell", "cmd"}) and "bash" not in shells)
    platform = "windows" if windows else "linux" if scribe.typed else ""
    return Transcript(scribe.lines, tuple(scribe.typed), form, platform, complete, tuple(scribe.doubts))


def screen_text(transcript: Transcript) -> str:
    """The clean transcript as text, one line a line."""
    lines = transcript.lines
    return "".join(f"{text}\n" for text in (lines.texts if isinstance(lines, Lines) else (line.text for line in lines)))
