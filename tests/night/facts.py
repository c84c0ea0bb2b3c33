"""What is true of the night: the answers that tests hold the product to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.core.model import Kind
from tests.night.nodes import Node
from tests.night.people import Person


@dataclass(frozen=True, slots=True)
class Told:
    """The truth of one session, or of one denied attempt (`error` is set and `id` is empty).

    `logs` says where its output lies: stream (JSON events), upload (plain events), object (S3 file).
    `coverage` is logged, partial, expected-none, unexpected-none or pending, and `cause` says why.
    `typed` are the commands as submitted; `risky` those among them that nobody may overlook.
    """

    key: str
    id: str
    kind: Kind
    person: Person
    owner: str
    node: Node
    started: datetime
    ended: datetime | None
    status: str
    document: str
    reason: str = ""
    access: str = "Standard"
    host: str = ""
    port: str = ""
    local_port: str = ""
    command: str = ""
    error: str = ""
    ended_by: str = ""
    resumed_from: str = ""
    typed: tuple[str, ...] = ()
    risky: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    coverage: str = ""
    cause: str = ""
    in_trail: bool = True

    @property
    def live(self) -> bool:
        return not self.error and self.ended is None


@dataclass(frozen=True, slots=True)
class Night:
    """The night as laid: where its export lies, when it ends, and who did what.

    `weakened` is when prod's preferences logged nothing; `orphan` is a log stream whose session nobody knows;
    `versions` is what GetDocument gives for each version of those preferences.
    """

    folder: Path
    now: datetime
    told: tuple[Told, ...]
    people: tuple[Person, ...]
    nodes: tuple[Node, ...]
    places: tuple[tuple[str, str], ...]
    weakened: tuple[datetime, datetime]
    records: int
    orphan: str
    versions: Mapping[str, Mapping[str, object]]

    def __getitem__(self, key: str) -> Told:
        """One session or attempt by its name in the timetable."""
        return next(one for one in self.told if one.key == key)

    def like(self, prefix: str) -> tuple[Told, ...]:
        """The sessions and attempts whose names in the timetable begin so: `fan-`, `denied-`."""
        return tuple(one for one in self.told if one.key.startswith(prefix))

    @property
    def sessions(self) -> tuple[Told, ...]:
        return tuple(one for one in self.told if not one.error)

    @property
    def denied(self) -> tuple[Told, ...]:
        return tuple(one for one in self.told if one.error)

    @property
    def live(self) -> tuple[Told, ...]:
        return tuple(one for one in self.told if one.live)

    @property
    def ended(self) -> tuple[Told, ...]:
        return tuple(one for one in self.sessions if not one.live)

    @property
    def tunnels(self) -> tuple[Told, ...]:
        return tuple(one for one in self.sessions if one.kind in (Kind.TUNNEL, Kind.SSH, Kind.RDP))

    @property
    def unlogged(self) -> tuple[Told, ...]:
        return tuple(one for one in self.sessions if one.coverage == "unexpected-none")

    @property
    def risky(self) -> tuple[Told, ...]:
        return tuple(one for one in self.sessions if one.risky)
