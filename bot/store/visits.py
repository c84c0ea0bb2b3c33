"""What the doctor saw: its visits, and the Session documents as they were whenever one had changed.

SSM keeps a document's versions until the document is deleted; what is kept here outlives that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.core.doctor.drift import KEPT, Visit, restored, stored
from bot.core.model import Document, Place
from bot.store.lead import clean, stamp, upsert
from bot.store.schema import alone, papers, visits


class VisitRows:
    """The doctor's part of the store."""

    write: Callable[[Callable[[Connection], Any]], Any]
    read: Callable[[Callable[[Connection], Any]], Any]

    def keep_visit(self, visit: Visit, documents: Iterable[Document] = ()) -> None:
        """Store a visit with the documents that were seen; both or neither. Visits older than two months go."""
        row = {"at": stamp(visit.at), "who": clean(visit.who), "body": json.dumps(stored(visit))}
        seen = tuple(documents)

        def work(connection: Connection) -> None:
            alone(connection)
            connection.execute(delete(visits).where(visits.c.at < stamp(visit.at - KEPT)))
            upsert(connection, visits, row, ["at"])
            for document in seen:
                _keep(connection, document, visit.at)

        self.write(work)

    def visited(self, until: datetime, *, first: bool = False) -> Visit | None:
        """The latest visit up to and with a moment, or the first that is kept."""
        order = visits.c.at if first else visits.c.at.desc()
        query = select(visits).where(visits.c.at <= stamp(until)).order_by(order).limit(1)
        row = self.read(lambda c: c.execute(query).one_or_none())
        return restored(datetime.fromisoformat(row.at), row.who, json.loads(row.body)) if row else None

    def papers(self, wanted: Iterable[tuple[Place, str]]) -> tuple[Document, ...]:
        """What was kept of these documents, oldest first."""
        ids = tuple(wanted)
        found = self.read(lambda connection: [row for place, name in ids for row in _rows(connection, place, name)])
        return tuple(sorted((_document(row) for row in found), key=lambda one: str(one.made)))


def _keep(connection: Connection, document: Document, at: datetime) -> None:
    """A document, where it is not as it was when last kept."""
    body = json.dumps(_body(document), sort_keys=True, default=str)
    place = Place(document.account, document.region)
    held = _rows(connection, place, document.name)
    if not held or held[-1]["body"] != body:
        key = {"account": clean(place.account, 12), "region": clean(place.region, 40), "name": clean(document.name)}
        connection.execute(insert(papers).values(key | {"at": stamp(at), "body": body}))


def _rows(connection: Connection, place: Place, name: str) -> list[Mapping[str, Any]]:
    here = (papers.c.account == clean(place.account, 12), papers.c.region == clean(place.region, 40), papers.c.name == clean(name))
    return list(connection.execute(select(papers).where(*here).order_by(papers.c.at)).mappings().all())  # type: ignore[arg-type]  # a row is a mapping


def _body(document: Document) -> dict[str, Any]:
    return {
        "version": document.version,
        "session_type": document.session_type,
        "inputs": dict(document.inputs),
        "properties": dict(document.properties),
    }


def _document(row: Mapping[str, Any]) -> Document:
    held = json.loads(row["body"])
    return Document(
        row["name"], held["session_type"], held["inputs"], held["properties"], row["account"], row["region"], held["version"],
        made=datetime.fromisoformat(row["at"]),
    )  # fmt: skip
