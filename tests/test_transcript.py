"""What a transcript makes of the things that people and programs do to a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.core.model import Recording, Typed
from bot.core.transcript import read, screen_text
from tests.night import forms

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
BASH = "\x1b[?2004h[me@web ~]$ "
RAN = "\r\n\x1b[?2004l\r"


def typed(text: str, form: str = "") -> list[str]:
    return [command.text for command in commands(text, form)]


def commands(text: str, form: str = "") -> tuple[Typed, ...]:
    return read(Recording("s", text.encode(), form)).typed


def streamed(*lines: str) -> bytes:
    event = {"eventVersion": "1.0", "eventTime": "2026-11-23T16:59:04Z", "sessionId": "s", "sessionData": list(lines)}
    return json.dumps(event).encode() + b"\n"


@pytest.mark.parametrize(
    ("keys", "command"),
    [
        pytest.param("lss\b\x1b[K -la", "ls -la", id="backspace"),
        pytest.param("rm -rf /" + "\b" * 8 + "\x1b[Kls", "ls", id="a line killed and typed anew"),
        pytest.param("systemcstop\b\b\b\b\x1b[1@t\x1b[1@l\x1b[1@ ", "systemctl stop", id="letters inserted"),
        pytest.param("uname\r\x1b[C" + "\x1b[C" * 11 + "id\x1b[K", "id", id="history recalled over another line"),
        pytest.param("cat /etc/pass\x07wd", "cat /etc/passwd", id="completion with a bell"),
        pytest.param("ls \r\nlib/  log/\r\n[me@web ~]$ ls lib/", "ls lib/", id="completion with a list"),
        pytest.param(" curl example.com", " curl example.com", id="a leading space, which hides from history"),
        pytest.param("\x1b[7mecho pasted\x1b[27m\b\b\bted", "echo pasted", id="pasted text"),
        pytest.param("\x1b[H\x1b[2J[me@web ~]$ id", "id", id="a screen cleared by Ctrl-L"),
        pytest.param("echo é漢字", "echo é漢字", id="wide characters"),
    ],
)
def test_edited_lines_are_read_as_they_stood(keys: str, command: str) -> None:
    """What counts is the line when it was submitted."""
    assert [command] == typed(BASH + keys + RAN + "out\r\n")


def test_a_search_in_history_gives_what_it_found() -> None:
    """Ctrl-R draws over the prompt and leaves the found command."""
    keys = "\r(reverse-i-search)`': \x1b[K\b\b\bi': id\b\b\b\b\b\r\x1b[K[me@web ~]$ id"
    assert ["id"] == typed(BASH + keys + RAN)


@pytest.mark.parametrize("width", [40, 80, 133])
def test_wrapped_lines_are_one(width: int) -> None:
    """No recording tells the width; readline's mark in the last column does."""
    line = "[me@web ~]$ " + "echo " + "word " * 60 + "end"
    rows = [line[start : start + width] for start in range(0, len(line), width)]
    wrapped = " \r".join(rows)
    assert [line[12:]] == typed("\x1b[?2004h" + wrapped + RAN + "out\r\n")


def test_a_cancelled_line_was_not_submitted() -> None:
    """Ctrl-C takes a line back."""
    assert ["id"] == typed(BASH + "rm -rf /^C\x1b[?2004l\r\x1b[?2004h\x1b[?2004l\r\r\n" + BASH + "id" + RAN)


def test_the_line_being_edited_at_the_end_was_not_submitted() -> None:
    """A session may end in the middle of a line; the transcript says so."""
    transcript = read(Recording("s", (BASH + "id" + RAN + "uid=0\r\n" + BASH + "rm -rf").encode()))
    assert ["id"] == [command.text for command in transcript.typed]
    assert "still being edited" in transcript.doubts[0]


def test_here_documents_and_loops_are_one_command() -> None:
    """Lines at the second prompt continue the command; a new line stands for Enter."""
    more = "\x1b[?2004h> "
    assert ["cat <<E\nsudo\nE", "id"] == typed(
        BASH + "cat <<E" + RAN + more + "sudo" + RAN + more + "E" + RAN + "sudo\r\n" + BASH + "id" + RAN
    )
    assert ["for i in 1; do\necho $i\ndone", "id"] == typed("sh-4.2$ for i in 1; do\r\n> echo $i\r\n> done\r\n1\r\nsh-4.2$ id\r\n")


def test_history_expansion_is_given_expanded() -> None:
    """Rules judge what ran; what was typed is in the doubt."""
    command = commands("sh-4.2$ iptables -F\r\nsh-4.2$ sudo !!\r\nsudo iptables -F\r\nsh-4.2$ id\r\n")[1]
    assert "sudo iptables -F" == command.text
    assert "sudo !!" in command.doubt


