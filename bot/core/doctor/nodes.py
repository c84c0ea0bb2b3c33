"""The nodes: are they managed and online, is the agent new enough, and may their role do what logging needs.

The agent uploads with the node's own credentials; AmazonSSMManagedInstanceCore lets it connect and has no s3, logs or kms action.
Versions: Systems Manager User Guide, "Complete Session Manager prerequisites" (streaming from 3.0.284.0, tunnels and SSH from 3.0.222.0; the agent's
release notes tell of streaming with 3.0.356.0, the release after that), and "Reference: ec2messages, ssmmessages, and other API operations" (from
3.3.40.0 on the agent prefers ssmmessages, and needs ec2messages no more). Metadata: the same guide, "Managing EC2 instances automatically with
Default Host Management Configuration" (IMDSv2 is required); EC2 User Guide, "Configure the Instance Metadata Service options".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.core.doctor.facts import Estate, ManagedNode, Role, Unknown
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.plan import Step
from bot.core.plan_logging import Wanted, grant, lacking, needs
from bot.core.plan_preferences import Inputs, inputs
from bot.core.text import listed, plural

CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
CONNECT = (
    "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
)  # fmt: skip
STREAMS = (3, 0, 284, 0)
NO_EC2MESSAGES = (3, 3, 40, 0)


def version(text: str) -> tuple[int, ...]:
    """An agent's version as numbers; empty where it is not known."""
    parts = text.split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdecimal() for part in parts) else ()


def managed_nodes(estate: Estate) -> tuple[ManagedNode, ...]:
    """The nodes that Systems Manager manages. Raises NotKnownError."""
    return tuple(node for node in known(estate.nodes) if node.managed)


def preferred(estate: Estate) -> Inputs | None:
    """The preferences' inputs, where there are any. Raises NotKnownError."""
    document = known(estate.preferences)
    return inputs(document) if document else None


def wanted(estate: Estate) -> Wanted | None:
    """What the preferences ask of a node, None where they name no place for logs."""
    found = preferred(estate)
    if found is None or not found.named:
        return None
    return Wanted(estate.place.account, estate.place.region, found.bucket, found.prefix, found.group, found.key)


def managed(estate: Estate) -> Iterator[Verdict]:
    """Whether every running instance is managed."""
    nodes = known(estate.nodes)
    lost = [node.id for node in nodes if not node.managed]
    if lost:
        yield fault(
            f"{plural(len(lost), 'running instance')} not managed by Systems Manager: {listed(lost, 4)}. Nobody can open a session there.",
            "Give each a role with AmazonSSMManagedInstanceCore, and a network path to ssm and ssmmessages; look at the network's checks.",
        )
    else:
        yield ok(f"{plural(len(nodes), 'node')} managed." if nodes else "There are no nodes.")


def online(estate: Estate) -> Iterator[Verdict]:
    """Whether managed nodes are online."""
    nodes = managed_nodes(estate)
    lost = [node.id for node in nodes if not node.online]
    if lost:
        fix = "Start the agent, or the node; if it runs, look at its network's checks."
        yield warning(f"{plural(len(lost), 'managed node')} without contact: {listed(lost, 4)}.", fix)
    elif nodes:
        yield ok(f"{plural(len(nodes), 'managed node')} online.")


def agent(estate: Estate) -> Iterator[Verdict]:
    """Whether agents are new enough."""
    nodes = managed_nodes(estate)
    found = preferred(estate)
    streaming = bool(found and found.group and found.streaming)
    unread = [node.id for node in nodes if not version(node.agent)]
    silent = [node.id for node in nodes if version(node.agent) and version(node.agent) < STREAMS]
    old = [node.id for node in nodes if STREAMS <= version(node.agent) < NO_EC2MESSAGES]
    if silent and streaming:
        yield fault(f"The agent is too old to stream on {listed(silent, 4)}: nothing shows in the log group.", _update(silent, estate))
    if old or (silent and not streaming):
        lost = [*old, *(() if streaming else silent)]
        yield warning(f"The agent is older than 3.3.40 on {listed(lost, 4)} and still needs ec2messages.", _update(lost, estate))
    if unread:
        yield unknown(f"The agent's version is not known on {listed(unread, 4)}.")
    if nodes and not (silent or old or unread):
        yield ok("Every agent can stream and needs no ec2messages.")


def _update(ids: list[str], estate: Estate) -> Fix:
    parameters = {"DocumentName": "AWS-UpdateSSMAgent", "InstanceIds": ids[:50]}
    return Fix("Update the agent.", (Step("ssm", "send_command", parameters, "update the agent", "", ", ".join(ids), estate.place.region),))


def role(estate: Estate) -> Iterator[Verdict]:
    """Whether every node has a role that was found."""
    nodes = managed_nodes(estate)
    instances = [node for node in nodes if node.id.startswith("i-")]
    known(estate.roles)
    lost = [node.id for node in instances if not node.role]
    if lost:
        yield fault(f"No role is known of {listed(lost, 4)}.", "Give each an instance profile, or turn Default Host Management on.")
    elif instances:
        yield ok(f"{plural(len(instances), 'instance')} with a role.")


