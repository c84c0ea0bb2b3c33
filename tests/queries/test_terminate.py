"""Ending a session: what AWS answers is not believed, what it shows is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model import Refused, Session, Unavailable
from queries.clients import Clients, Tuning
from queries.terminate import PATIENCE, Ender
from tests.queries.conftest import PROD

ROLE = "countersign-terminate"


class Time:
    """Time that passes only where somebody sleeps."""

    now = 0.0

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture(name="ender")
def _ender(aws):
    passing = Time()
    scope = replace(PROD, account="111122223333")
    return Ender((scope,), ROLE, Clients(Tuning(attempts=2)), passing.sleep, lambda: passing.now)


@pytest.fixture(name="live")
def _live(aws, ask):
    """A live session whose owner has another one."""
    sessions = ask([PROD]).live()
    return next(s for s in sessions if s.region == "eu-west-1" and sum(o.owner == s.owner and o.region == s.region for o in sessions) > 1)


def test_it_is_seen_ended(ender, live, ask):
    """The state is DescribeSessions' word; the owner's other live sessions are told and left alone."""
    ended = ender(live)
    assert ("Terminated", True) == (ended.state, ended.ended)
    assert ended.others
    assert {live.owner} == {other.owner for other in ended.others}
    assert {s.id for s in ended.others} <= {s.id for s in ask([PROD]).live()}


def test_a_session_that_nobody_knows_is_not_called_ended(ender):
    """TerminateSession says yes to it."""
    ended = ender(Session("nobody-0e34861185201706f", account="111122223333", region="eu-west-1"))
    assert ("", False) == (ended.state, ended.ended)


def test_one_that_does_not_end_is_said_so(ender, live, monkeypatch, aws):
    """It is looked at for the whole patience, and what it still is, is said."""
    monkeypatch.setattr(Ender, "_state", lambda *_: "Connected")
    ended = ender(live)
    assert ("Connected", False) == (ended.state, ended.ended)
    assert f"{PATIENCE:.0f} s" in ended.why


@pytest.mark.parametrize(
    ("session", "error"),
    [
        pytest.param(Session("ana; rm -rf", account="111122223333", region="eu-west-1"), Refused, id="an id that is none"),
        pytest.param(
            Session("ana-0e34861185201706f", account="999999999999", region="eu-west-1"), Unavailable, id="an account of no scope"
        ),
        pytest.param(Session("ana-0e34861185201706f", account="111122223333", region="ap-east-1"), Unavailable, id="a region of no scope"),
    ],
)
def test_what_is_not_ours_is_left_alone(ender, session, error):
    with pytest.raises(error):
        ender(session)


def test_a_role_of_one_account_is_for_that_account(ender, live):
    other = replace(ender, role="arn:aws:iam::777788889999:role/countersign-terminate")
    with pytest.raises(Unavailable, match="is of account 777788889999"):
        other(live)


def test_it_ends_with_its_own_role_and_no_other(ender, live):
    """The scope's reading role is not used."""
    assert f"arn:aws:iam::111122223333:role/{ROLE}" == ender._scope(live).role_arn
