"""Nodes by id: EC2 knows instances (`i-…`) with their Name tag, SSM knows managed nodes (`mi-…`) and every node's platform.

Both are asked in batches; ids of other forms (`ecs:…`, `codebuild:…`) are nobody's and are left alone.
Source: EC2 API DescribeInstances (filters accept 200 values), SSM API DescribeInstanceInformation (50 a page, filter InstanceIds).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.core.model import Node

INSTANCE = re.compile(r"^i-[0-9a-f]{8,17}$")
MANAGED = re.compile(r"^mi-[0-9a-f]{8,17}$")
BATCH_EC2 = 200
BATCH_SSM = 50


def batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """The ids in their order, each once, no more than `size` at a time."""
    once = list(dict.fromkeys(ids))
    for start in range(0, len(once), size):
        yield once[start : start + size]


def instances(client: Any, ids: Sequence[str]) -> dict[str, Node]:  # noqa: ANN401 - a boto3 client
    """EC2's word on `i-…` ids. A filter is used, not InstanceIds: one unknown id would fail the whole call."""
    found: dict[str, Node] = {}
    for batch in batches((i for i in ids if INSTANCE.match(i)), BATCH_EC2):
        for page in client.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-id", "Values": batch}]):
            for reservation in page.get("Reservations", []):
                found |= {node.id: node for node in map(instance, reservation.get("Instances", []))}
    return found


def managed(client: Any, ids: Sequence[str]) -> dict[str, Node]:  # noqa: ANN401 - a boto3 client
    """SSM's word on both kinds of id."""
    found: dict[str, Node] = {}
    for batch in batches((i for i in ids if INSTANCE.match(i) or MANAGED.match(i)), BATCH_SSM):
        wanted = [{"Key": "InstanceIds", "Values": batch}]
        pages = client.get_paginator("describe_instance_information").paginate(Filters=wanted, PaginationConfig={"PageSize": BATCH_SSM})
        for page in pages:
            found |= {node.id: node for node in map(information, page.get("InstanceInformationList", []))}
    return found


def instance(item: Mapping[str, Any]) -> Node:
    """A Node from an EC2 Instance. EC2 names a platform only for Windows."""
    tags = {str(tag.get("Key")): str(tag.get("Value", "")) for tag in item.get("Tags", [])}
    return Node(
        id=str(item.get("InstanceId", "")),
        name=tags.get("Name", ""),
        platform="windows" if str(item.get("Platform", "")).lower() == "windows" else "linux",
        state=str((item.get("State") or {}).get("Name", "")),
        address=str(item.get("PrivateIpAddress", "")),
        tags=tags,
    )


def information(item: Mapping[str, Any]) -> Node:
    """A Node from an SSM InstanceInformation."""
    return Node(
        id=str(item.get("InstanceId", "")),
        name=str(item.get("Name") or item.get("ComputerName") or ""),
        platform=str(item.get("PlatformType", "")).lower(),
        state=str(item.get("PingStatus", "")).lower(),
        address=str(item.get("IPAddress", "")),
    )


def merged(ec2: Mapping[str, Node], ssm: Mapping[str, Node]) -> dict[str, Node]:
    """Both together: EC2's name, state and address, SSM's platform, which tells macOS and Linux apart."""
    both = {key: merge(ec2[key], ssm[key]) for key in ec2.keys() & ssm.keys()}
    return {**ssm, **ec2, **both}


def merge(ec2: Node, ssm: Node) -> Node:
    """One node as both know it."""
    return Node(
        id=ec2.id,
        name=ec2.name or ssm.name,
        platform=ssm.platform or ec2.platform,
        state=ec2.state or ssm.state,
        address=ec2.address or ssm.address,
        tags=ec2.tags,
    )
