"""CloudTrail records and rows as Events and Sessions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cloudtrail import event_of_record, event_of_row, session_of_row
from bot.core.documents import Endpoint, endpoint_of, kind_of
from bot.core.model import Document, Kind
from bot.core.portnames import service
from bot.core.records import row_of_record

ANA = "arn:aws:sts::111122223333:assumed-role/Dev/ana"
SID = "ana-ilpxvkhghl9vs9ia2xfdyp4dka"
NODE = "i-0abc1234def567890"


def record(name="StartSession", source="ssm.amazonaws.com", request=None, response=None, **others):
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": ANA,
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}},
        },
        "eventTime": "2026-11-23T21:14:00Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2",
        "requestParameters": request,
        "responseElements": response,
        "eventID": "e-1",
        "recipientAccountId": "111122223333",
    } | others


STARTED = {"sessionId": SID, "tokenValue": "Value hidden due to security reasons."}


def test_a_record_becomes_an_event():
    event = event_of_record(record(request={"target": NODE, "reason": "CHG-1"}, response=STARTED))
    assert (datetime(2026, 11, 23, 21, 14, tzinfo=UTC), ANA, True) == (event.at, event.actor, event.mfa)
    assert (event.session, event.target, event.document, event.reason) == (SID, NODE, "SSM-SessionManagerRunShell", "CHG-1")
    assert event.record["sourceIPAddress"] == "192.0.2.7"


def test_rows_of_text_and_rows_of_objects_say_the_same():
    """Athena gives requestparameters as text, a record as an object: one parser reads both."""
    row = row_of_record(record(request={"target": NODE, "parameters": {"portNumber": ["22"]}}, response=STARTED))
    as_text = {key: value if value is None or isinstance(value, str) else json.dumps(value) for key, value in row.items()}
    assert event_of_row(row) == event_of_row(as_text)
    assert event_of_row(as_text).parameters == {"portNumber": ("22",)}


DENIED = "User: arn:aws:sts::111122223333:assumed-role/Dev/eve is not authorized to perform: ssm:StartSession on resource: {} because no identity-based policy allows it"


@pytest.mark.parametrize(
    ("message", "target", "document"),
    [
        pytest.param(DENIED.format(f"arn:aws:ec2:eu-central-1:111122223333:instance/{NODE}"), NODE, "", id="the message names an instance"),
        pytest.param(
            DENIED.format("arn:aws:ssm:eu-central-1:111122223333:managed-instance/mi-0abc1234def567890"),
            "mi-0abc1234def567890",
            "",
            id="a hybrid node",
        ),
        pytest.param(DENIED.format("arn:aws:ssm:eu-central-1::document/AWS-StartSSHSession"), "", "AWS-StartSSHSession", id="a document"),
        pytest.param(f"{NODE} is not connected.", NODE, "", id="another failure"),
        pytest.param("", "", "", id="no message"),
    ],
)
def test_a_failed_call_without_parameters_is_read_from_its_message(message, target, document):
    """CloudTrail writes null requestParameters for many denied calls; absent parameters are not the default shell."""
    session = session_of_row(row_of_record(record(errorCode="AccessDenied", errorMessage=message)))
    assert (target, document, "AccessDenied", "") == (session.target, session.document, session.error, session.id)


def test_the_actor_of_a_failed_call_may_stand_only_in_the_message():
    event = event_of_record(record(userIdentity={}, errorCode="AccessDenied", errorMessage=DENIED.format("arn:aws:ssm:::document/x")))
    assert event.actor == "arn:aws:sts::111122223333:assumed-role/Dev/eve"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(record(request={"target": NODE}, response=STARTED), (Kind.SHELL, "", "", NODE), id="a shell"),
        pytest.param(
            record(
                request={
                    "target": NODE,
                    "documentName": "AWS-StartPortForwardingSessionToRemoteHost",
                    "parameters": {"host": ["db.example.com"], "portNumber": ["5432"]},
                }
            ),
            (Kind.TUNNEL, "db.example.com", "5432", NODE),
            id="a tunnel to a database",
        ),
        pytest.param(
            record(request={"target": NODE, "documentName": "arn:aws:ssm:eu-central-1::document/AWS-StartSSHSession"}),
            (Kind.SSH, "", "22", NODE),
            id="SSH by ARN",
        ),
        pytest.param(
            record(request={"target": NODE, "documentName": "Own-Db"}),
            (Kind.TUNNEL, "db.example.com", "3306", NODE),
            id="a custom document that fixes host and port",
        ),
        pytest.param(
            record(request={"target": NODE, "documentName": "Nobody-Read-It"}),
            (Kind.UNKNOWN, "", "", NODE),
            id="a document nobody could read",
        ),
        pytest.param(
            record("StartConnection", "ssm-guiconnect.amazonaws.com", {"InstanceId": NODE, "Protocol": "RDP"}),
            (Kind.RDP, "", "3389", NODE),
            id="remote desktop in the browser",
        ),
        pytest.param(
            record(
                "ExecuteCommand",
                "ecs.amazonaws.com",
                {"cluster": "prod", "task": "0123abcd"},
                {
                    "clusterArn": "arn:aws:ecs:eu-central-1:111122223333:cluster/prod",
                    "taskArn": "arn:aws:ecs:eu-central-1:111122223333:task/prod/0123abcd",
                },
            ),
            (Kind.ECS, "", "", "ecs:prod_0123abcd"),
            id="ECS Exec",
        ),
    ],
)
def test_a_document_makes_the_kind(made, expected):
    custom = {
        "Own-Db": Document("Own-Db", "Port", properties={"host": "db.example.com", "portNumber": "{{ port }}", "localPortNumber": "{{x}}"})
    }
    made = made | {"requestParameters": made["requestParameters"] | ({"parameters": {"port": ["3306"]}} if "Own-Db" in str(made) else {})}
    session = session_of_row(row_of_record(made), custom)
    assert expected == (session.kind, session.host, session.port, session.target)


def test_a_forward_that_the_browser_started_is_a_remote_desktop():
    row = row_of_record(
        record(
            request={"target": NODE, "documentName": "AWS-StartPortForwardingSession", "parameters": {"portNumber": ["3389"]}},
            response=STARTED,
        )
    )
    session = session_of_row(
        dict(row) | {"invoked_by": "ssm-guiconnect.amazonaws.com", "ended": "2026-11-23T22:00:00Z", "ended_by": "arn:bo"}
    )
    assert (session.kind, session.port, session.id, session.ended_by) == (Kind.RDP, "3389", SID, "arn:bo")
    assert datetime(2026, 11, 23, 22, tzinfo=UTC) == session.ended


@pytest.mark.parametrize(("said", "expected"), [("true", True), ("false", False), (None, None), ("", None), (True, True), ("maybe", None)])
def test_mfa_has_three_states(said, expected):
    assert expected is event_of_row({"mfa": said}).mfa


def test_the_kind_of_a_document_by_session_type():
    custom = {
        "A": Document("A", "InteractiveCommands"),
        "arn:aws:ssm:eu-central-1:111122223333:document/B": Document("B", "Standard_Stream"),
    }
    assert (kind_of("A", custom), kind_of("arn:aws:ssm:eu-central-1:111122223333:document/B", custom)) == (Kind.COMMAND, Kind.SHELL)
    assert Endpoint("", "80", "") == endpoint_of("AWS-StartPortForwardingSession", {}, {})


@pytest.mark.parametrize(("port", "name"), [("5432", "postgres"), ("3389", "RDP"), ("40000", ""), ("", "")])
def test_a_port_has_its_usual_service(port, name):
    assert name == service(port)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["target", "parameters", "session", "sessionId", "arn", "sessionContext", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(record())), json_values), st.sampled_from(["ssm.amazonaws.com", "ecs.amazonaws.com", 3]))
def test_no_record_is_too_broken_to_read(broken, source):
    """A record of any shape gives an Event and a Session; what cannot be read is empty."""
    made = record() | broken | {"eventSource": source}
    assert isinstance(event_of_record(made).session, str)
    assert isinstance(session_of_row(row_of_record(made)).kind, Kind)
