"""Session documents: AWS's own by name, two that the team wrote, and the preferences of each account-region.

Source of the schema: Systems Manager User Guide, "Session document schema".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.model import Kind
from tests.night.nodes import DATA, EU, PROD, STAGING, US

RUN_SHELL = "SSM-SessionManagerRunShell"
PORT = "AWS-StartPortForwardingSession"
REMOTE = "AWS-StartPortForwardingSessionToRemoteHost"
SOCKET = "AWS-StartPortForwardingSessionToSocket"
SSH = "AWS-StartSSHSession"
INTERACTIVE = "AWS-StartInteractiveCommand"
COMMAND = "AWS-StartNonInteractiveCommand"
DB_TUNNEL = "acme-DbTunnel"
QUIET_SHELL = "acme-QuietShell"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A Session document: its type, what it makes of a session, and its body."""

    session_type: str
    kind: Kind
    body: dict[str, object] = field(default_factory=dict)


def _parameters(*names: str) -> dict[str, object]:
    return {name: {"type": "String", "description": f"(Required) {name}", "allowedPattern": "^.{1,1024}$"} for name in names}


def _port(about: str, kind: str, *names: str, **properties: str) -> dict[str, object]:
    return {
        "schemaVersion": "1.0",
        "description": about,
        "sessionType": "Port",
        "parameters": _parameters(*names),
        "properties": {"type": kind} | properties,
    }


def _command(session_type: str) -> dict[str, object]:
    return {
        "schemaVersion": "1.0",
        "description": "Document to run a command on an instance",
        "sessionType": session_type,
        "parameters": _parameters("command"),
        "properties": {
            "linux": {"commands": "{{ command }}", "runAsElevated": False},
            "windows": {"commands": "{{ command }}", "runAsElevated": False},
        },
    }


DOCUMENTS = {
    PORT: Recipe(
        "Port",
        Kind.TUNNEL,
        _port(
            "Document to start port forwarding session over Session Manager",
            "LocalPortForwarding",
            "portNumber",
            "localPortNumber",
            portNumber="{{ portNumber }}",
            localPortNumber="{{ localPortNumber }}",
        ),
    ),
    REMOTE: Recipe(
        "Port",
        Kind.TUNNEL,
        _port(
            "Document to start port forwarding session over Session Manager to remote host",
            "LocalPortForwarding",
            "host",
            "portNumber",
            "localPortNumber",
            host="{{ host }}",
            portNumber="{{ portNumber }}",
            localPortNumber="{{ localPortNumber }}",
        ),
    ),
    SOCKET: Recipe(
        "Port",
        Kind.TUNNEL,
        _port(
            "Document to start port forwarding to a socket over Session Manager",
            "LocalPortForwarding",
            "socketFile",
            "localPortNumber",
            socketFile="{{ socketFile }}",
            localPortNumber="{{ localPortNumber }}",
        ),
    ),
    SSH: Recipe(
        "Port",
        Kind.SSH,
        _port(
            "Document to start SSH connection over Session Manager",
            "LocalPortForwarding",
            "portNumber",
            portNumber="{{ portNumber }}",
        ),
    ),
    INTERACTIVE: Recipe("InteractiveCommands", Kind.COMMAND, _command("InteractiveCommands")),
    COMMAND: Recipe("NonInteractiveCommands", Kind.COMMAND, _command("NonInteractiveCommands")),
    DB_TUNNEL: Recipe(
        "Port",
        Kind.TUNNEL,
        {
            "schemaVersion": "1.0",
            "description": "The orders replica, read only",
            "sessionType": "Port",
            "properties": {
                "type": "LocalPortForwarding",
                "host": "orders-replica.cluster-ro-c1example.eu-west-1.rds.amazonaws.com",
                "portNumber": "5432",
                "localPortNumber": "15432",
            },
        },
    ),
    QUIET_SHELL: Recipe(
        "Standard_Stream",
        Kind.SHELL,
        {
            "schemaVersion": "1.0",
            "description": "A shell for batch jobs",
            "sessionType": "Standard_Stream",
            "inputs": {"idleSessionTimeout": "60"},
        },
    ),
}
OWNED = {DB_TUNNEL: (PROD, EU), QUIET_SHELL: (PROD, EU)}


def _preferences(**inputs: object) -> dict[str, object]:
    nothing = {
        "s3BucketName": "",
        "s3KeyPrefix": "",
        "s3EncryptionEnabled": True,
        "cloudWatchLogGroupName": "",
        "cloudWatchEncryptionEnabled": True,
        "cloudWatchStreamingEnabled": True,
        "kmsKeyId": "",
        "runAsEnabled": False,
        "runAsDefaultUser": "",
        "idleSessionTimeout": "20",
        "maxSessionDuration": "",
        "shellProfile": {"windows": "", "linux": ""},
    }
    return {
        "schemaVersion": "1.0",
        "description": "Document to hold regional settings for Session Manager",
        "sessionType": "Standard_Stream",
        "inputs": nothing | inputs,
    }


BUCKET = "acme-session-logs-111122223333"
PROD_GROUP, DATA_GROUP = "/acme/ssm/sessions", "/data/ssm/sessions"
PREFERENCES = {
    (PROD, EU): _preferences(
        s3BucketName=BUCKET,
        s3KeyPrefix="prod",
        cloudWatchLogGroupName=PROD_GROUP,
        kmsKeyId=f"arn:aws:kms:{EU}:{PROD}:key/5b0c7d3e-9f41-4c2a-8d67-0e1f2a3b4c5d",
        maxSessionDuration="720",
    ),
    (PROD, US): _preferences(s3BucketName=BUCKET, s3KeyPrefix="prod", cloudWatchLogGroupName=PROD_GROUP),
    (STAGING, EU): _preferences(s3BucketName=BUCKET, s3KeyPrefix="staging", s3EncryptionEnabled=False, cloudWatchStreamingEnabled=False),
    (STAGING, US): _preferences(idleSessionTimeout="60", cloudWatchEncryptionEnabled=False, s3EncryptionEnabled=False),
    (DATA, US): _preferences(
        cloudWatchLogGroupName=DATA_GROUP,
        cloudWatchStreamingEnabled=False,
        runAsEnabled=True,
        runAsDefaultUser="ssm-user",
        shellProfile={"windows": "", "linux": "exec bash"},
    ),
}
PLACES = tuple(PREFERENCES)
WEAKENED_PLACE = (PROD, EU)  # whose preferences were version 4 for an hour
VERSIONS = {"3": PREFERENCES[PROD, EU], "4": _preferences(cloudWatchEncryptionEnabled=False), "5": PREFERENCES[PROD, EU]}
