"""What changed since the last visit, and by whom."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.doctor import CHECKS
from bot.core.doctor.drift import drifted, due, line, restored, stored, told_by, visit
from bot.core.doctor.result import Check, fault, ok, unknown
from bot.core.model import Event, Place
from tests.conftest import NOW

HERE = Place("111122223333", "eu-west-1")
TITLES = {about.id: about.title for about in CHECKS}
ABOUT = {about.id: about for about in CHECKS}
BEFORE = NOW - timedelta(days=1)


def check(name, verdict, place=HERE):
    return Check(ABOUT[name], place, verdict)


STREAMING = "preferences.streaming"
WELL, ILL, DARK = (check(STREAMING, verdict) for verdict in (ok("On."), fault("Off.", "turn it on"), unknown("denied")))


def between(before, after, events=()):
    first = visit(before, BEFORE)
    return told_by(drifted(first, visit(after, NOW, first), TITLES), events)


def event(name, minutes=1, error="", **more):
    actor = "arn:aws:sts::111122223333:assumed-role/Ops/eve@example.com"
    known = Event(
        "e", NOW - timedelta(minutes=minutes), "ssm.amazonaws.com", name, actor, account=HERE.account, region=HERE.region, error=error
    )
    return replace(known, **more)


def test_nothing_changed_says_nothing():
    assert "" == line(between([WELL], [WELL]))


def test_a_change_is_told_with_who_did_it():
    found = between([WELL], [ILL], [event("UpdateDocument", 2), event("UpdateDocumentDefaultVersion")])
    expected = (
        "Session logging changed in 1 point since the last look. In 111122223333/eu-west-1, by eve@example.com"
        " (UpdateDocument and UpdateDocumentDefaultVersion): Streaming ok → fault (Off)."
    )
    assert expected == line(found)


def test_a_place_for_logs_that_moved_is_told_though_both_are_well():
    [one] = between([check("preferences.destination", ok("Logs go to /a."))], [check("preferences.destination", ok("Logs go to /b."))])
    assert not one.worse
    assert "by whom CloudTrail does not tell: A place for logs: Logs go to /b; it was “Logs go to /a”." in line((one,))


def test_counts_that_differ_from_day_to_day_are_no_change():
    assert () == between([check("logs.arriving", ok("3 sessions ended."))], [check("logs.arriving", ok("5 sessions ended."))])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(event("PutRolePolicy"), id="a call of another kind"),
        pytest.param(event("UpdateDocument", error="AccessDenied"), id="a call that was refused"),
        pytest.param(event("UpdateDocument", 10_000), id="a call before the last look"),
        pytest.param(event("UpdateDocument", region="us-east-1"), id="a call in another Region"),
        pytest.param(event("UpdateDocument", account="444455556666"), id="a call in another account"),
    ],
)
def test_what_did_not_do_it_is_not_named(other):
    assert () == between([WELL], [ILL], [other])[0].by


def test_a_role_is_changed_in_whichever_region_iam_records_it():
    [one] = between(
        [check("nodes.logs", ok("May."))], [check("nodes.logs", fault("May not.", "x"))], [event("DeleteRolePolicy", region="us-east-1")]
    )
    assert ("eve@example.com (DeleteRolePolicy)",) == one.by


def test_who_may_start_sessions_is_changed_by_roles_too():
    before, after = (check("documents.users", ok(said)) for said in ("By Ops.", "By Ops and Dev."))
    [one] = between([before], [after], [event("AttachRolePolicy", region="us-east-1")])
    assert ("eve@example.com (AttachRolePolicy)",) == one.by


def test_where_such_calls_are_not_looked_for_nobody_is_cleared():
    [one] = between([check("network.endpoints", ok("All."))], [check("network.endpoints", fault("None.", "x"))])
    assert one.by is None
    assert "who did it is not looked for" in line((one,))


def test_what_could_not_be_checked_is_no_change():
    assert () == between([WELL], [DARK])
    assert () == between([DARK], [ILL])


def test_a_part_that_was_unreadable_for_a_while_hides_no_change():
    """Well, then dark, then ill: the third visit is held against the first."""
    first = visit([WELL], BEFORE - timedelta(days=1))
    second = visit([DARK], BEFORE, first)
    [one] = drifted(second, visit([ILL], NOW, second), TITLES)
    assert ("ok", BEFORE - timedelta(days=1)) == (one.before.state, one.before.at)
    assert (0, 1) == (second.made, second.unmade)


def test_what_got_worse_comes_first():
    other = "bucket.public"
    found = between([WELL, check(other, fault("Open.", "x"))], [ILL, check(other, ok("Blocked."))])
    assert [True, False] == [one.worse for one in found]


def test_what_one_person_changed_in_one_place_is_told_together():
    other = check("preferences.idle", ok("20 minutes.")), check("preferences.idle", ok("60 minutes."))
    found = between([WELL, other[0]], [ILL, other[1]], [event("UpdateDocument")])
    assert "(UpdateDocument): Streaming ok → fault (Off); Idle time-out: 60 minutes; it was “20 minutes”." in line(found)


def test_the_line_stays_short():
    places = [Place(f"{n:012d}", "eu-west-1") for n in range(9)]
    found = between([check(STREAMING, ok("On."), p) for p in places], [check(STREAMING, fault("Off.", "x"), p) for p in places])
    assert "And 6 more" in line(found)


def test_a_visit_survives_its_storage():
    made = visit([WELL, ILL, DARK], NOW, who="U0ANA")
    assert made == restored(NOW, "U0ANA", json.loads(json.dumps(stored(made))))


def test_the_doctor_looks_once_a_day():
    assert [True, False, True] == [due(None, NOW), due(visit([], NOW - timedelta(hours=23)), NOW), due(visit([], BEFORE), NOW)]
