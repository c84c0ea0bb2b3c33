"""What the doctor must be allowed beyond what answers need: reads only. A right that is missing makes its checks `could not check`.

Actions that take a resource are given on every one: which bucket, group, key and role there is to look at, the preferences and the nodes tell.
"""

from __future__ import annotations

from typing import Any

READS: dict[str, tuple[str, ...]] = {
    "LookAtDocuments": ("ssm:DescribeDocumentPermission", "ssm:GetServiceSetting"),
    "LookAtBuckets": (
        "s3:GetBucketLocation", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
    ),
    "LookAtLogGroups": ("logs:DescribeLogGroups", "logs:DescribeLogStreams"),
    "LookAtKeys": ("kms:DescribeKey",),
    "LookAtNodeRoles": (
        "iam:GetInstanceProfile", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ),
    "LookAtNetworks": (
        "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints",
    ),
    "LookAtWhoMayStartSessions": ("iam:GetAccountAuthorizationDetails",),
    "LookAtTrails": ("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"),
}  # fmt: skip


def doctor_statements() -> list[dict[str, Any]]:
    """Statements for the policy of a role that the doctor looks with."""
    return [{"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": ["*"]} for sid, actions in READS.items()]
