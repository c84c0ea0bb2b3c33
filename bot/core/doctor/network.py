"""The network of nodes that have no way to the internet: endpoints, their names, and the rules on both sides.

Source: Systems Manager User Guide, "Improve the security of EC2 instances by using VPC endpoints for Systems Manager"; "Reference: ec2messages,
ssmmessages, and other API operations": Regions launched in 2024 and later have no ec2messages, and an endpoint of it cannot be made there.
A node whose subnet has a default route out needs none of this.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.doctor.facts import Estate, ManagedNode
from bot.core.doctor.facts_network import Endpoint, Network, Opening, Subnet
from bot.core.doctor.firewall import HTTPS, covers, https
from bot.core.doctor.nodes import NO_EC2MESSAGES, preferred, version
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok
from bot.core.plan import Step
from bot.core.text import listed

WITH_EC2MESSAGES = frozenset(  # launched before 2024: no Region joins them any more
    {
        "af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1",
        "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
        "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1",
        "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-west-1",
        "us-west-2",
    }
)  # fmt: skip


def _private(network: Network) -> dict[str, Subnet]:
    return {subnet.id: subnet for subnet in network.subnets if not subnet.way_out}


def _inside(estate: Estate, network: Network) -> list[ManagedNode]:
    """The nodes of a VPC that have no way out."""
    private = _private(network)
    return [node for node in known(estate.nodes) if node.vpc == network.vpc and node.subnet in private]


def _closed(estate: Estate) -> Iterator[tuple[Network, list[ManagedNode]]]:
    for network in known(estate.networks):
        if nodes := _inside(estate, network):
            yield network, nodes


def _needed(estate: Estate, nodes: list[ManagedNode]) -> list[str]:
    """The services that these nodes must reach."""
    found = preferred(estate)
    old = any(node.managed and version(node.agent) and version(node.agent) < NO_EC2MESSAGES for node in nodes)
    wanted = [
        ("ssm", True), ("ssmmessages", True), ("s3", bool(found and found.bucket)), ("logs", bool(found and found.group)),
        ("kms", bool(found and found.key)), ("ec2messages", old and estate.place.region in WITH_EC2MESSAGES),
    ]  # fmt: skip
    return [name for name, needed in wanted if needed]


def _of(network: Network, service: str, *kinds: str) -> list[Endpoint]:
    return [e for e in network.endpoints if e.service == service and e.state.lower() == "available" and (not kinds or e.kind in kinds)]


def _serving(network: Network, service: str, nodes: list[ManagedNode]) -> list[Endpoint]:
    """Endpoints of a service that serve these nodes: a gateway only by the route tables of all their subnets."""
    tables = {network_subnet.table for network_subnet in network.subnets if network_subnet.id in {node.subnet for node in nodes}}
    return [e for e in _of(network, service) if e.kind == "Interface" or tables <= set(e.tables)]


def endpoints(estate: Estate) -> Iterator[Verdict]:
    """Whether every service that is needed has an endpoint."""
    reached = False
    for network, nodes in _closed(estate):
        reached = True
        lost = [service for service in _needed(estate, nodes) if not _serving(network, service, nodes)]
        if not lost:
            yield ok(f"{network.vpc} has every endpoint that its nodes need.", network.vpc)
            continue
        steps = tuple(_create(service, network, nodes, estate.place.region) for service in lost)
        said = f"{network.vpc} has no endpoint for {listed(lost, 6)}, and {listed([n.id for n in nodes], 3)} cannot reach the internet."
        yield fault(said, Fix("Make the endpoints; then look at their security groups again.", steps), network.vpc)
    if not reached and known(estate.networks):
        yield ok("Every node has a way to the internet, so no endpoint is needed.")


def _create(service: str, network: Network, nodes: list[ManagedNode], region: str) -> Step:
    subnets = sorted({node.subnet for node in nodes})
    named = {"VpcId": network.vpc, "ServiceName": f"com.amazonaws.{region}.{service}"}
    if service == "s3":
        tables = sorted({subnet.table for subnet in network.subnets if subnet.id in subnets and subnet.table})
        held = next((e for e in _of(network, "s3", "Gateway")), None)
        if held:
            parameters = {"VpcEndpointId": held.id, "AddRouteTableIds": tables}
            return Step(
                "ec2", "modify_vpc_endpoint", parameters, "route the nodes' subnets to the S3 gateway", "", ", ".join(tables), region
            )
        gateway = {**named, "VpcEndpointType": "Gateway", "RouteTableIds": tables}
        return Step("ec2", "create_vpc_endpoint", gateway, "make a gateway endpoint for s3", "", "s3 (gateway)", region)
    interface = {**named, "VpcEndpointType": "Interface", "SubnetIds": subnets, "PrivateDnsEnabled": True}
    return Step("ec2", "create_vpc_endpoint", interface, f"make an endpoint for {service}", "", service, region)


def _interfaces(estate: Estate) -> Iterator[tuple[Network, list[ManagedNode], Endpoint]]:
    """The interface endpoints that nodes without a way out depend on."""
    for network, nodes in _closed(estate):
        for service in _needed(estate, nodes):
            gateway = any(e.kind == "Gateway" for e in _serving(network, service, nodes))
            for endpoint in () if gateway else _of(network, service, "Interface"):
                yield network, nodes, endpoint


def private_dns(estate: Estate) -> Iterator[Verdict]:
    """Whether the endpoints answer to the services' own names."""
    for network, _nodes, endpoint in _interfaces(estate):
        if endpoint.private_dns:
            yield ok(f"{endpoint.service} answers to its own name.", endpoint.id)
            continue
        parameters = {"VpcEndpointId": endpoint.id, "PrivateDnsEnabled": True}
        step = Step(
            "ec2", "modify_vpc_endpoint", parameters, f"turn private DNS on for {endpoint.service}", "off", "on", estate.place.region
        )
        said = (
            f"The endpoint of {endpoint.service} in {network.vpc} has no private DNS: the agent asks for the public name and gets nowhere."
        )
        yield fault(said, Fix("Turn private DNS on.", (step,)), endpoint.id)


