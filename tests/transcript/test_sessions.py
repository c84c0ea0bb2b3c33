"""Sessions of the bash on this machine, edited across rows: what the transcript is not certain of, it says."""

from __future__ import annotations

import pytest

from bot.core.model import Recording
from bot.core.transcript import read
from tests.transcript import sessions

NEEDS_BASH = pytest.mark.skipif(not sessions.has_bash(), reason="no bash to record")


@NEEDS_BASH
@pytest.mark.parametrize("seed", [pytest.param(seed, id=f"{sessions.WIDTHS[seed % 4]} columns") for seed in (0, 1, 2, 3)])
def test_lines_edited_across_rows_are_read_or_doubted(seed: int) -> None:
    """A line that is not read exactly carries a doubt. On a slow machine keys come before their prompt, and more lines are doubted."""
    mark = sessions.marked(sessions.record(seed))
    assert () == mark.wrong
    assert 0.5 <= mark.exact / mark.ran


def test_the_width_is_told_by_moves_across_rows() -> None:
    """At any other width the moves would run into a margin, or leave the line in pieces."""
    prompt, words = "[me@web ~]$ ", "echo " + "word " * 20
    up = "\x1b[A" + "\x1b[C" * 20
    body = f"\x1b[?2004h{prompt}{words}\r{up}\x1b[K\r\n\r\x1b[K\x1b[A" + "\x1b[C" * 20 + "end\r\n\x1b[?2004l\r"
    found = read(Recording("s", body.encode())).typed
    assert ["echo wor" + "end"] == [command.text for command in found]


@pytest.mark.parametrize("prompt", ["user:~$ ", "PS> ", "[12:01:02] host % ", "web01:/etc# ", "┌──(me㉿web)-[~]\r\n└─$ "])
def test_prompts_of_unusual_shape_are_learned(prompt: str) -> None:
    """A session begins and ends at its prompt."""
    body = f"{prompt}id\r\nuid=0\r\n{prompt}cat notes\r\nsomething else\r\n{prompt}exit\r\nexit\r\n"
    assert ["id", "cat notes", "exit"] == [command.text for command in read(Recording("s", body.encode())).typed]


def test_lines_of_a_log_teach_no_prompt() -> None:
    """What repeats is not a prompt where nobody leaves by it."""
    body = "app> started\r\napp> loaded\r\napp> ready for work\r\n"
    assert () == read(Recording("s", body.encode())).typed


def test_an_open_quote_goes_on_in_the_next_line() -> None:
    """The second prompt belongs to the command above, whatever stands behind it."""
    body = "sh-4.2$ echo 'one\r\n> two; rm x\r\n> three'\r\none\r\ntwo; rm x\r\nthree\r\nsh-4.2$ id\r\n"
    assert ["echo 'one\ntwo; rm x\nthree'", "id"] == [command.text for command in read(Recording("s", body.encode())).typed]
