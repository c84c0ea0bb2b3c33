"""Steps that make and mend the places for logs: bucket, log group. Each only adds or narrows; none takes a log away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.doctor.facts import Bucket, Group
from bot.core.grants import equal, merged
from bot.core.plan import Step, pretty

DAYS = 90  # the shortest that logs should be kept: PCI DSS 4.0, 10.5.1, has the latest three months at hand (and twelve kept)
BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def create_bucket(name: str, region: str, *, versions: bool = True) -> tuple[Step, ...]:
    """A new bucket, encrypted, closed to the public, with versions if they are wanted. us-east-1 takes no LocationConstraint."""
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    back = Step("s3", "delete_bucket", {"Bucket": name}, "remove the bucket (AWS refuses while anything lies in it)", region=region)
    made = Step(
        "s3", "create_bucket", {"Bucket": name, **where}, f"make the bucket {name}", "", f"s3://{name} in {region}", region, (back,)
    )
    kept = version_bucket(name, region) if versions else ()
    return made, *encrypt_bucket(name, region), *block_public(name, region), *kept


def encrypt_bucket(name: str, region: str) -> tuple[Step, ...]:
    """Default encryption with S3's own keys."""
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    back = Step("s3", "delete_bucket_encryption", {"Bucket": name}, "stop encrypting by default", region=region)
    parameters = {"Bucket": name, "ServerSideEncryptionConfiguration": rules}
    return (
        Step(
            "s3", "put_bucket_encryption", parameters, f"encrypt {name} by default", "not encrypted by default", "AES256", region, (back,)
        ),
    )


def block_public(name: str, region: str) -> tuple[Step, ...]:
    """All four settings of Block Public Access. There is no way back but by hand: opening logs to the public undoes nothing useful."""
    parameters = {"Bucket": name, "PublicAccessBlockConfiguration": BLOCKED}
    return (
        Step(
            "s3",
            "put_public_access_block",
            parameters,
            f"block public access to {name}",
            "public access not blocked",
            "public access blocked",
            region,
        ),
    )


def version_bucket(name: str, region: str) -> tuple[Step, ...]:
    """Versions kept; the way back suspends them."""
    back = Step(
        "s3",
        "put_bucket_versioning",
        {"Bucket": name, "VersioningConfiguration": {"Status": "Suspended"}},
        "keep no more versions",
        region=region,
    )
    parameters = {"Bucket": name, "VersioningConfiguration": {"Status": "Enabled"}}
    return (Step("s3", "put_bucket_versioning", parameters, f"keep versions in {name}", "no versions", "versions", region, (back,)),)


def bucket_policy(bucket: Bucket, wanted: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The wanted statements merged into the bucket's policy; no step if they are there. Raises grants.Unparsed."""
    after = merged(bucket.policy, wanted)
    if bucket.policy is not None and equal(bucket.policy, after):
        return ()
    before = pretty(bucket.policy) if bucket.policy else ""
    old = {"Bucket": bucket.name, "Policy": json.dumps(bucket.policy)} if bucket.policy else {"Bucket": bucket.name}
    back = Step(
        "s3", "put_bucket_policy" if bucket.policy else "delete_bucket_policy", old, "bring the former policy back", region=bucket.region
    )
    parameters = {"Bucket": bucket.name, "Policy": json.dumps(after)}
    return (
        Step("s3", "put_bucket_policy", parameters, f"add to the policy of {bucket.name}", before, pretty(after), bucket.region, (back,)),
    )


def create_group(name: str, region: str, key: str = "", days: int | None = None) -> tuple[Step, ...]:
    """A log group of class Standard. The way back leaves it: removing it would remove logs."""
    parameters = {"logGroupName": name, "logGroupClass": "STANDARD"} | ({"kmsKeyId": key} if key else {})
    made = Step(
        "logs",
        "create_log_group",
        parameters,
        f"make the log group {name} (undoing leaves it: its logs would go with it)",
        "",
        name,
        region,
    )
    return made, *(keep_group(Group(name), days, region) if days else ())


def keep_group(group: Group, days: int, region: str) -> tuple[Step, ...]:
    """Retention in days. CloudWatch takes certain numbers only (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, …)."""
    if group.retention == days:
        return ()
    named = {"logGroupName": group.name}
    undo = (
        ("put_retention_policy", {**named, "retentionInDays": group.retention}) if group.retention else ("delete_retention_policy", named)
    )
    back = Step("logs", undo[0], undo[1], "bring the former retention back", region=region)
    before = f"kept {group.retention} days" if group.retention else "kept for ever"
    about = f"keep logs of {group.name} for {days} days"
    return (Step("logs", "put_retention_policy", {**named, "retentionInDays": days}, about, before, f"kept {days} days", region, (back,)),)


def key_group(group: Group, key: str, region: str) -> tuple[Step, ...]:
    """The log group's KMS key. Its policy must let logs.<region>.amazonaws.com use it."""
    if group.key == key:
        return ()
    named = {"logGroupName": group.name}
    undo = ("associate_kms_key", {**named, "kmsKeyId": group.key}) if group.key else ("disassociate_kms_key", named)
    back = Step("logs", undo[0], undo[1], "bring the former key back", region=region)
    about = f"encrypt {group.name} with the key"
    return (Step("logs", "associate_kms_key", {**named, "kmsKeyId": key}, about, group.key or "no key", key, region, (back,)),)
