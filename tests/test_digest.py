"""The digest: what it counts, what it says first, and what it never claims."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

import commands
from bot.core import digest
from bot.core.ask import Ask
from bot.core.chart import Series, bars
from bot.core.desk import Desk
from bot.core.digest import Facts
from bot.core.model import Event, Finding, Kind, Level, Node, Refused, Session, Span, Unread
from bot.core.policy import Policy
from bot.core.posts import posts
from bot.core.registry import discover
from bot.core.roles import Role, User
from bot.core.rules import Suppression
from bot.core.schedule import line
from queries.rulebook import load
from tests.evidence import Fixed, Memory
from tests.payloads import faults

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = Span(NOW - timedelta(days=1), NOW, "24h")
LINE = line("mon-fri 09:00 UTC → #sec: digest 24h")
DESK = Desk(discover(commands))
RULES = load()
ANA = "arn:aws:sts::111122223333:assumed-role/Ops/ana@example.com"


def session(number, ago, kind=Kind.SHELL, owner=ANA, **more):
    started = NOW - timedelta(hours=ago)
    return Session(
        f"ana@example.com-{number:017x}", owner, f"i-{number % 3:017x}", started, started + timedelta(minutes=9), kind=kind, account="111122223333",
        region="eu-west-1", origin="ssm+cloudtrail", event=f"e{number}", **more,
    )  # fmt: skip


def finding(number, level, title="A rule", text="id", **more):
    return Finding("rule", title, level, text=text, session=f"ana@example.com-{number:017x}", **more)


def ask(words="digest 24h", via="clock", **values):
    policy = Policy(rules=RULES, schedule=(LINE,))
    return Ask(User("clock", "schedule", "UTC"), words, NOW, Role.VIEWER, policy, "#sec", via, values)


class NoTunnels(Fixed):
    def tunnels(self, span, documents, where):
        return self._asked("tunnels", [s for s in self.sessions if s.kind is Kind.TUNNEL])


def answer(world, words="digest 24h", ledger=None, **values):
    return DESK.answer(ask(words, **values), lambda _explain: world, ledger or Memory())


def test_the_headline_says_it_all():
    sessions = (session(1, 2), session(2, 3), session(3, 4, Kind.TUNNEL), session(4, 5, error="AccessDenied"))
    facts = Facts(DAY, sessions, (sessions[2],), (), (finding(1, Level.HIGH), finding(2, Level.LOW)), before=sessions[:1])
    expected = (
        "High findings. 3 sessions by 1 person on 3 nodes, 1 tunnel, 2 findings (1 high, 1 low), 1 denied in the last 24h"
        " (since Sun 22 Nov 09:00 UTC). Before: 1 session, 0 tunnels."
    )
    assert expected == digest.headline(facts, unread=False)


@pytest.mark.parametrize(
    ("facts", "unread", "first"),
    [
        pytest.param(Facts(DAY), False, "All clear.", id="nothing"),
        pytest.param(Facts(DAY), True, "Nothing found in what could be read.", id="nothing read"),
        pytest.param(Facts(DAY, (session(1, 1),), findings=(finding(1, Level.LOW),)), False, "All clear.", id="low only"),
        pytest.param(Facts(DAY, (session(1, 1, error="AccessDenied"),)), False, "Worth a look.", id="denied"),
        pytest.param(Facts(DAY, findings=(finding(1, Level.CRITICAL),)), True, "Critical findings.", id="critical"),
    ],
)
def test_the_first_words(facts, unread, first):
    assert first == digest.verdict(facts, unread)


def test_an_all_clear_says_what_was_checked():
    message = answer(Fixed())
    assert message.text.startswith("All clear. Nobody opened a session or tried to in the last 24h")
    assert "Checked: 0 CloudTrail records judged; 0 transcripts read" in message.text


def test_nothing_is_clear_while_something_could_not_be_read():
    message = answer(NoTunnels((session(1, 2),), unread=(Unread("444455556666/us-east-1", "AccessDenied"),)))
    assert "All clear" not in message.text
    assert "Could not read 1 of 2 account-regions" in message.text


def test_findings_of_a_session_are_one_entry_and_repeats_are_counted():
    found = [
        finding(1, Level.HIGH, "Reverse shell"),
        finding(1, Level.CRITICAL, "Rootkit"),
        finding(1, Level.HIGH, "Reverse shell", line=4),
        finding(2, Level.LOW),
    ]
    folds = digest.folded(found)
    assert [("Rootkit", "Reverse shell ×2"), ("A rule",)] == [fold.titles for fold in folds]


def test_a_window_of_the_clock_reaches_back_to_the_firing_before():
    """Monday's digest asks for 24 h and answers for the weekend."""
    message = answer(NoTunnels((session(1, 60),)), since="2026-11-20T09:00:00+00:00", until=NOW.isoformat(), line=LINE.key)
    assert "1 session by 1 person" in message.text
    assert "from Fri 20 Nov 09:00 UTC to Mon 23 Nov 09:00 UTC" in message.text


