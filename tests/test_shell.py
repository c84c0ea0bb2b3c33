"""Typed lines as the commands that they would start."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.shell import Parsed, Simple, bare, parse


def argvs(text: str, platform: str = "linux") -> list[tuple[str, ...]]:
    """The words of every command in a text."""
    return [simple.argv for simple in parse(text, platform).commands if simple.argv]


def last(text: str, platform: str = "linux") -> Simple:
    """The last command in a text."""
    return parse(text, platform).commands[-1]


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        pytest.param(("id",), "sudo id", id="sudo"),
        pytest.param(("id", "-u"), "sudo -u root -n id -u", id="sudo with options"),
        pytest.param(("id",), "doas id", id="doas"),
        pytest.param(("id",), "env A=b -i id", id="env"),
        pytest.param(("id",), "A=b nohup setsid nice -n 5 ionice -c 2 timeout 5 id", id="a row of wrappers"),
        pytest.param(("id",), "strace -f -o x id", id="strace"),
        pytest.param(("id",), "chroot /mnt id", id="chroot"),
        pytest.param(("id",), "unshare -r id", id="unshare"),
        pytest.param(("id",), "watch -n 1 id", id="watch"),
        pytest.param(("rm", "{}"), "find . -name x -exec rm {} \\;", id="find -exec"),
        pytest.param(("rm", "-f"), "ls | xargs -n 1 rm -f", id="xargs"),
        pytest.param(("id",), "parallel -j 2 id", id="parallel"),
        pytest.param(("id",), "ssh -p 22 ann@web01 'id'", id="ssh"),
        pytest.param(("id",), "bash -c 'id'", id="bash -c"),
        pytest.param(("id",), "sh -xc id", id="sh -xc"),
        pytest.param(("id",), "su - bob -c id", id="su -c"),
        pytest.param(("id",), "eval id", id="eval"),
        pytest.param(("id",), "bash <<< id", id="here-string"),
        pytest.param(("id",), "sh <<EOF\nid\nEOF\n", id="here-document"),
        pytest.param(("id",), "cat <<EOF | sh\nid\nEOF\n", id="here-document into a pipe"),
        pytest.param(("id",), "echo id | sh", id="echo into a shell"),
        pytest.param(("id",), "echo aWQ7aWQ7aWQ7aWQ= | base64 -d | sh", id="base64 into a shell"),
        pytest.param(("id",), "printf '\\x69\\x64' | bash", id="printf into a shell"),
        pytest.param(("id",), "echo di | rev | sh", id="rev into a shell"),
        pytest.param(("id",), "bash <(echo id)", id="process substitution"),
        pytest.param(("id",), "docker exec -it web id", id="docker exec"),
        pytest.param(("id",), "kubectl exec pod -- id", id="kubectl exec"),
        pytest.param(("id",), "echo '* * * * * id' | crontab -", id="crontab"),
        pytest.param(("id",), "\\i\\d", id="escapes"),
        pytest.param(("id",), "i''d", id="empty quotes"),
        pytest.param(("id",), "$'\\x69d'", id="ANSI-C quotes"),
        pytest.param(("id",), "a=i; b=d; $a$b", id="plain variables"),
        pytest.param(("id",), "$(echo id)", id="constant substitution"),
        pytest.param(("id",), "i$@d", id="empty parameters"),
        pytest.param(("cat", "/x"), "cat${IFS}/x", id="IFS"),
        pytest.param(("which", "nc"), "which nc", id="a plain command"),
    ],
)
def test_the_innermost_command(argv: tuple[str, ...], text: str) -> None:
    """A command is found through what starts it."""
    assert argv in argvs(text)


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        pytest.param(("net", "user", "x", "y", "/add"), "cmd.exe /c net user x y /add", id="cmd /c"),
        pytest.param(("net", "user"), 'cmd /c "net user"', id="cmd /c with quotes"),
        pytest.param(("iex", "x"), "i`e`x x", id="backticks"),
        pytest.param(("certutil", "-f"), "c^e^rtutil -f", id="carets"),
        pytest.param(("net", "user"), "set a=net& %a% user", id="cmd variables"),
        pytest.param(("whoami",), "powershell -NoP -EncodedCommand dwBoAG8AYQBtAGkA", id="encoded"),
        pytest.param(("whoami",), "powershell -e dwBoAG8AYQBtAGkA", id="encoded, one letter"),
        pytest.param(("whoami",), "iex 'whoami'", id="iex"),
        pytest.param(("whoami",), "Start-Process whoami", id="Start-Process"),
        pytest.param(("whoami",), "Invoke-Command -ScriptBlock { whoami }", id="a script block"),
        pytest.param(("net", "user"), "$x = 'net'; & $x user", id="a variable called"),
        pytest.param(("whoami",), "& ('who'+'ami')", id="joined strings"),
        pytest.param(("calc",), "wmic process call create calc", id="wmic"),
        pytest.param(("cat", "/etc/shadow"), "wsl -u root -e cat /etc/shadow", id="wsl"),
    ],
)
def test_the_innermost_command_on_windows(argv: tuple[str, ...], text: str) -> None:
    """On Windows as well, in PowerShell and in cmd.exe."""
    assert argv in argvs(text, "windows")


@pytest.mark.parametrize(("user", "text"), [("root", "sudo id"), ("app", "sudo -u app id"), ("bob", "su bob -c id"), ("", "id")])
def test_as_whom(user: str, text: str) -> None:
    """The user is root after sudo, and who sudo or su says."""
    assert user == last(text).user


def test_pipelines_know_their_neighbours() -> None:
    """Each command knows what is before and after it."""
    first, second, third = parse("curl x | tee y | sh", "linux").commands
    assert (("tee", "sh"), ("curl",), ("curl", "tee")) == (first.piped_into, second.piped_from, third.piped_from)
    assert [0, 1, 2] == [first.position, second.position, third.position]


def test_a_substitution_knows_who_runs_it() -> None:
    """What is substituted into a shell's words is known as such."""
    assert "$(bash)" in parse('bash -c "$(curl x)"', "linux").commands[0].via


