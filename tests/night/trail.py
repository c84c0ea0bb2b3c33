"""CloudTrail records of sessions, in the shapes that published records have.

`documentName` is absent for the default shell, `parameters` is a map of lists, a denied call has null parameters, and
TerminateSession knows neither target nor document.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.night.documents import RUN_SHELL
from tests.night.facts import Told
from tests.night.nodes import Node
from tests.night.people import CONSOLE, PEOPLE, Person, agent_of, arn_of, identity
from tests.night.plan import Plan
from tests.night.seeds import HEX, MIXED, UPPER, draw, uuid

Record = dict[str, object]
HIDDEN = "Value hidden due to security reasons."


def record(
    person: Person,
    place: tuple[str, str],
    at: datetime,
    call: str,
    asked: object = None,
    answered: object = None,
    *,
    write: bool = True,
    seed: str = "",
    error: tuple[str, str] | None = None,
    ip: str = "",
    invoked_by: str = "",
) -> Record:
    """One record; `call` is `source:Name`."""
    account, region = place
    source, _, name = call.partition(":")
    words = (call, account, region, person.key, seed)
    who = identity(person, account, at) | ({"invokedBy": invoked_by} if invoked_by else {})
    host = f"{source}.{region}.amazonaws.com"
    body: Record = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": invoked_by or ip or person.ip,
        "userAgent": invoked_by or agent_of(person, source, name),
    }
    if error:
        body |= {"errorCode": error[0], "errorMessage": error[1]}
    body |= {
        "requestParameters": asked,
        "responseElements": answered,
        "requestID": uuid("request", *words),
        "eventID": uuid("event", *words),
        "readOnly": not write,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    if not invoked_by:
        body["tlsDetails"] = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}
        body |= {"sessionCredentialFromConsole": "true"} if person.agent == CONSOLE else {}
    return body


def opened(told: Told, plan: Plan) -> list[Record]:
    """What CloudTrail says of a session's beginning: StartSession, and what a service did to get there."""
    if told.node.id.startswith("ecs:"):
        return [_execute_command(told)]
    if plan.error:
        return [_refused(told)]
    asked = {"target": told.node.id}
    if plan.document:
        asked["documentName"] = plan.document
    if plan.parameters:
        asked["parameters"] = {name: [value] for name, value in plan.parameters.items()}
    if plan.reason:
        asked["reason"] = plan.reason
    start = record(
        told.person, told.node.place, told.started, "ssm:StartSession", asked, _channel(told), seed=told.key, invoked_by=plan.via
    )
    return [*_before(told, plan), start]


def _before(told: Told, plan: Plan) -> list[Record]:
    before = told.started - timedelta(seconds=2)
    if plan.via:
        asked = {"AuthType": "Credentials", "Protocol": "RDP", "ConnectionType": "SessionManager", "InstanceId": told.node.id}
        answered = {
            "ConnectionArn": f"arn:aws:ssm-guiconnect:{told.node.region}:{told.node.account}:connection/{uuid('connection', told.key)}",
            "ConnectionKey": uuid("key", told.key),
            "ClientToken": uuid("token", told.key),
            "requestId": uuid("gui", told.key),
        }
        return [record(told.person, told.node.place, before, "ssm-guiconnect:StartConnection", asked, answered, seed=told.key)]
    return _access_request(told, PEOPLE[plan.approver]) if plan.jit else []


