"""Silence: working time, deadlines, and what is due when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Level
from bot.core.review.steps import decide
from bot.core.review.table import DONE, State, Verb
from bot.core.review.time import HOURS, after, deadline, overdue, tick
from tests.reviews.world import ANA, KNOWN, NOW, RHEA, flag, move, review

ZONES = ("UTC", "Europe/Lisbon", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
H = timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "hours", "zone", "ends"),
    [
        pytest.param("2026-11-23T09:00Z", 4, "UTC", "2026-11-23T13:00Z", id="within a day"),
        pytest.param("2026-11-23T15:00Z", 4, "UTC", "2026-11-24T11:00Z", id="over the night"),
        pytest.param("2026-11-27T16:00Z", 4, "UTC", "2026-11-30T12:00Z", id="over the weekend"),
        pytest.param("2026-11-28T03:00Z", 8, "UTC", "2026-11-30T17:00Z", id="from a Saturday, a whole day"),
        pytest.param("2026-11-23T21:14Z", 4, "Asia/Tokyo", "2026-11-24T04:00Z", id="by the person's own morning"),
        pytest.param("2026-10-23T16:00Z", 2, "Europe/Lisbon", "2026-10-26T11:00Z", id="over the end of summer time"),
    ],
)
def test_working_time(start, hours, zone, ends):
    assert datetime.fromisoformat(ends) == after(datetime.fromisoformat(start), hours * H, zone)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.integers(1, 80 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
)
def test_working_time_ends_at_work_and_adds_up(start, length, zone):
    """It ends on a weekday between nine and five there; two parts one after the other are the whole."""
    ends = after(start, length, zone)
    local = ends.astimezone(ZoneInfo(zone))
    assert local.weekday() < 5
    assert HOURS[0] <= local.time() <= HOURS[1]
    assert ends - start >= length
    half = length / 2
    assert ends == after(after(start, half, zone), length - half, zone)


def grown(level=Level.HIGH):
    return review(state=State.ASKED, owner=KNOWN, flag=flag(level))


def test_a_critical_flag_keeps_no_hours():
    saturday = datetime(2026, 11, 28, 3, tzinfo=UTC)
    assert saturday + H / 2 == deadline(review(state=State.ASKED, owner=KNOWN, flag=flag(Level.CRITICAL), since=saturday))


def story(one, until, step=H):
    """What the clock does to a review that nobody touches."""
    told, now = [], one.since
    while now <= until:
        for act in tick([one], now):
            one = decide(one, act.move(now)).review
            told.append((f"{now:%a %H:%M}", act.verb.value, one.state.value))
        now += step
    return told, one


def test_where_nobody_answers():
    """Asked Monday at nine, reminded at eleven, escalated at one, on-call reminded, closed unsigned on Wednesday at one."""
    told, one = story(grown(), NOW + timedelta(days=5))
    assert [
        ("Mon 11:00", "remind", "asked"),
        ("Mon 13:00", "lapse", "escalated"),
        ("Tue 13:00", "remind", "escalated"),
        ("Wed 13:00", "expire", "expired"),
    ] == told
    assert overdue(one, NOW + timedelta(days=9))


def test_a_late_clock_does_the_same_once():
    """A clock that slept for a week escalates; the next deadline counts from there."""
    late = NOW + timedelta(days=7)
    [act] = tick([grown()], late)
    after_it = decide(grown(), act.move(late)).review
    assert (Verb.LAPSE, State.ESCALATED, ()) == (act.verb, after_it.state, tick([after_it], late))


def test_more_time_is_the_same_time_once_more():
    longer = decide(grown(), move(Verb.MORE_TIME, ANA, NOW + 3 * H, turn=0)).review
    assert after(NOW + 3 * H, 4 * H, "Europe/Lisbon") == deadline(longer)
    assert decide(longer, move(Verb.MORE_TIME, ANA, NOW + 4 * H, turn=0)).again


def test_a_snooze_wakes_by_itself():
    """With an answer it waits for a signature again; without one its owner is asked again."""
    for state, woken in ((State.ASKED, State.ASKED), (State.ANSWERED, State.ANSWERED)):
        given_ = {"reason": "deploy"} if state is State.ANSWERED else {}
        asleep = decide(review(state=state, owner=KNOWN, **given_), move(Verb.SNOOZE, RHEA)).review
        ends = NOW + timedelta(days=1)
        assert ((), ends) == (tick([asleep], ends - timedelta(seconds=1)), deadline(asleep))
        [act] = tick([asleep], ends)
        assert woken == decide(asleep, act.move(ends)).review.state


def test_what_is_signed_is_left_alone():
    assert () == tick([review(state=state, owner=KNOWN) for state in DONE], NOW + timedelta(days=99))


def test_who_left_hands_on():
    """A reviewer who may not sign any more has nothing on their desk."""
    held = review(state=State.ANSWERED, owner=KNOWN, reviewer=RHEA.id, reason="deploy")
    assert () == tick([held], NOW, reviewers=frozenset({RHEA.id}))
    [act] = tick([held], NOW, reviewers=frozenset({"U0OTHER001"}))
    assert (Verb.HAND_ON, "") == (act.verb, decide(held, act.move(NOW)).review.reviewer)