@pytest.mark.parametrize(
    ("writes", "text"),
    [
        (("/x",), "echo a > /x"),
        (("/x",), "echo a >> /x"),
        (("/x",), "echo a | tee -a /x"),
        (("/x",), "cp a /x"),
        (("/dev/sda",), "dd if=/dev/zero of=/dev/sda"),
        (("/x",), "curl -o /x http://example.com"),
        (("a", "/x"), "sed -i a /x"),
        (("/x",), "> /x"),
        ((), "echo a 2>&1"),
    ],
)
def test_files_written(writes: tuple[str, ...], text: str) -> None:
    """Redirections and the words of known programs say which files are written."""
    assert writes == last(text).writes


def test_files_read() -> None:
    """So do reads."""
    assert ("/etc/shadow",) == last("cat < /etc/shadow").reads
    assert ("/etc/shadow",) == last("head -1 /etc/shadow").reads


def test_a_line_that_does_not_parse_keeps_its_text() -> None:
    """Errors are told; the text is there to be judged."""
    parsed = parse("echo 'open", "linux")
    assert parsed.errors
    assert "echo 'open" == parsed.text


@pytest.mark.parametrize(("name", "image"), [("nc", "/usr/bin/NC"), ("certutil", "C:\\Windows\\certutil.EXE"), ("x", "./x"), ("", "")])
def test_bare_names(name: str, image: str) -> None:
    """A program is known by its last part, in lower case, without .exe."""
    assert name == bare(image)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=300), st.sampled_from(["linux", "windows"]))
def test_any_text_gives_commands(text: str, platform: str) -> None:
    """Parsing never raises and keeps the text."""
    parsed = parse(text, platform)
    assert isinstance(parsed, Parsed)
    assert text == parsed.text


@pytest.mark.parametrize("unit", ["bash -c '", "sudo ", "$(echo ", "echo aWQ7aWQ7aWQ7aWQ= | base64 -d | sh;", "a=x; $a$a$a;", "`", "( "])
def test_nesting_is_bounded(unit: str) -> None:
    """However deep a line is nested, it is read in a few seconds at most, also on a slow machine."""
    start = time.process_time()
    parse((unit * 100_000)[:100_000], "linux")
    assert time.process_time() - start < 5
