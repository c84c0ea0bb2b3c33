"""Records scripted sessions of the bash on this machine at a pty: keys, edits and a width are known, so is the truth.

Run: `python -m tests.transcript.sessions [how many]` marks as many fresh sessions. The truth is the shell's own
history, which has each line as it was submitted; keys are chosen by a seed, and widths are taken in turn.
"""

from __future__ import annotations

import os
import pty
import random
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from bot.core.model import Recording
from bot.core.transcript import read
from tests.night.forms import stream_body, stream_events

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
WIDTHS = (60, 80, 120, 200)
WORDS = (
    "alpha",
    "bravo",
    "/var/log/messages",
    "--colour=never",
    "charlie",
    "10.0.1.15",
    "one_two",
    "delta.tar.gz",
    "-xvf",
    "echo",
    "a",
    "of",
)
QUIET = 0.01  # seconds
KEY = 0.0007
LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Session:
    """What the terminal showed, and the lines that the shell ran."""

    raw: bytes
    ran: tuple[str, ...]
    width: int


def has_bash() -> bool:
    """Whether sessions can be recorded here."""
    return shutil.which("bash") is not None and hasattr(os, "fork")


def record(seed: int, *, marks: bool = True, title: bool = False) -> Session:
    """One session of some commands; `marks` is whether readline sets bracketed-paste marks, `title` whether the prompt sets one."""
    chance = random.Random(seed)
    width = WIDTHS[seed % len(WIDTHS)]
    with tempfile.TemporaryDirectory() as home:
        history = Path(home) / "history"
        for name in ("alphabet", "bravo_one", "charlie-long-file-name.txt"):
            (Path(home) / name).touch()
        raw = _played(chance, home, history, width, marks=marks, title=title)
        return Session(raw, tuple(history.read_text().splitlines()), width)


def _keys(chance: random.Random) -> list[str]:
    lines = []
    for _ in range(chance.randint(6, 10)):
        words = " ".join(chance.choice(WORDS) for _ in range(chance.choice((1, 3, 6, 12, 20, 30))))
        lines.append(_edits(chance, f"echo {words}"))
    return lines


def _edits(chance: random.Random, line: str) -> str:
    keys = line
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        keys += chance.choice(
            (
                "\x01: \x05",  # start, type, end
                "\x01true && \x05",
                "\x17",
                "\x17\x17zulu ",
                "\x15: anew",
                "\x1b[D" * chance.randint(1, 40) + "X" * chance.randint(1, 3),
                "\x1b[D" * chance.randint(1, 90) + "middle words " + "\x05",
                "\x7f" * chance.randint(1, 30),
                "\x1bb\x1bb\x0b",
                "\x1bb\x1bb\x1bd",
                "\x01\x1bf\x1bf\x04\x04\x05",
                " ch\t",
                " al\t",
            )
        )
    start = chance.random()
    if start < 0.12:
        return "\x1b[A" + chance.choice(("", " more", "\x01: \x05", "\x17"))
    if start < 0.2:
        return "\x1b[A\x1b[A\x1b[B" + chance.choice(("", " again"))
    if start < 0.27:
        return "\x12ech" + chance.choice(("\x05", "\x05 found"))
    if start < 0.3:
        return line + "\x03"
    return keys


def _played(chance: random.Random, home: str, history: Path, width: int, *, marks: bool, title: bool) -> bytes:
    lines = _keys(chance)
    child, terminal = pty.fork()
    if child == 0:
        _shell(home, history, marks=marks, title=title)
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
    raw = _shown(terminal, b"$ ")
    for line in lines:
        for key in _strokes(line, typed=chance.random() < 0.5):
            os.write(terminal, key.encode())
            raw += _shown(terminal, b"", KEY)
        os.write(terminal, b"\r")
        raw += _shown(terminal, b"$ ")
    os.write(terminal, b"exit\r")
    raw += _shown(terminal, None)
    os.close(terminal)
    _reaped(child)
    return raw


