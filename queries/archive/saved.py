"""What the snapshots of an archive say: sessions, documents and nodes, as the AWS CLI printed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.documents import base_name, kind_of
from bot.core.model import Document, Node, Place, Session
from bot.core.records import mapping, moment
from queries.archive.asking import Inquiry
from queries.archive.inflate import inflate
from queries.archive.logs import aware
from queries.archive.snapshots import parsed
from queries.documents import document_of
from queries.nodes import information, instance, merged
from queries.sessions import session_of_item

NEWEST = (
    "SELECT account, region, name, taken, body FROM snapshots WHERE name LIKE ? "
    "QUALIFY row_number() OVER (PARTITION BY account, region, name ORDER BY taken DESC, location) = 1 ORDER BY account, region, name"
)
RESERVED = ("aws", "amazon", "amzn")  # no one else's document may be named so (SSM API, CreateDocument)
Library = Mapping[Place, Mapping[str, Document]]


@dataclass(frozen=True, slots=True)
class Saved:
    """One snapshot, parsed."""

    place: Place
    name: str
    taken: datetime
    content: Mapping[str, Any]


def snapshots(inquiry: Inquiry, like: str) -> tuple[Saved, ...]:
    """The newest snapshot of each name and place."""
    return inquiry.keep(
        f"snapshots {like}",
        lambda: tuple(
            Saved(Place(row["account"], row["region"]), row["name"], aware(row["taken"]), parsed(inflate(row["body"])))
            for row in inquiry.rows(NEWEST, [like])
        ),
    )


def sessions(inquiry: Inquiry, state: str) -> tuple[tuple[Saved, tuple[Session, ...]], ...]:
    """SSM's sessions in a state (`active`, `history`), by snapshot."""
    known = library(inquiry)
    return tuple(
        (
            saved,
            tuple(
                _session(item, saved.place, known.get(saved.place, {}))
                for item in _items(saved.content, "Sessions")
                if item.get("SessionId")
            ),
        )
        for saved in snapshots(inquiry, f"ssm.describe-sessions.{state}")
    )


def _session(item: Mapping[str, Any], place: Place, custom: Mapping[str, Document]) -> Session:
    name = str(item.get("DocumentName") or "")
    document = custom.get(base_name(name))
    timed = dict(item) | {key: _time(item.get(key)) for key in ("StartDate", "EndDate")}
    return session_of_item(timed, place, document, kind_of(name or "SSM-SessionManagerRunShell", custom))


def _time(value: object) -> datetime | None:
    """A date as either version of the CLI prints it: text, or seconds since 1970."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return moment(value)


def library(inquiry: Inquiry) -> Library:
    """The Session documents that the snapshots hold, by place and name."""
    found: dict[Place, dict[str, Document]] = {}
    for document in documents(inquiry):
        found.setdefault(Place(document.account, document.region), {})[base_name(document.name)] = document
    return found


def documents(inquiry: Inquiry) -> tuple[Document, ...]:
    """Every Session document of the fleet's own in the snapshots, sorted; one that is listed but was not saved says so."""
    held = {(s.place, s.name.removeprefix("ssm.get-document.")): s for s in snapshots(inquiry, "ssm.get-document.%")}
    made = {
        (place, name): document_of(saved.content, place, str(saved.content.get("Name") or name)) for (place, name), saved in held.items()
    }
    made = {key: document for key, document in made.items() if document.session_type or document.inputs}
    for saved in snapshots(inquiry, "ssm.list-documents%"):
        for item in _items(saved.content, "DocumentIdentifiers"):
            name = str(item.get("Name") or "")
            if name and item.get("DocumentType") == "Session" and (saved.place, name) not in made:
                missing = "It is listed, but the archive holds no GetDocument export of it."
                made[saved.place, name] = Document(name, account=saved.place.account, region=saved.place.region, missing=missing)
    return tuple(made[key] for key in sorted(made) if not key[1].lower().startswith(RESERVED))


def versions(inquiry: Inquiry, wanted: Iterable[tuple[Place, str]], since: datetime) -> tuple[Document, ...]:
    """The exported versions of these documents: those made since then and the one before, oldest first."""
    ids = {(place, base_name(name)) for place, name in wanted}
    made: dict[tuple[Place, str], list[Document]] = {}
    for one in snapshots(inquiry, "ssm.get-document-version.%"):
        name = base_name(str(one.content.get("Name") or ""))
        if (one.place, name) in ids:
            document = replace(document_of(one.content, one.place, name), made=_time(one.content.get("CreatedDate")))
            made.setdefault((one.place, name), []).append(document)
    return tuple(document for these in made.values() for document in _since(these, since))


def _since(these: list[Document], since: datetime) -> list[Document]:
    rows = sorted((one for one in these if one.made), key=lambda one: str(one.made))
    return [*[one for one in rows if one.made and one.made < since][-1:], *(one for one in rows if one.made and one.made >= since)]


def nodes(inquiry: Inquiry, wanted: Iterable[tuple[Place, str]]) -> dict[str, Node]:
    """The wanted nodes that a snapshot of their own place knows."""
    ids = set(wanted)
    ec2 = {node.id: node for place, node in _instances(inquiry) if (place, node.id) in ids}
    ssm = {node.id: node for place, node in _managed(inquiry) if (place, node.id) in ids}
    return merged(ec2, ssm)


def _instances(inquiry: Inquiry) -> Iterator[tuple[Place, Node]]:
    for saved in snapshots(inquiry, "ec2.describe-instances%"):
        for reservation in _items(saved.content, "Reservations"):
            yield from ((saved.place, instance(item)) for item in _items(reservation, "Instances"))


def _managed(inquiry: Inquiry) -> Iterator[tuple[Place, Node]]:
    for saved in snapshots(inquiry, "ssm.describe-instance-information%"):
        yield from ((saved.place, information(item)) for item in _items(saved.content, "InstanceInformationList"))


def _items(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """A list of objects in foreign JSON; whatever else stands there is left out."""
    held = content.get(key)
    return [mapping(item) for item in held if isinstance(item, Mapping)] if isinstance(held, list) else []
