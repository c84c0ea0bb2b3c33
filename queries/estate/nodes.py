"""Nodes as EC2 and SSM know them together, and the roles that they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from bot.core.doctor.facts import ManagedNode, Part, Role, Unknown
from queries.estate import roles
from queries.estate.look import Look, missing

RUNNING = [{"Name": "instance-state-name", "Values": ["running"]}]
DEFAULT_HOST = "/ssm/managed-instance/default-ec2-instance-management-role"
UNSET = ("ServiceSettingNotFound", "$None")


def nodes(look: Look) -> tuple[tuple[ManagedNode, ...], Unknown | None]:
    """Every running instance and every managed node, each once, with its role; and why no role can be told, where that is so."""
    managed = {str(item["InstanceId"]): item for item in look.pages("ssm", "describe_instance_information", "InstanceInformationList")}
    running = {str(item["InstanceId"]): item for item in _instances(look)}
    held = look.part(lambda look: _node_profiles(look, managed, running), "iam")
    profiles = {} if isinstance(held, Unknown) else held
    found = tuple(
        _node(name, running.get(name, {}), managed.get(name), profiles.get(name, "")) for name in sorted(managed.keys() | running.keys())
    )
    return found, held if isinstance(held, Unknown) else None


def _node_profiles(look: Look, managed: Mapping[str, Any], running: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each node's role: by its instance profile, else Default Host Management's where the node is managed."""
    profiles = _profiles(look, running.values())
    default = _default_role(look) if any(name in running and not profiles[name] for name in managed) else ""
    return {
        name: profiles.get(name) or (default if name in managed and name in running else "") for name in managed.keys() | running.keys()
    }


def _instances(look: Look) -> Iterator[Mapping[str, Any]]:
    for reservation in look.pages("ec2", "describe_instances", "Reservations", Filters=RUNNING):
        yield from reservation.get("Instances") or ()


def _profiles(look: Look, instances: Any) -> dict[str, str]:  # noqa: ANN401 - a view of boto3's mappings
    """Each instance's role, by its instance profile; the profile is asked for once."""
    held: dict[str, str] = {"": ""}
    found: dict[str, str] = {}
    for item in instances:
        arn = str((item.get("IamInstanceProfile") or {}).get("Arn") or "")
        if arn not in held:
            held[arn] = _role_of(look, arn.rpartition("/")[2])
        found[str(item["InstanceId"])] = held[arn]
    return found


def _role_of(look: Look, profile: str) -> str:
    try:
        found = look.call("iam", "get_instance_profile", InstanceProfileName=profile)["InstanceProfile"]["Roles"]
    except ClientError as error:
        if missing(error, "NoSuchEntity"):
            return ""
        raise
    return str(found[0]["RoleName"]) if found else ""


def _default_role(look: Look) -> str:
    """The role of Default Host Management, empty where it is off."""
    try:
        setting = look.call("ssm", "get_service_setting", SettingId=DEFAULT_HOST)["ServiceSetting"]
    except ClientError as error:
        if missing(error, "ServiceSettingNotFound"):
            return ""
        raise
    value = str(setting.get("SettingValue") or "")
    return "" if value in UNSET else value.rpartition("/")[2]


def _node(name: str, instance: Mapping[str, Any], managed: Mapping[str, Any] | None, role: str) -> ManagedNode:
    tags = {str(tag.get("Key")): str(tag.get("Value") or "") for tag in instance.get("Tags") or ()}
    told = managed or {}
    return ManagedNode(
        name,
        tags.get("Name") or str(told.get("ComputerName") or ""),
        str(told.get("PlatformType") or "linux").lower(),
        managed is not None,
        told.get("PingStatus") == "Online",
        str(told.get("AgentVersion") or ""),
        role or str(told.get("IamRole") or "").rpartition("/")[2],
        str(instance.get("VpcId") or ""),
        str(instance.get("SubnetId") or ""),
        tuple(str(group["GroupId"]) for group in instance.get("SecurityGroups") or ()),
        _metadata(instance.get("MetadataOptions") or {}),
    )


def _metadata(options: Mapping[str, Any]) -> str:
    return "off" if options.get("HttpEndpoint") == "disabled" else str(options.get("HttpTokens") or "")


def node_roles(look: Look, found: tuple[ManagedNode, ...]) -> Mapping[str, Role]:
    """Each role of the nodes; one that cannot be read says so in itself."""
    held: dict[str, Role] = {}
    for name in sorted({node.role for node in found if node.role}):
        read: Part[Role] = look.part(lambda look, name=name: roles.role(look, name), "iam")  # type: ignore[misc]  # a lambda with a default
        held[name] = read if isinstance(read, Role) else Role(name, read)
    return held
