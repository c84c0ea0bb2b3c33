"""The VPCs that nodes are in: subnets and their ways out, endpoints, DNS, and the security groups on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.core.doctor.facts import ManagedNode
from bot.core.doctor.facts_network import Endpoint, Network, Opening, SecurityGroup, Subnet
from queries.estate.look import Look

WAYS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "VpcPeeringConnectionId",
)


def networks(look: Look, nodes: Iterable[ManagedNode]) -> tuple[Network, ...]:
    """Every VPC with nodes in it."""
    return tuple(_network(look, vpc, nodes) for vpc in sorted({node.vpc for node in nodes if node.vpc}))


def _network(look: Look, vpc: str, nodes: Iterable[ManagedNode]) -> Network:
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    tables = tuple(look.pages("ec2", "describe_route_tables", "RouteTables", Filters=here))
    subnets = tuple(_subnet(item, tables) for item in look.pages("ec2", "describe_subnets", "Subnets", Filters=here))
    endpoints = tuple(_endpoint(item) for item in look.pages("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=here))
    wanted = sorted({g for n in nodes if n.vpc == vpc for g in n.groups} | {g for e in endpoints for g in e.groups})
    rules = [{"Name": "group-id", "Values": wanted}]
    groups = [_group(item) for item in look.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=rules)] if wanted else []
    return Network(
        vpc,
        _attribute(look, vpc, "enableDnsSupport"),
        _attribute(look, vpc, "enableDnsHostnames"),
        subnets,
        endpoints,
        {g.id: g for g in groups},
    )


def _attribute(look: Look, vpc: str, name: str) -> bool:
    answer = look.call("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute=name)
    return bool((answer.get(name[0].upper() + name[1:]) or {}).get("Value"))


def _subnet(item: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> Subnet:
    """A subnet with its route table: its own, else the VPC's main one."""
    name = str(item["SubnetId"])
    own = [t for t in tables if any(a.get("SubnetId") == name for a in t.get("Associations") or ())]
    main = [t for t in tables if any(a.get("Main") for a in t.get("Associations") or ())]
    table = next(iter([*own, *main]), {})
    return Subnet(
        name, str(item.get("VpcId") or ""), str(item.get("CidrBlock") or ""), str(table.get("RouteTableId") or ""), _way_out(table)
    )


def _way_out(table: Mapping[str, Any]) -> str:
    """What the default route leads to; empty if there is none, or if it leads nowhere."""
    for route in table.get("Routes") or ():
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("State") != "blackhole":
            return next((str(route[way]) for way in WAYS if route.get(way)), "")
    return ""


def _endpoint(item: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        str(item.get("VpcEndpointId") or ""),
        str(item.get("ServiceName") or "").rpartition(".")[2],
        str(item.get("VpcEndpointType") or ""),
        bool(item.get("PrivateDnsEnabled")),
        str(item.get("State") or ""),
        tuple(map(str, item.get("SubnetIds") or ())),
        tuple(str(group.get("GroupId")) for group in item.get("Groups") or ()),
        tuple(map(str, item.get("RouteTableIds") or ())),
    )


def _group(item: Mapping[str, Any]) -> SecurityGroup:
    inward, outward = (tuple(map(_opening, item.get(key) or ())) for key in ("IpPermissions", "IpPermissionsEgress"))
    return SecurityGroup(str(item["GroupId"]), inward, outward)


def _opening(rule: Mapping[str, Any]) -> Opening:
    return Opening(
        str(rule.get("IpProtocol") or ""),
        rule.get("FromPort"),
        rule.get("ToPort"),
        tuple(str(each["CidrIp"]) for each in rule.get("IpRanges") or () if each.get("CidrIp")),
        tuple(str(each["GroupId"]) for each in rule.get("UserIdGroupPairs") or () if each.get("GroupId")),
        tuple(str(each["PrefixListId"]) for each in rule.get("PrefixListIds") or () if each.get("PrefixListId")),
    )
