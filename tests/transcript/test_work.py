"""Work on a recording grows as the recording does, whatever stands in it. Where a size is large, no second pass a sign would end."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.core.model import Recording, Transcript
from bot.core.transcript import bang, belief, lossy, read, screen, scribe, shells, walk
from bot.core.transcript.belief import Belief

LARGE = 1_000_000
POWERSHELL = b"*" * 22 + b"\r\nWindows PowerShell transcript start\r\n" + b"*" * 22 + b"\r\n"


def seen(body: bytes, form: str = "") -> Transcript:
    return read(Recording("s", body, form))


@pytest.fixture(name="counted")
def _counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], list[int]]:
    """Replaces a function by itself and a list of how much it was given each time."""

    def counted(owner: object, name: str) -> list[int]:
        real, sizes = getattr(owner, name), []

        def counting(*given: object) -> object:
            sizes.append(len(given[-1]))
            return real(*given)

        monkeypatch.setattr(owner, name, counting)
        return sizes

    return counted


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param(b"sh-5.2$ x\r\n" + b"\r" * LARGE + b"\n", "", id="returns"),
        pytest.param(b"\x1b" * LARGE + b"\r\na\r\n", "", id="escapes"),
        pytest.param(POWERSHELL + b"*" * LARGE, "file", id="rows of stars"),
        pytest.param(POWERSHELL + b"Transcript started, output file is " * (LARGE // 35), "file", id="transcripts that start"),
        pytest.param(json.dumps({"sessionData": ["\x1b[" + "a" * LARGE]}).encode(), "stream", id="a streamed line with an escape"),
        pytest.param(b"$ $ " * (LARGE // 4) + b"\r\n", "", id="prompts on one line"),
    ],
)
def test_one_pass_is_enough(body: bytes, form: str) -> None:
    """A megabyte of what once was looked at again for each of its signs is read."""
    assert seen(body, form).lines


def test_expansions_are_told_without_trying_all_ways() -> None:
    """What forty expansions may have become is one search for each part between them."""
    assert not bang.became("echo" + " !!a" * 40, "echo" + " a" * 400 + "b")
    assert bang.became("echo" + " !!a" * 40, "echo" + " xa" * 40)


def test_the_start_of_a_streamed_row_is_the_last_one() -> None:
    """What a full screen or zsh's filler left is dropped, once."""
    assert "\x1b[J% ls" == lossy.begun("\x1b[?1049lx\x1b[?47l%  \x1b[0m\x1b[27m\x1b[24m\x1b[J%  \x1b[0m\x1b[27m\x1b[24m\x1b[J% ls")
    assert "\x1b[K$ ls" == lossy.begun("\x1b[K$ ls")


def test_a_line_that_never_ends_is_ended(counted: Callable[[object, str], list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is carried from one stretch to the next is carried a bounded number of times."""
    monkeypatch.setattr(walk, "MOST_CARRIED", 10_000)
    sizes = counted(walk, "unclear")
    transcript = seen(b"word \x1b[?2004h" * 4_000)
    assert 4_000 * 400 > sum(sizes)
    assert ["word"] * 4_000 == "".join(f"{line.text} " for line in transcript.lines).split()
    assert 10 < len(transcript.lines) < 100


def test_lines_that_may_be_prompts_look_back_a_little(counted: Callable[[object, str], list[int]]) -> None:
    """How long nobody was asked is counted to a bound."""
    sizes = counted(Belief, "idled")
    seen(b"sh-5.2$ x\r\n" + b"# a\r\n" * 4_000)
    assert 3_000 < len(sizes)
    assert belief.MANY + 1 == max(sizes[:-1])


def test_a_command_that_goes_on_is_asked_for_its_end_to_a_bound(
    counted: Callable[[object, str], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A here-document of thousands of lines is one command, all of it, to a bound that is said."""
    monkeypatch.setattr(scribe, "LONGEST_COMMAND", 20_000)
    sizes = counted(shells, "_outside_quotes")
    typed = seen(b"sh-4.2$ cat <<E\r\n" + b"> words\r\n" * 5_000 + b"> E\r\nsh-4.2$ id\r\n").typed
    assert 2 * shells.MOST_LINES >= len(sizes)
    assert [("cat <<E", scribe.CUT), ("id", "")] == [(command.text.partition("\n")[0], command.doubt) for command in typed]
    assert 20_000 <= len(typed[0].text) < 20_010


def test_pictures_are_bounded_for_the_whole_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound no screen is pictured, and the transcript says so; commands are found all the same."""
    monkeypatch.setattr(screen, "MOST_CELLS", 100_000)
    transcript = seen(b"sh-5.2$ x\r\n" + b"\x1b[?1049hshown\x1b[?1049l" * 200 + b"sh-5.2$ id\r\n")
    assert 0 < sum(line.text == "shown" for line in transcript.lines) < 20
    assert "too heavy to be pictured" in transcript.doubts[0]
    assert ["x", "id"] == [command.text for command in transcript.typed]
