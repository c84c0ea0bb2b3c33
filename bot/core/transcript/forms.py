"""Which form a recording has, and what the agent wrapped around the terminal bytes.

`script(1)` adds a header and a footer and a second carriage return to each line; PowerShell's transcription
adds banners; a streamed log is one JSON event a line; a command document ends with its exit code. Sources:
amazon-ssm-agent `agent/session/shell/shell*.go`, `agent/session/plugins/singlecommand.go`.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.transcript import events, terminal
from bot.core.transcript.screen import Screen
from bot.core.transcript.scribe import Scribe

_HEADER = re.compile(rb"\A\s*Script started[ ,][^\n]*\n")
_FOOTER = re.compile(rb"(\r*\n|\A)Script done(?: on|,)[^\n]*\s*\Z")
_ROW = rb"\*(?<!\*\*)\*{9,}+[ \r]*+"  # looked for where a row begins only
_STARS = _ROW + rb"\n"
_BANNER = re.compile(_STARS + rb"(?:Windows )?PowerShell [Tt]ranscript (?:start|end)\b.*?" + _ROW + rb"(?:\n|\Z)", re.DOTALL)
_BANNER_START = re.compile(rb"\A\s*" + _STARS + rb"(?:Windows )?PowerShell transcript start")
_STARTED = re.compile(rb"Transcript started, output file is [^\n]{0,4096}\n")
_INVOKED = re.compile(_STARS + rb"Command start time: \d{14}[ \r]*\n" + _STARS)
_EXIT_CODE = re.compile(rb"(?:\A|\n)EXIT_CODE: -?\d+\s*\Z")


class Form(StrEnum):
    """The forms of a recording, by what wrote it."""

    SCRIPT = "script"
    STREAM = "stream"
    POWERSHELL = "powershell"
    COMMAND = "command"
    TERMINAL = "terminal"


def walk(body: bytes, hint: str, scribe: Scribe, screen: Screen) -> str:
    """Writes the recording down; gives the name of its form. `hint` is the Recording's own."""
    if events.holds(body, hint):
        events.walk(body, scribe, screen)
        return Form.STREAM
    body = _decoded(body)
    form = detect(body)
    if form is Form.SCRIPT:
        body = unwrapped(body)
        form = Form.SCRIPT if not _BANNER_START.match(body) else Form.POWERSHELL
    if form is Form.POWERSHELL:
        powershell(body, scribe, screen)
    else:
        terminal.walk(body, scribe, screen, quiet=form is Form.COMMAND)
    return form


def detect(body: bytes) -> Form:
    """The form of a recording that is not streamed."""
    if _HEADER.match(body):
        return Form.SCRIPT
    if _BANNER_START.match(body[:4096]):
        return Form.POWERSHELL
    if _EXIT_CODE.search(body[-64:]) and b"\x1b[?2004" not in body:
        return Form.COMMAND
    return Form.TERMINAL


def unwrapped(body: bytes) -> bytes:
    """The terminal bytes inside what script(1) wrote."""
    header = _HEADER.match(body)
    start = header.end() if header else 0
    tail = max(start, len(body) - 4096)
    footer = _FOOTER.search(body, tail)
    if footer is None:
        return body[start:]
    end = footer.start()  # newer script(1) sets an empty line before its footer, older ones none
    return body[start:end] if body[:end].endswith(b"\n") or end <= start else body[start : footer.end(1)]


def powershell(body: bytes, scribe: Scribe, screen: Screen) -> None:
    """A PowerShell transcript: banners and the headers of single commands out (their times have no zone)."""
    terminal.walk(_INVOKED.sub(b"", _STARTED.sub(b"", _BANNER.sub(b"", body))), scribe, screen)


def _decoded(body: bytes) -> bytes:
    """UTF-16, as Windows tools write it, as UTF-8; without a byte order mark."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").encode("utf-8", "replace").removeprefix(b"\xef\xbb\xbf")
    return body.removeprefix(b"\xef\xbb\xbf")
