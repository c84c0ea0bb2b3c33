"""Terminal bytes from a small script language, and the truth of what was typed.

A script is text. A line that begins with `$ ` is typed at the prompt (`!$ ` if it is risky), `> ` goes on typing it,
`%name rest` is one of the acts below, and every other line is output, where `\\e` is ESC, `\\a` BEL, `\\b` backspace and `\\r` CR.
`@{3m|%H:%M}` is the time three minutes before the session began. Keys stand in angle quotes: ‹bs:2› ‹tab:rest› ‹list:a b› ‹up:whole line› ‹find:query|whole line› ‹left:4|inserted› ‹kill› ‹paste:text›.
The shapes of redraws are readline's (bash 4.2 and 5.2), dash's (the kernel's line discipline) and vim's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.night.nodes import Node

TIME = re.compile(r"@\{([^|}]+)\|([^}]+)\}")
KEY = re.compile("‹([a-z]+)(?::([^›]*))?›")
WIDTH = 120


@dataclass(frozen=True, slots=True)
class Frame:
    """One shell or REPL: its prompt as bytes would show it, and how it edits a line."""

    prompt: str
    before: str = ""
    readline: bool = True
    paste: bool = True

    @property
    def opening(self) -> str:
        return self.before + ("\x1b[?2004h" if self.paste else "") + self.prompt

    @property
    def enter(self) -> str:
        return "\r\n\x1b[?2004l\r" if self.paste else "\r\n"

    @property
    def width(self) -> int:
        return len(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07", "", self.prompt))


def first_frame(node: Node) -> Frame:
    """The shell that the agent starts: `sh`."""
    return {
        "al2023": Frame("sh-5.2$ "),
        "al2": Frame("sh-4.2$ ", before="\x1b[?1034h", paste=False),
        "ubuntu": Frame("$ ", readline=False, paste=False),
    }[node.os]


def login_frame(node: Node, user: str, folder: str = "~") -> Frame:
    """A login bash of the distribution, with its title and colours."""
    sign = "#" if user == "root" else "$"
    if node.os == "ubuntu":
        title = f"\x1b]0;{user}@{node.host}: {folder}\x07"
        colour = f"\x1b[01;32m{user}@{node.host}\x1b[00m:\x1b[01;34m{folder}\x1b[00m" if user != "root" else f"{user}@{node.host}:{folder}"
        return Frame(f"{title}{colour}{sign} ")
    return Frame(f"[{user}@{node.host} {folder}]{sign} ", before=f"\x1b]0;{user}@{node.host}:{folder}\x07", paste=node.os != "al2")


@dataclass(slots=True)
class Take:
    """What one script left: bytes in order of time (each piece ends a line but the last), and what was typed."""

    pieces: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    risky: list[str] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        return "".join(self.pieces).encode()


class Line:
    """One line being edited: the bytes that the terminal gets, and the buffer that the shell will run."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.out, self.buffer = frame, "", ""

    def press(self, markup: str) -> Line:
        at = 0
        for key in KEY.finditer(markup):
            self.put(markup[at : key.start()])
            getattr(self, f"key_{key[1]}")(key[2] or "")
            at = key.end()
        self.put(markup[at:])
        return self

    def put(self, text: str) -> None:
        """Echo; readline goes on in the next row with a space and a CR when a row is full, the kernel lets the terminal wrap."""
        for letter in text:
            self.buffer += letter
            full = (self.frame.width + len(self.buffer)) % WIDTH == 0
            self.out += letter + (" \r" if full and self.frame.readline else "")

    def key_bs(self, count: str) -> None:
        times = int(count or 1)
        self.out += ("\b\x1b[K" if self.frame.readline else "\b \b") * times
        self.buffer = self.buffer[:-times]

    def key_tab(self, rest: str) -> None:
        self.put(rest)

    def key_list(self, names: str) -> None:
        self.out += f"\x07\r\n{names.replace(' ', '  ')}\r\n{self.frame.prompt}{self.buffer}"

    def key_up(self, whole: str) -> None:
        self.out += "\b" * len(self.buffer) + whole + ("\x1b[K" if len(self.buffer) > len(whole) else "")
        self.buffer = whole

    def key_find(self, query_and_match: str) -> None:
        query, _, match = query_and_match.partition("|")
        self.out += "\r\x1b[K(reverse-i-search)`': "
        for end in range(1, len(query) + 1):
            self.out += f"\r\x1b[K(reverse-i-search)`{query[:end]}': {match}"
        self.out += f"\r\x1b[K{self.frame.prompt}{match}"
        self.buffer = match

    def key_left(self, count_and_text: str) -> None:
        count, _, text = count_and_text.partition("|")
        head, tail = self.buffer[: -int(count)], self.buffer[-int(count) :]
        self.out += "\b" * len(tail) + text + tail + "\b" * len(tail)
        self.buffer = head + text + tail

    def key_kill(self, _: str) -> None:
        self.out += "\b" * len(self.buffer) + "\x1b[K"
        self.buffer = ""

    def key_paste(self, text: str) -> None:
        self.out += f"\x1b[7m{text}\x1b[27m" + "\b" * len(text) + text if self.frame.paste else text
        self.buffer += text


