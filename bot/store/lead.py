"""Who leads, what each part of the clock last did, and what somebody wants of it now; and how rows of any kind are written.

A lease runs by the database's own clock, so replicas whose clocks differ agree on who leads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.posts import NotLeading
from bot.store.schema import alone, beats, leases

WANTED = "want "


class LeadRows:
    """Leases, heartbeats and wishes."""

    write: Callable[[Callable[[Connection], Any]], Any]
    read: Callable[[Callable[[Connection], Any]], Any]

    def want(self, name: str, at: datetime) -> None:
        """Have the clock post a line now."""
        self.beat(f"{WANTED}{name}", at, {})

    def wanted(self) -> tuple[str, ...]:
        """The lines that somebody wants now."""
        return tuple(name.removeprefix(WANTED) for name in self.beats() if name.startswith(WANTED))

    def given(self, name: str) -> None:
        """A wanted line is ordered."""
        self.write(lambda c: c.execute(delete(beats).where(beats.c.name == f"{WANTED}{name}")))

    def lead(self, name: str, owner: str, seconds: float) -> bool:
        """Take or keep the lease, by the database's own clock; False while another's runs."""

        def work(connection: Connection) -> bool:
            alone(connection)
            now = _database_now(connection)
            row = connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
            if row and row.owner != owner and row.until > now:
                return False
            upsert(connection, leases, {"name": name, "owner": owner, "until": now + seconds}, ["name"])
            return True

        return bool(self.write(work))

    def release(self, name: str, owner: str) -> None:
        """Give the lease back, so that the other need not wait."""
        self.write(lambda c: c.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner)))

    def beat(self, name: str, at: datetime, detail: Mapping[str, object]) -> None:
        """What a part of the clock last did."""
        self.write(lambda c: upsert(c, beats, {"name": name, "at": stamp(at), "detail": json.dumps(detail, default=str)}, ["name"]))

    def beats(self) -> Mapping[str, tuple[datetime, Mapping[str, Any]]]:
        """What every part of the clock last did, and when."""
        rows = self.read(lambda c: c.execute(select(beats)).all())
        return {row.name: (datetime.fromisoformat(row.at), json.loads(row.detail)) for row in rows}


def fenced(connection: Connection, fence: tuple[str, str]) -> None:
    """Raises NotLeading where the lease is not held; two empty words need none."""
    name, owner = fence
    if not name:
        return
    row = connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
    if row is None or row.owner != owner or row.until <= _database_now(connection):
        raise NotLeading


def _database_now(connection: Connection) -> float:
    words = {"postgresql": "SELECT extract(epoch from clock_timestamp())::float8"}.get(
        connection.dialect.name, "SELECT (julianday('now') - 2440587.5) * 86400.0"
    )
    return float(connection.exec_driver_sql(words).scalar_one())


def upsert(connection: Connection, table: Any, values: Any, keys: list[str]) -> None:  # noqa: ANN401 - a table and rows of any kind
    """Insert rows, or replace those that have these keys."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(values)
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def clean(text: str, most: int = 200) -> str:
    """Text as every engine stores it: PostgreSQL takes neither NUL nor lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:most]


def stamp(at: datetime) -> str:
    """A moment as the store writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
