"""Any bytes give a Transcript: session text is written by whoever had the terminal."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.dossier import judged
from bot.core.model import Level, Recording, Session, Transcript
from bot.core.transcript import Reader, read, screen_text
from bot.core.transcript.retrace import retrace
from bot.core.transcript.row import picture
from bot.core.transcript.screen import Screen, decode, settle
from tests.night.forms import stream_body, stream_events

SCRAPS = st.sampled_from(
    [
        b"\x1b[?2004h", b"\x1b[?2004l", b"\x1b[?1049h", b"\x1b[?1049l", b"sh-5.2$ ", b"[me@web ~]$ ", b"# ", b"> ", b">>> ", b"$ ",
        b"\r\n", b"\r\r\n", b"\n", b"\r", b"\b", b"\x07", b"\x00", b"\x1b", b"\x1b[", b"\x1b]0;t\x07", b"\x1b[K", b"\x1b[A", b"\x1b[2J", b"\x1b[H",
        b"\x1b[999;999H", b"\x1b[65535b", b"\x1b[8;9999;9999t", b"\x1b#8", b"\x1bc", b"\xe2\x80\x94", b"\xff", b"ls -la", b"exit", b"!!", b"tmux",
        b"Script started on x\n", b"Script done on x\n", b"EXIT_CODE: 0", b'{"sessionData":["a"]}\n', b'{"sessionData":[1,null]}', b"{", b"(reverse-i-search)`a': ",
    ]
)  # fmt: skip
BODIES = st.one_of(st.binary(max_size=400), st.lists(st.one_of(SCRAPS, st.binary(max_size=8)), max_size=40).map(b"".join))
STEPS = [
    "\r",
    "\b",
    "\b\b",
    "\x1b[K",
    "\x1b[1K",
    "\x1b[2K",
    "\x1b[P",
    "\x1b[3P",
    "\x1b[C",
    "\x1b[9C",
    "\x1b[D",
    "\x1b[2D",
    "\x1b[@",
    "\x1b[3@",
    "\x1b[5G",
    "\x1b[2X",
]


@given(BODIES, st.sampled_from(["", "file", "stream"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_transcript(body: bytes, form: str) -> None:
    """Nothing raises; commands stand on lines that exist; no control character is left but tabs."""
    transcript = read(Recording("s", body, form))
    assert isinstance(transcript, Transcript)
    assert "" == transcript.broken
    assert all(0 < typed.line <= len(transcript.lines) for typed in transcript.typed)
    assert not {"\x1b", "\x07", "\r", "\n"} & set("".join(line.text for line in transcript.lines))
    assert list(range(1, len(transcript.lines) + 1)) == [line.number for line in transcript.lines]


EDITED = st.sampled_from(
    [
        "\b", "\b\b", "\b\b\b\b", "ls", "ls -la", "sudo ", "cat /etc/hosts", " ", "   ", "(reverse-i-search)`': ", "(reverse-i-search)`l': ls", "sh-5.2$ ",
        "[me@web ~]$ ", "$ ", "> ", "# ", "PS C:\\> ", "\x1b[C", "\x1b[K", "\x1b[?2004h", "\x1b]0;t\x07", "\u00e9", "\ufffd", "\u65e5\u672c", "\U000f0041", "\U0010ffff",
        "a", "aa", "abab", "x", "'", '"', "\\", "^C", "%", "\u23ce ",
    ]
)  # fmt: skip
LOGS = st.lists(st.tuples(st.sampled_from(["", "sh-5.2$ ", "$ ", "[me@web ~]$ "]), st.lists(EDITED, max_size=14).map("".join)), max_size=8)


@given(LOGS)
@settings(max_examples=200, deadline=None)
def test_any_lines_of_a_stream_give_a_transcript(log: list[tuple[str, str]]) -> None:
    """Whatever the agent's cleaning left of edits, searches and prompts is read without a fault."""
    event = {
        "eventVersion": "1.0",
        "eventTime": "2026-11-23T16:59:04Z",
        "sessionId": "s",
        "sessionData": [prompt + left for prompt, left in log],
    }
    assert "" == read(Recording("s", json.dumps(event).encode(), "stream")).broken


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("a\ba\b\b\ba\ba", id="steps back in what looks pasted"),
        pytest.param("x\b(reverse-i-search)`': a", id="a search after an edit"),
    ],
)
def test_pastes_and_searches_that_were_edited_are_read(left: str) -> None:
    """What would lie outside of the line, or of the history, is not looked at."""
    found, _ = retrace(left, "$ ", ["id"])
    assert found is None or "\b" not in found


