"""What else CloudTrail saw: calls that touch what guards the sessions, look-alikes, and the noise of any account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.night.documents import BUCKET, DATA_GROUP, DB_TUNNEL, PLACES, PROD_GROUP, QUIET_SHELL, RUN_SHELL
from tests.night.nodes import DATA, EU, NODES, PROD, STAGING, US
from tests.night.people import PEOPLE, arn_of
from tests.night.pictures import span
from tests.night.plan import WEAKENED
from tests.night.seeds import number, uuid
from tests.night.trail import Record, node_call, record

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
BOX = NODES["orders-api-1"].id
TARGETS = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/6d0ecf831eec9f09"


def before(now: datetime, words: str) -> datetime:
    """That long before now, and some seconds."""
    return now - span(words) - timedelta(seconds=number(50, words))


def guards(now: datetime, deleted: str) -> Iterator[Record]:
    """Tampering with preferences and log stores, and other ways on to a node; `deleted` is the log stream that somebody removed."""
    yield from _preferences(now)
    prod, data = (PROD, EU), (DATA, US)
    stopped = NODES["orders-api-2"]
    yield node_call(PEOPLE["gil"], stopped, before(now, "5h13m"), "StopInstances")
    yield node_call(PEOPLE["omar"], stopped, before(now, "5h2m"), "StartInstances")
    yield record(
        PEOPLE["dana"], data, before(now, "1d8h20m"), "logs:DeleteLogStream", {"logGroupName": DATA_GROUP, "logStreamName": deleted}
    )
    yield record(PEOPLE["legacy"], prod, before(now, "1d4h"), "logs:PutRetentionPolicy", {"logGroupName": PROD_GROUP, "retentionInDays": 1})
    yield record(PEOPLE["ben"], (PROD, US), before(now, "3d4h1m"), "ec2-instance-connect:SendSSHPublicKey", _key(), {"success": True})
    yield record(PEOPLE["gil"], prod, before(now, "3h2m"), "ssm:SendCommand", *_command("gil"))
    yield from _weakening(now)
    yield record(PEOPLE["ana"], prod, before(now, "5d8h"), "ssm:CreateDocument", *_created(before(now, "5d8h")))
    asked = {"workGroup": "primary", "engineConfiguration": {"maxConcurrentDpus": 20}, "notebookVersion": "Athena notebook version 1"}
    answered = {"sessionId": uuid("athena"), "state": "CREATING"}
    yield record(PEOPLE["dana"], data, before(now, "2d6h"), "athena:StartSession", asked, answered)


def _weakening(now: datetime) -> Iterator[Record]:
    prod, arn = (PROD, EU), f"arn:aws:cloudtrail:{EU}:{PROD}:trail/acme-trail"
    refused = (
        "AccessDenied",
        f"User: {arn_of(PEOPLE['legacy'], PROD)} is not authorized to perform: cloudtrail:StopLogging on resource: {arn}",
    )
    yield record(PEOPLE["legacy"], prod, before(now, "1d3h50m"), "cloudtrail:StopLogging", error=refused)
    shared = {"name": QUIET_SHELL, "permissionType": "Share", "accountIdsToAdd": [STAGING], "accountIdsToRemove": []}
    yield record(PEOPLE["legacy"], prod, before(now, "1d2h30m"), "ssm:ModifyDocumentPermission", shared)
    yield record(
        PEOPLE["gil"], prod, before(now, "3h58m"), "ssm-guiconnect:DeleteConnectionRecordingPreferences", {"ClientToken": uuid("gui-off")}
    )
    yield record(PEOPLE["gil"], prod, before(now, "4h12m"), "ssm:DescribeInstanceInformation", {"maxResults": 50}, write=False)
    yield record(PEOPLE["dana"], (DATA, US), before(now, "3d13h20m"), "ec2:RunInstances", *_launched())
    serial = {
        "instanceId": NODES["edge-us-1"].id,
        "serialPort": 0,
        "sSHPublicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExample",
    }
    yield record(
        PEOPLE["omar"], (PROD, US), before(now, "5d20h30m"), "ec2-instance-connect:SendSerialConsoleSSHPublicKey", serial, {"success": True}
    )


def _launched() -> tuple[object, object]:
    asked = {"instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1, "maxCount": 1}]}, "instanceType": "t3.medium"}
    state = {"code": 0, "name": "pending"}
    return asked, {
        "instancesSet": {
            "items": [{"instanceId": NODES["scratch"].id, "instanceState": state, "privateIpAddress": NODES["scratch"].address}]
        }
    }


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
    return {
        "instanceId": NODES["edge-us-1"].id,
        "instanceOSUser": "ubuntu",
        "sSHPublicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExample",
    }


def _command(seed: str) -> tuple[object, object]:
    ids = [NODES["orders-api-1"].id, NODES["orders-api-2"].id]
    asked = {"documentName": "AWS-RunShellScript", "instanceIds": ids, "interactive": False, "parameters": HIDDEN}
    command = {
        "commandId": uuid("command", seed),
        "documentName": "AWS-RunShellScript",
        "documentVersion": "$DEFAULT",
        "instanceIds": ids,
        "parameters": HIDDEN,
    }
    return asked, {"command": command | {"status": "Pending", "targetCount": len(ids), "comment": "", "timeoutSeconds": 3600}}


NOISE = (
    ("ci", "ec2:DescribeInstances", {"maxResults": 50, "instancesSet": {}, "filterSet": {}}, False),
    ("box", "kms:Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": {"aws:ssmmessages:target-id": BOX}}, False),
    ("ana", "ssm:DescribeInstanceInformation", {"maxResults": 50}, False),
    ("rhea", "ssm:DescribeSessions", {"state": "Active"}, False),
    ("ben", "ssm:GetConnectionStatus", {"target": BOX}, False),
    ("ci", "ssm:GetParameter", {"name": "/acme/orders/flags", "withDecryption": False}, False),
    ("box", "ssm:UpdateInstanceInformation", {"instanceId": BOX, "agentVersion": "3.3.2958.0", "platformType": "Linux"}, True),
    ("rhea", "s3:GetBucketAcl", {"bucketName": BUCKET, "Host": f"{BUCKET}.s3.eu-west-1.amazonaws.com", "acl": ""}, False),
    ("ci", "sts:GetCallerIdentity", None, False),
    ("omar", "logs:DescribeLogGroups", {"limit": 50}, False),
    ("legacy", "iam:GetRole", {"roleName": "orders-api-node"}, False),
    ("dana", "rds:DescribeDBInstances", None, False),
    ("box", "secretsmanager:GetSecretValue", {"secretId": "acme/orders/db"}, False),
    ("ci", "elasticloadbalancing:DescribeTargetHealth", {"targetGroupArn": TARGETS}, False),
    ("ci", "ssm:ListCommands", {"maxResults": 10}, False),
)


def noise(now: datetime, count: int = 420) -> Iterator[Record]:
    """Everyday calls over the week."""
    for n in range(count):
        who, call, asked, write = NOISE[n % len(NOISE)]
        seed = f"noise-{n}"
        place = (PROD, EU) if who == "box" else PLACES[number(len(PLACES), seed, "place")]
        at = now - timedelta(minutes=10, seconds=number(7 * 86400 - 3600, seed, "at"))
        yield record(PEOPLE[who], place, at, call, asked, write=write, seed=seed)
