"""One line as a person edits it: the keys pressed, the bytes that a terminal gets for them, and the line that is run in the end.

The redraws are readline's (bash 4.2 and 5.2) and the kernel's own line discipline (dash).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.night.nodes import Node

KEY = re.compile("‹([a-z]+)(?::([^›]*))?›")
SEARCH = "(reverse-i-search)`': "
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
        """Ctrl-R: the prompt gives way to the search, each letter redraws what it finds, and Enter shifts the line back under the prompt."""
        query, _, match = query_and_match.partition("|")
        self.out += "\r(reverse-i-search)`': " + ("\x1b[K" if self.frame.width > len(SEARCH) else "")
        back = len("': ")
        for end in range(1, len(query) + 1):
            head, found, tail = match.partition(query[:end])
            self.out += "\b" * back + f"{query[end - 1]}': {head}\x1b[7m{found}\x1b[27m{tail}"
            back = len("': ") + len(match)
        shift = len(SEARCH) + len(query) - self.frame.width
        self.out += "\r" + (f"\x1b[{shift}P" if shift > 0 else f"\x1b[{-shift}@" if shift else "") + self.frame.prompt + match
        self.buffer = match

    def key_left(self, count_and_text: str) -> None:
        count, _, text = count_and_text.partition("|")
        head, tail = self.buffer[: -int(count)], self.buffer[-int(count) :]
        self.out += "\b" * len(tail) + f"\x1b[{len(text)}@{text}"
        self.buffer = head + text + tail

    def key_kill(self, _: str) -> None:
        self.out += "\b" * len(self.buffer) + "\x1b[K"
        self.buffer = ""

    def key_paste(self, text: str) -> None:
        self.out += f"\x1b[7m{text}\x1b[27m" + "\b" * len(text) + text if self.frame.paste else text
        self.buffer += text
