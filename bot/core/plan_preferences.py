"""Session Manager's preferences: read from a document's inputs, and changed without touching what is not asked for.

The document is `SSM-SessionManagerRunShell`; its inputs are in the Systems Manager User Guide, "Session document schema". Booleans may
arrive as strings; time-outs are strings of minutes. UpdateDocument makes a new version; the default version has to follow, since the
console shows the default while sessions have been seen to take the latest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.doctor.facts import SessionDocument
from bot.core.documents import DEFAULT_SHELL
from bot.core.plan import Step, pretty

IDLE, LONGEST = 20, 60  # minutes
NEW: Mapping[str, Any] = {
    "s3BucketName": "",
    "s3KeyPrefix": "",
    "s3EncryptionEnabled": True,
    "cloudWatchLogGroupName": "",
    "cloudWatchEncryptionEnabled": False,
    "cloudWatchStreamingEnabled": True,
    "kmsKeyId": "",
    "runAsEnabled": False,
    "runAsDefaultUser": "",
    "idleSessionTimeout": str(IDLE),
    "maxSessionDuration": str(LONGEST),
    "shellProfile": {"windows": "", "linux": ""},
}
HEAD: Mapping[str, Any] = {
    "schemaVersion": "1.0",
    "description": "Document to hold regional settings for Session Manager",
    "sessionType": "Standard_Stream",
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """A document's inputs, typed. Minutes are None where none are set, and -1 where they are no number."""

    bucket: str
    prefix: str
    bucket_encrypted: bool
    group: str
    group_encrypted: bool
    streaming: bool
    key: str
    run_as: bool
    run_as_user: str
    idle: int | None
    longest: int | None
    profiles: Mapping[str, str]

    @property
    def named(self) -> bool:
        """Whether they name a place for logs at all."""
        return bool(self.bucket or self.group)


def inputs(document: SessionDocument) -> Inputs:
    """The inputs of a document."""
    raw = document.inputs
    profiles = raw.get("shellProfile")
    return Inputs(
        _text(raw, "s3BucketName"), _text(raw, "s3KeyPrefix"), _true(raw, "s3EncryptionEnabled"),
        _text(raw, "cloudWatchLogGroupName"), _true(raw, "cloudWatchEncryptionEnabled"), _true(raw, "cloudWatchStreamingEnabled"),
        _text(raw, "kmsKeyId"), _true(raw, "runAsEnabled"), _text(raw, "runAsDefaultUser"),
        _minutes(raw, "idleSessionTimeout"), _minutes(raw, "maxSessionDuration"),
        {str(k): str(v or "") for k, v in profiles.items()} if isinstance(profiles, Mapping) else {},
    )  # fmt: skip


def _text(raw: Mapping[str, Any], name: str) -> str:
    return str(raw.get(name) or "")


def _true(raw: Mapping[str, Any], name: str) -> bool:
    return str(raw.get(name)).lower() == "true"


def _minutes(raw: Mapping[str, Any], name: str) -> int | None:
    said = _text(raw, name).strip()
    return None if not said else int(said) if said.isascii() and said.isdecimal() else -1


def changed(document: SessionDocument | None, wanted: Mapping[str, Any], region: str, about: str) -> tuple[Step, ...]:
    """The steps that set these inputs and leave all others; none where they are set, at the latest and the default version alike."""
    if document is None:
        return (_create(wanted, region, about),)
    content = {**document.content, "inputs": {**document.inputs, **wanted}}
    newest = document.latest if document.latest is not None else document.content
    if newest != content:
        return (*_update(document, content, region, about),)
    if document.default_version != document.latest_version:
        return (_promote(document, region, about),)
    return ()


def promoted(document: SessionDocument, region: str) -> tuple[Step, ...]:
    """The step that puts the newest version in force, if it is not."""
    behind = document.default_version != document.latest_version
    return (_promote(document, region, "put the newest version in force"),) if behind else ()


def _create(wanted: Mapping[str, Any], region: str, about: str) -> Step:
    content = {**HEAD, "inputs": {**NEW, **wanted}}
    parameters = {"Name": DEFAULT_SHELL, "DocumentType": "Session", "DocumentFormat": "JSON", "Content": json.dumps(content)}
    back = Step("ssm", "delete_document", {"Name": DEFAULT_SHELL}, "remove the preferences that were not there before", region=region)
    return Step("ssm", "create_document", parameters, about, "", pretty(content), region, (back,))


def _update(document: SessionDocument, content: Mapping[str, Any], region: str, about: str) -> tuple[Step, Step]:
    parameters = _version(document, content, 1)
    update = Step("ssm", "update_document", parameters, about, pretty(document.content), pretty(content), region)
    before = f"default version {document.default_version}"
    return update, _follow(document, region, "put the new version in force", before, _back(document, region))


def _version(document: SessionDocument, content: Mapping[str, Any], ahead: int) -> dict[str, Any]:
    """A new version. SSM refuses content that it has held before, byte for byte, so the version's number is told in blanks at the end."""
    number = int(document.latest_version) + ahead if document.latest_version.isdecimal() else ahead
    body = json.dumps(content) + " " * number
    return {"Name": document.name, "DocumentVersion": "$LATEST", "DocumentFormat": "JSON", "Content": body}


def _follow(document: SessionDocument, region: str, about: str, before: str = "", back: tuple[Step, ...] = ()) -> Step:
    takes = {"DocumentVersion": ("DocumentDescription", "DocumentVersion")}
    after = "default version: the new one" if before else ""
    return Step("ssm", "update_document_default_version", {"Name": document.name}, about, before, after, region, back, takes)


def _promote(document: SessionDocument, region: str, about: str) -> Step:
    parameters = {"Name": document.name, "DocumentVersion": document.latest_version}
    before = pretty(document.content)
    after = pretty(document.latest if document.latest is not None else document.content)
    return Step("ssm", "update_document_default_version", parameters, about, before, after, region, _back(document, region))


def _back(document: SessionDocument, region: str) -> tuple[Step, ...]:
    """The former content as the newest version and in force: the default version alone would leave the newest in use."""
    old = _version(document, document.content, 2)
    restore = Step("ssm", "update_document", old, "bring the former content back as the newest version", region=region)
    return restore, _follow(document, region, "put it in force")
