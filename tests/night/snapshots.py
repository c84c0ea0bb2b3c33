"""What the AWS CLI would print at the end of the night: sessions, documents, nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.night.documents import DOCUMENTS, OWNED, PREFERENCES, RUN_SHELL, VERSIONS, WEAKENED_PLACE
from tests.night.facts import Told
from tests.night.nodes import NODES, Node
from tests.night.plan import WEAKENED
from tests.night.seeds import draw, number

LINUX = {"al2023": ("Amazon Linux", "2023"), "al2": ("Amazon Linux", "2"), "ubuntu": ("Ubuntu", "24.04")}
WINDOWS = ("Microsoft Windows Server 2022 Datacenter", "10.0.20348")
Place = tuple[str, str]


def moment(at: datetime, *seed: str) -> str:
    """A time as the AWS CLI prints it: ISO 8601 with milliseconds and offset."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{number(999, *seed):03d}000+00:00"


def session(told: Told) -> dict[str, object]:
    """One item of DescribeSessions."""
    body: dict[str, object] = {
        "SessionId": told.id,
        "Target": told.node.id,
        "Status": told.status,
        "StartDate": moment(told.started, told.id),
    }
    if told.ended:
        body["EndDate"] = moment(told.ended, told.id, "end")
    body |= {"DocumentName": told.document, "Owner": told.owner}
    if told.reason:
        body["Reason"] = told.reason
    longest = PREFERENCES[told.node.place]["inputs"]["maxSessionDuration"]
    body |= {"Details": "", "OutputUrl": {"S3OutputUrl": _output(told), "CloudWatchOutputUrl": ""}, "AccessType": told.access}
    return body | ({"MaxSessionDuration": longest} if longest else {})


def _output(told: Told) -> str:
    """Where SSM says the S3 object lies: mostly nothing, and a console link for root's sessions and Rhea's."""
    inputs = PREFERENCES[told.node.place]["inputs"]
    named = "object" in told.logs and told.person.key in ("root", "rhea")
    return f"https://s3.console.aws.amazon.com/s3/object/{inputs['s3BucketName']}/{inputs['s3KeyPrefix']}/{told.id}.log" if named else ""


def snapshots(place: Place, told: tuple[Told, ...], now: datetime) -> Iterator[tuple[str, dict[str, object]]]:
    """File name and body of each snapshot of one account-region."""
    here = [one for one in told if one.node.place == place and not one.error]
    nodes = [node for node in NODES.values() if node.place == place and not node.id.startswith("ecs:")]
    yield "ssm.describe-sessions.active.json", {"Sessions": [session(one) for one in here if one.live]}
    yield "ssm.describe-sessions.history.json", {"Sessions": [session(one) for one in here if not one.live]}
    yield from _documents(place, now)
    yield "ssm.describe-instance-information.json", {"InstanceInformationList": [_information(node, now) for node in nodes]}
    yield "ec2.describe-instances.json", {"Reservations": [_reservation(node, now) for node in nodes if node.id.startswith("i-")]}


def _documents(place: Place, now: datetime) -> Iterator[tuple[str, dict[str, object]]]:
    bodies = {RUN_SHELL: PREFERENCES[place]} | {
        name: recipe.body for name, recipe in DOCUMENTS.items() if name not in OWNED or OWNED[name] == place
    }
    for name, body in bodies.items():
        yield f"ssm.get-document.{name}.json", _document(place, name, body, now)
    if place == WEAKENED_PLACE:
        yield from ((f"ssm.get-document-version.{RUN_SHELL}.{version}.json", body) for version, body in versions(now).items())
    yield "ssm.list-documents.json", {"DocumentIdentifiers": [_identifier(place, name, now) for name in bodies]}


