"""Session documents as they stand: the version in force and the newest, and with whom they are shared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from bot.core.doctor.facts import SessionDocument
from bot.core.documents import DEFAULT_SHELL, OWN
from bot.core.records import mapping
from queries.documents import LISTED
from queries.estate.look import Look, missing

TUNNELS = tuple(sorted(name for name in OWN if "PortForwarding" in name or name == "AWS-StartSSHSession"))


def preferences(look: Look) -> SessionDocument | None:
    """The preferences, None where none were saved."""
    try:
        return document(look, DEFAULT_SHELL)
    except ClientError as error:
        if missing(error, "InvalidDocument"):
            return None
        raise


def others(look: Look) -> tuple[SessionDocument, ...]:
    """Every other Session document that the account owns."""
    names = [str(item.get("Name", "")) for item in look.pages("ssm", "list_documents", "DocumentIdentifiers", Filters=LISTED)]
    return tuple(document(look, name) for name in sorted(set(names) - {DEFAULT_SHELL, ""}))


def document(look: Look, name: str) -> SessionDocument:
    """One document. Raises botocore's errors."""
    held = look.call("ssm", "get_document", Name=name, DocumentFormat="JSON")
    newest = look.call("ssm", "get_document", Name=name, DocumentFormat="JSON", DocumentVersion="$LATEST")
    default, latest = str(held.get("DocumentVersion") or "1"), str(newest.get("DocumentVersion") or "1")
    other = _content(newest) if default != latest else None
    return SessionDocument(name, _content(held), default, latest, other, look.part(lambda look: _shared(look, name), "ssm"))


def _content(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(str(reply.get("Content") or "{}")))
    except ValueError:
        return {}


def _shared(look: Look, name: str) -> tuple[str, ...]:
    answer = look.call("ssm", "describe_document_permission", Name=name, PermissionType="Share")
    return tuple(sorted(str(account) for account in answer.get("AccountIds") or ()))


def tunnels(look: Look) -> tuple[str, ...]:
    """AWS's own tunnel documents that can be read here."""
    return tuple(name for name in TUNNELS if _readable(look, name))


def _readable(look: Look, name: str) -> bool:
    try:
        look.call("ssm", "get_document", Name=name)
    except ClientError as error:
        if missing(error, "InvalidDocument"):
            return False
        raise
    return True
