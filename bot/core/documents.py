"""What a Session document makes of a session: its kind, and where a tunnel leads.

AWS's own documents are known by name; a team's own are known by `sessionType`, and may fix host and port inside.
Source: Systems Manager User Guide, "Session document schema" and "Start a session".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.core.model import Document, Kind

DEFAULT_SHELL = "SSM-SessionManagerRunShell"
ECS_DOCUMENT = "AmazonECS-ExecuteInteractiveCommand"

OWN: Mapping[str, Kind] = MappingProxyType(
    {
        DEFAULT_SHELL: Kind.SHELL,
        "AWS-StartSSHSession": Kind.SSH,
        "AWS-StartInteractiveCommand": Kind.COMMAND,
        "AWS-StartNonInteractiveCommand": Kind.COMMAND,
        "AWS-PasswordReset": Kind.COMMAND,
        "AWS-StartPortForwardingSession": Kind.TUNNEL,
        "AWS-StartPortForwardingSessionToRemoteHost": Kind.TUNNEL,
        "AWS-StartPortForwardingSessionToSocket": Kind.TUNNEL,
        ECS_DOCUMENT: Kind.ECS,
    }
)
TYPES: Mapping[str, Kind] = MappingProxyType(
    {
        "Standard_Stream": Kind.SHELL,
        "InteractiveCommands": Kind.COMMAND,
        "NonInteractiveCommands": Kind.COMMAND,
        "Port": Kind.TUNNEL,
    }
)
DEFAULT_PORTS = MappingProxyType({"AWS-StartPortForwardingSession": "80", "AWS-StartSSHSession": "22"})
PORT_KINDS = frozenset({Kind.TUNNEL, Kind.SSH, Kind.RDP})
HOST_NAMES = ("host", "socket", "socketPath")

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.:/-]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a tunnel leads. An empty host is the node itself; an empty port is not known."""

    host: str = ""
    port: str = ""
    local_port: str = ""


def base_name(document: str) -> str:
    """A document's name without the ARN before it."""
    return document.rpartition("/")[2] if document.startswith("arn:") else document


def custom_document(document: str, custom: Mapping[str, Document]) -> Document | None:
    """The team's own document, known by what was asked for or by its bare name."""
    return custom.get(document) or custom.get(base_name(document))


def kind_of(document: str, custom: Mapping[str, Document]) -> Kind:
    """What a session of that document is; UNKNOWN for a document that nobody could read."""
    own = OWN.get(base_name(document))
    if own is not None:
        return own
    found = custom_document(document, custom)
    return TYPES.get(found.session_type, Kind.UNKNOWN) if found else Kind.UNKNOWN


def endpoint_of(document: str, parameters: Mapping[str, Sequence[str]], custom: Mapping[str, Document]) -> Endpoint:
    """Where a tunnel leads: what the caller asked for, inside what the document fixes."""
    found = custom_document(document, custom)
    properties = found.properties if found else {}
    asked = {name: values[0] for name, values in parameters.items() if values}

    def value(name: str) -> str:
        fixed = properties.get(name)
        return _filled(str(fixed), asked) if fixed not in (None, "") else asked.get(name, "")

    host = next(filter(None, map(value, HOST_NAMES)), "")
    port = value("portNumber") or DEFAULT_PORTS.get(base_name(document), "")
    return Endpoint(host, port, value("localPortNumber"))


def _filled(template: str, asked: Mapping[str, str]) -> str:
    """A property with its `{{ parameters }}` filled in; empty when one of them is not known."""
    names = _PLACEHOLDER.findall(template)
    return _PLACEHOLDER.sub(lambda hole: asked[hole[1]], template) if all(name in asked for name in names) else ""