def versions(now: datetime) -> dict[str, dict[str, object]]:
    """What GetDocument gives for each version of prod's preferences that SSM still knows."""
    made = {"3": _born(RUN_SHELL, now), "4": now - WEAKENED[0], "5": now - WEAKENED[1]}
    return {
        version: _document(WEAKENED_PLACE, RUN_SHELL, body, now)
        | {"DocumentVersion": version, "CreatedDate": moment(made[version], RUN_SHELL, version)}
        for version, body in VERSIONS.items()
    }


def _version(place: Place, name: str) -> str:
    return max(VERSIONS) if (place, name) == (WEAKENED_PLACE, RUN_SHELL) else "1"


def _document(place: Place, name: str, body: dict[str, object], now: datetime) -> dict[str, object]:
    return {
        "Name": name,
        "CreatedDate": moment(_born(name, now), name, *place),
        "DocumentVersion": _version(place, name),
        "Status": "Active",
        "Content": json.dumps(body, indent=2),
        "DocumentType": "Session",
        "DocumentFormat": "JSON",
    }


def _born(name: str, now: datetime) -> datetime:
    return now - timedelta(days=5, hours=8) if name in OWNED else now - timedelta(days=400)


def _identifier(place: Place, name: str, now: datetime) -> dict[str, object]:
    return {
        "Name": name,
        "CreatedDate": moment(_born(name, now), name, *place),
        "Owner": "Amazon" if name.startswith("AWS-") else place[0],
        "PlatformTypes": ["Windows", "Linux", "MacOS"],
        "DocumentVersion": _version(place, name),
        "DocumentType": "Session",
        "SchemaVersion": "1.0",
        "DocumentFormat": "JSON",
        "Tags": [],
    }


def _information(node: Node, now: datetime) -> dict[str, object]:
    hybrid, up = node.id.startswith("mi-"), node.state == "running"
    name, version = WINDOWS if node.windows else LINUX[node.os]
    body: dict[str, object] = {
        "InstanceId": node.id,
        "PingStatus": "Online" if up else "ConnectionLost",
        "LastPingDateTime": moment(now - timedelta(minutes=1 if up else 2600), node.id),
        "AgentVersion": "3.3.2958.0",
        "IsLatestVersion": True,
        "PlatformType": "Windows" if node.windows else "Linux",
        "PlatformName": name,
        "PlatformVersion": version,
        "ResourceType": "ManagedInstance" if hybrid else "EC2Instance",
        "IPAddress": node.address,
        "ComputerName": f"{node.key}.corp.example.com" if node.windows else f"{node.host}.internal.example.com",
        "SourceId": node.id,
        "SourceType": "AWS::SSM::ManagedInstance" if hybrid else "AWS::EC2::Instance",
    }
    if hybrid:
        registered = moment(now - timedelta(days=90), node.id, "registered")
        body |= {
            "ActivationId": "6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b",
            "IamRole": "acme-hybrid",
            "RegistrationDate": registered,
            "Name": node.name,
        }
    return body


def _reservation(node: Node, now: datetime) -> dict[str, object]:
    tags = [{"Key": "Name", "Value": node.name}] if node.name else []
    instance: dict[str, object] = {
        "InstanceId": node.id,
        "InstanceType": "t3.medium",
        "LaunchTime": f"{now - (timedelta(days=41) if node.name else timedelta(days=3, hours=13, minutes=20)):%Y-%m-%dT%H:%M:%S}+00:00",
        "PrivateIpAddress": node.address,
        "PrivateDnsName": f"{node.host}.{node.region}.compute.internal",
        "State": {"Code": 16, "Name": "running"} if node.state == "running" else {"Code": 80, "Name": "stopped"},
        "Tags": [*tags, {"Key": "team", "Value": node.key.split("-", 1)[0]}],
        **({"Platform": "windows"} if node.windows else {}),
        "PlatformDetails": "Windows" if node.windows else "Linux/UNIX",
    }
    return {"ReservationId": "r-0" + draw("0123456789abcdef", 16, node.id), "OwnerId": node.account, "Groups": [], "Instances": [instance]}
