"""An export folder as AWS itself would know it: what the stand-ins answer from."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Where = tuple[str, str]  # account, region


@dataclass(slots=True)
class Export:
    """One folder of verbatim AWS CLI output, CloudTrail files and session logs."""

    sessions: dict[Where, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    documents: dict[Where, list[dict[str, Any]]] = field(default_factory=dict)
    versions: dict[Where, list[dict[str, Any]]] = field(default_factory=dict)
    nodes: dict[Where, list[dict[str, Any]]] = field(default_factory=dict)
    instances: dict[Where, list[dict[str, Any]]] = field(default_factory=dict)
    logs: dict[Where, dict[str, dict[str, list[dict[str, Any]]]]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    trail: list[tuple[dict[str, str], int, list[dict[str, Any]]]] = field(default_factory=list)

    @property
    def places(self) -> list[Where]:
        return sorted(self.sessions)


def read(folder: Path) -> Export:
    """The folder's facts."""
    export = Export()
    for place in sorted(folder.glob("snapshots/*/*")):
        _place(export, place, (place.parent.name, place.name))
    export.objects = {path.name: path.read_bytes() for path in sorted(folder.glob("session-logs/**/*.log"))}
    for path in sorted(folder.glob("AWSLogs/**/CloudTrail/**/*.json.gz")):
        _, region, year, month, day, _ = path.parts[-6:]
        partition = {"account": path.parts[-7], "region": region, "year": year, "month": month, "day": day}
        export.trail.append((partition, path.stat().st_size, json.loads(gzip.decompress(path.read_bytes()))["Records"]))
    return export


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _place(export: Export, folder: Path, where: Where) -> None:
    export.sessions[where] = {
        "Active": _json(folder / "ssm.describe-sessions.active.json").get("Sessions", []),
        "History": _json(folder / "ssm.describe-sessions.history.json").get("Sessions", []),
    }
    export.documents[where] = [_json(path) for path in sorted(folder.glob("ssm.get-document.*.json"))]
    export.versions[where] = [_json(path) for path in sorted(folder.glob("ssm.get-document-version.*.json"))]
    export.nodes[where] = _json(folder / "ssm.describe-instance-information.json").get("InstanceInformationList", [])
    reservations = _json(folder / "ec2.describe-instances.json").get("Reservations", [])
    export.instances[where] = [instance for reservation in reservations for instance in reservation["Instances"]]
    export.logs[where] = {
        group.name.replace("__", "/"): {path.stem: _json(path)["events"] for path in sorted(group.glob("*.json"))}
        for group in sorted(folder.glob("logs/*"))
    }
