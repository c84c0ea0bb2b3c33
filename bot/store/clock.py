"""What the clock must remember: posts with their intent and outcome, watermarks, leases, flags and heartbeats.

A window's last post, its watermark and the ids it counted are written in one transaction, so a window is done or it is not. Whoever writes an
intent shows that it still leads (`fence`): a leader that slept through its lease cannot begin a post.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.posts import Post, Sent
from bot.store.lead import LeadRows, clean, fenced, stamp, upsert
from bot.store.schema import alone, posts, seen, watermarks, windows

CHUNK = 500
KEPT = timedelta(days=30)  # what a posted window said; its watermark stays
COUNTED = timedelta(days=8)  # longer than CloudTrail is waited for
WAITING = posts.c.state == "waiting"


class ClockRows(LeadRows):
    """The clock's part of the store."""

    def watermark(self, name: str) -> datetime | None:
        """Up to when a line's windows are posted, or the watch has looked; None before the first."""
        found = self.read(lambda c: c.execute(select(watermarks.c.until).where(watermarks.c.name == name)).scalar_one_or_none())
        return _time(found)

    def advance(self, name: str, until: datetime) -> None:
        """Move a watermark. It never goes back."""
        self.write(lambda c: _advance(c, name, until))

    def order(self, window: str, line: str, until: datetime, these: Sequence[Post], counted: Sequence[str], at: datetime) -> bool:
        """Store a window's posts before the first is posted. False where it was ordered before: then nothing changes."""

        def work(connection: Connection) -> bool:
            alone(connection)
            if connection.execute(select(windows.c.key).where(windows.c.key == window)).first():
                return False
            row = {
                "key": window,
                "line": line,
                "until": stamp(until),
                "at": stamp(at),
                "state": "open",
                "counted": json.dumps(list(counted)),
            }
            connection.execute(insert(windows).values(row))
            connection.execute(insert(posts), [_row(post, at) for post in these])
            return True

        return bool(self.write(work))

    def open_window(self, line: str) -> str:
        """The key of a line's window that is ordered and not wholly posted; empty if there is none."""
        query = select(windows.c.key).where(windows.c.line == line, windows.c.state == "open")
        return str(self.read(lambda c: c.execute(query).scalar()) or "")

    def due(self) -> tuple[Post, ...]:
        """Every post that waits, in the order in which they were stored."""
        query = select(posts).where(WAITING | (posts.c.shown < posts.c.version)).order_by(posts.c.number)
        return tuple(_post(row) for row in self.read(lambda c: c.execute(query).mappings().all()))

    def post(self, key: str) -> Post | None:
        """One post by its key."""
        row = self.read(lambda c: c.execute(select(posts).where(posts.c.key == key)).mappings().one_or_none())
        return _post(row) if row else None

    def trying(self, key: str, at: datetime, fence: tuple[str, str]) -> None:
        """The intent: what follows may reach Slack. Raises NotLeading, and then nothing may follow."""

        def work(connection: Connection) -> None:
            fenced(connection, fence)
            connection.execute(update(posts).where(posts.c.key == key).values(tries=posts.c.tries + 1, tried=stamp(at), error=""))

        self.write(work)

    def file_known(self, key: str, file: str) -> None:
        """The id that Slack gave a file whose bytes are on their way."""
        self.write(lambda c: c.execute(update(posts).where(posts.c.key == key).values(file=file)))

    def put_off(self, key: str, until: datetime, why: str, *, nothing_done: bool) -> None:
        """Try again later; where surely nothing was done, without looking first."""
        untried = {"tried": None} if nothing_done else {}
        self.write(lambda c: c.execute(update(posts).where(posts.c.key == key).values(after=stamp(until), error=why[:300], **untried)))

    def posted(self, key: str, sent: Sent, version: int, at: datetime) -> None:
        """The outcome. With a window's last post its watermark moves, in the same transaction."""

        def work(connection: Connection) -> None:
            alone(connection)
            done = {
                "state": "posted",
                "place": sent.place,
                "ts": sent.ts,
                "posted": stamp(at),
                "shown": version,
                "error": "",
                "after": None,
            }
            connection.execute(update(posts).where(posts.c.key == key).values(done | ({"file": sent.file} if sent.file else {})))
            window = connection.execute(select(posts.c.window).where(posts.c.key == key)).scalar_one_or_none()
            if window and not connection.execute(select(posts.c.key).where(posts.c.window == window, WAITING).limit(1)).first():
                _close(connection, window, at)

        self.write(work)

    def hold(self, post: Post, at: datetime) -> None:
        """Store a post that stands alone, or give it a new version of what it says."""

        def work(connection: Connection) -> None:
            alone(connection)
            held(connection, post, at)

        self.write(work)

    def counted_before(self, name: str, ids: Iterable[str]) -> frozenset[str]:
        """Which of these ids an earlier window has counted."""
        wanted = sorted({clean(each) for each in ids})
        found: set[str] = set()
        for at in range(0, len(wanted), CHUNK):
            query = select(seen.c.id).where(seen.c.name == name, seen.c.id.in_(wanted[at : at + CHUNK]))
            found |= self._ids(query)
        return frozenset(found)

    def _ids(self, query: Select[tuple[str]]) -> set[str]:
        return set(self.read(lambda c: c.execute(query).scalars().all()))

    def count(self, name: str, ids: Iterable[str], at: datetime) -> None:
        """Remember ids as counted; those older than the longest delay of CloudTrail go."""
        self.write(lambda c: _count(c, name, tuple(ids), at))

    def counted_any(self, name: str) -> bool:
        """Whether a line has counted anything yet."""
        return bool(self.read(lambda c: c.execute(select(seen.c.id).where(seen.c.name == name).limit(1)).first()))

    def stuck(self) -> tuple[Post, ...]:
        """Posts that could not be posted so far, with why."""
        query = select(posts).where(WAITING, posts.c.error != "").order_by(posts.c.number)
        return tuple(_post(row) for row in self.read(lambda c: c.execute(query).mappings().all()))

    def backlog(self) -> int:
        """How many posts wait."""
        return len(self.due())


