"""The store's tables, their version, and how an older file becomes a newer one.

The trail is append-only: the database itself refuses to change or remove a row, and every row carries the hash of the one before.
Times are ISO 8601 text in UTC, so a row reads and hashes alike on every engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    DDL,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)

from bot.core.model import Unavailable

VERSION = 1
MIGRATIONS: Mapping[int, Sequence[str]] = {}  # from version n to n + 1: statements
LOCK = 0x55534D  # one advisory lock for everything that must not interleave between replicas

tables = MetaData()
meta = Table("meta", tables, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))
trail = Table(
    "trail",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
answers = Table(
    "answers",
    tables,
    Column("token", String(64), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("owner", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("answers_at", answers.c.at)
posts = Table(
    "posts",
    tables,
    Column("number", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("queue", String(200), nullable=False),
    Column("window", String(200), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("tried", String(40)),
    Column("after", String(40)),
    Column("posted", String(40)),
    Column("place", String(40), nullable=False, server_default=""),
    Column("ts", String(40), nullable=False, server_default=""),
    Column("file", String(40), nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
)
Index("posts_state", posts.c.state)
Index("posts_window", posts.c.window)
windows = Table(
    "windows",
    tables,
    Column("key", String(200), primary_key=True),
    Column("line", String(200), nullable=False),
    Column("until", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("counted", Text, nullable=False),
)
Index("windows_line", windows.c.line, windows.c.state)
watermarks = Table("watermarks", tables, Column("name", String(200), primary_key=True), Column("until", String(40), nullable=False))
held = Table(
    "held",
    tables,
    Column("part", String(200), primary_key=True),
    Column("until", String(40), nullable=False),
    Column("since", String(40), nullable=False),
    Column("why", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried", String(40)),
    Column("waiting", Integer, nullable=False),
)
seen = Table(
    "seen",
    tables,
    Column("name", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("at", String(40), nullable=False),
)
leases = Table(
    "leases",
    tables,
    Column("name", String(40), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("until", Float, nullable=False),
)
flags = Table(
    "flags",
    tables,
    Column("id", String(200), primary_key=True),
    Column("session", String(200), nullable=False),
    Column("owner", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("updated", String(40), nullable=False),
    Column("ended", Integer, nullable=False),
    Column("body", Text, nullable=False),
)
Index("flags_at", flags.c.at)
beats = Table(
    "beats",
    tables,
    Column("name", String(80), primary_key=True),
    Column("at", String(40), nullable=False),
    Column("detail", Text, nullable=False),
)
reviews = Table(
    "reviews",
    tables,
    Column("id", String(40), primary_key=True),
    Column("flag", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened", String(40), nullable=False),
    Column("body", Text, nullable=False),
)
visits = Table(
    "visits",
    tables,
    Column("at", String(40), primary_key=True),
    Column("who", Text, nullable=False),
    Column("body", Text, nullable=False),
)
papers = Table(
    "papers",
    tables,
    Column("account", String(12), primary_key=True),
    Column("region", String(40), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("at", String(40), primary_key=True),
    Column("body", Text, nullable=False),
)
Index("reviews_state", reviews.c.state)
Index("reviews_flag", reviews.c.flag)
Index("reviews_session", reviews.c.session)

SEALS = {
    "sqlite": (
        "CREATE TRIGGER trail_kept BEFORE UPDATE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
        "CREATE TRIGGER trail_whole BEFORE DELETE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION trail_sealed() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''the trail is append-only''; END'""",
        "CREATE TRIGGER trail_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION trail_sealed()",
    ),
}
for _dialect, _statements in SEALS.items():
    for _statement in _statements:
        event.listen(trail, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


def alone(connection: Connection) -> None:
    """Keep other replicas out until this transaction ends. SQLite's BEGIN IMMEDIATE has done so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def prepare(connection: Connection) -> None:
    """Create what is missing and bring an older store up to VERSION. Raises Unavailable where the store is newer than the program."""
    alone(connection)
    fresh = not inspect(connection).has_table("meta")
    tables.create_all(connection)
    if fresh:
        connection.execute(insert(meta).values(key="version", value=str(VERSION)))
        return
    found = int(connection.execute(select(meta.c.value).where(meta.c.key == "version")).scalar_one())
    if found > VERSION:
        raise Unavailable(f"The store has version {found} and this program knows {VERSION}: run the newer program, or use another store.")
    for step in range(found, VERSION):
        for statement in MIGRATIONS[step]:
            connection.execute(text(statement))
    connection.execute(update(meta).where(meta.c.key == "version").values(value=str(VERSION)))
