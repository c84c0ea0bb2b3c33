"""Spans as people type them, moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import times
from bot.core.model import Refused

NOW = datetime(2026, 11, 23, 21, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "since", "until"),
    [
        pytest.param("90m", "2026-11-23T19:44+00:00", "2026-11-23T21:15+00:00", id="minutes"),
        pytest.param("24h", "2026-11-22T21:14+00:00", "2026-11-23T21:15+00:00", id="hours"),
        pytest.param("7d", "2026-11-16T21:14+00:00", "2026-11-23T21:15+00:00", id="days"),
        pytest.param("2w", "2026-11-09T21:14+00:00", "2026-11-23T21:15+00:00", id="weeks"),
        pytest.param("2 weeks", "2026-11-09T21:14+00:00", "2026-11-23T21:15+00:00", id="in words"),
        pytest.param("today", "2026-11-22T23:00+00:00", "2026-11-23T21:15+00:00", id="today begins at the asker's midnight"),
        pytest.param("yesterday", "2026-11-21T23:00+00:00", "2026-11-22T23:00+00:00", id="yesterday is whole"),
        pytest.param("2026-11-01..2026-11-08", "2026-10-31T23:00+00:00", "2026-11-08T23:00+00:00", id="the last day belongs to it"),
        pytest.param("2026-11-20", "2026-11-19T23:00+00:00", "2026-11-20T23:00+00:00", id="one day"),
        pytest.param("2026-11-20T3:00..2026-11-20T04:30Z", "2026-11-20T02:00+00:00", "2026-11-20T04:30+00:00", id="hours of a day"),
        pytest.param("2026-10-25", "2026-10-24T22:00+00:00", "2026-10-25T23:00+00:00", id="the day of 25 hours"),
    ],
)
def test_a_span_in_berlin(word, since, until):
    span = times.span(word, NOW, "Europe/Berlin")
    assert (datetime.fromisoformat(since), datetime.fromisoformat(until)) == (span.since, span.until)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("7x", "I can't read", id="unknown unit"),
        pytest.param("", "I can't read", id="nothing"),
        pytest.param("2026-13-01", "not a date", id="no such month"),
        pytest.param("2026-02-30..2026-03-01", "not a date", id="no such day"),
        pytest.param("2026-11-08..2026-11-01", "ends before it begins", id="reversed"),
        pytest.param("0h", "ends before it begins", id="empty"),
        pytest.param("9999d", "at most", id="too long"),
        pytest.param("999999w", "before history", id="before the calendar"),
        pytest.param("2027-01-01", "future", id="not yet"),
        pytest.param("2026-11-20..", "I can't read", id="half a range"),
    ],
)
def test_a_faulty_span_is_refused_with_a_sentence(word, said):
    with pytest.raises(Refused, match=said):
        times.span(word, NOW, "UTC")


@given(st.text(max_size=40))
def test_any_text_is_a_span_or_a_sentence(word):
    try:
        span = times.span(word, NOW, "America/New_York")
    except Refused as refused:
        assert str(refused)
    else:
        assert span.since < span.until <= NOW + timedelta(minutes=1)
        assert (0, 0) == (span.since.second, span.until.second)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        pytest.param("UTC", "Mon 23 Nov 21:14 UTC", id="UTC alone"),
        pytest.param("Europe/Berlin", "Mon 23 Nov 22:14 CET (21:14 UTC)", id="the same day"),
        pytest.param("Asia/Tokyo", "Tue 24 Nov 06:14 JST (Mon 21:14 UTC)", id="the next day"),
        pytest.param("Nowhere/Land", "Mon 23 Nov 21:14 UTC", id="an unknown zone is UTC"),
    ],
)
def test_a_moment_names_local_time_and_utc(zone, shown):
    assert shown == times.moment(NOW, zone)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(5, "5 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (7860, "2 h 11 min"), (86400, "1 day"), (200000, "2 days")],
)
def test_a_length_in_words(seconds, shown):
    assert shown == times.length(timedelta(seconds=seconds))
