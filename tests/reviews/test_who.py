"""An AWS principal becomes a Slack person by evidence, in order, and never by a guess."""

from __future__ import annotations

import pytest

from bot.core.review.who import Directory, known

SSO = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ana@example.com"
CI = "arn:aws:sts::111122223333:assumed-role/acme-ci/ana@example.com"
USER = "arn:aws:iam::111122223333:user/deploy-ana"
EMAILS = {"ana@example.com": "U0ANA", "tag@example.com": "U0TAG"}


def directory(**facts):
    return Directory(**{"by_email": lambda email: EMAILS.get(email.lower(), ""), "zone": lambda _: "Europe/Lisbon", **facts})


@pytest.mark.parametrize(
    ("owner", "facts", "user", "sure"),
    [
        pytest.param(SSO, {"people": {SSO: "U0MAP"}}, "U0MAP", "certain", id="the map by ARN, before the e-mail"),
        pytest.param(USER, {"people": {"Deploy-Ana": "U0MAP"}}, "U0MAP", "certain", id="the map by name, any case"),
        pytest.param(SSO, {}, "U0ANA", "likely", id="an e-mail that Identity Center set"),
        pytest.param(CI, {}, "U0ANA", "claimed", id="an e-mail that the caller chose is only a claim"),
        pytest.param(USER, {"tagged": lambda arn: "tag@example.com"}, "U0TAG", "likely", id="the tag of an IAM user"),
        pytest.param(USER, {"pattern": r"deploy-(?P<name>\w+) → {name}@example.com"}, "U0ANA", "likely", id="a pattern of names"),
        pytest.param(SSO, {"order": ("tag", "pattern")}, "", "", id="a way that is not configured is not gone"),
        pytest.param(USER, {}, "", "", id="nobody is nobody"),
        pytest.param("<!channel>", {"pattern": ".* → {name}@example.com"}, "", "", id="a hostile name fits no pattern with names"),
    ],
)
def test_the_ways_in_their_order(owner, facts, user, sure):
    found = known(owner, directory(**facts))
    assert (user, sure) == (found.id, found.sure)


def test_two_answers_are_no_answer():
    """The map's name fits two people: neither is asked as if it were they."""
    found = known(USER, directory(people={"deploy-ana": "U0ONE", "Deploy-Ana": "U0TWO"}))
    assert ("", ("U0ONE", "U0TWO")) == (found.id, found.candidates)


def test_the_persons_own_zone_goes_with_them():
    assert "Europe/Lisbon" == known(SSO, directory()).zone
