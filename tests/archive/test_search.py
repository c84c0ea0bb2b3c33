"""Session logs in an archive: both forms are read, searched by what was shown, and given back as AWS held them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Kind, Refused, Session, Span
from queries.archive import Archive, ArchiveEvidence, logs, search
from queries.archive.layout import Found
from tests.archive import made
from tests.archive.made import NOW

DAY = Span(NOW - timedelta(days=1), NOW + timedelta(days=1))
SID = made.sid("ana", 1)
SCRIPT = (
    b'Script started on 2026-11-23 16:59:04+00:00 [COMMAND="cat x" <not executed on terminal>]\n'
    b"\x1b[?2004hsh-4.2$ sudo id && whoami\r\r\nroot\r\r\n"
    b'Script done on 2026-11-23 16:59:05+00:00 [COMMAND_EXIT_CODE="0"]\n'
)


def streamed(minute, *lines, **others):
    """One event as the agent writes it: Go escapes <, > and &."""
    event = {
        "eventVersion": "1.0",
        "eventTime": made.stamp(NOW + timedelta(minutes=minute)),
        "userIdentity": {"arn": made.arn("ana")},
        "sessionId": SID,
        "sessionData": list(lines),
    } | others
    return json.dumps(event).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


@pytest.fixture(name="folder")
def _folder(tmp_path):
    return tmp_path / "x"


@pytest.fixture(name="asked")
def _asked(tmp_path, folder):
    """Adds the folder and gives an Evidence on it."""
    archive = Archive(tmp_path / "a.duckdb")

    def ask():
        assert () == archive.add(folder).faults
        return ArchiveEvidence(archive, now=NOW)

    yield ask
    archive.close()


def log(folder, session, body, at=NOW):
    path = folder / "prod" / f"{session}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at.timestamp(), at.timestamp()))


def stream(folder, session, events, group="__acme__ssm"):
    path = folder / "snapshots/111122223333/eu-central-1/logs" / group / f"{session}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [
        {"timestamp": int((NOW + timedelta(minutes=minute)).timestamp() * 1000), "message": text, "ingestionTime": 1}
        for minute, text in events
    ]
    path.write_text(json.dumps({"events": items, "nextForwardToken": "f/1"}))


def test_text_is_found_as_it_was_shown(asked, folder):
    """The log says `\\u0026\\u0026`; the person typed `&&`."""
    log(folder, SID, "\n".join([streamed(0, "$ cd /tmp && ls > out", "x"), streamed(5, "$ echo done && exit")]).encode())
    evidence = asked()
    late, early = evidence.search(DAY, "&&", regex=False)
    assert ("$ echo done && exit", NOW + timedelta(minutes=5), made.arn("ana")) == (late.text, late.at, late.owner)
    assert "&&" == early.matched
    assert ["$ cd /tmp && ls > out"] == [hit.text for hit in evidence.search(DAY, r"^\$ CD\b.*>", regex=True)]
    assert () == evidence.search(DAY, "sessionData", regex=False)
    assert () == evidence.search(Span(NOW - timedelta(days=2), NOW - timedelta(days=1)), "&&", regex=False)


def test_a_wrapped_file_has_the_time_of_its_footer(asked, folder):
    log(folder, SID, SCRIPT, at=NOW + timedelta(hours=1))
    evidence = asked()
    (hit,) = evidence.search(DAY, "sudo", regex=False)
    assert ("\x1b[?2004hsh-4.2$ sudo id && whoami", datetime(2026, 11, 23, 16, 59, 5, tzinfo=UTC)) == (hit.text, hit.at)
    (found,) = evidence.streams(DAY, 5)
    assert (SID, found.last, 1) == (found.session, hit.at, found.events)


def test_the_stream_is_preferred_to_the_file(asked, folder):
    """One session, two logs: the stream has times, and its account and Region."""
    log(folder, SID, SCRIPT)
    stream(folder, SID, [(3, streamed(3, "$ uname")), (3, streamed(3, "$ uname")), (1, streamed(1, "$ id"))])
    made.trail(folder, [made.started(1)])
    evidence = asked()
    (found,) = evidence.streams(DAY, 5)
    assert ("/acme/ssm", "111122223333", NOW + timedelta(minutes=1), 2) == (found.group, found.account, found.first, found.events)
    recording = evidence.transcript(Session(SID, account="111122223333", region="eu-central-1"))
    assert ("stream", f"/acme/ssm/{SID}", 2) == (recording.form, recording.location, recording.body.count(b"\n"))
    assert [["$ id"], ["$ uname"]] == [json.loads(line)["sessionData"] for line in recording.body.splitlines()]


def test_a_file_is_given_back_byte_for_byte(asked, folder):
    log(folder, SID, SCRIPT + b"\xff\xfe")
    made.trail(folder, [made.started(1)])
    evidence = asked()
    recording = evidence.transcript(Session(SID))
    assert (SCRIPT + b"\xff\xfe", "file", True) == (recording.body, recording.form, recording.complete)
    (hit,) = evidence.search(DAY, "whoami", regex=False)
    assert ("111122223333", made.arn("ana")) == (hit.account, hit.owner)


@pytest.mark.parametrize(
    ("session", "sentence"),
    [
        pytest.param(Session(SID), "holds no log of this session", id="a shell"),
        pytest.param(Session(SID, kind=Kind.TUNNEL), "AWS never logs", id="a tunnel"),
    ],
)
def test_a_missing_log_has_its_reason(asked, folder, session, sentence):
    made.trail(folder, [made.started(1)])
    assert sentence in asked().transcript(session).missing


def test_the_newest_lines_come_first_and_are_enough(asked, folder):
    for number in range(60):
        log(folder, made.sid("ana", number), f"needle {number}\n".encode(), at=NOW - timedelta(minutes=number))
    inquiry = asked()._inquiry
    found = search.hits(inquiry, DAY, ["needle"], enough=5)
    assert [f"needle {n}" for n in range(5)] == [hit.text for hit in found.items]
    assert "newest 5" in found.notes[0]


@pytest.mark.parametrize("pattern", ["(", "(?=x)", r"(a)\1", "a{1,2000}"])
def test_a_pattern_that_re2_does_not_take_is_refused(asked, folder, pattern):
    made.trail(folder, [made.started(1)])
    with pytest.raises(Refused, match="not a regular expression"):
        asked().search(DAY, pattern, regex=True)


lines = st.lists(st.text(st.sampled_from("ab $é\t"), max_size=8), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(lines, st.sampled_from(["a", "^a", "b$", "a.*b", r"[^a]b", r"\s", "é", r"^\s*$", "A B", "x|b"]))
def test_a_whole_text_is_searched_line_by_line(texts, pattern):
    """What is found in one go is what is found line by line; a match never spans two lines."""
    text = "".join(f"{line}\n" for line in texts).encode()
    finder = search.compiled([pattern])
    expected = [line for line in texts if line and finder.search(line.encode())]
    assert expected == [line for _, line, _ in search.lines_matching(finder, text)]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "not the output"),
        (b'{"events": []}', "holds no events"),
        (b'{"events": [{"timestamp": "x"}]}', "no event with a time"),
        (b"[1]", "holds no events"),
    ],
)
def test_what_is_no_stream_is_named(body, sentence):
    with pytest.raises(logs.Unreadable, match=sentence):
        logs.of_stream(Found("p", 1, 1, "stream"), body)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_log(body):
    assert body == logs.of_file(Found("p", 1, 1, "log", name=SID), body).body or body.lstrip()[:1] == b"{"
