"""Session documents: what each session's kind and logging depend on. Read once, kept for a while.

AWS's own documents are known by name and are never asked for. A team's own, whatever its name, tells by `sessionType`
whether it is a shell or a tunnel. The Region's preferences are the document SSM-SessionManagerRunShell, which does not exist
until preferences are first saved. Source: SSM API ListDocuments, GetDocument; Systems Manager User Guide, "Session document schema".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.documents import OWN
from bot.core.model import Document, Place

PREFERENCES = "SSM-SessionManagerRunShell"
KEEP = 600.0  # seconds that a document is believed
LISTED = [{"Key": "DocumentType", "Values": ["Session"]}, {"Key": "Owner", "Values": ["Self"]}]
UNSAVED = "No preferences were ever saved in this Region, so its sessions use AWS's defaults: nothing is logged."
GONE = "This document no longer exists, so what it was cannot be told."
SESSION_TYPES = frozenset({"Standard_Stream", "InteractiveCommands", "NonInteractiveCommands", "Port"})


@dataclass(slots=True)
class Library:
    """Documents by place and name; safe from any thread. `clock` is in seconds."""

    clock: Callable[[], float]
    _held: dict[tuple[Place, str], tuple[float, Document]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def held(self, place: Place, name: str) -> Document | None:
        """The document if it was read not long ago."""
        with self._lock:
            at, document = self._held.get((place, name), (float("-inf"), None))
        return document if self.clock() - at < KEEP else None

    def read(self, client: Any, place: Place, name: str) -> Document:  # noqa: ANN401 - a boto3 client
        """The document, asked of AWS if need be; one that is gone says so. Raises botocore's errors otherwise."""
        if found := self.held(place, name):
            return found
        try:
            document = document_of(client.get_document(Name=name, DocumentFormat="JSON"), place, name)
        except client.exceptions.InvalidDocument:
            document = Document(name, account=place.account, region=place.region, missing=UNSAVED if name == PREFERENCES else GONE)
        with self._lock:
            self._held[place, name] = (self.clock(), document)
        return document


def names(client: Any) -> Iterator[str]:  # noqa: ANN401 - a boto3 client
    """Every Session document that the account owns in a Region, the preferences among them or not."""
    for page in client.get_paginator("list_documents").paginate(Filters=LISTED, PaginationConfig={"PageSize": 50}):
        yield from (str(item.get("Name", "")) for item in page.get("DocumentIdentifiers") or ())


def foreign(name: str) -> bool:
    """Whether a document's kind has to be asked for: it is not one of those that are known by name."""
    return bool(name) and name.rpartition("/")[2] not in OWN


def document_of(reply: Mapping[str, Any], place: Place, name: str) -> Document:
    """A Document from a GetDocument reply; content that is no Session document leaves the type empty."""
    content = _content(reply.get("Content"))
    kind = str(content.get("sessionType") or "")
    return Document(
        name=name,
        session_type=kind if kind in SESSION_TYPES else "",
        inputs=_mapping(content.get("inputs")),
        properties=_mapping(content.get("properties")),
        account=place.account,
        region=place.region,
        version=str(reply.get("DocumentVersion") or ""),
    )


def _content(text: object) -> Mapping[str, Any]:
    """The document's own JSON; empty if it is not an object."""
    try:
        return _mapping(json.loads(str(text or "")))
    except ValueError:
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    """A mapping as it is; anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}
