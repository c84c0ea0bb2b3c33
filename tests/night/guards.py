"""What else CloudTrail saw: calls that touch what guards the sessions, look-alikes, and the noise of any account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.night.documents import DATA_GROUP, DB_TUNNEL, PLACES, PROD_GROUP, RUN_SHELL
from tests.night.nodes import DATA, EU, NODES, PROD, US
from tests.night.people import PEOPLE
from tests.night.plan import WEAKENED, span
from tests.night.seeds import number, uuid
from tests.night.trail import Record, node_call, record

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def guards(now: datetime, deleted: str) -> Iterator[Record]:
    """Tampering with preferences and log stores, and other ways on to a node; `deleted` is the log stream that somebody removed."""
    yield from _preferences(now)
    prod, data = (PROD, EU), (DATA, US)
    stopped = NODES["orders-api-2"]
    yield node_call(PEOPLE["gil"], stopped, now - span("5h13m"), "StopInstances")
    yield node_call(PEOPLE["omar"], stopped, now - span("5h2m"), "StartInstances")
    yield record(PEOPLE["dana"], data, now - span("1d8h20m"), "logs:DeleteLogStream", {"logGroupName": DATA_GROUP, "logStreamName": deleted})
    yield record(PEOPLE["legacy"], prod, now - span("1d4h"), "logs:PutRetentionPolicy", {"logGroupName": PROD_GROUP, "retentionInDays": 1})
    yield record(PEOPLE["ben"], (PROD, US), now - span("3d4h1m"), "ec2-instance-connect:SendSSHPublicKey", _key(), {"success": True})
    yield record(PEOPLE["gil"], prod, now - span("3h2m"), "ssm:SendCommand", *_command("gil"))
    yield record(PEOPLE["ana"], prod, now - span("5d8h"), "ssm:CreateDocument", *_created(now - span("5d8h")))
    asked = {"workGroup": "primary", "engineConfiguration": {"maxConcurrentDpus": 20}, "notebookVersion": "Athena notebook version 1"}
    answered = {"sessionId": uuid("athena"), "state": "CREATING"}
    yield record(PEOPLE["dana"], data, now - span("2d6h"), "athena:StartSession", asked, answered)


def _preferences(now: datetime) -> Iterator[Record]:
    for who, when, version in (("legacy", WEAKENED[0], "4"), ("omar", WEAKENED[1], "5")):
        at, person = now - when, PEOPLE[who]
        asked = {"name": RUN_SHELL, "content": HIDDEN, "documentVersion": "$LATEST", "documentFormat": "JSON"}
        described = {"documentDescription": _description(RUN_SHELL, version, at)}
        yield record(person, (PROD, EU), at, "ssm:UpdateDocument", asked, described, seed=version)
        default = {"name": RUN_SHELL, "documentVersion": version}
        answered = {"description": {"name": RUN_SHELL, "defaultVersion": version}}
        yield record(person, (PROD, EU), at + timedelta(seconds=4), "ssm:UpdateDocumentDefaultVersion", default, answered, seed=version)


def _description(name: str, version: str, at: datetime) -> dict[str, object]:
    return {
        "name": name,
        "owner": PROD,
        "documentType": "Session",
        "documentVersion": version,
        "latestVersion": version,
        "defaultVersion": "1",
        "documentFormat": "JSON",
        "schemaVersion": "1.0",
        "status": "Updating",
        "hashType": "Sha256",
        "createdDate": f"{at:%b %-d, %Y, %-I:%M:%S %p}",
        "platformTypes": ["Windows", "Linux", "MacOS"],
        "tags": [],
    }


def _created(at: datetime) -> tuple[object, object]:
    asked = {"name": DB_TUNNEL, "content": HIDDEN, "documentType": "Session", "documentFormat": "JSON"}
    return asked, {"documentDescription": _description(DB_TUNNEL, "1", at) | {"status": "Creating"}}


def _key() -> dict[str, str]:
    return {"instanceId": NODES["edge-us-1"].id, "instanceOSUser": "ubuntu", "sSHPublicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExample"}


def _command(seed: str) -> tuple[object, object]:
    ids = [NODES["orders-api-1"].id, NODES["orders-api-2"].id]
    asked = {"documentName": "AWS-RunShellScript", "instanceIds": ids, "interactive": False, "parameters": HIDDEN}
    command = {"commandId": uuid("command", seed), "documentName": "AWS-RunShellScript", "documentVersion": "$DEFAULT", "instanceIds": ids, "parameters": HIDDEN}
    return asked, {"command": command | {"status": "Pending", "targetCount": len(ids), "comment": "", "timeoutSeconds": 3600}}


NOISE = (
    ("ec2:DescribeInstances", {"maxResults": 50, "instancesSet": {}, "filterSet": {}}, None, False),
    ("kms:Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": {"aws:ssmmessages:session-id": "…"}}, None, False),
    ("ssm:DescribeInstanceInformation", {"maxResults": 50}, None, False),
    ("ssm:DescribeSessions", {"state": "Active"}, None, False),
    ("ssm:GetConnectionStatus", {"target": NODES["orders-api-1"].id}, None, False),
    ("ssm:GetParameter", {"name": "/acme/orders/flags", "withDecryption": False}, None, False),
    ("ssm:UpdateInstanceInformation", {"instanceId": NODES["orders-api-1"].id, "agentVersion": "3.3.2958.0"}, None, True),
    ("s3:GetBucketAcl", {"bucketName": "acme-trail-111122223333", "Host": "acme-trail-111122223333.s3.amazonaws.com", "acl": ""}, None, False),
    ("sts:GetCallerIdentity", None, None, False),
    ("logs:DescribeLogGroups", {"limit": 50}, None, False),
    ("iam:GetRole", {"roleName": "orders-api-node"}, None, False),
    ("rds:DescribeDBInstances", None, None, False),
    ("secretsmanager:GetSecretValue", {"secretId": "acme/orders/db"}, None, False),
    ("elasticloadbalancing:DescribeTargetHealth", {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/6d0ecf831eec9f09"}, None, False),
)
CALLERS = ("ci", "box", "ana", "ben", "legacy")


def noise(now: datetime, count: int = 420) -> Iterator[Record]:
    """Everyday calls over the week."""
    for n in range(count):
        call, asked, answered, write = NOISE[n % len(NOISE)]
        seed = f"noise-{n}"
        place = PLACES[number(len(PLACES), seed, "place")]
        who = PEOPLE[CALLERS[number(len(CALLERS), seed, "who")]]
        at = now - timedelta(minutes=20, seconds=number(7 * 86400 - 3600, seed, "at"))
        yield record(who, place, at, call, asked, answered, write=write, seed=seed)
