"""What each kind of trouble with Athena, Glue or the table says."""

from __future__ import annotations

import pytest

from bot.core.model import Where
from queries.scopes import Scope
from tests.queries.conftest import DATA, WEEK
from tests.queries.words import whys
from tests.standins.faults import Fault


class TestAthenaTrouble:
    def sentence(self, evidence, question=lambda e: e.openings(WEEK, Where())):
        assert () == question(evidence)
        (why,) = whys(evidence).values()
        return why

    def test_a_table_that_is_not_there(self, ask):
        """Glue does not know it."""
        evidence = ask([Scope("prod", ("eu-west-1",), database="audit", table="wrong")])
        assert "The table audit.wrong does not exist in 111122223333/eu-west-1. Make it first" in self.sentence(evidence)

    def test_wrong_column_types(self, ask, aws):
        """A crawler's struct where AWS has text."""
        aws.broken = True
        assert "the column requestparameters is struct<target:string,documentname:string" in self.sentence(ask())

    @pytest.mark.parametrize(
        ("reason", "said"),
        [
            pytest.param("COLUMN_NOT_FOUND: line 3:5: Column 'x' cannot be resolved", "lacks a column", id="column"),
            pytest.param("TYPE_MISMATCH: line 1:1: y is not of type ROW", "has not AWS's type for it", id="type"),
            pytest.param("HIVE_BAD_DATA: Malformed JSON in s3://b/k", "A file behind audit.cloudtrail_logs cannot be read", id="bad file"),
            pytest.param(
                "Access Denied (Service: Amazon S3; Status Code: 403)", "needs s3:GetObject, s3:ListBucket and kms:Decrypt", id="bucket"
            ),
            pytest.param("Bytes scanned limit was exceeded", "The workgroup primary cut the query off", id="cut-off"),
            pytest.param("Query timeout", "ran into Athena's time limit", id="time limit"),
            pytest.param("Something else", "failed: Something else", id="anything else"),
        ],
    )
    def test_a_query_that_fails(self, ask, aws, reason, said):
        """Athena's reasons are sentences."""
        aws.athena.fail = reason
        assert said in self.sentence(ask())

    def test_a_workgroup_that_is_not_there(self, ask):
        """AWS's own words are kept."""
        scope = Scope("prod", ("eu-west-1",), database="audit", table="cloudtrail_logs", workgroup="nope")
        assert "WorkGroup nope is not found" in self.sentence(ask([scope]))

    def test_nowhere_to_write_results(self, ask, aws):
        """A workgroup without an output location, and a scope without one."""
        aws.athena.workgroups = {"primary": ""}
        scope = Scope("prod", ("eu-west-1",), database="audit", table="cloudtrail_logs", workgroup="")
        assert "Athena has nowhere to write results in prod/eu-west-1: set output for the scope" in self.sentence(ask([scope]))

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param(Fault("athena", "StartQueryExecution"), "needs athena:StartQueryExecution", id="start denied"),
            pytest.param(Fault("athena", "GetQueryResults"), "needs athena:GetQueryResults", id="results denied"),
            pytest.param(Fault("glue", "GetTable"), "needs glue:GetTable", id="glue denied"),
            pytest.param(Fault("athena", code="TooManyRequestsException"), "runs as many queries as it may", id="too many"),
            pytest.param(Fault("athena", code="ThrottlingException"), "AWS is throttling athena:StartQueryExecution", id="throttled"),
            pytest.param(Fault("athena", code="ExpiredTokenException"), "have expired", id="expired"),
        ],
    )
    def test_a_call_that_is_refused(self, ask, aws, fault, said):
        """AWS's codes are sentences that name the action."""
        aws.fault(fault)
        assert said in self.sentence(ask())

    def test_a_query_that_reads_too_much_is_cancelled(self, ask, aws):
        """Looked at while it runs; cancelled, since every further byte is billed."""
        aws.athena.inflate, aws.athena.states = 1_000_000, ("RUNNING",) * 5
        assert "more than one question may read (1.0 GB)" in self.sentence(ask(scan=1_000_000_000))
        assert 1 == len(aws.athena.stopped)

    def test_the_deadline_cancels_the_query(self, ask, aws):
        """A query that nobody waits for is stopped in AWS too."""
        aws.athena.states = ("RUNNING",) * 100
        assert "did not answer in the time" in self.sentence(ask(deadline=5.0))
        assert 1 == len(aws.athena.stopped)

    def test_no_scope_has_a_table(self, ask):
        """That is a note, not silence."""
        evidence = ask([DATA])
        assert () == evidence.openings(WEEK, Where())
        assert ["No scope names a CloudTrail table, so CloudTrail cannot be asked. Set database and table for one."] == [
            s.note for s in evidence.asked
        ]
