"""Streamed lines without their escapes are traced back to what was submitted; what is guessed carries a doubt."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Recording, Typed
from bot.core.transcript import read
from bot.core.transcript.keys import edits
from bot.core.transcript.redisplay import moved, redrawn
from bot.core.transcript.retrace import retrace
from bot.core.transcript.returns import returned, width
from tests.night import forms

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
PROMPT = "sh-5.2$ "
EARLIER = ["systemctl restart nginx", "cat /etc/hosts", "useradd mallory"]


def streamed(*lines: str) -> list[Typed]:
    """The commands of a streamed log of these rows, as the terminal showed them."""
    raw = "".join(f"{line}\r\n" for line in lines).encode()
    return list(read(Recording("s", forms.stream_body(forms.stream_events(raw, "s", "arn", "eu-west-1", "i-0", AT)), "stream")).typed)


def typed_at(*lefts: str) -> Typed:
    """The last command but `exit` of a log with these edited lines."""
    return streamed(*(PROMPT + left for left in lefts), f"{PROMPT}exit", "exit")[-2]


@pytest.mark.parametrize(
    ("left", "wanted"),
    [
        pytest.param("ls -la", "ls -la", id="as typed"),
        pytest.param("lss\b -la", "ls -la", id="one sign erased"),
        pytest.param("cat /etc/passwd /etc/shadow" + "\b" * 11 + "group", "cat /etc/passwd group", id="a word erased"),
        pytest.param("systemcstatus nginx" + "\b" * 12 + "tl ", "systemctl status nginx", id="signs put in"),
        pytest.param("env |ep PATH" + "\b" * 7 + " gr", "env | grep PATH", id="signs put in behind a sign"),
        pytest.param("rm -rf /" + "\b" * 8 + "ls", "ls", id="all erased"),
        pytest.param("cat /etc/hosts" + "\b" * 5, "cat /etc/hosts", id="only moved"),
        pytest.param("useradd mallorycat /etc/hosts", "cat /etc/hosts", id="recalled over another without a trace"),
        pytest.param("systemctl restart nginxs\budo ", "sudo systemctl restart nginx", id="recalled, and something put before it"),
        pytest.param("echo two words" + "\b" * 9 + "two words", "echo two words", id="pasted, shown bright first"),
        pytest.param("whoami" + "\b" * 6 + "Xwhoami" + "\b" * 6, "Xwhoami", id="drawn anew behind the cursor"),
        pytest.param(
            "(reverse-i-search)`': \b\b\bh': cat /etc/hosts" + "\b" * 7 + "o': cat /etc/ho" + "\b\bsh-5.2$ cat /etc/ho\b\b",
            "cat /etc/hosts",
            id="found by a history search",
        ),
        pytest.param("rm -rf        \b \b\b \b\b \bls", "rm -rf     ls", id="erased by the terminal itself"),
    ],
)
def test_an_edited_line_is_traced_back(left: str, wanted: str) -> None:
    """The likeliest keys that leave just these signs say what was submitted; a guess is doubted."""
    found = typed_at(*(EARLIER if left.startswith("useradd") else EARLIER[::-1]), left)
    assert wanted == found.text
    assert bool(found.doubt) == (left != wanted)


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("systemctl restart sshdsudo ", id="put before a line that nobody typed earlier"),
        pytest.param("cat notesls -la", id="wiped out and typed anew"),
        pytest.param("tar czf b.tgz outls tar czf b.tgz out", id="wiped out and put back"),
        pytest.param("echo caf\ufffd", id="signs that the agent took for controls"),
    ],
)
def test_what_left_no_trace_is_suspected(left: str) -> None:
    """Words that run together say that something may be missing between them."""
    assert typed_at("ls notes", left).doubt


@pytest.mark.parametrize("line", ["ls -la /var/log", "cat details", "grep -c install notes", "git log --oneline | head -5", "ls file "])
def test_plain_lines_carry_no_doubt(line: str) -> None:
    """What was typed without edits is not suspected."""
    assert ("", line.rstrip()) == (typed_at("id", line).doubt, typed_at("id", line).text)


def test_a_line_drawn_anew_on_a_cleared_screen_is_one_line() -> None:
    """What stood before the screen was cleared was not submitted."""
    assert "ls notes" == typed_at("ls notes sh-5.2$ ls notes ").text


def test_returns_are_put_back() -> None:
    """A line that kept its escapes lost its returns: readline never moves beyond what is written."""
    steps = "\x1b[C" * len(PROMPT)
    assert f"{PROMPT}echo hi there\r{steps}\x1b[1@X" == returned(f"{PROMPT}echo hi there{steps}\x1b[1@X", PROMPT, 80).line
    assert f"{PROMPT}id\r(reverse-i-search)`': " == returned(f"{PROMPT}id(reverse-i-search)`': ", PROMPT, 80).line


def test_the_width_is_told_by_spaces_at_the_ends_of_rows() -> None:
    """Each full row of a typed line ends in a space that nobody typed."""
    text = PROMPT + "echo " + "abcdefghi " * 30
    rows = " ".join(text[start : start + 80] for start in range(0, len(text), 80))
    assert 80 == width([(rows, PROMPT)])
    assert 0 == width([("sh-5.2$ echo " + "x" * 200, PROMPT)])


def test_titled_prompts_keep_their_edits() -> None:
    """Where the prompt sets a title the agent leaves all escapes: the edits are read, not guessed."""
    title, steps = "\x1b]0;me@web:~\x07", "\x1b[C" * 12
    found = streamed(f"\x1b[?2004h{title}[me@web ~]$ rm -rf /tmp/x\r{steps}\x1b[5@sudo ", f"\x1b[?2004h{title}[me@web ~]$ exit", "exit")
    assert [("sudo rm -rf /tmp/x", ""), ("exit", "")] == [(command.text, command.doubt) for command in found]


def test_prompts_of_unusual_shape_are_learned_from_a_log() -> None:
    """The log begins and ends at its prompt."""
    found = streamed("[12:01] ~ (main) $ id", "uid=0", "[12:02] /etc (main) $ cat notes", "[12:02] /etc (main) $ exit", "exit")
    assert ["id", "cat notes", "exit"] == [command.text for command in found]


def played(script: list[tuple[int, str]]) -> tuple[str, str]:
    """What is left of a script of keys on a line editor, and the line that it submits."""
    text, at, left = "", 0, ""
    for choice, signs in script:
        ways = [(text[:at] + signs + text[at:], at + len(signs)), *((new, goal) for _, new, goal in edits(text, at, 99))]
        new, goal = ways[choice % len(ways)] if choice % 3 else ways[0]
        for place in range(len(signs)) if (new, goal) == ways[0] else ():
            step = text[: at + place] + signs[place] + text[at + place :]
            left += redrawn(text[: at + place] + text[at + place :], at + place, step, at + place + 1, len(PROMPT))
            text = step if place + 1 < len(signs) else text
            text = step
        if (new, goal) != ways[0]:
            left += redrawn(text, at, new, goal, len(PROMPT))
        text, at = new, goal
    return left, text


SIGNS = ("ls ", "cat /etc/hosts", "x", "-la ", "sudo ", "a b")
SCRIPTS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(SIGNS)), min_size=1, max_size=5)


@given(SCRIPTS)
@settings(max_examples=120, deadline=None)
def test_edits_are_found_or_doubted(script: list[tuple[int, str]]) -> None:
    """Whatever keys were pressed: where a step back shows, the line is read exactly or carries a doubt."""
    left, text = played(script)
    if "\b" not in left or not text.strip():
        return
    found = streamed(PROMPT + left, f"{PROMPT}exit", "exit")
    assert [text.rstrip()] == [command.text for command in found[:-1]] or any(command.doubt for command in found[:-1]) or not found[:-1]


def test_some_way_explains_nearly_all_edits() -> None:
    """The search is bounded, so of long scripts it may find no way; of these few hundred it does in a handful at most."""
    chance = random.Random(4)
    scripts = [[(chance.randint(0, 40), chance.choice(SIGNS)) for _ in range(chance.randint(1, 5))] for _ in range(400)]
    unexplained = [script for script in scripts if retrace(played(script)[0], PROMPT, EARLIER)[0] is None]
    assert len(unexplained) <= 4


def test_moves_that_a_return_makes_cheaper_leave_nothing() -> None:
    """readline goes to the start of a long line by a return."""
    assert "\b" * 4 == moved(12, 8)
    assert "" == moved(30, 8)


@pytest.mark.parametrize("form", ["script", "raw", "CloudWatch"])
def test_rows_that_ash_wrapped_are_one_line(form: str) -> None:
    """busybox ends a full row by one return more than a line."""
    raw = b"/ # \x1b[6necho one two\r\r\nthree\r\none two three\r\n/ # \x1b[6nexit\r\n"
    body = {"raw": raw, "script": forms.script_file(raw, AT), "CloudWatch": forms.cloudwatch_file(raw, AT)}[form]
    assert ["echo one twothree", "exit"] == [command.text for command in read(Recording("s", body)).typed]


def test_a_line_that_zsh_gave_up_was_not_submitted() -> None:
    """zsh hands the keypad back only where a line is submitted."""
    begin, end = "\x1b[0m\x1b[27m\x1b[24m\x1b[Jvm% \x1b[K\x1b[?1h\x1b=\x1b[?2004h", "\x1b[?2004l\r\r\n"
    body = f"{begin}rm -rf /x{end}{begin}id\x1b[?1l\x1b>{end}uid=0\r\n{begin}exit\x1b[?1l\x1b>{end}"
    assert ["id", "exit"] == [command.text for command in read(Recording("s", body.encode())).typed]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param("$ ls x\x1b[H\x1b[2J$ ls x y\r\n$ exit\r\n", ["ls x y", "exit"], id="cleared while it was edited"),
        pytest.param("$ echo 'a\r\n> b^C\r\n$ id\r\n$ exit\r\n", ["id", "exit"], id="given up at the second prompt"),
        pytest.param(
            "$ python3\r\n>>> exit()\r\n$ id\r\n$ exit\r\n", ["python3", "exit()", "id", "exit"], id="a bare prompt after a console"
        ),
    ],
)
def test_only_what_was_submitted_is_a_command(body: str, wanted: list[str]) -> None:
    """Without marks it is told by what stands behind the prompt."""
    assert wanted == [command.text for command in read(Recording("s", body.encode())).typed]


def test_a_prompt_behind_unfinished_output_begins_the_line() -> None:
    """readline does not know that its row had begun: its moves count from the prompt."""
    steps = "\x1b[C" * 12
    body = (
        f"\x1b[?2004h[me@web ~]$ read -s pw\r\n\x1b[?2004l\rPassword: \x1b[?2004h[me@web ~]$ read -s pw\r{steps}\x1b[Kid\r\n\x1b[?2004l\r"
    )
    assert ["read -s pw", "id"] == [command.text for command in read(Recording("s", body.encode())).typed]


def test_without_marks_too_a_prompt_behind_unfinished_output_begins_the_line() -> None:
    """A known prompt behind output that did not end its line is where readline counts from."""
    steps = "\x1b[C" * 12
    body = f"[me@web ~]$ read -s pw\r\nPassword: [me@web ~]$ read -s pw\r{steps}\x1b[Kid\r\nuid=0\r\n[me@web ~]$ exit\r\n"
    assert ["read -s pw", "id", "exit"] == [command.text for command in read(Recording("s", body.encode())).typed]


def test_long_lines_without_marks_are_joined() -> None:
    """readline ends a full row by a space and a return, also where it sets no marks."""
    text = "echo " + "abcdefghi " * 12
    row = "sh-4.2$ " + text
    wrapped = " \r".join(row[start : start + 80] for start in range(0, len(row), 80))
    body = f"{wrapped}\r\nabc\r\nsh-4.2$ exit\r\n"
    assert [text.rstrip(), "exit"] == [command.text for command in read(Recording("s", body.encode())).typed]


def test_a_line_that_ksh_scrolled_is_put_together() -> None:
    """mksh shows a part of a long line at a time and marks its end: the parts make one line, and say so."""
    body = "$ echo one two thr\rwo thr        <\b\b\b\b\b\b\b\b\bee four\r\none two\r\n$ exit\r\n"
    found = read(Recording("s", body.encode())).typed
    assert ["echo one two three four", "exit"] == [command.text for command in found]
    assert found[0].doubt


def test_a_line_wrapped_at_the_consoles_margin_is_one_command() -> None:
    """PowerShell transcripts are 200 columns wide; a command that could have ended there carries a doubt."""
    prompt, text = "PS C:\\> ", "powershell -enc " + "QUJD" * 60
    row = prompt + text
    body = "\r\n".join([row[:200], row[200:], f"{prompt}if ($true) {{", ">> Get-Date", ">> }", f"{prompt}exit"])
    found = read(Recording("s", forms.powershell_file(body.encode(), AT))).typed
    assert [text, "if ($true) {\nGet-Date\n}", "exit"] == [command.text for command in found]
    assert [True, False, False] == [bool(command.doubt) for command in found]