def dns(estate: Estate) -> Iterator[Verdict]:
    """Whether the VPC resolves names at all."""
    for network, _nodes in _closed(estate):
        off = [
            (name, value)
            for name, value in (("EnableDnsSupport", network.dns_support), ("EnableDnsHostnames", network.dns_names))
            if not value
        ]
        if not off:
            yield ok(f"{network.vpc} has DNS support and host names.", network.vpc)
            continue
        steps = tuple(
            Step(
                "ec2",
                "modify_vpc_attribute",
                {"VpcId": network.vpc, name: {"Value": True}},
                f"turn {name} on",
                "off",
                "on",
                estate.place.region,
            )
            for name, _ in off
        )
        said = f"{network.vpc} has {listed([name for name, _ in off])} off: private DNS of endpoints does not work without both."
        yield fault(said, Fix("Turn them on.", steps), network.vpc)


def inward(estate: Estate) -> Iterator[Verdict]:
    """Whether the endpoints let the nodes in."""
    for network, nodes, endpoint in _interfaces(estate):
        rules = [rule for name in endpoint.groups if name in network.groups for rule in network.groups[name].inward]
        shut = [subnet for subnet in _subnets(network, nodes) if not _comes_in(rules, subnet, nodes)]
        if not shut:
            yield ok(f"The endpoint of {endpoint.service} lets its nodes in.", endpoint.id)
            continue
        said = f"The endpoint of {endpoint.service} ({endpoint.id}) lets nobody in on 443 from {listed([s.cidr for s in shut], 4)}."
        yield fault(said, Fix("Let the nodes' subnets in on 443.", _admit(endpoint, shut, estate.place.region)), endpoint.id)


def _subnets(network: Network, nodes: list[ManagedNode]) -> list[Subnet]:
    wanted = {node.subnet for node in nodes}
    return [subnet for subnet in network.subnets if subnet.id in wanted]


