"""Many accounts and Regions: roles, failures by place, plans without asking."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from bot.core.model import Place, Unavailable, Where
from bot.core.parts import Among
from queries.aws import AwsEvidence
from queries.clients import Tuning
from queries.scopes import Scope
from tests.queries.conftest import PROD, STAGING, WEEK
from tests.queries.words import ALL, told_here, whys
from tests.standins.faults import Fault


class TestFleet:
    def test_each_scope_speaks_with_its_own_role(self, ask, aws):
        """The account follows the role; the external id is given."""
        evidence = ask(fresh=True)
        evidence.live()
        assert evidence.asked[0].read == ALL
        assert {str(Place(*call.where)) for call in aws.calls if call.operation == "DescribeSessions"} == set(ALL)
        roles = [call.body for call in aws.calls if call.operation == "AssumeRole"]
        assert {("countersign", "not-a-secret"), ("countersign", None)} == {(r["RoleSessionName"], r.get("ExternalId")) for r in roles}

    def test_a_wrong_external_id(self, ask):
        """The role cannot be assumed; the sentence names sts:AssumeRole."""
        evidence = ask([PROD, Scope("staging", ("eu-west-1",), role_arn=STAGING.role_arn, external_id="wrong")])
        assert evidence.live()
        assert "needs sts:AssumeRole on arn:aws:iam::444455556666:role/countersign" in whys(evidence)["444455556666/eu-west-1"]

    def test_some_parts_only(self, ask, aws, night):
        """What is left out is not called at all, whatever it is called by; what is asked is kept together."""
        evidence = ask()
        some = evidence.among(
            Among(without=frozenset({"Session Manager of 111122223333/us-east-1", "Session Manager of staging/eu-west-1"}))
        )
        places = {str(s.place) for s in some.live()}
        assert {"111122223333/us-east-1", "444455556666/eu-west-1"}.isdisjoint(places | set(evidence.asked[0].read))
        assert evidence.asked == some.asked
        some.hits(WEEK, ["sudo"], "risky")
        assert {"111122223333/us-east-1", "444455556666/eu-west-1"}.isdisjoint(evidence.asked[-1].read)

    def test_one_part_only(self, ask, aws, night):
        """A table alone: its rows, and no session of Session Manager."""
        evidence = ask()
        some = evidence.among(Among("CloudTrail of 111122223333/eu-west-1"))
        assert (True, ()) == (bool(some.openings(WEEK, Where())), some.live())
        assert () == evidence.among(Among("CloudTrail of 444455556666/eu-west-1")).openings(WEEK, Where())

    def test_half_of_the_regions_failing(self, ask, aws, night):
        """The other half answers, and the answer says what is missing."""
        aws.fault(Fault("ssm", "DescribeSessions", region="us-east-1"))
        evidence = ask()
        assert {t.id for t in told_here(night) if t.live and t.node.region != "us-east-1"} == {s.id for s in evidence.live()}
        assert {"111122223333/us-east-1", "777788889999/us-east-1"} == set(whys(evidence))
        assert all("needs ssm:DescribeSessions" in why for why in whys(evidence).values())

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param(Fault("ssm", code="ThrottlingException"), "AWS is throttling ssm:DescribeSessions", id="throttled"),
            pytest.param(Fault("ssm", code="ExpiredTokenException"), "have expired", id="expired"),
            pytest.param(Fault("ssm", code="UnrecognizedClientException"), "the Region may not be enabled", id="region not enabled"),
            pytest.param(Fault("ssm", code="InternalServerError", status=500), "AWS failed to answer", id="broken"),
        ],
    )
    def test_trouble_in_one_account(self, ask, aws, fault, said):
        """One account is named with its reason; the others answer."""
        fault.account = "777788889999"
        aws.fault(fault)
        evidence = ask()
        assert evidence.live()
        assert ["777788889999/us-east-1"] == list(whys(evidence))
        assert said in whys(evidence)["777788889999/us-east-1"]

    def test_a_place_that_hangs(self, ask, aws):
        """botocore's read time-out is a sentence."""
        aws.fault(Fault("ssm", "DescribeSessions", region="us-east-1", account="777788889999", hang=0.6))
        evidence = ask(tuning=Tuning(attempts=1, read_timeout=0.2))
        assert evidence.live()
        assert "did not answer in time" in whys(evidence)["777788889999/us-east-1"]

    def test_an_endpoint_that_is_not_there(self, ask, monkeypatch):
        """A per-service endpoint leads nowhere; only that service is gone."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:9")
        evidence = ask([PROD], fresh=True)
        assert () == evidence.live()
        assert all("cannot be reached" in why for why in whys(evidence).values())
        assert evidence.openings(WEEK, Where())

    def test_no_credentials(self, ask, monkeypatch):
        """Said once for each place."""
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], fresh=True)
        assert () == evidence.live()
        assert "No AWS credentials for 111122223333/eu-west-1" in whys(evidence)["111122223333/eu-west-1"]

    def test_a_cancel_before_the_question(self, ask, aws):
        """Nothing is asked, every place is named."""
        cancel = threading.Event()
        cancel.set()
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], cancel=cancel)
        aws.calls.clear()
        assert () == evidence.live()
        assert ([], ["The question was cancelled before this part answered."]) == (aws.calls, list(whys(evidence).values()))

    def test_throttling_is_tried_again_by_botocore(self, ask, aws, monkeypatch):
        """Once throttled, then answered; the wait between is botocore's own."""
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        aws.fault(Fault("ssm", "DescribeSessions", region="eu-west-1", account="111122223333", code="ThrottlingException", times=1))
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], tuning=Tuning(attempts=3, mode="standard"))
        assert evidence.live()
        assert {} == whys(evidence)


