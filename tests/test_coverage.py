"""Was it logged, and if not, why: every cause by itself, and the share that can be reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.ask import Ask
from bot.core.coverage import Coverage, Covered, Logs, assessed, share, stray, strays
from bot.core.model import Document, Event, Kind, Level, Node, Session, Stream, Unread
from bot.core.policy import Policy
from bot.core.roles import Role, User
from commands.coverage import COMMAND
from tests.evidence import Fixed, Memory
from tests.payloads import faults

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=3)
HERE = {"account": "111122223333", "region": "eu-west-1"}
PLACE = "111122223333/eu-west-1"
OWNER = "arn:aws:sts::111122223333:assumed-role/Ops/ana@example.com"
ONE = Session(
    "ana@example.com-0e34861185201706f", OWNER, "i-0a1b2c3d4e5f60718", BEGAN, BEGAN + timedelta(minutes=40), status="Terminated",
    document="SSM-SessionManagerRunShell", kind=Kind.SHELL, **HERE,
)  # fmt: skip
LIVE = replace(ONE, ended=None, status="Connected")
BOTH = {"s3BucketName": "example-logs", "cloudWatchLogGroupName": "/ssm/sessions", "cloudWatchStreamingEnabled": "true"}
GROUP = {**BOTH, "s3BucketName": ""}
DOCUMENT = Document("SSM-SessionManagerRunShell", "Standard_Stream", BOTH, **HERE)
NOTHING = Logs({}, {})
ABSENT = "Log group /ssm/sessions does not exist in 111122223333/eu-west-1: the agent never creates it."


def stream(last, name=ONE.id):
    return Stream(name, BEGAN, last, 12, "/ssm/sessions", **HERE)


def call(name, at, /, **asked):
    return Event(name, at, "x.amazonaws.com", name, OWNER, record={"requestParameters": asked}, **HERE)


def said(session=ONE, logs=NOTHING, document=DOCUMENT, now=NOW):
    found = assessed(session, document, logs, now)
    return found.state, found.cause


@pytest.mark.parametrize("kind", [Kind.TUNNEL, Kind.SSH, Kind.RDP, Kind.ECS])
def test_what_aws_never_logs_is_expected(kind):
    assert Covered.EXPECTED_NONE == said(replace(ONE, kind=kind))[0]


def test_a_stored_log_is_whole_whatever_the_stream_says():
    assert (Covered.LOGGED, "The whole log is in S3.") == said(logs=Logs({ONE.id: stream(BEGAN)}, {ONE.id: stream(BEGAN)}))


def test_a_stream_to_the_end_is_logged():
    assert (Covered.LOGGED, "The log stream has 12 events.") == said(logs=Logs({ONE.id: stream(ONE.ended)}, {}))


class TestPartial:
    """A stream that ends early."""

    LONG = replace(ONE, ended=BEGAN + timedelta(hours=2))

    def test_it_ends_long_before_the_session(self):
        assert (Covered.PARTIAL, "The stream ends 110 minutes before the session.") == said(
            self.LONG, Logs({ONE.id: stream(BEGAN + timedelta(minutes=10))}, {})
        )

    def test_an_idle_person_is_no_gap(self):
        """The document lets one be idle for an hour."""
        patient = replace(DOCUMENT, inputs={**BOTH, "idleSessionTimeout": "60"})
        logs = Logs({ONE.id: stream(BEGAN + timedelta(minutes=55))}, {})
        assert (Covered.LOGGED, Covered.PARTIAL) == (said(self.LONG, logs, patient)[0], said(self.LONG, logs)[0])

    def test_the_node_was_stopped(self):
        stop = call("StopInstances", BEGAN + timedelta(minutes=12), instancesSet={"items": [{"instanceId": ONE.target}]})
        state, cause = said(self.LONG, Logs({ONE.id: stream(BEGAN + timedelta(minutes=10))}, {}, (stop,)))
        assert (Covered.PARTIAL, True) == (state, "the node was stopped (StopInstances by ana@example.com" in cause)


@pytest.mark.parametrize(
    ("session", "document", "logs", "cause"),
    [
        pytest.param(ONE, replace(DOCUMENT, name="acme-Quiet", inputs={}), NOTHING, "Its document, acme-Quiet, logs nowhere.", id="a custom document"),
        pytest.param(ONE, None, NOTHING, "its document could not be read", id="a document that nobody could read"),
        pytest.param(ONE, replace(DOCUMENT, inputs=GROUP), replace(NOTHING, no_streams={PLACE: ABSENT}), f"Its log group is missing: {ABSENT}", id="the group is missing"),
        pytest.param(
            replace(ONE, kind=Kind.COMMAND, document="AWS-StartNonInteractiveCommand"), DOCUMENT, NOTHING, "AWS-StartNonInteractiveCommand never streams", id="a command document"
        ),
        pytest.param(
            ONE, replace(DOCUMENT, inputs=GROUP), replace(NOTHING, platforms={ONE.target: "windows"}), "streaming needs PowerShell 5.1 or newer", id="an old PowerShell"
        ),
        pytest.param(
            ONE, DOCUMENT, replace(NOTHING, events=(call("StopInstances", BEGAN + timedelta(minutes=5), instanceId=ONE.target),)), "The node was stopped while the session ran", id="the node was stopped"
        ),
        pytest.param(ONE, DOCUMENT, replace(NOTHING, events=(call("DeleteLogStream", NOW, logStreamName=ONE.id),)), "Its log was deleted: DeleteLogStream by ana@example.com", id="it was deleted"),
        pytest.param(
            ONE, DOCUMENT, replace(NOTHING, events=(call("UpdateDocument", BEGAN - timedelta(minutes=5), name=DOCUMENT.name),)), "The preferences had been changed before it began", id="weakened preferences"
        ),
        pytest.param(ONE, DOCUMENT, NOTHING, "Nothing arrived in bucket example-logs and log group /ssm/sessions. Look at the node's role", id="the node's role"),
    ],
)  # fmt: skip
def test_a_log_that_should_be_there_is_missed_with_its_cause(session, document, logs, cause):
    state, told = said(session, logs, document)
    assert (Covered.UNEXPECTED_NONE, True) == (state, cause in told), told


@pytest.mark.parametrize(
    ("logs", "not_said"),
    [
        pytest.param(
            replace(NOTHING, events=(call("StopInstances", NOW, instanceId=ONE.target),)), "stopped", id="stopped long after the end"
        ),
        pytest.param(replace(NOTHING, events=(call("UpdateDocument", NOW, name=DOCUMENT.name),)), "changed", id="changed afterwards"),
        pytest.param(replace(NOTHING, platforms={ONE.target: "linux"}), "PowerShell", id="no Windows"),
        pytest.param(replace(NOTHING, no_streams={"444455556666/eu-west-1": ABSENT}), "missing", id="another place's group"),
        pytest.param(replace(NOTHING, no_streams={PLACE: ABSENT}), "missing", id="the bucket should have it, whatever the group"),
    ],
)
def test_a_cause_that_is_none_is_not_named(logs, not_said):
    assert not_said not in said(logs=logs)[1]


@pytest.mark.parametrize(
    ("session", "document", "state"),
    [
        pytest.param(LIVE, replace(DOCUMENT, inputs={"s3BucketName": "example-logs"}), Covered.PENDING, id="written when it ends"),
        pytest.param(replace(LIVE, kind=Kind.COMMAND), DOCUMENT, Covered.PENDING, id="a command, which never streams"),
        pytest.param(replace(ONE, ended=NOW - timedelta(minutes=5)), DOCUMENT, Covered.PENDING, id="it ended just now"),
        pytest.param(LIVE, DOCUMENT, Covered.UNEXPECTED_NONE, id="a stream that should be there for hours"),
    ],
)
def test_what_may_still_come_is_pending(session, document, state):
    assert state is said(session, document=document)[0]


def test_what_could_not_be_looked_up_is_no_gap():
    """A place whose logs nobody could read says nothing of its sessions."""
    state, cause = said(logs=replace(NOTHING, no_streams={PLACE: "Access was denied."}))
    assert (Covered.UNKNOWN, "Its logs could not be looked up: Access was denied.") == (state, cause)
    assert Covered.UNEXPECTED_NONE is said(logs=replace(NOTHING, no_streams={"444455556666/eu-west-1": "Access was denied."}))[0]


def test_the_share_is_of_those_whose_fate_is_known():
    states = (Covered.LOGGED, Covered.PARTIAL, Covered.EXPECTED_NONE, Covered.UNEXPECTED_NONE, Covered.PENDING, Covered.UNKNOWN)
    assert 0.5 == share([Coverage(ONE, state, "") for state in states])
    assert 1.0 == share([])


def test_a_log_that_no_session_answers_for_is_found():
    """Begun within the span, by a name that a session could have; older ones may be of sessions before it."""
    mine, other, old = (
        stream(NOW),
        stream(NOW, "kim-0e34861185201706f"),
        replace(stream(NOW, "lee-0e34861185201706f"), first=BEGAN - timedelta(days=2)),
    )
    logs = Logs({each.session: each for each in (mine, other, old, stream(NOW, "not a session"))}, {})
    assert (other,) == strays({ONE.id}, logs, BEGAN - timedelta(hours=1))
    assert (Level.HIGH, "kim-0e34861185201706f") == (stray(other).level, stray(other).session)


def answer(world, words="coverage 24h"):
    ask = Ask(User("U1", "ana", "UTC"), words, NOW, Role.VIEWER, Policy(), "C1", "slash")
    return COMMAND.run(ask, world, Memory())


def test_the_answer_names_stray_logs_first():
    other = stream(NOW, "kim-0e34861185201706f")
    reply = answer(Fixed((ONE,), papers=(DOCUMENT,), names={ONE.target: Node(ONE.target, "web-1")}, logs=(stream(ONE.ended), other)))
    assert "1 log belongs to no session: kim-0e34861185201706f." in reply.text
    assert "A log that belongs to no session" in str(reply.items[0])
    assert [] == faults(reply.items[0])


def test_a_stray_log_is_not_claimed_while_sessions_could_not_be_asked_for():
    dark = Fixed((ONE,), papers=(DOCUMENT,), logs=(stream(NOW, "kim-0e34861185201706f"),), unread=(Unread(PLACE, "Access was denied."),))
    assert "belongs to no session" not in answer(dark).text


def test_a_place_that_could_not_be_read_is_told_as_unknown():
    dark = Fixed((ONE,), papers=(DOCUMENT,), unread=(Unread(PLACE, "Access was denied."),))
    assert "1 unknown" in answer(dark).text
