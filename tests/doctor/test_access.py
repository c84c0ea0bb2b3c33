"""Who may start a session with which document: IAM's rules, and what is said where they do not tell."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.core.doctor.access import users
from bot.core.doctor.facts import Access, Estate, Holder, ManagedNode, SessionDocument
from bot.core.doctor.result import State
from bot.core.model import Place
from queries.estate import access as reader
from queries.estate.access import access
from queries.estate.look import Look
from tests.doctor.land import ACCOUNT, REGION

HERE = Place(ACCOUNT, REGION)
NODE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"
OWN, SHELL = (f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/{name}" for name in ("acme-Own", "SSM-SessionManagerRunShell"))
CHECK = {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ESTATE = Estate(HERE, documents=(SessionDocument("acme-Own", {}),), tunnels=("AWS-StartSSHSession",), nodes=(ManagedNode("i-1"),))


def allow(*resources, condition=None, effect="Allow"):
    row = {"Effect": effect, "Action": "ssm:StartSession", "Resource": list(resources)}
    return {"Statement": [row | ({"Condition": condition} if condition else {})]}


def told(*policies, boundary=None):
    found = replace(ESTATE, access=Access((Holder("role/Ops", policies, boundary),)))
    return [(verdict.state, verdict.said) for verdict in users(found)]


def warned(*policies, **more):
    return [said for state, said in told(*policies, **more) if state is State.WARNING]


def said_of(name, *policies, **more):
    return next(said for _, said in told(*policies, **more) if said.startswith(name))


NOBODY = "nobody of the account's users and roles."


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        pytest.param([allow(NODE, OWN, SHELL)], "role/Ops.", id="a node and the document"),
        pytest.param([allow(NODE, OWN, SHELL, condition=CHECK)], "role/Ops.", id="with the document asked for"),
        pytest.param([allow(NODE, OWN, SHELL, condition=MFA)], "perhaps, by their conditions, role/Ops.", id="under a condition"),
        pytest.param([allow(NODE, SHELL)], NOBODY, id="another document"),
        pytest.param([allow(OWN)], NOBODY, id="the document and no node"),
        pytest.param([allow(NODE, OWN, SHELL), allow(OWN, effect="Deny")], NOBODY, id="a denial"),
        pytest.param([allow(NODE, OWN, SHELL), {}], "perhaps, by their conditions, role/Ops.", id="a policy that cannot be read"),
        pytest.param([], NOBODY, id="nothing"),
    ],
)
def test_who_may_use_a_document(policies, said):
    assert said_of("acme-Own", *policies).endswith(f"may be started by {said}")


def test_a_boundary_bounds():
    assert said_of("acme-Own", allow(NODE, OWN, SHELL), boundary=allow(NODE, SHELL)).endswith(NOBODY)


def test_the_default_shell_is_had_by_whoever_may_start_on_a_node_unless_the_document_is_asked_for():
    [said] = warned(allow(NODE, OWN))
    assert "role/Ops may start sessions and was not given SSM-SessionManagerRunShell" in said
    assert [] == warned(allow(NODE, OWN, condition=CHECK))


def test_one_loose_statement_is_enough():
    """The condition must be in every statement that allows it."""
    assert 1 == len(warned(allow(NODE, OWN, condition=CHECK), allow(NODE)))


def test_a_statement_on_everything_is_told():
    assert ["role/Ops may start every Session document"] == [said.partition(" on every")[0] for said in warned(allow("*"))]
    assert 1 == len(warned(allow("*", condition=CHECK)))
    assert [] == warned(allow("*", condition=MFA))


def test_whoever_was_not_read_is_not_cleared():
    found = replace(ESTATE, access=Access(cut=True))
    assert State.UNKNOWN in [verdict.state for verdict in users(found)]


class TestReading:
    """The account's users, groups, roles and managed policies, from IAM's one listing (moto over HTTP)."""

    @pytest.fixture(name="look")
    def _look(self, world):
        from queries.budget import Budget

        document = json.dumps({"Version": "2012-10-17", **allow(NODE, OWN)})
        world.iam.create_user(UserName="ann")
        world.iam.create_group(GroupName="ops")
        world.iam.add_user_to_group(GroupName="ops", UserName="ann")
        world.iam.put_group_policy(GroupName="ops", PolicyName="p", PolicyDocument=document)
        trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]})
        world.iam.create_role(RoleName="Ops", AssumeRolePolicyDocument=trust)
        held = world.iam.create_policy(PolicyName="sessions", PolicyDocument=document)["Policy"]["Arn"]
        world.iam.attach_role_policy(RoleName="Ops", PolicyArn=held)
        world.iam.create_role(RoleName="Reads", AssumeRolePolicyDocument=trust)
        other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        world.iam.put_role_policy(RoleName="Reads", PolicyName="p", PolicyDocument=json.dumps(other))
        return Look(world.post, world.clients, Budget())

    def test_a_user_has_what_its_groups_have_and_a_role_what_is_attached(self, look):
        assert {"user/ann", "role/Ops"} == {holder.name for holder in access(look).holders}

    def test_more_than_is_read_says_so(self, look, monkeypatch):
        monkeypatch.setattr(reader, "MOST", 1)
        monkeypatch.setattr(Look, "answers", lambda *_, **__: iter([{"UserDetailList": [{"UserName": "x"}], "IsTruncated": True}]))
        assert access(look).cut
