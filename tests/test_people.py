"""Who an ARN names, and who a session id claims to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Principal
from bot.core.people import claimed_name, is_session_id, misnamed, principal

ROLE = "arn:aws:sts::111122223333:assumed-role/Dev/ana@example.com"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        pytest.param("arn:aws:iam::111122223333:user/ops/ana", Principal("", "user", "ana", "", "111122223333"), id="user with a path"),
        pytest.param(ROLE, Principal("", "role", "ana@example.com", "Dev", "111122223333"), id="assumed role"),
        pytest.param(
            "arn:aws:sts::111122223333:assumed-role/Node/i-0abc1234def567890",
            Principal("", "instance", "i-0abc1234def567890", "Node", "111122223333"),
            id="an instance's role",
        ),
        pytest.param("arn:aws:iam::111122223333:role/x/Dev", Principal("", "role", "Dev", "Dev", "111122223333"), id="a role itself"),
        pytest.param("arn:aws:iam::111122223333:root", Principal("", "root", "root", "", "111122223333"), id="root"),
        pytest.param(
            "arn:aws-us-gov:sts::111122223333:federated-user/bo",
            Principal("", "federated", "bo", "", "111122223333"),
            id="federated, other partition",
        ),
        pytest.param("ssm-guiconnect.amazonaws.com", Principal("", "service", "ssm-guiconnect.amazonaws.com"), id="a service"),
        pytest.param("AROAEXAMPLE:ana", Principal("", "unknown", "ana"), id="a principal id"),
        pytest.param("", Principal("", "unknown", ""), id="nobody"),
    ],
)
def test_an_arn_names_a_principal(arn, expected):
    found = principal(arn)
    assert (expected.kind, expected.name, expected.role, expected.account, arn) == (
        found.kind,
        found.name,
        found.role,
        found.account,
        found.arn,
    )


@given(st.text())
def test_any_text_names_someone_or_nobody(text):
    assert text == principal(text).arn


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param("ana-0e34861185201706f", "ana", id="17 hex"),
        pytest.param("quang.tran-minh-ilpxvkhghl9vs9ia2xfdyp4dka", "quang.tran-minh", id="26 characters, a dash in the name"),
        pytest.param("i-0abc1234def567890-ilpxvkhghl9vs9ia2xfdyp4dka", "i-0abc1234def567890", id="an instance"),
    ],
)
def test_a_session_id_claims_a_name(text, who):
    assert (True, who) == (is_session_id(text), claimed_name(text))


@pytest.mark.parametrize(
    "text", ["", "ana", "ana-", "-ilpxvkhghl9vs9ia2xfdyp4dka", "ana-ILPXVKHGHL9VS9IA2XFDYP4DKA", "a\nb-ilpxvkhghl9vs9ia2xfdyp4dka"]
)
def test_other_text_is_no_session_id(text):
    assert (is_session_id(text), claimed_name(text)) == (False, "")


@pytest.mark.parametrize(
    ("session", "owner", "expected"),
    [
        pytest.param("bob-ilpxvkhghl9vs9ia2xfdyp4dka", ROLE, True, id="another's name"),
        pytest.param("Ana-example.com-ilpxvkhghl9vs9ia2xfdyp4dka", ROLE, False, id="the owner's, punctuated otherwise"),
        pytest.param("ecs-execute-command-ilpxvkhghl9vs9ia2xfdyp4dka", ROLE, False, id="ECS Exec claims no one"),
        pytest.param("bob-ilpxvkhghl9vs9ia2xfdyp4dka", "", False, id="the owner is not known"),
    ],
)
def test_a_claimed_name_is_held_against_its_owner(session, owner, expected):
    assert expected is misnamed(session, owner)
