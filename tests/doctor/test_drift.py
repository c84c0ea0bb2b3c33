"""What changed since the last visit, and by whom."""

from __future__ import annotations

from datetime import timedelta

from bot.core.doctor import CHECKS
from bot.core.doctor.drift import drifted, line, visit
from bot.core.doctor.result import Check, State, fault, ok, unknown
from bot.core.model import Event, Place
from tests.conftest import NOW

HERE = Place("111122223333", "eu-west-1")
STREAMING = next(about for about in CHECKS if about.id == "preferences.streaming")
WELL, ILL, DARK = (Check(STREAMING, HERE, verdict) for verdict in (ok("on"), fault("off", "turn it on"), unknown("denied")))


def event(name, minutes=1, error=""):
    actor = "arn:aws:sts::111122223333:assumed-role/Ops/eve@example.com"
    return Event(
        "e", NOW - timedelta(minutes=minutes), "ssm.amazonaws.com", name, actor, account=HERE.account, region=HERE.region, error=error
    )


def test_nothing_changed_says_nothing():
    assert "" == line(drifted(visit([WELL]), [WELL], [], NOW))


def test_a_change_is_told_with_who_did_it():
    found = drifted(visit([WELL]), [ILL], [event("UpdateDocument")], NOW - timedelta(days=1))
    expected = "Session logging changed in 1 point since the last look: Streaming in 111122223333/eu-west-1: ok → fault, by eve@example.com (UpdateDocument)."
    assert expected == line(found)


def test_calls_of_another_kind_refused_ones_and_old_ones_are_nobodys():
    events = [event("PutRolePolicy"), event("UpdateDocument", error="AccessDenied"), event("UpdateDocument", minutes=10_000)]
    assert () == drifted(visit([WELL]), [ILL], events, NOW - timedelta(days=1))[0].by


def test_what_could_not_be_checked_is_no_change():
    assert () == drifted(visit([WELL]), [DARK], [], NOW)
    assert () == drifted(visit([DARK]), [ILL], [], NOW)


def test_what_got_worse_comes_first():
    other = Check(next(a for a in CHECKS if a.id == "bucket.public"), HERE, ok("blocked"))
    before = {**visit([WELL]), f"{HERE} bucket.public": State.FAULT.word}
    assert [True, False] == [one.worse for one in drifted(before, [other, ILL], [], NOW)]