@pytest.mark.parametrize(
    ("prompt", "shell"),
    [
        ("sh-4.2$ ", "sh"),
        ("sh-5.2# ", "sh"),
        ("bash-5.1$ ", "bash"),
        ("[ec2-user@ip-10-0-1-15 ~]$ ", "bash"),
        ("[root@ip-10-0-1-15 etc]# ", "bash"),
        ("ubuntu@ip-10-0-1-15:~$ ", "bash"),
        ("(venv) ubuntu@ip-10-0-1-15:/var/www html$ ", "bash"),
        ("/ # ", "sh"),
        ("$ ", "sh"),
        ("# ", "sh"),
        ("me@mac ~ % ", "zsh"),
        ("➜  app git:(main) ✗ ", "zsh"),
        ("me@host ~/app (main)> ", "fish"),
        ("PS C:\\Windows\\system32> ", "powershell"),
        ("PS /home/me> ", "powershell"),
        ("C:\\Users\\me>", "cmd"),
    ],
)
def test_prompts_without_marks_are_known_by_shape(prompt: str, shell: str) -> None:
    """Older shells set no marks; their prompts are learned."""
    found = commands(f"{prompt}first one\r\nout\r\n{prompt}\r\n{prompt}second\r\n")
    assert [("first one", prompt, shell), ("second", prompt, shell)] == [(c.text, c.prompt, c.shell) for c in found]


def test_a_root_shell_after_sudo_is_followed() -> None:
    """A bare sign is a prompt where a shell was just opened, behind the question for a password."""
    text = "ubuntu@web:~$ sudo su\r\n[sudo] password for ubuntu: \r\n# id\r\nuid=0\r\n# exit\r\nubuntu@web:~$ exit\r\n"
    assert ["sudo su", "id", "exit", "exit"] == typed(text)


def test_consoles_are_followed() -> None:
    """Lines at the prompts of python, mysql and psql are commands of a REPL."""
    text = "sh-4.2$ mysql\r\nWelcome\r\nmysql> select\r\n    -> 1;\r\n1\r\nmysql> exit\r\nBye\r\nsh-4.2$ id\r\n"
    assert [("mysql", "sh"), ("select\n1;", "repl"), ("exit", "repl"), ("id", "sh")] == [(c.text, c.shell) for c in commands(text)]


def test_a_shell_inside_ssh_without_marks_is_followed() -> None:
    """Between two marks a whole session of another host may lie."""
    text = BASH + "ssh db" + RAN + "Last login: today\r\n[me@db ~]$ sudo -l\r\nnone\r\n[me@db ~]$ exit\r\nlogout\r\n" + BASH + "id" + RAN
    assert ["ssh db", "sudo -l", "exit", "id"] == typed(text)


def test_prompts_in_shown_files_are_output() -> None:
    """A file that looks like a session is not one."""
    assert ["cat notes", "id"] == typed(BASH + "cat notes" + RAN + "[me@web ~]$ rm -rf /\r\n# reboot\r\n" + BASH + "id" + RAN)


def test_a_prompt_behind_unfinished_output_is_found() -> None:
    """Output without a line end pushes the prompt to the right."""
    assert ["curl x", "id"] == typed("sh-4.2$ curl x\r\noksh-4.2$ id\r\n")
    assert ["curl x", "id"] == typed(BASH + "curl x" + RAN + "ok" + BASH + "id" + RAN)


def test_zsh_draws_its_prompt_before_the_mark_and_a_clock_behind() -> None:
    """What stands right of the cursor when the mark comes is not typed."""
    fill = "\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m" + " " * 79 + "\r \r\r\x1b[0m\x1b[27m\x1b[24m\x1b[J"
    row = "me@web ~ % \x1b[K\x1b[60C17:38\x1b[65D\x1b[?1h\x1b=\x1b[?2004h"
    assert ["ls -la"] == typed(fill + row + "l\bls -la\x1b[?1l\x1b>\x1b[?2004l\r\r\nout\r\n")


def test_a_full_screen_leaves_its_last_picture_and_no_commands() -> None:
    """What an editor paints is not a command line, whatever it looks like."""
    screen = "\x1b[?1049h\x1b[H\x1b[2J$ rm -rf /\r\n[me@web ~]$ reboot\r\n\x1b[?1049l"
    transcript = read(Recording("s", (BASH + "vi notes" + RAN + screen + BASH + "id" + RAN).encode()))
    assert ["vi notes", "id"] == [command.text for command in transcript.typed]
    assert "[me@web ~]$ reboot\n" in screen_text(transcript)