def _comes_in(rules: list[Opening], subnet: Subnet, nodes: list[ManagedNode]) -> bool:
    """By the subnet's addresses, or by a security group that every node in it has."""
    there = [set(node.groups) for node in nodes if node.subnet == subnet.id]
    return any(https(rule) and (covers(rule.cidrs, subnet.cidr) or all(set(rule.groups) & groups for groups in there)) for rule in rules)


def _admit(endpoint: Endpoint, subnets: list[Subnet], region: str) -> tuple[Step, ...]:
    if not endpoint.groups:
        return ()
    rule = {
        "IpProtocol": "tcp",
        "FromPort": HTTPS,
        "ToPort": HTTPS,
        "IpRanges": [{"CidrIp": s.cidr, "Description": "SSM agents"} for s in subnets],
    }
    parameters = {"GroupId": endpoint.groups[0], "IpPermissions": [rule]}
    back = Step("ec2", "revoke_security_group_ingress", parameters, "take the rule out again", region=region)
    shown = ", ".join(s.cidr for s in subnets)
    return (
        Step("ec2", "authorize_security_group_ingress", parameters, f"let {shown} in on 443", "", f"443 from {shown}", region, (back,)),
    )


def outward(estate: Estate) -> Iterator[Verdict]:
    """Whether the nodes' own rules let them out to the endpoints."""
    for network, nodes in _closed(estate):
        shut = {node.id: lost for node in nodes if (lost := _unreached(estate, network, node))}
        if not shut:
            yield ok(f"The nodes of {network.vpc} may go out to their endpoints.", network.vpc)
            continue
        services = sorted({service for lost in shut.values() for service in lost})
        groups = sorted({node.groups[0] for node in nodes if node.id in shut and node.groups})
        said = f"The security groups of {listed(list(shut), 3)} let nothing out on 443 to {listed(services, 6)}."
        yield fault(
            said,
            Fix(
                "Let the nodes out on 443; narrow it to the endpoints' subnets and the S3 prefix list if you like.",
                _release(groups, estate.place.region),
            ),
            network.vpc,
        )


def _unreached(estate: Estate, network: Network, node: ManagedNode) -> list[str]:
    rules = [rule for name in node.groups if name in network.groups for rule in network.groups[name].outward if https(rule)]
    cidr = {subnet.id: subnet.cidr for subnet in network.subnets}
    lost = []
    for service in _needed(estate, [node]):
        serving = _serving(network, service, [node])
        if serving and not any(_goes_out(rules, endpoint, cidr) for endpoint in serving):
            lost.append(service)
    return lost


def _goes_out(rules: list[Opening], endpoint: Endpoint, cidr: dict[str, str]) -> bool:
    if endpoint.kind == "Gateway":
        return any(rule.lists or covers(rule.cidrs, "0.0.0.0/0") for rule in rules)
    return any(
        set(rule.groups) & set(endpoint.groups) or any(covers(rule.cidrs, cidr[s]) for s in endpoint.subnets if s in cidr) for rule in rules
    )


def _release(groups: list[str], region: str) -> tuple[Step, ...]:
    rule = {"IpProtocol": "tcp", "FromPort": HTTPS, "ToPort": HTTPS, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "SSM, S3, Logs"}]}
    steps = []
    for group in groups:
        parameters = {"GroupId": group, "IpPermissions": [rule]}
        back = Step("ec2", "revoke_security_group_egress", parameters, "take the rule out again", region=region)
        steps.append(
            Step("ec2", "authorize_security_group_egress", parameters, f"let {group} out on 443", "", "443 to anywhere", region, (back,))
        )
    return tuple(steps)


CHECKS = (
    About(
        "network.endpoints",
        "Endpoints",
        "A node without a way out reaches only what its VPC has an endpoint for; log upload needs s3, logs and kms.",
        endpoints,
    ),
    About("network.private-dns", "Private DNS", "The agent asks for the services' public names.", private_dns),
    About("network.dns", "DNS of the VPC", "Private DNS of endpoints works only with DNS support and host names.", dns),
    About("network.inward", "Endpoints let nodes in", "An endpoint whose security group lets nobody in is as good as none.", inward),
    About("network.outward", "Nodes may go out", "Nodes must reach their endpoints, and S3's addresses for the gateway.", outward),
)