def _advance(connection: Connection, name: str, until: datetime) -> None:
    alone(connection)
    old = connection.execute(select(watermarks.c.until).where(watermarks.c.name == name)).scalar_one_or_none()
    if old is None or old < stamp(until):
        upsert(connection, watermarks, {"name": name, "until": stamp(until)}, ["name"])


def _close(connection: Connection, window: str, at: datetime) -> None:
    row = connection.execute(select(windows).where(windows.c.key == window)).one_or_none()
    if row is None or row.state != "open":
        return
    connection.execute(update(windows).where(windows.c.key == window).values(state="posted", at=stamp(at), counted="[]"))
    old = select(windows.c.key).where(windows.c.state == "posted", windows.c.at < stamp(at - KEPT))
    connection.execute(delete(posts).where(posts.c.window.in_(old)))
    connection.execute(delete(windows).where(windows.c.state == "posted", windows.c.at < stamp(at - KEPT)))
    _count(connection, row.line, json.loads(row.counted), at)
    _advance(connection, row.line, datetime.fromisoformat(row.until))


def _count(connection: Connection, name: str, ids: Sequence[str], at: datetime) -> None:
    connection.execute(delete(seen).where(seen.c.name == name, seen.c.at < stamp(at - COUNTED)))
    rows = [{"name": name, "id": clean(each), "at": stamp(at)} for each in dict.fromkeys(ids)]
    if rows:
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(make(seen).on_conflict_do_nothing(), rows)


def held(connection: Connection, post: Post, at: datetime) -> None:
    """A post, or a new version of what it says; where it says the same already, nothing."""
    old = connection.execute(select(posts.c.body, posts.c.version).where(posts.c.key == post.key)).one_or_none()
    body = json.dumps(post.body)
    if old is None:
        connection.execute(insert(posts).values(_row(post, at)))
    elif old.body != body:
        connection.execute(update(posts).where(posts.c.key == post.key).values(body=body, version=old.version + 1, after=None))


def _row(post: Post, at: datetime) -> dict[str, Any]:
    return {
        "key": post.key, "queue": post.queue, "window": post.window, "channel": post.channel, "kind": post.kind, "parent": post.parent,
        "body": json.dumps(post.body), "at": stamp(at), "state": "waiting", "version": post.version,
        "after": stamp(post.after) if post.after else None,
    }  # fmt: skip


def _post(row: RowMapping) -> Post:
    sent = Sent(row["place"], row["ts"], row["file"])
    return Post(
        row["key"], row["queue"], row["channel"], row["kind"], json.loads(row["body"]), row["parent"], row["window"], row["version"], row["shown"],
        row["tries"], _time(row["tried"]), _time(row["after"]), sent, row["error"],
    )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
