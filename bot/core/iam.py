"""The least-privilege IAM policy of what is configured: read-only, one statement a need.

Which actions take a resource and which only `*` follows the Service Authorization Reference. StartSession is never granted, nor
GetAccessToken: it hands out live credentials. Ending a session belongs to a role of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.core.doctor.rights import doctor_statements

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """What one account's role must reach. Empty fields grant nothing. Buckets are names; `trail` is `bucket/prefix` of CloudTrail's."""

    account: str
    regions: tuple[str, ...]
    log_groups: tuple[str, ...] = ()
    bucket: str = ""
    prefix: str = ""
    database: str = ""
    table: str = ""
    workgroup: str = "primary"
    output: str = ""
    trail: str = ""
    roles: tuple[str, ...] = ()
    tags: bool = False  # owners are found by a tag of their IAM user
    doctor: bool = False


def policy(grant: Grant) -> dict[str, Any]:
    """The policy document for a role that reads as `grant` says."""
    statements = [*_sessions(grant), *_logs(grant), *_transcripts(grant), *_athena(grant), *_roles(grant), *_tags(grant)]
    statements += doctor_statements() if grant.doctor else []
    return {"Version": "2012-10-17", "Statement": statements}


def terminator(account: str, regions: Iterable[str]) -> dict[str, Any]:
    """The policy of the separate role that may end sessions, and do nothing else."""
    arns = [f"arn:aws:ssm:{region}:{account or '*'}:session/*" for region in regions]
    acts = [
        _allow("EndSessions", ["ssm:TerminateSession"], arns),
        _allow("SeeThatTheyEnded", ["ssm:DescribeSessions"], ["*"]),
    ]
    return {"Version": "2012-10-17", "Statement": acts}


def _allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": sorted(resources)}


def _arns(grant: Grant, service: str, resource: str) -> list[str]:
    return [f"arn:aws:{service}:{region}:{grant.account or '*'}:{resource}" for region in grant.regions or ("*",)]


def _sessions(grant: Grant) -> list[Statement]:
    listing = ["ssm:DescribeSessions", "ssm:DescribeInstanceInformation", "ssm:ListDocuments", "ec2:DescribeInstances"]
    aws_owned = [f"arn:aws:ssm:{region}::document/AWS-*" for region in grant.regions or ("*",)]
    return [
        _allow("ListSessionsAndNodes", listing, ["*"]),
        _allow("ReadSessionDocuments", ["ssm:GetDocument", "ssm:ListDocumentVersions"], [*_arns(grant, "ssm", "document/*"), *aws_owned]),
    ]


def _logs(grant: Grant) -> list[Statement]:
    """Where no group is configured the session documents name one, so that none can be named here."""
    groups = [arn for group in grant.log_groups or ("*",) for arn in _arns(grant, "logs", f"log-group:{group}")]
    return [
        _allow("AskLogsInsights", ["logs:StartQuery", "logs:GetQueryResults"], [*groups, *(f"{arn}:*" for arn in groups)]),
        _allow("ReadSessionStreams", ["logs:GetLogEvents"], [f"{arn}:log-stream:*" for arn in groups]),
        _allow("StopQueries", ["logs:StopQuery"], ["*"]),
    ]


def _transcripts(grant: Grant) -> list[Statement]:
    return _bucket("Transcripts", grant.bucket, grant.prefix) if grant.bucket else []


def _bucket(sid: str, bucket: str, prefix: str) -> list[Statement]:
    path = f"{prefix.strip('/')}/*" if prefix.strip("/") else "*"
    listing = _allow(f"List{sid}", ["s3:ListBucket"], [f"arn:aws:s3:::{bucket}"])
    if path != "*":
        listing["Condition"] = {"StringLike": {"s3:prefix": [path]}}
    return [listing, _allow(f"Read{sid}", ["s3:GetObject"], [f"arn:aws:s3:::{bucket}/{path}"])]


def _athena(grant: Grant) -> list[Statement]:
    if not grant.table:
        return []
    asks = [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StopQueryExecution",
        "athena:GetWorkGroup",
    ]
    catalog = ["catalog", f"database/{grant.database}", f"table/{grant.database}/{grant.table}"]
    reads = [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetPartition",
        "glue:GetPartitions",
    ]  # Athena reads partitions with the caller's rights
    tables = [arn for part in catalog for arn in _arns(grant, "glue", part)]
    return [
        _allow("AskAthena", asks, _arns(grant, "athena", f"workgroup/{grant.workgroup}")),
        _allow("ReadTableDefinition", reads, tables),
        *(_bucket("Trail", *_parts(grant.trail)) if grant.trail else []),
        *(_results(*_parts(grant.output)) if grant.output else []),
    ]


def _results(bucket: str, prefix: str) -> list[Statement]:
    path = f"{prefix.strip('/')}/*" if prefix.strip("/") else "*"
    return [
        _allow("FindResultBucket", ["s3:GetBucketLocation", "s3:ListBucket"], [f"arn:aws:s3:::{bucket}"]),
        _allow("KeepResults", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], [f"arn:aws:s3:::{bucket}/{path}"]),
    ]


def _parts(place: str) -> tuple[str, str]:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    return bucket, prefix


def _tags(grant: Grant) -> list[Statement]:
    return [_allow("ReadOwnersTags", ["iam:ListUserTags"], [f"arn:aws:iam::{grant.account or '*'}:user/*"])] if grant.tags else []


def _roles(grant: Grant) -> list[Statement]:
    return [_allow("AssumeScopeRoles", ["sts:AssumeRole"], list(grant.roles))] if grant.roles else []
