"""The network around nodes, as EC2 describes it (DescribeVpcEndpoints, DescribeSecurityGroups, DescribeRouteTables)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Opening:
    """One rule of a security group: who may come in, or where one may go. Ports are inclusive; None is every port."""

    protocol: str
    first: int | None
    last: int | None
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()  # managed prefix lists


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group's rules."""

    id: str
    inward: tuple[Opening, ...] = ()
    outward: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint. `service` is the last part of its service name: `ssm`, `ssmmessages`, `s3`."""

    id: str
    service: str
    kind: str = "Interface"  # Interface, Gateway
    private_dns: bool = True
    state: str = "available"
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()  # route tables of a gateway


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet with nodes. `way_out` is a default route to an internet or NAT gateway, a transit gateway or another appliance."""

    id: str
    vpc: str
    cidr: str
    table: str = ""
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC with nodes in it."""

    vpc: str
    dns_support: bool = True
    dns_names: bool = True
    subnets: tuple[Subnet, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
