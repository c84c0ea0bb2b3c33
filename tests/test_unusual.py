"""What differs from the weeks before, and what does not fit its owner: each detector fires, and stays silent beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Event, Kind, Session
from bot.core.policy import Policy
from bot.core.unusual import unusual
from bot.core.usual import client, network, usual

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_{}/ana@example.com"
BEFORE = Session(
    "ana@example.com-0e34861185201706f", ARN.format("aaaa"), "i-0a", AT - timedelta(days=3), account="111122223333", region="eu-west-1",
    kind=Kind.SHELL, source_ip="192.0.2.7", user_agent="aws-cli/2.31 md/x", ended_by="", access="Standard",
)  # fmt: skip
NOW = replace(BEFORE, started=AT)
POLICY = Policy(networks=("192.0.2.0/24", "198.51.100.0/24"), destinations=("db.example.com:5432",))


def rules(session, before=(BEFORE,), events=(), policy=POLICY):
    """The rules that speak on one session."""
    return {f.rule for f in unusual([session], usual(before, events), policy)}


def test_the_usual_is_silent():
    assert set() == rules(NOW)


@pytest.mark.parametrize(
    ("rule", "session"),
    [
        pytest.param("first_person", replace(NOW, owner="arn:aws:iam::111122223333:user/eve", id=""), id="a new person"),
        pytest.param("first_pair", replace(NOW, target="i-0b"), id="a known person on a new node"),
        pytest.param("first_network", replace(NOW, source_ip="198.51.100.9"), id="from a new network"),
        pytest.param("first_client", replace(NOW, user_agent="Boto3/1.44"), id="with a new client"),
        pytest.param("strange_network", replace(NOW, source_ip="203.0.113.9"), id="from outside the list"),
        pytest.param("off_hours", replace(NOW, started=AT.replace(hour=3)), id="at three in the morning"),
        pytest.param("off_hours", replace(NOW, started=AT - timedelta(days=1)), id="on a Sunday"),
        pytest.param("strange_destination", replace(NOW, kind=Kind.TUNNEL, host="10.0.0.9", port="22"), id="to where none is expected"),
        pytest.param("ended_by_another", replace(NOW, ended_by="arn:aws:iam::111122223333:user/omar"), id="ended by another"),
        pytest.param("misnamed", replace(NOW, id="ben-0e34861185201706f"), id="named after another"),
        pytest.param("outstayed", replace(NOW, access="JustInTime", ended=AT + timedelta(hours=2)), id="just in time, two hours long"),
    ],
)
def test_a_detector_fires(rule, session):
    assert rule in rules(session)


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(replace(NOW, owner=ARN.format("bbbb")), id="the role's suffix changed"),
        pytest.param(replace(NOW, source_ip="192.0.2.99"), id="the same network"),
        pytest.param(replace(NOW, user_agent="aws-cli/2.99"), id="a newer client of the family"),
        pytest.param(replace(NOW, kind=Kind.TUNNEL, host="db.example.com", port="5432"), id="a listed destination"),
        pytest.param(replace(NOW, ended_by=NOW.owner), id="ended by its owner"),
        pytest.param(replace(NOW, source_ip="ssm-guiconnect.amazonaws.com"), id="by a service"),
        pytest.param(replace(NOW, error="AccessDenied", source_ip="203.0.113.9"), id="never opened"),
    ],
)
def test_a_detector_stays_silent(session):
    assert set() == rules(session)


def test_without_a_past_nothing_is_new():
    assert set() == rules(replace(NOW, target="i-0b"), before=())


def test_what_was_new_is_not_new_again():
    found = unusual([replace(NOW, target="i-0b"), replace(NOW, target="i-0b", started=AT + timedelta(hours=1))], usual([BEFORE]), POLICY)
    assert ["first_pair"] == [f.rule for f in found]


def test_hours_are_the_persons_own():
    tokyo = Policy(zones={"ana@example.com": "Asia/Tokyo"})
    late = replace(NOW, started=AT.replace(hour=1))
    assert "off_hours" in rules(late)
    assert "off_hours" not in rules(late, policy=tokyo)


@pytest.mark.parametrize(
    ("address", "fires"),
    [pytest.param("192.0.2.7", False, id="from the same place"), pytest.param("198.51.100.7", True, id="from another address")],
)
def test_a_resume_is_held_against_the_start(address, fires):
    resume = Event(
        "e", AT, "ssm.amazonaws.com", "ResumeSession", actor=NOW.owner, source_ip=address, user_agent=NOW.user_agent, session=NOW.id
    )
    assert fires == ("resumed_elsewhere" in rules(NOW, events=(resume,)))


@pytest.mark.parametrize(
    ("address", "net"),
    [("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2::7", "2001:db8:1::/48"), ("x.amazonaws.com", "x.amazonaws.com"), ("", "")],
)
def test_a_network_is_as_wide_as_a_site(address, net):
    assert net == network(address)


def test_a_client_is_a_family():
    assert ["aws-cli", "[console]", ""] == [client("aws-cli/2.31.3 md/x"), client("[Console]"), client("")]
