"""Terminal bytes from a small script language, and the truth of what was typed.

A script is text. A line that begins with `$ ` is typed at the prompt (`!$ ` if it is risky), `> ` goes on typing it,
`%name rest` is one of the acts below, and every other line is output, where `\\e` is ESC, `\\a` BEL, `\\b` backspace and `\\r` CR.
`@{3m|%H:%M}` is the time three minutes before the session began. Keys stand in angle quotes:
‹bs:2› ‹tab:rest› ‹list:a b› ‹up:whole line› ‹find:query|whole line› ‹left:4|inserted› ‹kill› ‹paste:text›.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.night.keys import Frame, Line, first_frame, login_frame
from tests.night.nodes import Node
from tests.night.pictures import escaped, less, progress, top, vim


@dataclass(slots=True)
class Take:
    """What one script left: bytes in order of time (each piece ends a line but the last), and what was typed."""

    pieces: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    risky: list[str] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        return "".join(self.pieces).encode()


class Stage:
    """Plays a script on a node and keeps the take."""

    def __init__(self, node: Node) -> None:
        self.node, self.take, self.frames = node, Take(), [first_frame(node)]
        self.acts: dict[str, Callable[[str], str]] = {
            "bash": self.bash,
            "root": self.root,
            "repl": self.repl,
            "hop": self.hop,
            "pop": self.pop,
            "ask": lambda text: f"{text} \r\n",
            "break": lambda text: f"{self.frames[-1].opening}{text}^C{self.frames[-1].enter}",
            "vim": vim,
            "less": less,
            "top": lambda _: top(self.node),
            "progress": progress,
            "long": lambda words: words * 4000 + "\r\n",
        }

    def play(self, script: str, *, open_end: bool = False) -> Take:
        lines = script.strip("\n").split("\n") if script else []
        while lines:
            line = lines.pop(0)
            if line.startswith(("$ ", "!$ ")):
                more = [lines.pop(0)[2:] for _ in range(_leading(lines))]
                self.type(line.split("$ ", 1)[1], more, risky=line.startswith("!"))
            elif line.startswith("%"):
                name, _, rest = line[1:].partition(" ")
                self.show(self.acts[name](rest))
            else:
                self.show(escaped(line) + "\r\n")
        if open_end:
            self.take.pieces.append(self.frames[-1].opening)
        return self.take

    def type(self, first: str, more: list[str], *, risky: bool) -> None:
        frame = self.frames[-1]
        line = Line(frame).press(first)
        bytes_, texts = frame.opening + line.out + frame.enter, [line.buffer]
        second = Frame("> ", readline=frame.readline, paste=frame.paste)
        for markup in more:
            line = Line(second).press(markup)
            bytes_ += second.opening + line.out + second.enter
            texts.append(line.buffer)
        self.take.pieces.append(bytes_)
        self.take.typed.append("\n".join(texts))
        if risky:
            self.take.risky.append("\n".join(texts))

    def show(self, text: str) -> None:
        if self.take.pieces:
            self.take.pieces[-1] += text
        elif text:
            self.take.pieces.append(text)

    def bash(self, folder: str) -> str:
        self.frames.append(login_frame(self.node, "ssm-user", folder or "~"))
        return ""

    def root(self, folder: str) -> str:
        self.frames.append(login_frame(self.node, "root", folder or "~"))
        return ""

    def repl(self, prompt: str) -> str:
        self.frames.append(Frame(prompt + " ", paste=False))
        return ""

    def hop(self, address: str) -> str:
        self.frames.append(login_frame(replace(self.node, os="ubuntu", address=address), "ubuntu"))
        return ""

    def pop(self, _: str) -> str:
        self.frames.pop()
        return ""


def _leading(lines: list[str]) -> int:
    count = 0
    while count < len(lines) and lines[count].startswith("> "):
        count += 1
    return count


def play(node: Node, script: str, *, open_end: bool = False) -> Take:
    """The take of a script on a Linux node."""
    return Stage(node).play(script, open_end=open_end)


def play_windows(script: str, *, open_end: bool = False) -> Take:
    """The take of a script in Windows PowerShell: the text lines that its transcript holds, edits already made."""
    take, prompt = Take(), "PS C:\\Windows\\system32> "
    lines = script.strip("\n").split("\n") if script else []
    while lines:
        line = lines.pop(0)
        if line.startswith(("$ ", "!$ ")):
            more = [lines.pop(0)[2:] for _ in range(_leading(lines))]
            text = "\n".join([Line(Frame(prompt)).press(line.split("$ ", 1)[1]).buffer, *more])
            take.pieces.append(prompt + text.replace("\n", "\r\n>> ") + "\r\n")
            take.typed.append(text)
            take.risky += [text] if line.startswith("!") else []
        elif line.startswith("%cd "):
            prompt = f"PS {line[4:]}> "
        elif take.pieces:
            take.pieces[-1] += f"{line}\r\n"
    if open_end:
        take.pieces.append(prompt)
    return take
