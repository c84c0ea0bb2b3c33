"""The wanted state of session logging as CloudFormation and Terraform. Both make what is wanted whole; what exists must be imported first."""

from __future__ import annotations

import json
from typing import Any

from bot.core.documents import DEFAULT_SHELL
from bot.core.hcl import Reference, block, joined
from bot.core.plan_logging import Wanted, bucket_statements, node_policy, preferred
from bot.core.plan_places import BLOCKED
from bot.core.plan_preferences import HEAD, NEW

IMPORT = (
    "Session Manager's preferences are one document a Region. Where they were saved before, import the document "
    "(and a bucket or log group that exists) before this is applied."
)


def content(wanted: Wanted) -> dict[str, Any]:
    """The preferences document."""
    return {**HEAD, "inputs": {**NEW, **preferred(wanted)}}


def cloudformation(wanted: Wanted) -> dict[str, Any]:
    """A template. UpdateMethod NewVersion, since the default replaces a document of a fixed name, which fails."""
    resources: dict[str, Any] = {}
    if wanted.bucket:
        resources |= _bucket(wanted)
    if wanted.group:
        properties: dict[str, Any] = {"LogGroupName": wanted.group, "LogGroupClass": "STANDARD"}
        properties |= {"RetentionInDays": wanted.retention} if wanted.retention else {}
        properties |= {"KmsKeyId": wanted.group_key} if wanted.group_key else {}
        resources["SessionLogGroup"] = _kept("AWS::Logs::LogGroup", properties)
    resources["Preferences"] = {
        "Type": "AWS::SSM::Document",
        **({"DependsOn": sorted(resources)} if resources else {}),
        "Properties": {
            "Name": DEFAULT_SHELL,
            "DocumentType": "Session",
            "DocumentFormat": "JSON",
            "UpdateMethod": "NewVersion",
            "Content": content(wanted),
        },
    }
    policy: dict[str, Any] = {"Description": "What a node's role needs to upload session logs", "PolicyDocument": node_policy(wanted)}
    policy |= {"Roles": sorted(wanted.roles)} if wanted.roles else {}
    resources["NodePolicy"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy}
    outputs = {"NodePolicyArn": {"Description": "Attach it to every role that nodes have", "Value": {"Ref": "NodePolicy"}}}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Session Manager logging. {IMPORT}",
        "Resources": resources,
        "Outputs": outputs,
    }


def _bucket(wanted: Wanted) -> dict[str, Any]:
    properties = {
        "BucketName": wanted.bucket,
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "PublicAccessBlockConfiguration": BLOCKED,
        "VersioningConfiguration": {"Status": "Enabled"},
    }
    policy = {"Bucket": {"Ref": "SessionLogs"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": bucket_statements(wanted)}}
    return {
        "SessionLogs": _kept("AWS::S3::Bucket", properties),
        "SessionLogsPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy},
    }


def _kept(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """A resource that outlives its stack: logs must."""
    return {"Type": kind, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": properties}


def terraform(wanted: Wanted) -> str:
    """The same as Terraform resources of the aws provider."""
    parts = [f"# {IMPORT}", f"#   terraform import aws_ssm_document.preferences {DEFAULT_SHELL}"]
    if wanted.bucket:
        parts += _terraform_bucket(wanted)
    if wanted.group:
        extra = ({"retention_in_days": wanted.retention} if wanted.retention else {}) | (
            {"kms_key_id": wanted.group_key} if wanted.group_key else {}
        )
        parts.append(
            block(
                "resource",
                ("aws_cloudwatch_log_group", "sessions"),
                {"name": wanted.group, "log_group_class": "STANDARD", "skip_destroy": True, **extra},
            )
        )
    document = {"name": DEFAULT_SHELL, "document_type": "Session", "document_format": "JSON", "content": json.dumps(content(wanted))}
    parts.append(block("resource", ("aws_ssm_document", "preferences"), document))
    policy = {"name": f"CountersignSessionLogs-{wanted.region}", "policy": json.dumps(node_policy(wanted))}
    parts.append(block("resource", ("aws_iam_policy", "node"), policy))
    for number, role in enumerate(sorted(wanted.roles), 1):
        attached = {"role": role, "policy_arn": Reference("aws_iam_policy.node.arn")}
        parts.append(block("resource", ("aws_iam_role_policy_attachment", f"node_{number}"), attached))
    return joined(parts)


def _terraform_bucket(wanted: Wanted) -> list[str]:
    of = {"bucket": Reference("aws_s3_bucket.sessions.id")}
    by_default = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": bucket_statements(wanted)})
    closed = {"block_public_acls": True, "ignore_public_acls": True, "block_public_policy": True, "restrict_public_buckets": True}
    return [
        block("resource", ("aws_s3_bucket", "sessions"), {"bucket": wanted.bucket}),
        block("resource", ("aws_s3_bucket_server_side_encryption_configuration", "sessions"), {**of, "rule": [by_default]}),
        block("resource", ("aws_s3_bucket_public_access_block", "sessions"), {**of, **closed}),
        block("resource", ("aws_s3_bucket_versioning", "sessions"), {**of, "versioning_configuration": [{"status": "Enabled"}]}),
        block("resource", ("aws_s3_bucket_policy", "sessions"), {**of, "policy": policy}),
    ]