def test_what_cloudtrail_delivered_late_is_counted_once_and_said():
    """An opening of yesterday's window that yesterday's digest did not count."""
    old, late = session(1, 30), session(2, 26)
    ledger = Memory(marks={LINE.key: NOW - timedelta(days=1)}, counted={LINE.key: {old.id}})
    values = {"since": (NOW - timedelta(days=1)).isoformat(), "until": NOW.isoformat(), "line": LINE.key}
    message = answer(NoTunnels((old, late)), ledger=ledger, **values)
    assert "1 session by 1 person" in message.text
    assert "1 record came after the digest before and is counted here" in message.text
    assert (late.id,) == message.counted
    ledger.counted[LINE.key] |= set(message.counted)
    assert "Nobody opened a session" in answer(NoTunnels((old, late)), ledger=ledger, **values).text


def test_a_late_window_says_so():
    message = answer(Fixed(), since=DAY.since.isoformat(), until=NOW.isoformat(), late=NOW.isoformat())
    assert "This is late" in json.dumps(message.blocks)


def test_a_suppressed_finding_is_counted_and_not_shown():
    event = Event(
        "x1", NOW - timedelta(hours=1), "cloudtrail.amazonaws.com", "StopLogging", actor=ANA, account="111122223333", region="eu-west-1"
    )
    shown = answer(Fixed(trail=(event,)))
    rule = next(f for f in RULES.judge_event(event) if f.level >= Level.LOW)
    quiet = Suppression(rule.rule or rule.title, "rhea", "maintenance", NOW.date(), actor="ana@example.com")
    message = DESK.answer(
        replace(ask(), policy=replace(ask().policy, suppressions=(quiet,))), lambda _explain: Fixed(trail=(event,)), Memory()
    )
    assert rule.title in json.dumps(shown.blocks)
    assert "1 finding suppressed" in message.text


def test_a_posted_digest_is_a_parent_with_its_thread_picture_and_rows():
    world = NoTunnels(
        tuple(session(n, n % 20 + 1, Kind.TUNNEL if n % 4 == 0 else Kind.SHELL) for n in range(60)),
        names={f"i-{n:017x}": Node(f"i-{n:017x}", f"web-{n}") for n in range(3)},
    )
    message = answer(world)
    kinds = [post.kind for post in posts("k", "q", "#sec", message)]
    assert ["picture", "text", "text", "file"] == kinds[:2] + kinds[-2:]
    assert message.image.alt.startswith("Bar chart of 60 sessions opened over time: 0 with findings, 15 other tunnels, 45 without.")
    for each in (message, *message.thread):
        assert [] == faults([{**block, "slack_file": {"id": "F0123456789"}} if block.get("slack_file") else block for block in each.blocks])
        assert len(each.blocks) <= 50
    assert not any("desk:page" in json.dumps(block) for block in message.blocks)