def test_progress_bars_end_as_they_stood() -> None:
    """A line that overwrites itself is one line."""
    assert "sh-4.2$ get\n100%\n" == screen_text(read(Recording("s", b"sh-4.2$ get\r\n 10%\r 50%\r100%\r\n")))


def test_events_have_times_and_are_read_once() -> None:
    """A streamed command has the second of its event; an event that was sent twice counts once."""
    event = streamed("sh-4.2$ id", "uid=0", "sh-4.2$ exit")
    transcript = read(Recording("s", event + event, "stream"))
    assert [("id", AT), ("exit", AT)] == [(command.text, command.at) for command in transcript.typed]
    assert "stream" == transcript.form


def test_events_between_plain_text_are_told_apart() -> None:
    """A group may hold both."""
    body = streamed("sh-4.2$ id") + b"plain words\n" + streamed("sh-4.2$ pwd", "/")
    assert ["id", "pwd"] == [command.text for command in read(Recording("s", body, "stream")).typed]


def test_a_streamed_line_keeps_its_title_and_is_read_all_the_same() -> None:
    """The agent keeps all escapes of a line whose title it cannot parse."""
    line = "\x1b[?2004l\x1b]0;@ip-10-0-1-11:~\x07\x1b[?2004h[ec2-user@ip-10-0-1-11 ~]$ sudo dnf install httpd"
    assert ["sudo dnf install httpd"] == [c.text for c in read(Recording("s", streamed(line, "Nothing to do"), "stream")).typed]


def test_lines_cut_at_the_agents_limit_are_one() -> None:
    """33,000 bytes are the most that an event's line holds."""
    raw = b"sh-4.2$ echo " + b"a" * 40_000 + b"\r\nok\r\n"
    body = forms.stream_body(forms.stream_events(raw, "s", "arn", "eu-west-1", "i-0", AT))
    assert ["echo " + "a" * 40_000] == [command.text for command in read(Recording("s", body, "stream")).typed]


def test_the_agents_own_wrapping_is_no_part_of_a_transcript() -> None:
    """Header, footer, banner, and the logger that older agents echo are out."""
    raw = b"sh-4.2# /usr/bin/ssm-session-logger /var/lib/amazon/ssm/i-0/session/x.log false\r\nsh-4.2$ id\r\nuid=0\r\n"
    transcript = read(Recording("s", forms.script_file(raw, AT), "file"))
    assert "sh-4.2$ id\nuid=0\n" == screen_text(transcript)
    assert "script" == transcript.form


def test_a_powershell_transcript_is_windows() -> None:
    """Banners are out; commands stand behind PS prompts, hard wraps of the console undone."""
    long = "Get-Process | " * 20 + "Out-Null"
    line = "PS C:\\> " + long
    shown = "\r\n".join([line[:200], line[200:], "PS C:\\> whoami", "nt authority\\system", ""])
    transcript = read(Recording("s", forms.powershell_file(shown.encode(), AT), "file"))
    assert [long, "whoami"] == [command.text for command in transcript.typed]
    assert ("powershell", "windows") == (transcript.form, transcript.platform)
    assert "SYSTEM" not in screen_text(transcript)


def test_a_command_document_has_no_prompt() -> None:
    """Its output is shown; what looks weakly like a prompt in it was not typed."""
    transcript = read(Recording("s", forms.command_file(b"# a comment\n$ not typed\nok", 0), "file"))
    assert ((), "command") == (transcript.typed, transcript.form)


def test_a_recording_that_is_missing_says_why() -> None:
    """No bytes, no lines, and the reason."""
    transcript = read(Recording("s", missing="no object in the bucket"))
    assert ((), False, ("no object in the bucket",)) == (transcript.lines, transcript.complete, transcript.doubts)


def test_a_console_with_a_bare_sign_is_followed() -> None:
    """node asks by `> ` alone, below its welcome."""
    text = "sh-4.2$ node\r\nWelcome to Node.js\r\n> 1+1\r\n2\r\n> .exit\r\nsh-4.2$ id\r\n"
    assert [("node", "sh"), ("1+1", "repl"), (".exit", "repl"), ("id", "sh")] == [(c.text, c.shell) for c in commands(text)]


def test_a_prompt_of_two_lines_ends_at_its_sign() -> None:
    """Of a prompt that fills several lines, the last stands before the command."""
    found = commands("\x1b[?2004h12:00 me in ~/app\r\n$ make" + RAN + "done\r\n\x1b[?2004h12:01 me in ~/app\r\n$ id" + RAN)
    assert [("make", "$ ", "bash"), ("id", "$ ", "bash")] == [(c.text, c.prompt, c.shell) for c in found]
