"""The plan of `setup logging`: what must change so that sessions are logged, and nothing else.

Places first, the right to write to them next, the preferences last: an interruption never leaves preferences that point nowhere. The node's
role uploads (Systems Manager User Guide, "Create an IAM role with permissions for Session Manager and Amazon S3 and CloudWatch Logs");
ssm.amazonaws.com does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.doctor.facts import Bucket, Group, Role, SessionDocument, Unknown
from bot.core.grants import Granted, equal, granted
from bot.core.plan import Plan, Step, pretty
from bot.core.plan_places import (
    block_public,
    bucket_policy,
    create_bucket,
    create_group,
    encrypt_bucket,
    keep_group,
    key_group,
    version_bucket,
)
from bot.core.plan_preferences import IDLE, LONGEST, changed

Statement = dict[str, Any]
SERVICE_NOTE = (
    "The statement for ssm.amazonaws.com has no effect on session logs: the node's own role uploads them, so a node without the permissions of "
    "`--emit node-policy` still logs nothing. It is written because you asked for it, as published recipes show it."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an administrator asks for. Empty fields are left as they are; minutes and days are whole numbers."""

    account: str
    region: str
    bucket: str = ""
    prefix: str = ""
    group: str = ""
    key: str = ""  # of the session's channel
    group_key: str = ""
    streaming: bool = True
    idle: int = IDLE
    longest: int = LONGEST
    retention: int | None = None
    roles: tuple[str, ...] = ()  # names of node roles of this account
    writers: tuple[str, ...] = ()  # ARNs of node roles of other accounts
    keep_bucket: bool = False
    service_statement: bool = False

    @property
    def logs(self) -> str:
        """ARN of the logs under the prefix."""
        inside = "/".join(filter(None, [self.prefix.strip("/"), "*"]))
        return f"arn:aws:s3:::{self.bucket}/{inside}"


@dataclass(frozen=True, slots=True)
class Found:
    """What is there now. A bucket or group that is not asked for is None."""

    preferences: SessionDocument | None = None
    bucket: Bucket | None = None
    group: Group | None = None
    roles: Mapping[str, Role] | None = None


def logging_plan(wanted: Wanted, found: Found) -> Plan:
    """The steps from what is there to what is wanted. Raises grants.Unparsed for a bucket policy that cannot be read."""
    steps = (*_bucket(wanted, found), *_group(wanted, found), *_roles(wanted, found), *_preferences(wanted, found))
    return Plan(steps, tuple(_notes(wanted, found)))


def _bucket(wanted: Wanted, found: Found) -> Iterator[Step]:
    held = found.bucket
    if held is None:
        return
    if not held.exists:
        yield from create_bucket(held.name, wanted.region)
        held = Bucket(held.name, region=wanted.region)
    elif not wanted.keep_bucket:
        yield from () if held.algorithm else encrypt_bucket(held.name, held.region)
        yield from () if held.blocked else block_public(held.name, held.region)
        yield from () if held.versioned or held.locked else version_bucket(held.name, held.region)
    yield from bucket_policy(held, bucket_statements(wanted))


def _group(wanted: Wanted, found: Found) -> Iterator[Step]:
    held = found.group
    if held is None:
        return
    if not held.exists:
        yield from create_group(held.name, wanted.region, wanted.group_key, wanted.retention)
        return
    yield from keep_group(held, wanted.retention, wanted.region) if wanted.retention else ()
    yield from key_group(held, wanted.group_key, wanted.region) if wanted.group_key else ()


def _preferences(wanted: Wanted, found: Found) -> tuple[Step, ...]:
    return changed(found.preferences, preferred(wanted, found), wanted.region, "set the preferences of Session Manager")


def preferred(wanted: Wanted, found: Found = Found()) -> dict[str, Any]:
    """The inputs that are asked for."""
    said: dict[str, Any] = {"idleSessionTimeout": str(wanted.idle), "maxSessionDuration": str(wanted.longest)}
    if wanted.bucket:
        said |= {"s3BucketName": wanted.bucket, "s3KeyPrefix": wanted.prefix.strip("/"), "s3EncryptionEnabled": True}
    if wanted.group:
        keyed = bool(wanted.group_key or (found.group and found.group.key))
        said |= {
            "cloudWatchLogGroupName": wanted.group,
            "cloudWatchEncryptionEnabled": keyed,
            "cloudWatchStreamingEnabled": wanted.streaming,
        }
    return said | ({"kmsKeyId": wanted.key} if wanted.key else {})


