"""What surrounds a session: how it was led to, how many there were, how long they ran, who granted it. Each detector fires, and is silent beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.just_in_time import Expected, expected, moment_of, self_approved
from bot.core.model import Event, Kind, Level, Node, Session
from bot.core.policy import Policy
from bot.core.unusual import unusual
from bot.core.usual import usual

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ANA, BEN = ("arn:aws:sts::111122223333:assumed-role/Ops/{}@example.com".format(name) for name in ("ana", "ben"))  # noqa: UP032 - one form, two names
GRANTED = "arn:aws:sts::111122223333:assumed-role/SSM-JustInTimeAccessTokenRole/ana@example.com"
HERE = {"account": "111122223333", "region": "eu-west-1"}
NODE = "i-0a1b2c3d4e5f60718"
NODES = {NODE: Node(NODE, "billing-1", tags={"Env": "prod"})}
ONE = Session(
    "ana@example.com-0e34861185201706f", ANA, NODE, AT, AT + timedelta(minutes=20), status="Terminated", kind=Kind.SHELL, access="Standard", event="e1",
    source_ip="192.0.2.7", user_agent="aws-cli/2", **HERE,
)  # fmt: skip
POLICY = Policy(hours=(0, 24), concurrent=3)


def minutes(count):
    return timedelta(minutes=count)


def call(name, at, actor=ANA, asked=None, answered=None, **more):
    source = "ec2.amazonaws.com" if "Instances" in name and name != "DescribeInstances" else "ssm.amazonaws.com"
    return Event(
        f"{name} {at}",
        at,
        source,
        name,
        actor,
        record={"requestParameters": asked or {}, "responseElements": answered or {}},
        **{**HERE, **more},
    )


def on(node):
    return {"instancesSet": {"items": [{"instanceId": node}]}}


def found(sessions, events=(), before=(), policy=POLICY, now=None):
    """What the detectors say: rule to level and words."""
    given = sessions if isinstance(sessions, (list, tuple)) else [sessions]
    return {f.rule: (f.level, f.text) for f in unusual(given, usual(before, events, NODES, now), policy)}


BEFORE = replace(ONE, id="old", started=AT - timedelta(days=2), target="i-0other")
LOOK = call("DescribeInstanceInformation", AT - minutes(6))


def test_looking_around_and_going_in_where_one_never_was():
    assert (Level.MEDIUM, "DescribeInstanceInformation 6 min before, and new there") == found(ONE, [LOOK], [BEFORE])["surveyed"]


@pytest.mark.parametrize(
    ("events", "before"),
    [
        pytest.param([LOOK], [replace(BEFORE, target=NODE)], id="known there"),
        pytest.param([], [BEFORE], id="no look"),
        pytest.param([call("DescribeInstanceInformation", AT - minutes(20))], [BEFORE], id="long before"),
        pytest.param([call("DescribeInstanceInformation", AT + minutes(1))], [BEFORE], id="afterwards"),
        pytest.param([replace(LOOK, actor=BEN)], [BEFORE], id="somebody else looked"),
        pytest.param([replace(LOOK, error="AccessDenied")], [BEFORE], id="it was denied"),
        pytest.param([LOOK], [], id="no past to be new against"),
    ],
)
def test_looking_around_is_daily_work(events, before):
    assert "surveyed" not in found(ONE, events, before)


@pytest.mark.parametrize(
    ("launch", "expected_"),
    [
        pytest.param(call("RunInstances", AT - minutes(12), answered=on(NODE)), (Level.MEDIUM, "launched 12 min before by the same person"), id="own"),
        pytest.param(call("RunInstances", AT - minutes(12), BEN, answered=on(NODE)), (Level.LOW, "launched 12 min before by ben@example.com"), id="other"),
        pytest.param(call("RunInstances", AT - minutes(90), answered=on(NODE)), None, id="long ago"),
        pytest.param(call("RunInstances", AT - minutes(12), answered=on("i-0other")), None, id="another node"),
        pytest.param(call("RunInstances", AT - minutes(12), answered=on(NODE), error="UnauthorizedOperation"), None, id="denied"),
        pytest.param(call("RunInstances", AT + minutes(12), answered=on(NODE)), None, id="afterwards"),
    ],
)  # fmt: skip
def test_a_node_that_was_launched_just_before(launch, expected_):
    assert expected_ == found(ONE, [launch]).get("fresh_node")


@pytest.mark.parametrize(
    ("stop", "level"),
    [
        pytest.param(call("StopInstances", AT + minutes(5), asked=on(NODE)), Level.MEDIUM, id="by who was in it"),
        pytest.param(call("TerminateInstances", AT + minutes(5), BEN, asked=on(NODE)), Level.LOW, id="by another"),
        pytest.param(call("StopInstances", AT + minutes(25), asked=on(NODE)), None, id="after it ended"),
        pytest.param(call("StopInstances", AT - minutes(5), asked=on(NODE)), None, id="before it began"),
        pytest.param(call("StartInstances", AT + minutes(5), asked=on(NODE)), None, id="started"),
        pytest.param(call("StopInstances", AT + minutes(5), asked=on("i-0other")), None, id="another node"),
    ],
)  # fmt: skip
def test_a_node_that_is_stopped_under_a_session(stop, level):
    assert level == found(ONE, [stop]).get("node_stopped", (None,))[0]


def test_a_stop_under_a_live_session_counts_until_now():
    live, stop = replace(ONE, ended=None, status="Connected"), call("StopInstances", AT + minutes(50), asked=on(NODE))
    assert "node_stopped" in found(live, [stop], now=AT + minutes(60))
    assert "node_stopped" not in found(replace(live, status=""), [stop], now=AT + minutes(60))


def test_a_session_that_lasts_longer_than_it_should():
    live = replace(ONE, ended=None, status="Connected")
    assert (Level.LOW, "has been open 2 days") == found(live, now=AT + timedelta(days=2))["overlong"]
    assert (Level.LOW, "ran 25 h".replace("25 h", "1 day")) == found(replace(ONE, ended=AT + timedelta(hours=25)))["overlong"]
    assert "overlong" not in found([ONE, replace(live, id="x")], now=AT + timedelta(hours=23))
    assert "overlong" not in found(replace(live, status=""), now=AT + timedelta(days=2))


def spread(count, **more):
    """So many sessions a minute apart, each on its own node."""
    return [replace(ONE, id=f"s{n}", event=f"e{n}", target=f"i-{n}", started=AT + minutes(n), **more) for n in range(count)]


def test_more_sessions_at_a_time_than_the_team_allows_are_told_once():
    said = [f for f in unusual(spread(6), usual(()), POLICY) if f.rule == "concurrent"]
    assert [("s3", "4 open at once, on 4 nodes")] == [(f.session, f.text) for f in said]


@pytest.mark.parametrize(
    "sessions",
    [
        pytest.param(spread(3), id="as many as are allowed"),
        pytest.param([replace(s, ended=s.started + timedelta(seconds=30)) for s in spread(6)], id="one after the other"),
        pytest.param([replace(s, owner=BEN if n % 2 else ANA) for n, s in enumerate(spread(6))], id="of two people"),
        pytest.param(spread(6, ended=None, status=""), id="of an end that nobody knows"),
    ],
)
def test_sessions_beside_each_other(sessions):
    assert "concurrent" not in found(sessions)


APPROVED = AT - minutes(4)
BRIEF = [replace(s, ended=s.started + timedelta(seconds=40)) for s in spread(5)]


def test_doors_tried_one_after_the_other_are_told_once():
    said = [f for f in unusual(BRIEF, usual(()), POLICY) if f.rule == "burst"]
    assert [(Level.MEDIUM, "s2", "3 nodes within 15 minutes, none for longer than 3: i-0, i-1, i-2")] == [
        (f.level, f.session, f.text) for f in said
    ]


@pytest.mark.parametrize(
    "sessions",
    [
        pytest.param(BRIEF[:2], id="two only"),
        pytest.param([replace(s, target=NODE) for s in BRIEF], id="one node"),
        pytest.param(spread(5), id="long ones"),
        pytest.param([replace(s, started=AT + timedelta(hours=n), ended=AT + timedelta(hours=n, seconds=40)) for n, s in enumerate(BRIEF)], id="hours apart"),
        pytest.param([replace(s, owner=BEN if n % 2 else ANA) for n, s in enumerate(BRIEF[:4])], id="two people, two doors each"),
    ],
)  # fmt: skip
def test_short_sessions_are_daily_work(sessions):
    assert "burst" not in found(sessions)


def test_the_same_node_again_and_again_is_told_at_the_tenth():
    same = [
        replace(s, target=NODE, started=AT + timedelta(hours=n), ended=AT + timedelta(hours=n, minutes=5)) for n, s in enumerate(spread(12))
    ]
    assert ["s9"] == [f.session for f in unusual(same, usual(()), POLICY) if f.rule == "again"]
    assert "again" not in found(same[:9])


class TestJustInTime:
    """Requests, approvals and sessions past them."""

    @pytest.mark.parametrize(
        ("line", "taken"),
        [
            ("node=billing-*", True), ("node=i-0a1b2c3d4e5f60718", True), ("node=orders-*", False), ("account=111122223333", True), ("account=444455556666", False),
            ("role=ops", True), ("role=SecurityAudit", False), ("tag:Env=prod", True), ("tag:Env=test", False), ("tag:Team=*", False),
        ],
    )  # fmt: skip
    def test_a_standard_session_where_it_is_expected(self, line, taken):
        said = found(ONE, policy=replace(POLICY, just_in_time=(expected(line),))).get("bypassed")
        assert taken is (said is not None)
        assert said is None or (said[0] is Level.HIGH and line.partition("=")[2] in said[1])

    @pytest.mark.parametrize(
        "session",
        [
            pytest.param(replace(ONE, access="JustInTime"), id="a granted one"),
            pytest.param(replace(ONE, kind=Kind.ECS), id="ECS Exec, which knows no such thing"),
            pytest.param(replace(ONE, error="AccessDenied"), id="a denied one"),
        ],
    )
    def test_no_bypass(self, session):
        assert "bypassed" not in found(session, policy=replace(POLICY, just_in_time=(Expected("account", "*"),)))

    def test_without_an_expectation_nothing_is_a_bypass(self):
        assert {} == found(ONE)

    def test_a_line_that_says_nothing_is_refused_with_what_would_be_right(self):
        with pytest.raises(ValueError, match=r"write `node=prod-\*`"):
            expected("prod-*")

    START = replace(call("StartSession", AT, GRANTED), id="e1", session=ONE.id, access_key="ASIATOKEN")
    TOKEN = call(
        "GetAccessToken", AT - minutes(1), asked={"accessRequestId": "oi-1"},
        answered={"accessRequestStatus": "Approved", "credentials": {"accessKeyId": "ASIATOKEN", "expirationTime": "Nov 23, 2026, 10:30:00\u202fAM"}},
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("ended", "events", "fires"),
        [
            pytest.param(40, [START, TOKEN], True, id="past its token"),
            pytest.param(20, [START, TOKEN], False, id="within its token"),
            pytest.param(40, [], False, id="within an hour, where no token is known"),
            pytest.param(61, [], True, id="past an hour, where no token is known"),
            pytest.param(40, [replace(START, access_key="ASIAOTHER"), TOKEN], False, id="another token"),
        ],
    )
    def test_what_was_granted_ends(self, ended, events, fires):
        granted = replace(ONE, owner=GRANTED, access="JustInTime", ended=AT + minutes(ended))
        assert fires is ("outstayed" in found(granted, events))

    def test_one_that_still_runs_is_held_against_now(self):
        live = replace(ONE, access="JustInTime", ended=None, status="Connected")
        assert (Level.MEDIUM, "still runs, 30 minutes after what was granted") == found(live, now=AT + minutes(90))["outstayed"]

    ASKED = call("StartAccessRequest", AT - minutes(9), ANA, {"reason": "INC-1"}, {"accessRequestId": "oi-1"})
    OTHER_ROLE = ANA.replace("/Ops/", "/OnCallAdmin/")

    def approval(self, actor, at=APPROVED, signal="Approve", **more):
        return call("SendAutomationSignal", at, actor, {"automationExecutionId": "a-1", "signalType": signal}, **more)

    def test_who_asked_approved(self):
        """The role may be another: the person is the same. The session is known by the key that the token gave."""
        [said] = self_approved([self.ASKED, self.approval(self.OTHER_ROLE), self.TOKEN, self.START])
        assert (Level.HIGH, ONE.id) == (said.level, said.session)
        assert "asked for at 09:51 UTC (INC-1), approved by the same person at 09:56 UTC" == said.text

    @pytest.mark.parametrize(
        "events",
        [
            pytest.param([], id="nobody: it was automatic"),
            pytest.param(["approval BEN"], id="another person"),
            pytest.param(["approval ANA", "approval BEN"], id="both, so nobody can tell"),
            pytest.param(["reject ANA"], id="withdrawn"),
            pytest.param(["late ANA"], id="after the token was given"),
            pytest.param(["elsewhere ANA"], id="in another region"),
        ],
    )
    def test_an_approval_by_somebody_else(self, events):
        made = {
            "approval": self.approval,
            "reject": lambda who: self.approval(who, signal="Reject"),
            "late": lambda who: self.approval(who, AT + minutes(5)),
            "elsewhere": lambda who: self.approval(who, region="us-east-1"),
        }
        calls = [made[each.split()[0]]({"ANA": ANA, "BEN": BEN}[each.split()[1]]) for each in events]
        assert () == self_approved([self.ASKED, *calls, self.TOKEN])

    @pytest.mark.parametrize("said", ["Nov 23, 2026, 5:00:00 PM", "Nov 23, 2026, 5:00:00\u202fPM", "2026-11-23T17:00:00Z"])
    def test_times_inside_credentials(self, said):
        assert datetime(2026, 11, 23, 17, tzinfo=UTC) == moment_of(said)

    def test_a_time_that_is_none(self):
        assert moment_of("soon") is None
