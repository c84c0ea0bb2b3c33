"""A typed line as the commands that it would start.

Strategy: read the line in the language of its platform (bash; PowerShell, and cmd.exe where it could be that), then
follow every wrapper, pipe and payload inwards. A line that does not parse keeps its text, so that it can be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.shell import bash, cmdexe, powershell
from bot.core.shell.decode import sound
from bot.core.shell.sink import Frame, Sink
from bot.core.shell.words import Parsed, Simple, bare

__all__ = ["Parsed", "Simple", "bare", "parse", "sound"]

LONGEST = 33_000  # characters that are parsed (no command line of Windows is longer); the rest is judged as text
PIECE = 3_000  # characters parsed at a time: hostile texts cost the grammars more than their length
_CMD = re.compile(
    r"%[A-Za-z_]\w*(?::[^%\n]*)?%|\^|(?<![&\d])&(?![&{$\s]*[\"'$]?[A-Z]:\\)|\becho\.|^\s*@|\bif\s+(?:not\s+)?(?:exist|defined)\b|\bfor\s+/|>\s*nul\b|^rem\b",
    re.IGNORECASE,
)
_WALKS = {"bash": bash.walk, "powershell": powershell.walk, "cmd": cmdexe.walk}


def parse(text: str, platform: str) -> Parsed:
    """The commands in a typed text. `platform` is "linux" or "windows"; anything else reads as linux.

    Never raises; `errors` says that some of the text did not parse.
    """
    sink = Sink(_WALKS)
    windows = platform.lower().startswith("win")
    for piece in _pieces(text[:LONGEST]):
        if sink.full:
            break
        _read(piece, windows, sink)
    errors = sink.errors or len(text) > LONGEST or not sink.commands
    return Parsed(tuple(sink.commands), text, errors, tuple(dict.fromkeys(sink.hidden)))


def _read(text: str, windows: bool, sink: Sink) -> None:
    try:
        if not windows:
            bash.walk(text, sink, Frame(shell="bash"))
            return
        powershell.walk(text, sink, Frame(shell="powershell"))
        if sink.errors or _CMD.search(text):
            cmdexe.walk(text, sink, Frame(shell="cmd"))
    except RecursionError:
        sink.errors = True


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that parse fast whatever they hold, cut after a line's end where there is one."""
    at = 0
    while len(text) - at > PIECE:
        end = text.rfind("\n", at, at + PIECE) + 1
        end = end if end > at else at + PIECE
        yield text[at:end]
        at = end
    yield text[at:]
