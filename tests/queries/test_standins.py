"""The stand-ins are strict: what they do not implement, and what AWS would refuse, they refuse."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.standins import insights_ql
from tests.standins.wire import AwsError

DAY = "\"timestamp\" BETWEEN '2026/11/15' AND '2026/11/24'"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("fields @message | filter @message like /x/i", id="flags after a regex"),
        pytest.param(r"filter @message like /a\/b/", id="escaped slash"),
        pytest.param("filter @message =~ /x/", id="another operator"),
        pytest.param("filter @message like /(/", id="regex that does not compile"),
        pytest.param("parse @message '*' as x", id="parse"),
        pytest.param("fields @message | dedup @logStream", id="dedup"),
        pytest.param("stats sum(x) as y by z", id="another aggregate"),
        pytest.param("stats count(*) as n by a | stats count(*) as m by b", id="two stats"),
        pytest.param("limit many", id="limit without a number"),
        pytest.param("fields @message |", id="nothing after a pipe"),
        pytest.param("SELECT 1", id="SQL"),
        pytest.param("", id="nothing"),
    ],
)
def test_insights_refuses_what_it_does_not_know(query):
    """A MalformedQueryException, never all rows."""
    with pytest.raises(AwsError) as refused:
        insights_ql.parse(query)
    assert "MalformedQueryException" == refused.value.code


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        pytest.param("SELECT eventid FROM audit.cloudtrail_logs", "CONSTRAINT_VIOLATION", id="no partition predicate"),
        pytest.param(f"SELECT nope FROM audit.cloudtrail_logs WHERE {DAY}", "COLUMN_NOT_FOUND", id="unknown column"),
        pytest.param(f"SELECT requestparameters.target FROM audit.cloudtrail_logs WHERE {DAY}", "TYPE_MISMATCH", id="a path into text"),
        pytest.param(f"SELECT eventid FROM audit.other WHERE {DAY}", "TABLE_NOT_FOUND", id="unknown table"),
    ],
)
def test_athena_fails_a_wrong_query(aws, sql, reason):
    """The published recipe's mistakes end as FAILED with Athena's reason."""
    athena = boto3.client("athena", region_name="eu-west-1")
    query = athena.start_query_execution(QueryString=sql, WorkGroup="primary")["QueryExecutionId"]
    states = [athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"] for _ in range(2)]
    assert ("RUNNING", "FAILED", True) == (states[0]["State"], states[1]["State"], states[1]["StateChangeReason"].startswith(reason))


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        pytest.param("athena", ("start_query_execution", {"QueryString": "SELEC 1"}), "InvalidRequestException", id="no SQL"),
        pytest.param("athena", ("start_query_execution", {"QueryString": "DROP TABLE x"}), "InvalidRequestException", id="no SELECT"),
        pytest.param(
            "ssm",
            ("describe_sessions", {"State": "Active", "Filters": [{"key": "Nope", "value": "x"}]}),
            "InvalidFilterKey",
            id="unknown filter",
        ),
        pytest.param(
            "ssm", ("describe_sessions", {"State": "Active", "NextToken": "x"}), "InvalidNextToken", id="a token that was never given"
        ),
        pytest.param("ssm", ("resume_session", {"SessionId": "nobody"}), "DoesNotExistException", id="resume of nobody"),
        pytest.param("logs", ("get_query_results", {"queryId": "x"}), "ResourceNotFoundException", id="unknown query"),
        pytest.param(
            "ec2", ("describe_instances", {"InstanceIds": ["i-0123456789abcdef0"]}), "InvalidParameterValue", id="ids instead of a filter"
        ),
        pytest.param("glue", ("get_table", {"DatabaseName": "a", "Name": "b"}), "EntityNotFoundException", id="unknown table"),
    ],
)
def test_a_call_that_aws_would_refuse(aws, service, call, code):
    """Each with AWS's own code, through botocore."""
    name, arguments = call
    with pytest.raises(ClientError) as refused:
        getattr(boto3.client(service, region_name="eu-west-1"), name)(**arguments)
    assert code == refused.value.response["Error"]["Code"]


def test_connection_status(aws, night):
    """A node that answers pings is connected."""
    node = next(
        node for node in night.nodes if node.place == ("111122223333", "eu-west-1") and node.state == "running" and node.id.startswith("i-")
    )
    ssm = boto3.client("ssm", region_name="eu-west-1")
    assert ["connected", "notconnected"] == [ssm.get_connection_status(Target=i)["Status"] for i in (node.id, "i-00000000000000000")]