def _access_request(told: Told, approver: Person) -> list[Record]:
    ident = "oi-" + draw(HEX, 12, "access", told.key)
    asked = {"reason": told.reason, "targets": [{"key": "InstanceIds", "values": [told.node.id]}]}
    credentials = {
        "accessKeyId": "ASIA" + draw(UPPER, 16, "jit", told.key),
        "secretAccessKey": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "expirationTime": f"{told.started + timedelta(hours=1):%b %-d, %Y, %-I:%M:%S %p}",
    }
    ben, place = PEOPLE["ben"], told.node.place
    signal = {"automationExecutionId": uuid("approval", told.key), "signalType": "Approve", "payload": {"Comment": ["ok"]}}
    return [
        record(ben, place, told.started - timedelta(minutes=9), "ssm:StartAccessRequest", asked, {"accessRequestId": ident}, seed=told.key),
        record(approver, place, told.started - timedelta(minutes=4), "ssm:SendAutomationSignal", signal, {}, seed=told.key),
        record(
            ben,
            place,
            told.started - timedelta(seconds=20),
            "ssm:GetAccessToken",
            {"accessRequestId": ident},
            {"accessRequestStatus": "Approved", "credentials": credentials},
            seed=told.key,
        ),
    ]


def _channel(told: Told) -> dict[str, str]:
    token = draw(MIXED, 84, "stream", told.key)
    url = f"wss://ssmmessages.{told.node.region}.amazonaws.com/v1/data-channel/{told.id}?role=publish_subscribe&cell-number={token}"
    return {"sessionId": told.id, "tokenValue": HIDDEN, "streamUrl": url}


def _refused(told: Told) -> Record:
    arn = arn_of(told.person, told.node.account)
    if told.error == "TargetNotConnected":
        message, asked = f"{told.node.id} is not connected.", {"target": told.node.id}
    else:
        what = (
            told.node.arn
            if not told.document or told.document == RUN_SHELL
            else f"arn:aws:ssm:{told.node.region}::document/{told.document}"
        )
        message = f"User: {arn} is not authorized to perform: ssm:StartSession on resource: {what} because no identity-based policy allows the ssm:StartSession action"
        asked = None
    return record(told.person, told.node.place, told.started, "ssm:StartSession", asked, None, seed=told.key, error=(told.error, message))


def _execute_command(told: Told) -> Record:
    _, cluster_task = told.node.id.split(":", 1)
    cluster, task, _runtime = cluster_task.split("_")
    arn = f"arn:aws:ecs:{told.node.region}:{told.node.account}"
    asked = {"cluster": cluster, "task": task, "container": "app", "command": "/bin/sh", "interactive": True}
    answered = {
        "clusterArn": f"{arn}:cluster/{cluster}",
        "containerArn": f"{arn}:container/{cluster}/{task}/{uuid('container', told.key)}",
        "containerName": "app",
        "interactive": True,
        "session": {"sessionId": told.id, "streamUrl": _channel(told)["streamUrl"], "tokenValue": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        "taskArn": f"{arn}:task/{cluster}/{task}",
    }
    return record(told.person, told.node.place, told.started, "ecs:ExecuteCommand", asked, answered, seed=told.key)


def resumed(told: Told, ip: str) -> Record:
    """ResumeSession, from elsewhere."""
    at = told.started + timedelta(minutes=6)
    return record(told.person, told.node.place, at, "ssm:ResumeSession", {"sessionId": told.id}, _channel(told), seed=told.key, ip=ip)


def terminated(told: Told, by: Person, at: datetime) -> Record:
    """TerminateSession, which few sessions have."""
    return record(by, told.node.place, at, "ssm:TerminateSession", {"sessionId": told.id}, {"sessionId": told.id}, seed=told.key)


def node_call(person: Person, node: Node, at: datetime, name: str) -> Record:
    """StopInstances or StartInstances on one node."""
    was, now = ("running", "stopping") if name == "StopInstances" else ("stopped", "pending")
    item = {"instanceId": node.id, "currentState": {"code": 64, "name": now}, "previousState": {"code": 16, "name": was}}
    asked = {"instancesSet": {"items": [{"instanceId": node.id}]}, "force": False}
    return record(
        person,
        node.place,
        at,
        f"ec2:{name}",
        asked,
        {"requestId": uuid("ec2", node.id, name), "instancesSet": {"items": [item]}},
        seed=node.key,
    )