def test_a_recording_that_breaks_its_reading_is_told_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines stay, it is not complete, it says why, and it is a finding: somebody may have typed it for that."""

    def breaks(*_: object) -> str:
        raise IndexError

    monkeypatch.setattr("bot.core.transcript.forms.walk", breaks)
    found = read(Recording("s", b"sh-5.2$ \x1b[1mid\r\nuid=0\x07\r\n"))
    assert (["sh-5.2$ id", "uid=0", ""], (), False, "IndexError") == (
        [x.text for x in found.lines],
        found.typed,
        found.complete,
        found.broken,
    )
    assert ["this recording broke its reading (IndexError)"] == [doubt.partition(":")[0] for doubt in found.doubts]
    [finding] = judged(None, found, Session("ana-1", owner="ana"))
    assert ("A recording broke its reading", Level.HIGH, "ana-1", "ana") == (finding.title, finding.level, finding.session, finding.actor)


@given(BODIES, st.lists(st.integers(0, 400), max_size=6), st.sampled_from(["", "stream"]))
@settings(max_examples=150, deadline=None)
def test_slices_of_any_bytes_do_not_matter(body: bytes, cuts: list[int], form: str) -> None:
    """Where the bytes were cut changes nothing."""
    reader = Reader(form=form)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, end in pairwise(edges):
        reader.feed(body[start:end])
    assert read(Recording("s", body, form)) == reader.finish()


@given(st.lists(st.one_of(st.text("abc $~/é❯λ✗➜漢", min_size=1, max_size=6), st.sampled_from(STEPS)), max_size=14).map("".join))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_short_way_is_the_emulators(text: str) -> None:
    """Where a row is pictured without the emulator, the emulator pictures the same."""
    simple = picture(text, 40)
    if simple is not None:
        screen = Screen()
        assert screen.text(text, 40)[0] == simple[0].rstrip()


@pytest.mark.parametrize("form", ["", "stream"])
@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(b"\x1b[65535b", id="repeat a character"),
        pytest.param(b"\x1b#8", id="fill the screen"),
        pytest.param(b"\x1b[65535S", id="scroll"),
        pytest.param(b"\x1bc", id="reset"),
        pytest.param(b"\x1b[8;9999;9999t", id="resize"),
        pytest.param(b"\x1b[?2004h", id="paste marks"),
        pytest.param(b"\x1b[?1049h\x1b[?1049l", id="screen switches"),
        pytest.param(b"\x1b]0;", id="titles without end"),
        pytest.param(b"\x1bP", id="device strings without end"),
        pytest.param(b"$ \n", id="prompts"),
        pytest.param(b"$ a \\\n", id="unfinished commands"),
        pytest.param(b" \r", id="carriage returns"),
        pytest.param(b"\b", id="backspaces"),
        pytest.param(b"sh-5.2$ ", id="prompts on one line"),
        pytest.param(b"> ", id="signs on one line"),
        pytest.param(b"sh-5.2$ cat /etc/passwd\b\b\b\bx\b\bfoo\r\n", id="edited lines"),
        pytest.param(b"sh-5.2$ (reverse-i-search)`': \b\b\ba': xx\b\b\b\r\n", id="history searches"),
        pytest.param(b"\x1b]0;t\x07\x1b[?2004hsh-5.2$ abc\x1b[C\x1b[1@d\b\b\x1b[Ka\r\n", id="lines that kept their edits"),
        pytest.param(b"\x1b[6n\r\r\n", id="rows of another shell"),
        pytest.param(b"%" + b" " * 60, id="fillers"),
        pytest.param(b"\xe2\x8f\x8e \x1b[K", id="other fillers"),
    ],
)
def test_floods_end(flood: bytes, form: str) -> None:
    """40 kB of what is dear to a terminal costs no more than some seconds, whatever the machine."""
    body = b"sh-5.2$ x\r\n" + flood * (40_000 // len(flood)) + b"\r\nsh-5.2$ id\r\n"
    if form == "stream":
        body = stream_body(stream_events(body, "s", "arn", "eu-west-1", "i-0", datetime(2026, 11, 23, tzinfo=UTC)))
    start = time.process_time()
    read(Recording("s", body, form))
    assert 8 > time.process_time() - start


def test_a_long_output_is_bounded() -> None:
    """Of an endless output the first lines are kept; what is left out is said on the spot and as a doubt."""
    body = b"sh-5.2$ yes\r\n" + b"y\r\n" * 50_000 + b"sh-5.2$ id\r\n"
    transcript = read(Recording("s", body))
    assert ["yes", "id"] == [typed.text for typed in transcript.typed]
    assert 20_010 > len(transcript.lines)
    assert "30000 more lines" in screen_text(transcript)
    assert ("30000 lines of output are not kept",) == transcript.doubts


def test_events_that_are_no_events_are_text() -> None:
    """A line that only looks like an event is shown as it is."""
    odd = [b'{"sessionData":"x"}', b"{broken", b'{"sessionData":["$ id"],"eventTime":7}']
    transcript = read(Recording("s", b"\n".join(odd), "stream"))
    assert "{broken" in screen_text(transcript)
    assert "$ id" in screen_text(transcript)


def test_deep_json_is_text() -> None:
    """Nesting beyond what a decoder bears does not raise."""
    body = json.dumps({"sessionData": ["a"]}).encode() + b"\n" + b'{"sessionData":' + b"[" * 100_000
    assert "a" == read(Recording("s", body, "stream")).lines[0].text


def test_decoding_and_settling_leave_text() -> None:
    """Controls that nobody sees are out, line ends are one, titles are gone."""
    assert "ab\nc" == settle(decode(b"\x1b]0;title\x07a\x00b\r\r\nc\x07"))
