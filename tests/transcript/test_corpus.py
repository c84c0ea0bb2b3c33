"""Public recordings: what was typed in them is known, from the keys that were sent or from reading the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.model import Recording
from bot.core.transcript import Reader, read
from tests.night import forms
from tests.transcript.marking import lab, total, transcribed

AT = datetime(2026, 11, 23, 16, 59, 4, tzinfo=UTC)
TRUTH = Path(__file__).parent / "truth"
FORMS = {
    "terminal": lambda raw: (raw, ""),
    "script": lambda raw: (forms.script_file(raw, AT), "file"),
    "older script": lambda raw: (forms.script_file(raw, AT, bracket=False), "file"),
    "CloudWatch": lambda raw: (forms.cloudwatch_file(raw, AT), "file"),
}


def typed(body: bytes, form: str = "") -> list[str]:
    return [command.text for command in read(Recording("s", body, form)).typed]


@pytest.mark.parametrize("form", FORMS)
def test_lab_recordings_read_exactly(corpus: Path, form: str) -> None:
    """At least 99 % of what was typed is found, and of what is found was typed."""
    recordings = sorted((corpus / "pty").glob("lab-*.raw"))
    marks = [lab(raw.with_suffix(".truth.json"), typed(*FORMS[form](raw.read_bytes()))) for raw in recordings]
    assert 0.99 <= total(marks).recall
    assert 0.99 <= total(marks).precision


def test_streamed_lab_recordings_say_what_they_guess(corpus: Path) -> None:
    """The agent's cleaning loses edits: 97 % are exact, and what is wrong carries a doubt."""
    marks, sure = [], []
    for raw in sorted((corpus / "pty").glob("lab-*.raw")):
        body = forms.stream_body(forms.stream_events(raw.read_bytes(), "s", "arn", "eu-west-1", "i-0", AT))
        found = read(Recording("s", body, "stream")).typed
        marks.append(lab(raw.with_suffix(".truth.json"), [command.text for command in found]))
        sure.append(lab(raw.with_suffix(".truth.json"), [command.text for command in found if not command.doubt]))
    assert 0.97 <= total(marks).recall
    assert 0.97 <= total(marks).precision
    assert 0.995 <= total(sure).precision


def test_passwords_stay_unknown(corpus: Path) -> None:
    """What was typed without echo is in no line."""
    for raw in sorted((corpus / "pty").glob("lab-nested*.raw")):
        shown = "\n".join(line.text for line in read(Recording("s", raw.read_bytes())).lines)
        assert "hunter2secret" not in shown


def test_other_recordings_read_as_a_person_reads_them(corpus: Path) -> None:
    """At least 97 % each way on recordings of other people's shells."""
    truths = [truth for truth in sorted(TRUTH.glob("*.json")) if (corpus / "pty" / f"{truth.stem}.raw").is_file()]
    marks = [transcribed(truth, typed((corpus / "pty" / f"{truth.stem}.raw").read_bytes())) for truth in truths]
    assert 20 <= len(marks)
    assert 0.97 <= total(marks).recall
    assert 0.97 <= total(marks).precision


def test_slices_do_not_matter(corpus: Path) -> None:
    """A recording fed in pieces gives the transcript of the whole."""
    for raw in sorted((corpus / "pty").glob("lab-*1.raw")):
        body, reader = raw.read_bytes(), Reader()
        for start in range(0, len(body), 97):
            reader.feed(body[start : start + 97])
        assert read(Recording("s", body)) == reader.finish()
