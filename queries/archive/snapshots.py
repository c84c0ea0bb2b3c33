"""Snapshots: what the AWS CLI printed, kept word for word, with the time at which it was saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from isal import igzip

from bot.core.records import mapping
from queries.archive.inflate import Unreadable
from queries.archive.layout import Found

CAP = 64 << 20
KEYS: Sequence[tuple[str, str]] = (
    ("ssm.describe-sessions.", "Sessions"),
    ("ssm.list-documents", "DocumentIdentifiers"),
    ("ssm.describe-instance-information", "InstanceInformationList"),
    ("ec2.describe-instances", "Reservations"),
    ("ssm.get-document.", "Content"),
    ("ssm.get-document-version.", "Content"),
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One saved answer of AWS."""

    account: str
    region: str
    name: str
    location: str
    taken: datetime
    body: bytes

    def row(self) -> list[Any]:
        """The row of table `snapshots`."""
        return [self.account, self.region, self.name, self.location, self.taken.replace(tzinfo=None), igzip.compress(self.body, 1)]


def of_file(found: Found, body: bytes) -> Snapshot:
    """The snapshot in a file; Unreadable if it is not what its name says."""
    key = next((key for prefix, key in KEYS if found.name.startswith(prefix)), "")
    if not key:
        raise Unreadable("Its name is no question that I know: I read " + ", ".join(f"{prefix}*" for prefix, _ in KEYS) + ".")
    if key not in parsed(body):
        raise Unreadable(f"It is not what the AWS CLI prints: it holds no `{key}`.")
    return Snapshot(found.account, found.region, found.name, found.path, datetime.fromtimestamp(found.changed // 10**9, UTC), body)


def parsed(body: bytes) -> Mapping[str, Any]:
    """The JSON object that the CLI printed; empty if it is none."""
    try:
        return mapping(json.loads(body))
    except (ValueError, RecursionError):
        return {}