def bucket_statements(wanted: Wanted) -> list[Statement]:
    """What the bucket's policy must say: no plain HTTP; node roles of other accounts, if any are named; the recipe's, if asked for."""
    whole = [f"arn:aws:s3:::{wanted.bucket}", f"arn:aws:s3:::{wanted.bucket}/*"]
    said: list[Statement] = [
        {
            "Sid": "CountersignEncryptedTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": whole,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]  # fmt: skip
    if wanted.writers:
        who = {"AWS": sorted(wanted.writers)}
        said += [
            {"Sid": "CountersignNodesWrite", "Effect": "Allow", "Principal": who, "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": wanted.logs},
            {"Sid": "CountersignNodesSee", "Effect": "Allow", "Principal": who, "Action": "s3:GetEncryptionConfiguration", "Resource": whole[0]},
        ]  # fmt: skip
    return said + ([service_statement(wanted)] if wanted.service_statement else [])


def service_statement(wanted: Wanted) -> Statement:
    """The published recipe's statement. It lets Systems Manager write on behalf of this account alone, which it does not do for sessions."""
    return {
        "Sid": "CountersignSystemsManager", "Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": wanted.logs, "Condition": {"StringEquals": {"aws:SourceAccount": wanted.account}},
    }  # fmt: skip


def needs(wanted: Wanted, bucket_key: str = "") -> tuple[tuple[str, str], ...]:
    """What a node's role must be allowed for these logs: action and resource."""
    said: list[tuple[str, str]] = []
    if wanted.bucket:
        said += [("s3:PutObject", wanted.logs), ("s3:GetEncryptionConfiguration", f"arn:aws:s3:::{wanted.bucket}")]
        said += [("s3:PutObjectAcl", wanted.logs)] if wanted.writers else []
        said += [("kms:GenerateDataKey", bucket_key)] if bucket_key.startswith("arn:") else []
    if wanted.group:
        group = f"arn:aws:logs:{wanted.region}:{wanted.account}:log-group:{wanted.group}"
        said += [("logs:CreateLogStream", f"{group}:*"), ("logs:PutLogEvents", f"{group}:*"), ("logs:DescribeLogStreams", f"{group}:*")]
        said += [("logs:DescribeLogGroups", "*")]
    return (*said, *((("kms:Decrypt", wanted.key),) if wanted.key.startswith("arn:") else ()))


def node_policy(wanted: Wanted, bucket_key: str = "") -> dict[str, Any]:
    """The policy that a node's role needs besides AmazonSSMManagedInstanceCore: one statement a resource."""
    by_resource: dict[str, list[str]] = {}
    for action, resource in needs(wanted, bucket_key):
        by_resource.setdefault(resource, []).append(action)
    rows = [
        {"Sid": f"CountersignSessionLogs{number}", "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
        for number, (resource, actions) in enumerate(by_resource.items(), 1)
    ]
    return {"Version": "2012-10-17", "Statement": rows}


def policy_name(region: str) -> str:
    """The inline policy that is ours: one a Region, since its resources are."""
    return f"CountersignSessionLogs-{region}"


def _roles(wanted: Wanted, found: Found) -> Iterator[Step]:
    for name in wanted.roles:
        role = (found.roles or {}).get(name, Role(name))
        yield from grant(role, wanted, found.bucket.key if found.bucket else "")


def grant(role: Role, wanted: Wanted, bucket_key: str = "") -> tuple[Step, ...]:
    """The step that lets a role write these logs; none where it may, or where our own policy says so already."""
    name, policy = policy_name(wanted.region), node_policy(wanted, bucket_key)
    own = role.own.get(name)
    if not lacking(role, needs(wanted, bucket_key)) or (own is not None and equal(own, policy)):
        return ()
    named = {"RoleName": role.name, "PolicyName": name}
    undo = ("put_role_policy", {**named, "PolicyDocument": json.dumps(own)}) if own is not None else ("delete_role_policy", named)
    back = Step("iam", undo[0], undo[1], f"bring the former rights of {role.name} back")
    return (
        Step(
            "iam", "put_role_policy", {**named, "PolicyDocument": json.dumps(policy)}, f"let {role.name} write session logs",
            pretty(own) if own is not None else "", pretty(policy), "", (back,),
        ),
    )  # fmt: skip


def lacking(role: Role, wanted: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The actions that a role's policies do not surely allow. Where its policies could not be read, all of them."""
    if isinstance(role.policies, Unknown):
        return tuple(action for action, _ in wanted)
    return tuple(action for action, resource in wanted if granted(role.policies, action, resource, role.boundary) is not Granted.YES)


def _notes(wanted: Wanted, found: Found) -> Iterator[str]:
    if wanted.service_statement:
        yield SERVICE_NOTE
    if not wanted.roles and not wanted.writers:
        yield "No node role was named (`--node-role`): each node's role needs the policy of `--emit node-policy`, or nothing is uploaded."
    if wanted.key and not wanted.key.startswith("arn:"):
        yield "The session key is not given as an ARN, so the node policy cannot name it: nodes need kms:Decrypt on it, people kms:GenerateDataKey."
    for name in wanted.roles:
        role = (found.roles or {}).get(name)
        if role and not isinstance(role.policies, Unknown):
            denied = [a for a, r in needs(wanted) if granted(role.policies, a, r, role.boundary) is Granted.DENIED]
            if denied:
                yield f"A policy of {name} that is not ours denies {', '.join(denied)}: no further policy can allow it."