class TestExplain:
    def test_nothing_is_asked_and_everything_is_shown(self, ask, aws):
        """SQL, Insights QL and API calls, each as it would be asked."""
        aws.calls.clear()
        evidence = ask(explain=True)
        answers = [
            evidence.live(), evidence.ended(WEEK), evidence.session("ana-0e34861185201706f"), evidence.openings(WEEK, Where()),
            evidence.tunnels(WEEK, ("Acme-Db",), Where()), evidence.events(WEEK, Where()), evidence.documents(),
            evidence.hits(WEEK, ["sudo"], "risky linux"), evidence.search(WEEK, "x", regex=False), evidence.streams(WEEK, 5),
        ]  # fmt: skip
        assert ([()] * 10, []) == (answers, aws.calls)
        assert all(source.query or source.note for source in evidence.asked)
        assert "aws ssm describe-sessions --state Active --page-size 200" == evidence.asked[0].query
        assert any('FROM "audit"."cloudtrail_logs"' in source.query for source in evidence.asked)

    def test_a_plan_says_where_the_log_group_would_come_from(self, ask):
        """Nothing is read for a plan, so a group that is not configured is not known yet."""
        evidence = ask(explain=True)
        evidence.search(WEEK, "x", regex=False)
        assert "SOURCE (the log group that the Region's preferences name)" in evidence.asked[0].query

    def test_the_plan_names_the_places(self, ask):
        """Where it would be asked."""
        evidence = ask(explain=True)
        evidence.live()
        assert ("prod/eu-west-1", "prod/us-east-1", "444455556666/eu-west-1", "777788889999/us-east-1") == evidence.asked[0].read


def test_making_evidence_costs_nothing_and_imports_no_boto3():
    """The path that acknowledges a command stays light."""
    code = (
        "import sys, time; from queries.aws import AwsEvidence; t = time.perf_counter(); AwsEvidence([]); took = time.perf_counter() - t; "
    )
    code += "print(took < 0.005, [m for m in ('boto3', 'botocore', 'pyathena', 'duckdb', 're2') if m in sys.modules])"
    assert "True []" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_unavailable_is_what_a_sentence_is_raised_as():
    """Evidence never raises it: it is kept as an unread part."""
    assert issubclass(Unavailable, Exception)
    assert () == AwsEvidence([]).live()
