"""Policies: parsed, compared and merged. Properties hold for any policy; the table is IAM's evaluation logic."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.grants import Granted, Unparsed, equal, granted, matches, merged, statements

WORDS = st.sampled_from(["s3:GetObject", "s3:Put*", "*", "logs:*", "S3:getobject"])
ARNS = st.sampled_from(["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a", "arn:aws:s3:::b/?"])
MANY = lambda one: one | st.lists(one, min_size=1, max_size=3, unique=True)  # noqa: E731 - a strategy of either form
RAW = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": MANY(WORDS), "Resource": MANY(ARNS)},
    optional={
        "Sid": st.sampled_from(["Theirs", "CountersignOne", "CountersignTwo"]),
        "Principal": st.just("*") | st.just({"AWS": ["arn:aws:iam::111122223333:root"]}),
        "Condition": st.just({"Bool": {"aws:SecureTransport": "false"}}),
    },
)
POLICIES = st.builds(lambda rows: {"Version": "2012-10-17", "Statement": rows}, st.lists(RAW, max_size=4) | RAW)
OURS = {"Sid": "CountersignOne", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def rows(policy):
    held = policy["Statement"]
    return held if isinstance(held, list) else [held]


@given(policy=POLICIES)
def test_a_merged_policy_says_what_is_wanted_and_what_others_said(policy):
    after = merged(policy, [OURS])
    theirs = [row for row in rows(policy) if not str(row.get("Sid", "")).startswith("Countersign")]
    assert theirs == [row for row in rows(after) if row in theirs]
    assert {s.meaning for s in statements({"Statement": [OURS]})} <= {s.meaning for s in statements(after)}


@given(policy=POLICIES)
def test_merging_twice_is_merging_once(policy):
    once = merged(policy, [OURS])
    assert once == merged(once, [OURS])


@given(policy=POLICIES)
def test_a_denial_that_is_merged_allows_nothing_new(policy):
    asked = [("s3:GetObject", "arn:aws:s3:::a/x"), ("s3:PutObject", "arn:aws:s3:::a/x"), ("logs:PutLogEvents", "arn:aws:logs:::x")]
    for action, resource in asked:
        before, after = granted([policy], action, resource), granted([merged(policy, [OURS])], action, resource)
        assert after is not Granted.YES or before is Granted.YES


@given(policy=POLICIES)
def test_order_and_names_do_not_matter(policy):
    turned = {**policy, "Statement": [{k: v for k, v in row.items() if k != "Sid"} for row in reversed(rows(policy))]}
    assert equal(policy, turned)


@given(text=st.text(max_size=20))
def test_a_text_without_wildcards_matches_itself_alone(text):
    plain = text.replace("*", "").replace("?", "")
    assert matches(plain, plain)
    assert not matches(plain, plain + "x")


@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Statement", "Effect", "Action", "Sid"]), inner, max_size=3)
        ),
    )
)
def test_any_json_is_a_policy_or_refused(raw):
    try:
        statements(json.dumps(raw))
    except Unparsed as refused:
        assert str(refused)


ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"}
ON = ("s3:PutObject", "arn:aws:s3:::a/x")


@pytest.mark.parametrize(
    ("expected", "policy"),
    [
        pytest.param(Granted.NO, [], id="nothing is said"),
        pytest.param(Granted.YES, [ALLOW], id="an Allow"),
        pytest.param(Granted.DENIED, [ALLOW, {**ALLOW, "Effect": "Deny"}], id="a Deny wins"),
        pytest.param(Granted.MAYBE, [{**ALLOW, "Condition": {"Bool": {"x": "y"}}}], id="a condition is not surely met"),
        pytest.param(Granted.MAYBE, [ALLOW, {**ALLOW, "Effect": "Deny", "Condition": {"Bool": {"x": "y"}}}], id="a conditional Deny"),
        pytest.param(Granted.YES, [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], id="everything but another service"),
        pytest.param(Granted.NO, [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], id="everything but this service"),
        pytest.param(Granted.NO, [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"}], id="everywhere but here"),
        pytest.param(Granted.YES, [{**ALLOW, "Action": "S3:pUTobject"}], id="case does not matter in actions"),
        pytest.param(Granted.NO, [{**ALLOW, "Resource": "arn:aws:s3:::A/*"}], id="case matters in resources"),
    ],
)
def test_policies_are_evaluated_as_iam_does(expected, policy):
    assert expected is granted([{"Version": "2012-10-17", "Statement": policy}], *ON)


def test_a_boundary_must_allow_too():
    whole = {"Statement": [ALLOW]}
    assert Granted.NO is granted([whole], *ON, {"Statement": [{**ALLOW, "Action": "logs:*"}]})
    assert Granted.YES is granted([whole], *ON, whole)


def test_a_policy_that_cannot_be_read_leaves_a_doubt():
    assert Granted.MAYBE is granted([{"Statement": [ALLOW]}, {}], *ON)