class Stage:
    """Plays a script on a node and keeps the take."""

    def __init__(self, node: Node) -> None:
        self.node, self.take, self.frames = node, Take(), [first_frame(node)]
        self.acts: dict[str, Callable[[str], str]] = {
            "bash": self.bash,
            "root": self.root,
            "repl": self.repl,
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

    def pop(self, _: str) -> str:
        self.frames.pop()
        return ""


def _leading(lines: list[str]) -> int:
    count = 0
    while count < len(lines) and lines[count].startswith("> "):
        count += 1
    return count


def escaped(text: str) -> str:
    """Output as the script writes it, with its escapes made real."""
    return text.replace("\\e", "\x1b").replace("\\a", "\x07").replace("\\b", "\b").replace("\\r", "\r")


def vim(words: str) -> str:
    """An edit of one file in vim, on the alternate screen; what is typed there are no commands."""
    path, *lines = words.split("|")
    body = "".join(f"\x1b[{row};1H{line}\x1b[K" for row, line in enumerate(lines, 1))
    tildes = "".join(f"\x1b[{row};1H\x1b[94m~\x1b[0m\x1b[K" for row in range(len(lines) + 1, 12))
    spot = f"\x1b[2;{len(lines[1]) - 1}H"
    return (
        "\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[1;24r\x1b[?12h\x1b[?12l\x1b[22;2t\x1b[22;1t\x1b[29m\x1b[m\x1b[H\x1b[2J"
        f"\x1b[?25l\x1b[24;1H\"{path}\" {len(lines)}L, 412B{body}{tildes}\x1b[?25h{spot}\x1b[24;1H\x1b[1m-- INSERT --\x1b[m{spot}1\x1b[24;1H\x1b[K"
        f":wq\r\"{path}\" {len(lines)}L, 413B written\x1b[?2004l\x1b[>4;m\r\r\n\x1b[?1004l\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t"
    )


def less(words: str) -> str:
    """A page in less, left with q."""
    lines = words.split("|")
    return "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r" + "\r\n".join(lines) + "\r\n\x1b[7m(END)\x1b[27m\x1b[K\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t"


def top(node: Node) -> str:
    """Two refreshes of top; its screen is wiped when it ends."""
    head = f"top - 02:14:{{:02d}} up 41 days,  load average: 0.42, 0.38, 0.35 on {node.host}"
    rows = ("  PID USER      PR  NI    VIRT    RES S  %CPU  %MEM COMMAND", " 2211 orders    20   0 2814236 612044 S  37.2  15.4 java", "  641 root      20   0 1256300  28410 S   0.7   0.3 amazon-ssm-agen")
    screens = "".join("\x1b[H" + head.format(3 * i) + "\x1b[K\r\n" + "".join(f"\x1b[7m{row}\x1b[0m\x1b[K\r\n" if not n else f"{row}\x1b[K\r\n" for n, row in enumerate(rows)) + "\x1b[J" for i in range(2))
    return f"\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J{screens}\x1b[?1l\x1b>\x1b[25;1H\r\n\x1b[?12l\x1b[?25h\x1b[K"


def progress(label: str) -> str:
    """A progress bar that redraws itself by CR."""
    bars = (f"\r{label} {done:3d}%[{'=' * (done // 5) + '>':<21}] {done * 41 // 10:>4}K  1.20MB/s" for done in range(0, 101, 10))
    return "".join(bars) + "\r\n"


def dated(script: str, began: datetime) -> str:
    """The script with its times made real."""
    return TIME.sub(lambda found: f"{began - span(found[1]):{found[2]}}", script)


def span(words: str) -> timedelta:
    """`2d3h15m40s` as a stretch of time."""
    names = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    return timedelta(**{names[unit]: int(count) for count, unit in re.findall(r"(\d+)([dhms])", words)})


def play(node: Node, script: str, *, open_end: bool = False) -> Take:
    """The take of a script on a Linux node."""
    return Stage(node).play(script, open_end=open_end)


def play_windows(script: str, *, open_end: bool = False) -> Take:
    """The take of a script in Windows PowerShell: the text lines that its transcript holds, edits already made."""
    take, prompt = Take(), "PS C:\\Windows\\system32> "
    for line in script.strip("\n").split("\n") if script else []:
        if line.startswith(("$ ", "!$ ")):
            text = Line(Frame(prompt)).press(line.split("$ ", 1)[1]).buffer
            take.pieces.append(f"{prompt}{text}\r\n")
            take.typed.append(text)
            take.risky += [text] if line.startswith("!") else []
        elif line.startswith("%cd "):
            prompt = f"PS {line[4:]}> "
        elif take.pieces:
            take.pieces[-1] += f"{line}\r\n"
    if open_end:
        take.pieces.append(prompt)
    return take
