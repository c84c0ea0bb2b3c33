"""The places that logs go to: a bucket's and a log group's own settings, and whether the latest logs are in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from bot.core.coverage import ARRIVES
from bot.core.doctor.facts import Arrival, Bucket, Group, Key
from bot.core.documents import DEFAULT_SHELL
from bot.core.model import Kind
from bot.core.plan_preferences import Inputs
from bot.core.records import mapping
from queries.estate.look import Look, missing
from queries.transcripts import key_of

LATELY = timedelta(days=1)
MOST = 5  # ended sessions whose logs are looked for
NO_BUCKET = ("404", "NoSuchBucket", "NotFound")


def bucket(look: Look, name: str, prefix: str = "") -> Bucket | None:
    """The bucket by its settings; one that does not exist says so. `prefix` is where the logs lie in it."""
    try:
        head = look.call("s3", "head_bucket", Bucket=name)
    except ClientError as error:
        if missing(error, *NO_BUCKET):
            return Bucket(name, exists=False)
        raise
    rule = _encryption(look, name)
    return Bucket(
        name,
        region=_region(look, name, head),
        algorithm=str(rule.get("SSEAlgorithm") or ""),
        key=str(rule.get("KMSMasterKeyID") or ""),
        blocked=_blocked(look, name),
        versioned=look.call("s3", "get_bucket_versioning", Bucket=name).get("Status") == "Enabled",
        locked=_locked(look, name),
        expires=_expires(look, name, prefix),
        policy=_policy(look, name),
    )


def _region(look: Look, name: str, head: Mapping[str, Any]) -> str:
    """HeadBucket tells it; where it does not, GetBucketLocation, which calls us-east-1 nothing."""
    return str(head.get("BucketRegion") or look.call("s3", "get_bucket_location", Bucket=name).get("LocationConstraint") or "us-east-1")


def _asked(look: Look, operation: str, name: str, *absent: str) -> Mapping[str, Any]:
    """A setting of the bucket; empty where it was never set."""
    try:
        return look.call("s3", operation, Bucket=name)
    except ClientError as error:
        if missing(error, *absent):
            return {}
        raise


def _encryption(look: Look, name: str) -> Mapping[str, Any]:
    found = _asked(look, "get_bucket_encryption", name, "ServerSideEncryptionConfigurationNotFoundError")
    rules = mapping(found.get("ServerSideEncryptionConfiguration")).get("Rules") or [{}]
    return mapping(rules[0].get("ApplyServerSideEncryptionByDefault"))


def _blocked(look: Look, name: str) -> bool:
    found = mapping(
        _asked(look, "get_public_access_block", name, "NoSuchPublicAccessBlockConfiguration").get("PublicAccessBlockConfiguration")
    )
    return len(found) == 4 and all(found.values())


def _locked(look: Look, name: str) -> bool:
    found = _asked(look, "get_object_lock_configuration", name, "ObjectLockConfigurationNotFoundError")
    return bool(mapping(mapping(found.get("ObjectLockConfiguration")).get("Rule")).get("DefaultRetention"))


def _expires(look: Look, name: str, prefix: str) -> int | None:
    """Days after which a rule that reaches the logs removes them."""
    rules = _asked(look, "get_bucket_lifecycle_configuration", name, "NoSuchLifecycleConfiguration").get("Rules") or ()
    reaching = [rule for rule in rules if rule.get("Status") == "Enabled" and _overlap(_prefix(rule), prefix.strip("/"))]
    days = [mapping(rule.get("Expiration")).get("Days") for rule in reaching]
    return min((int(each) for each in days if each), default=None)


def _prefix(rule: Mapping[str, Any]) -> str:
    """What a rule is about; a rule by tags or sizes alone counts as one about everything."""
    narrowed = mapping(rule.get("Filter"))
    return str(rule.get("Prefix") or narrowed.get("Prefix") or mapping(narrowed.get("And")).get("Prefix") or "")


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one.rstrip("/"))


def _policy(look: Look, name: str) -> Mapping[str, Any] | None:
    found = _asked(look, "get_bucket_policy", name, "NoSuchBucketPolicy")
    try:
        return mapping(json.loads(found["Policy"])) if found.get("Policy") else None
    except ValueError:
        return {}


def group(look: Look, name: str) -> Group:
    """The log group by its settings; one that does not exist says so. DescribeLogGroups knows prefixes only."""
    for item in look.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name):
        if item.get("logGroupName") == name:
            days = item.get("retentionInDays")
            return Group(
                name, True, str(item.get("logGroupClass") or "STANDARD"), int(days) if days else None, str(item.get("kmsKeyId") or "")
            )
    return Group(name, exists=False)


def key(look: Look, name: str) -> Key:
    """A KMS key by what its metadata says; an empty state where there is no such key."""
    try:
        found = mapping(look.call("kms", "describe_key", KeyId=name).get("KeyMetadata"))
    except ClientError as error:
        if missing(error, "NotFoundException"):
            return Key(name)
        raise
    return Key(name, str(found.get("KeyState") or ""))


def arrivals(look: Look, inputs: Inputs, now: datetime) -> tuple[Arrival, ...]:
    """The latest shells that ended, and whether their logs are there. What ended minutes ago may still be on its way."""
    since = [{"key": "InvokedAfter", "value": f"{now - LATELY:%Y-%m-%dT%H:%M:%SZ}"}]
    ended = [
        (item["EndDate"], str(item["SessionId"]))
        for item in look.pages("ssm", "describe_sessions", "Sessions", State="History", Filters=since)
        if item.get("EndDate") and item["EndDate"] < now - ARRIVES and str(item.get("DocumentName") or DEFAULT_SHELL) == DEFAULT_SHELL
    ]
    return tuple(_arrived(look, inputs, name, at) for at, name in sorted(ended, reverse=True)[:MOST])


def _arrived(look: Look, inputs: Inputs, session: str, ended: datetime) -> Arrival:
    return Arrival(
        session,
        Kind.SHELL,
        ended,
        _in_bucket(look, inputs.bucket, key_of(inputs.prefix, session)) if inputs.bucket else None,
        _in_group(look, inputs.group, session) if inputs.group else None,
    )


def _in_bucket(look: Look, name: str, path: str) -> bool:
    try:
        look.call("s3", "head_object", Bucket=name, Key=path)
    except ClientError as error:
        if missing(error, "NoSuchKey", *NO_BUCKET):
            return False
        raise
    return True


def _in_group(look: Look, name: str, session: str) -> bool:
    try:
        found = look.call("logs", "describe_log_streams", logGroupName=name, logStreamNamePrefix=session, limit=1)
    except ClientError as error:
        if missing(error, "ResourceNotFoundException"):
            return False
        raise
    return any(item.get("logStreamName") == session for item in found.get("logStreams") or ())
