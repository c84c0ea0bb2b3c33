"""Made-up exports for the archive's tests: a CloudTrail record, a file of them, a plain-Python oracle of the questions."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 22, tzinfo=UTC)
ACCOUNT, REGION = "111122223333", "eu-central-1"
PEOPLE = ("ana", "ben", "eve")
SUFFIX = "ilpxvkhghl9vs9ia2xfdyp4d"


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def arn(who, account=ACCOUNT):
    return f"arn:aws:sts::{account}:assumed-role/Dev/{who}"


def sid(who, number):
    return f"{who}-{SUFFIX}{number:02d}"


def record(
    name="StartSession",
    source="ssm.amazonaws.com",
    *,
    number=0,
    who="ana",
    at=NOW,
    request=None,
    response=None,
    account=ACCOUNT,
    region=REGION,
    **others,
):
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "principalId": f"AROA:{who}", "arn": arn(who, account), "accountId": account}
        | ({"invokedBy": others.pop("invoked")} if "invoked" in others else {})
        | {"sessionContext": {"sessionIssuer": {"arn": "x"}, "attributes": {"mfaAuthenticated": "true", "creationDate": stamp(at)}}},
        "eventTime": stamp(at),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": others.pop("ip", "192.0.2.7"),
        "userAgent": "aws-cli/2",
        "requestParameters": request,
        "responseElements": response,
        "requestID": f"r-{number}",
        "eventID": f"e-{number:06d}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "recipientAccountId": account,
        "eventCategory": "Management",
    } | others


def started(number, who="ana", at=NOW, target="i-0abc1234def567890", document=None, parameters=None, **others):
    request = {"target": target} | ({"documentName": document} if document else {}) | ({"parameters": parameters} if parameters else {})
    return record(number=number, who=who, at=at, request=request, response={"sessionId": sid(who, number)}, **others)


def other(number, at=NOW):
    return record(
        "DescribeInstances", "ec2.amazonaws.com", number=number, at=at, request={"a": ['{"eventVersion":', '"eventName":"StartSession"']}
    )


def body(records, **layout):
    return json.dumps({"Records": records}, **({"separators": (",", ":")} | layout)).encode()


def trail(folder, records, name="one", day=None, account=ACCOUNT, region=REGION, prefix="AWSLogs"):
    """A CloudTrail file where `aws s3 sync` would put it."""
    day = day or (NOW + timedelta(minutes=5)).strftime("%Y/%m/%d")
    path = folder / prefix / account / "CloudTrail" / region / day / f"{name}.json.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body(records)))
    return path