def _roles(estate: Estate) -> Mapping[str, tuple[Role, list[str]]]:
    """Each role with the nodes that have it."""
    held = known(estate.roles)
    found: dict[str, tuple[Role, list[str]]] = {}
    for node in managed_nodes(estate):
        if node.role in held:
            found.setdefault(node.role, (held[node.role], []))[1].append(node.id)
    return found


def metadata(estate: Estate) -> Iterator[Verdict]:
    """Whether the agent gets its credentials, and whether everything else on the node can get them too."""
    nodes = known(estate.nodes)
    shut = [node.id for node in nodes if node.metadata == "off"]
    lax = [node.id for node in nodes if node.metadata == "optional"]
    if shut:
        yield fault(
            f"The metadata service is off on {listed(shut, 4)}: the agent gets no credentials from the instance's role, and no session opens.",
            Fix("Turn it on, with tokens required.", _serve(shut, {"HttpEndpoint": "enabled", "HttpTokens": "required"}, estate)),
        )
    if lax:
        yield warning(
            f"The metadata service answers without a token on {listed(lax, 4)}: whatever fetches a URL there can be made to give the role's credentials"
            " away, and Default Host Management does not work.",
            Fix("Require tokens (IMDSv2), once nothing on the node asks without one.", _serve(lax, {"HttpTokens": "required"}, estate)),
        )
    if nodes and not (shut or lax):
        yield ok("The metadata service answers with tokens alone, as far as instances say.")


def _serve(ids: list[str], wanted: Mapping[str, str], estate: Estate) -> tuple[Step, ...]:
    asked = ((name, {"InstanceId": name, **wanted}) for name in ids)
    return tuple(
        Step(
            "ec2",
            "modify_instance_metadata_options",
            given,
            f"change the metadata service of {name}",
            "",
            str(dict(wanted)),
            estate.place.region,
        )
        for name, given in asked
    )


def connects(estate: Estate) -> Iterator[Verdict]:
    """Whether each role may connect to Session Manager."""
    for name, (held, ids) in _roles(estate).items():
        if isinstance(held.policies, Unknown):
            yield unknown(held.policies.why, name)
            continue
        lost = lacking(held, tuple((action, "*") for action in CONNECT))
        if not lost:
            yield ok(f"{name} lets its nodes connect.", name)
            continue
        back = Step("iam", "detach_role_policy", {"RoleName": name, "PolicyArn": CORE}, f"take AmazonSSMManagedInstanceCore from {name}")
        attach = Step(
            "iam",
            "attach_role_policy",
            {"RoleName": name, "PolicyArn": CORE},
            f"give {name} AmazonSSMManagedInstanceCore",
            "",
            CORE,
            "",
            (back,),
        )
        yield fault(
            f"{name}, the role of {listed(ids, 3)}, may not {_actions(lost)}.", Fix("Attach AmazonSSMManagedInstanceCore.", (attach,)), name
        )


def logs(estate: Estate) -> Iterator[Verdict]:
    """Whether each role may write the logs that the preferences ask for."""
    asked = wanted(estate)
    if asked is None:
        return
    bucket = None if isinstance(estate.bucket, Unknown) else estate.bucket
    key = bucket.key if bucket else ""
    for name, (held, ids) in _roles(estate).items():
        if isinstance(held.policies, Unknown):
            yield unknown(held.policies.why, name)
            continue
        lost = lacking(held, needs(asked, key))
        if not lost:
            yield ok(f"{name} may write session logs.", name)
            continue
        said = f"{name}, the role of {listed(ids, 3)}, may not surely {_actions(lost)}: sessions work and leave no log."
        yield fault(
            said, Fix("Give the role the policy of session logs; it can write them and read nothing.", grant(held, asked, key)), name
        )


def _actions(names: Iterable[str]) -> str:
    return listed(sorted(set(names)), 6)


CHECKS = (
    About(
        "nodes.managed", "Instances managed", "An instance that is not managed is entered by other ways, which nobody here sees.", managed
    ),
    About("nodes.online", "Nodes online", "A node without contact cannot be entered, and its last logs may be lost.", online),
    About("nodes.agent", "Agent's version", "Streaming needs 3.0.284; from 3.3.40 on ec2messages is not needed any more.", agent),
    About("nodes.role", "Nodes have a role", "The agent works with the node's own credentials.", role),
    About(
        "nodes.metadata",
        "Metadata service",
        "The agent gets its role's credentials there; without tokens (IMDSv1) so can whatever on the node is made to fetch a URL.",
        metadata,
    ),
    About("nodes.connects", "The role connects", "Without ssmmessages no session opens.", connects),
    About(
        "nodes.logs",
        "The role may write logs",
        "AmazonSSMManagedInstanceCore has no s3, logs or kms action: with it alone sessions work and leave no log.",
        logs,
    ),
)
