"""When lines fire: held to a walk over every quarter of an hour of a year, and to APScheduler where the clocks do not change."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from bot.core import schedule

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
STEP = timedelta(minutes=15)  # every line below fires at a quarter of an hour
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")  # Lord Howe moves by half an hour
WHEN = ("mon-fri 09:00", "daily 02:30", "sun 01:45,02:15,03:00", "30 2 * * *", "*/15 * * * *", "0 */6 1,15 * *", "15 2 * mar,oct sun")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walked(line, zone):
    """The firings by looking at the wall clock every quarter of an hour; a skipped one is found where the clock jumps over it."""
    found, seen, before = [], set(), None
    moment = YEAR[0] - timedelta(days=2)
    while moment <= YEAR[1]:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        gap = before is not None and wall - before > STEP
        jumped = [before + STEP * n for n in range(1, (wall - before) // STEP)] if gap else []
        for quarter in (wall, *jumped):
            lost = quarter is not wall
            fits = (
                quarter.time() in line.times
                and quarter.weekday() in line.weekdays
                and quarter.day in line.days
                and quarter.month in line.months
            )
            if fits and (line.hourly or quarter not in seen):
                found.append(moment + (quarter - before - STEP if lost else timedelta(0)))
            seen.add(quarter)
        before, moment = wall, moment + STEP
    return sorted({each for each in found if YEAR[0] < each <= YEAR[1]})


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_firings_is_what_the_wall_clock_says(zone):
    """Every line, all of 2026, both changes of the clock."""
    where = ZoneInfo(zone)
    for when in WHEN:
        line = schedule.line(f"{when} {zone} → #sec: digest 24h")
        assert walked(line, where) == list(schedule.fires(line, *YEAR)), when


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("fields", "cron"), [("0 9 * * mon-fri", {}), ("45 23 1 * *", {}), ("0 6 * feb *", {})], ids=["weekdays", "first of month", "february"]
)
def test_away_from_the_changes_of_the_clock_apscheduler_agrees(zone, fields, cron):
    names = dict(zip(("minute", "hour", "day", "month", "day_of_week"), fields.split(), strict=True))
    trigger, found, previous = CronTrigger(**names, timezone=ZoneInfo(zone)), [], None
    moment = YEAR[0] + timedelta(microseconds=1)
    while (previous := trigger.get_next_fire_time(previous, moment)) <= YEAR[1]:
        found.append(previous.astimezone(UTC))
        moment = previous + timedelta(microseconds=1)
    assert found == list(schedule.fires(schedule.line(f"{fields} {zone} → #sec: digest"), *YEAR))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("0 9 * * 1-5 → #sec: digest 24h", "Monday is 0 for some", id="weekdays by number"),
        pytest.param("0 9 1 * mon → #sec: digest 24h", "write two lines", id="days and weekdays"),
        pytest.param("mon-fri 25:00 → #sec: digest 24h", "not a time of day", id="hour 25"),
        pytest.param("mon-fri 09:00 Europe/Atlantis → #sec: digest", "not a time zone", id="no such zone"),
        pytest.param("mon-fri 09:00 #sec digest 24h", "mon-fri 09:00 Europe/Berlin →", id="no arrow"),
        pytest.param("funday 09:00 → #sec: digest", "one of mon", id="no such day"),
        pytest.param("61 9 * * mon → #sec: digest", "from 0 to 59", id="minute 61"),
        pytest.param("*/0 9 * * mon → #sec: digest", "step", id="step 0"),
        pytest.param("09:00 → #sec: digest", "say when", id="no days"),
    ],
)
def test_a_wrong_line_says_what_would_be_right(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        schedule.line(text)


@pytest.mark.parametrize(
    ("text", "days", "words"),
    [
        pytest.param("mon-fri 9:00 → #sec-audit: digest 24h", {0, 1, 2, 3, 4}, "digest 24h", id="weekdays"),
        pytest.param("fri-mon 09:00 -> #sec-audit: risky 7d high", {4, 5, 6, 0}, "risky 7d high", id="over the weekend"),
        pytest.param(
            "Daily 09:00,21:00 UTC => C0SSMAUDT1: audit 12h --denied", set(range(7)), "audit 12h --denied", id="daily, by channel id"
        ),
        pytest.param("monday,Thu 09:00 → #a: ports 7d", {0, 3}, "ports 7d", id="named in full"),
    ],
)
def test_a_line_is_read(text, days, words):
    line = schedule.line(text, "Europe/Lisbon")
    assert (days, words) == (set(line.weekdays), line.words)
    assert line == schedule.line(line.text)


def test_the_hour_that_comes_twice_fires_once():
    line = schedule.line("daily 02:30 Europe/Berlin → #sec: digest 24h")
    assert [at("2026-10-25T00:30"), at("2026-10-26T01:30")] == list(schedule.fires(line, at("2026-10-24T12:00"), at("2026-10-26T12:00")))


def test_the_hour_that_is_skipped_fires_after_it():
    line = schedule.line("daily 02:30 Europe/Berlin → #sec: digest 24h")
    assert [at("2026-03-29T01:30")] == list(schedule.fires(line, at("2026-03-28T12:00"), at("2026-03-29T12:00")))


def test_windows_follow_on_one_another_over_a_weekend():
    """Monday's digest answers for Saturday and Sunday too."""
    line = schedule.line("mon-fri 09:00 Europe/Berlin → #sec: digest 24h")
    made = schedule.windows(line, at("2026-11-19T08:00"), at("2026-11-23T08:00"))
    assert [(at("2026-11-19T08:00"), at("2026-11-20T08:00")), (at("2026-11-20T08:00"), at("2026-11-23T08:00"))] == [
        (w.since, w.until) for w in made
    ]


def test_a_long_outage_is_one_long_window_and_the_latest():
    line = schedule.line("0 * * * * UTC → #sec: digest 1h")
    made = schedule.windows(line, at("2026-11-01T00:00"), at("2026-11-11T00:00"), most=24)
    assert (24, at("2026-11-01T00:00"), at("2026-11-11T00:00")) == (len(made), made[0].since, made[-1].until)
    assert all(left.until == right.since for left, right in pairwise(made))


def test_a_day_that_no_calendar_has_never_fires():
    assert schedule.following(schedule.line("0 9 31 feb * → #sec: digest"), YEAR[0]) is None


@given(st.datetimes(*(edge.replace(tzinfo=None) for edge in YEAR), timezones=st.just(UTC)), st.sampled_from(WHEN), st.sampled_from(ZONES))
def test_before_and_after_meet(moment, when, zone):
    """The firing before the next one is not later than the moment itself."""
    line = schedule.line(f"{when} {zone} → #sec: digest")
    following = schedule.following(line, moment)
    assert schedule.preceding(line, following) <= moment < following


@given(st.text(max_size=60))
def test_any_text_is_a_line_or_a_sentence(text):
    with suppress(ValueError):
        schedule.line(text)