def _shell(home: str, history: Path, *, marks: bool, title: bool) -> None:
    os.chdir(home)
    settings = {"HOME": home, "PATH": os.environ["PATH"], "TERM": "xterm-256color", "HISTFILE": str(history), "LC_ALL": "C.UTF-8"}
    named = "PROMPT_COMMAND='printf \"\\033]0;me@web\\007\"'\n" if title else ""
    Path(home, "rc").write_text(
        f"{named}PS1='[ec2-user@ip-10-0-1-15 ~]$ '\nHISTCONTROL=\nunset HISTTIMEFORMAT\nbind 'set enable-bracketed-paste {'on' if marks else 'off'}'\n"
    )
    os.execve(shutil.which("bash") or "/bin/bash", ["bash", "--noprofile", "--rcfile", f"{home}/rc", "-i"], settings)


def _strokes(line: str, *, typed: bool) -> list[str]:
    """Keys as a person's terminal sends them: control keys by themselves, text typed sign by sign or pasted in one go."""
    found, at = [], 0
    while at < len(line):
        end = at + 1
        if line[at] == "\x1b":
            end = at + (3 if line[at + 1 : at + 2] == "[" else 2)
        elif not typed and line[at] >= " " and line[at] != "\x7f":
            while end < len(line) and line[end] >= " " and line[end] != "\x7f":
                end += 1
        found.append(line[at:end])
        at = end
    return found


def _shown(terminal: int, until: bytes | None, quiet: float = QUIET) -> bytes:
    """What is shown until it ends as awaited and then stays quiet; None awaits the shell's end."""
    shown, end = b"", time.monotonic() + LIMIT
    while time.monotonic() < end:
        if not select.select([terminal], [], [], quiet)[0]:
            if until is not None and shown.endswith(until):
                break
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the shell has gone
            break
        if not piece:
            break
        shown += piece
    return shown


def _reaped(child: int) -> None:
    for _ in range(100):
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@dataclass(frozen=True, slots=True)
class Marked:
    """How many lines ran, were read exactly, and were read wrongly: without a doubt, and with one."""

    ran: int
    exact: int
    silent: int
    doubted: int
    wrong: tuple[str, ...] = ()


def marked(session: Session, *, streamed: bool = False) -> Marked:
    """How well the transcript of a session agrees with what ran; blanks at the end of a line do not count."""
    body = stream_body(stream_events(session.raw, "s", "arn", "eu-west-1", "i-0", AT)) if streamed else session.raw
    typed = read(Recording("s", body, "stream" if streamed else "")).typed
    found, ran = [command.text.rstrip() for command in typed], [line.rstrip() for line in session.ran]
    exact, wrong = 0, []
    for what, a, b, c, d in SequenceMatcher(None, ran, found, autojunk=False).get_opcodes():
        exact += b - a if what == "equal" else 0
        wrong += [] if what == "equal" else typed[c:d]
    silent = [command.text for command in wrong if not command.doubt]
    return Marked(len(ran), exact, len(silent), len(wrong) - len(silent), tuple(silent))


def main() -> None:
    """Marks fresh sessions, with bracketed-paste marks and without, as files and streamed, with titled prompts and without."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for marks, title in ((True, False), (True, True), (False, False)):
        sessions = [record(seed, marks=marks, title=title) for seed in range(count)]
        for streamed in (False, True):
            every = [marked(session, streamed=streamed) for session in sessions]
            ran = sum(mark.ran for mark in every)
            print(
                f"{'with' if marks else 'without'} marks, {'with' if title else 'without'} titles, {'streamed' if streamed else 'file'}:"
                f" {count} sessions, {ran} lines, exact {sum(mark.exact for mark in every) / ran:.2%},"
                f" wrong with a doubt {sum(mark.doubted for mark in every)}, wrong without {sum(mark.silent for mark in every)}"
            )
            for text in (text for mark in every for text in mark.wrong):
                print("   ", text)


if __name__ == "__main__":
    main()
