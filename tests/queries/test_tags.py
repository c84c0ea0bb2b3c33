"""Whose IAM user it is, by its tag."""

from __future__ import annotations

import pytest
from moto import mock_aws

from bot.core.model import Unavailable
from queries.clients import Clients, Tuning
from queries.scopes import Scope
from queries.tags import UserTags
from tests.standins.server import AwsStandin

SCOPE = Scope("prod", ("eu-west-1",), account="123456789012")  # moto's own account
USER = "arn:aws:iam::123456789012:user/ops/deploy-ana"


@pytest.fixture(name="tags")
def _tags(monkeypatch):
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        clients = Clients(Tuning(attempts=1))
        iam = clients.client(SCOPE, "iam", SCOPE.home)
        iam.create_user(
            UserName="deploy-ana", Path="/ops/", Tags=[{"Key": "team", "Value": "x"}, {"Key": "email", "Value": "ana@example.com"}]
        )
        yield UserTags((SCOPE,), "email", clients)
    AwsStandin._owner = None  # moto is one for the whole process, and forgot what the stand-in had put there


@pytest.mark.parametrize(
    ("arn", "email"),
    [
        pytest.param(USER, "ana@example.com", id="a user with a path"),
        pytest.param(USER.replace("deploy-ana", "gone"), "", id="a user who is gone"),
        pytest.param("arn:aws:sts::123456789012:assumed-role/ci/ana", "", id="a role"),
        pytest.param(USER.replace("123456789012", "999999999999"), "", id="an account that nobody reads"),
        pytest.param("<!channel>", "", id="no ARN at all"),
    ],
)
def test_the_tag_of_a_user(tags, arn, email):
    assert email == tags(arn)


def test_what_aws_refuses_is_said(tags, monkeypatch):
    """Nobody is taken for untagged because AWS did not answer."""
    from botocore.exceptions import ClientError

    class Denies:
        def list_user_tags(self, **_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListUserTags")

    monkeypatch.setattr(Clients, "client", lambda *_: Denies())
    with pytest.raises(Unavailable, match="iam:ListUserTags"):
        tags(USER)