def test_slacks_own_chart_is_a_switch():
    policy = replace(ask().policy, charts="slack")
    message = DESK.answer(replace(ask(), policy=policy), lambda _explain: NoTunnels((session(1, 2),)), Memory())
    chart = next(block for block in message.blocks if block["type"] == "data_visualization")
    assert message.image is None
    assert 12 == len(chart["chart"]["axis_config"]["categories"])
    from bot.workspace.limits import validate

    assert [] == validate(list(message.blocks), "message")


@pytest.mark.parametrize(
    "span", [timedelta(minutes=30), timedelta(hours=24), timedelta(days=3), timedelta(days=7), timedelta(days=31), timedelta(days=366)]
)
def test_every_opening_is_in_one_bar(span):
    sessions = tuple(replace(session(n, 0), started=NOW - span + span * n / 50) for n in range(50))
    made = digest.buckets(Facts(Span(NOW - span, NOW), sessions, findings=(finding(7, Level.HIGH),)))
    assert (1, 49) == (sum(b.flagged for b in made), sum(b.others for b in made))
    assert 1 <= len(made) <= 15


def test_the_picture_is_a_png_and_the_same_numbers_give_the_same_bytes():
    series = [Series("tunnels", "#d98a00", (1, 0, 4)), Series("others", "#5b7c99", (0, 9, 12_000))]
    body = bars("Sessions opened", ["09:00", "10:00", "11:00"], series)
    assert (1200, 420) == Image.open(io.BytesIO(body)).size
    assert body == bars("Sessions opened", ["09:00", "10:00", "11:00"], series)


def test_only_a_reviewer_has_the_channel_digest_posted_now():
    ledger = Memory()
    with pytest.raises(Refused, match="reviewer"):
        answer(Fixed(), "digest now", ledger)
    DESK.answer(replace(ask("digest now", "slash"), role=Role.REVIEWER), lambda _explain: Fixed(), ledger)
    assert [f"want {LINE.key}"] == list(ledger.done)


def test_a_teams_digest_holds_its_people_alone():
    world = NoTunnels((session(1, 2), session(2, 3, owner="arn:aws:sts::111122223333:assumed-role/Ops/ben@example.com")))
    policy = replace(ask().policy, teams={"Payments": ("ben@example.com",)})
    message = DESK.answer(replace(ask("digest 24h --team=payments"), policy=policy), lambda _explain: world, Memory())
    assert "1 session by 1 person" in message.text
    with pytest.raises(Refused, match="Teams: payments"):
        DESK.answer(replace(ask("digest 24h --team=sales"), policy=policy), lambda _explain: world, Memory())


def test_a_record_that_breaks_the_judging_hides_no_other(monkeypatch):
    """It is a finding of its own."""
    good = Event("x1", NOW - timedelta(hours=1), "cloudtrail.amazonaws.com", "StopLogging", actor=ANA)
    bad = replace(good, id="x2", name="Poison")
    judge = RULES.judge_event
    monkeypatch.setattr(RULES, "judge_event", lambda event: judge(event) if event.name != "Poison" else 1 / 0)
    message = answer(Fixed(trail=(bad, good)))
    assert "A record could not be judged" in json.dumps(message.blocks)
    assert "StopLogging" in json.dumps(message.blocks)


def test_open_and_overdue_reviews_are_in_the_headline():
    facts = Facts(DAY, (session(1, 2),), reviews=(4, 1))
    assert digest.headline(facts, unread=False).endswith("4 reviews open, 1 overdue.")
    assert "Worth a look." == digest.verdict(facts, unread=False)


def test_nothing_is_clear_while_cloudtrail_is_silent():
    """Session Manager lists sessions of hours ago, and CloudTrail knows none of them."""

    class Silent(NoTunnels):
        def openings(self, span, where):
            return self._asked("openings", ())

    sessions = tuple(replace(session(n, n + 2), origin="ssm") for n in range(3))
    message = answer(Silent(sessions))
    assert "All clear" not in message.text
    assert "CloudTrail is silent: it knows none of 3 sessions" in message.text
