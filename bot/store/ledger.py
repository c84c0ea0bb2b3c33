"""What the bot itself must remember: its audit trail and the answers behind buttons. SQLite by default, PostgreSQL by URL.

The trail is a chain: each row's hash is SHA-256 over the canonical JSON of the row and of the hash before it, so a changed, removed or
inserted row shows. A cut-off end shows only against a head that was noted elsewhere (`head`, `verify(head)`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, StaticPool, create_engine, delete, event, insert, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from bot.core.model import Unavailable
from bot.store.flags import FlagRows
from bot.store.reviews import ReviewRows
from bot.store.schema import alone, answers, prepare, trail
from bot.store.visits import VisitRows
from bot.store.writer import Writer

START = "0" * 64
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many rows hold, and of the first that does not its number and why ("" if all hold)."""

    rows: int
    broken: int = 0
    why: str = ""


class Store(FlagRows, ReviewRows, VisitRows):
    """The Ledger on a database. Every write has reached the disk when its call returns; raises Unavailable when it cannot."""

    def __init__(self, url: str, keep_for: timedelta = timedelta(days=7), now: Clock = _now) -> None:
        self._keep_for, self._now = keep_for, now
        self._engine = _engine(url)
        try:
            with self._engine.begin() as connection:
                prepare(connection)
        except (SQLAlchemyError, Unavailable) as error:
            self._engine.dispose()
            if isinstance(error, Unavailable):
                raise
            shown = make_url(url).render_as_string(hide_password=True)
            raise Unavailable(f"The store {shown} cannot be opened: {_reason(error)}. Check COUNTERSIGN_STORE.") from error
        self._writer = Writer(self._engine)

    def note(self, at: datetime, who: str, what: str, detail: Mapping[str, object]) -> None:
        """Append to the trail."""
        self.write(lambda connection: _append(connection, at, _clean(who), _clean(what), detail))

    def append(self, connection: Connection, at: datetime, who: str, what: str, detail: Mapping[str, object]) -> None:
        """Append to the trail within a transaction that does more."""
        _append(connection, at, _clean(who), _clean(what), detail)

    def keep(self, at: datetime, owner: str, body: str) -> str:
        """Store an answer; gives a token of 128 random bits. Answers older than `keep_for` go at the same time."""
        token = secrets.token_urlsafe(16)
        oldest = _stamp(at - self._keep_for)
        row = {"token": token, "at": _stamp(at), "owner": _clean(owner), "body": _clean(body)}

        def work(connection: Connection) -> None:
            connection.execute(delete(answers).where(answers.c.at < oldest))
            connection.execute(insert(answers).values(row))

        self.write(work)
        return token

    def kept(self, token: str) -> tuple[str, str] | None:
        """The owner and body behind a token, or None once it is gone."""
        oldest = _stamp(self._now() - self._keep_for)
        query = select(answers.c.owner, answers.c.body).where(answers.c.token == _clean(token), answers.c.at >= oldest)
        row = self.read(lambda connection: connection.execute(query).one_or_none())
        return (row.owner, row.body) if row else None

    def head(self) -> tuple[int, str]:
        """The number and hash of the trail's last row, to be noted where the database's owner cannot reach."""
        number, found = self.read(_head)
        return int(number), str(found)

    def verify(self, head: tuple[int, str] | None = None) -> Verdict:
        """Walk the whole trail. With a head noted earlier, its row must still be there."""
        verdict: Verdict = self.read(lambda connection: _walk(connection, head))
        return verdict

    def write(self, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - gives what the work gives
        """Run work in the writer's transaction. Raises Unavailable `from` the library's error."""
        return self._guard(self._writer.do, work)

    def read(self, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - as write
        """Run work on a connection of this thread. Raises Unavailable `from` the library's error."""
        return self._guard(self._reader, work)

    def close(self) -> None:
        """Finish what is queued and let the database go."""
        self._writer.close()
        self._engine.dispose()

    def _reader(self, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - as read
        if isinstance(self._engine.pool, StaticPool):
            return self._writer.do(work)
        with self._engine.execution_options(reading=True).connect() as connection:
            return work(connection)

    @staticmethod
    def _guard(run: Callable[[Any], Any], work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 - as read
        try:
            return run(work)
        except SQLAlchemyError as error:
            raise Unavailable(f"The bot's own store did not answer: {_reason(error)}. Try again; tell whoever runs the bot.") from error


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args={"connect_timeout": 10})
    if parsed.database in {None, "", ":memory:"}:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        _own_file(Path(str(parsed.database)))
        engine = create_engine(parsed)
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_begin(connection)))
    return engine


def _own_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # the trail is nobody else's to read
    except OSError as error:
        raise Unavailable(f"The store's file {path} cannot be made: {error.strerror}. Check COUNTERSIGN_STORE.") from error


def _open_sqlite(raw: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    raw.isolation_level = None  # the driver's own BEGIN comes too late for savepoints; `begin` says it instead
    for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> str:
    return "BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE"


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(trail.c.number, trail.c.hash).order_by(trail.c.number.desc()).limit(1)).one_or_none()
    return (row.number, row.hash) if row else (0, START)


def _append(connection: Connection, at: datetime, who: str, what: str, detail: Mapping[str, object]) -> None:
    alone(connection)
    number, prev = _head(connection)
    row = {"number": number + 1, "at": _stamp(at), "who": who, "what": what, "detail": _json(detail), "prev": prev}
    connection.execute(insert(trail).values(row | {"hash": _hash(row)}))


def _walk(connection: Connection, head: tuple[int, str] | None) -> Verdict:
    number, prev = 0, START
    with connection.execution_options(yield_per=1000).execute(select(trail).order_by(trail.c.number)) as rows:
        for row in rows.mappings():
            if why := _fault(row, number, prev):
                return Verdict(number, number + 1, why)
            number, prev = row["number"], row["hash"]
            if head and head[0] == number and head[1] != prev:
                return Verdict(number - 1, number, "the row is not the one noted elsewhere")
    if head and number < head[0]:
        return Verdict(number, number + 1, f"the trail ends before row {head[0]}, which was noted elsewhere")
    return Verdict(number)


def _fault(row: RowMapping, number: int, prev: str) -> str:
    if row["number"] != number + 1:
        return "a row is missing"
    facts = {name: value for name, value in row.items() if name != "hash"}
    return "" if row["prev"] == prev and row["hash"] == _hash(facts) else "the row is not what was written"


def _hash(row: Mapping[str, object]) -> str:
    return hashlib.sha256(_json(row).encode()).hexdigest()


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()  # PostgreSQL stores neither NUL nor lone surrogates


def _reason(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().split("\n")[0][:200] or type(cause).__name__
