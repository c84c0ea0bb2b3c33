"""The flags that the watch has raised: what is known of each, and the posts that show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from bot.core.flags import Flag, restored, stored
from bot.core.parts import Held
from bot.core.posts import Post
from bot.store.clock import ClockRows
from bot.store.clock import held as keep_post
from bot.store.lead import clean, stamp, upsert
from bot.store.schema import alone, flags, held, posts

OPEN_FOR = timedelta(days=2)  # Session Manager ends a session after a day at most, unless told otherwise


class FlagRows(ClockRows):
    """The watch's part of the store."""

    def flag(self, name: str) -> Flag | None:
        """A flag by its id."""
        body = self.read(lambda c: c.execute(select(flags.c.body).where(flags.c.id == clean(name))).scalar_one_or_none())
        return restored(json.loads(body)) if body else None

    def flags_since(self, at: datetime) -> tuple[Flag, ...]:
        """Flags raised since then, oldest first."""
        query = select(flags.c.body).where(flags.c.at >= stamp(at)).order_by(flags.c.at, flags.c.id)
        return tuple(restored(json.loads(body)) for body in self.read(lambda c: c.execute(query).scalars().all()))

    def open_flags(self, now: datetime) -> tuple[Flag, ...]:
        """Flags whose session has not ended as far as is known, and may still be open."""
        query = select(flags.c.body).where(flags.c.ended == 0, flags.c.at >= stamp(now - OPEN_FOR)).order_by(flags.c.at)
        return tuple(restored(json.loads(body)) for body in self.read(lambda c: c.execute(query).scalars().all()))

    def raise_flag(self, flag: Flag, shown: Sequence[Post], at: datetime) -> None:
        """Store what is known of a flag and what its posts say, together."""
        body = json.dumps(stored(flag), default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))
        row = {
            "id": clean(flag.id), "session": clean(flag.session.id), "owner": flag.session.owner, "level": int(flag.level), "body": clean(body, len(body)),
            "at": stamp(flag.seen or at), "updated": stamp(at), "ended": int(flag.session.ended is not None or bool(flag.session.error)),
        }  # fmt: skip

        def work(connection: Connection) -> None:
            alone(connection)
            upsert(connection, flags, row, ["id"])
            for post in shown:
                keep_post(connection, post, at)

        self.write(work)

    def held(self) -> tuple[Held, ...]:
        """The parts of the fleet that the watch could not read, the longest silent first."""
        rows = self.read(lambda c: c.execute(select(held).order_by(held.c.since, held.c.part)).all())
        return tuple(
            Held(row.part, _at(row.until), _at(row.since), row.why, row.tries, _at(row.tried) if row.tried else None, row.waiting)
            for row in rows
        )

    def hold_part(self, each: Held) -> None:
        """Keep such a part, or what is new of it."""
        row = {
            "part": clean(each.part), "until": stamp(each.until), "since": stamp(each.since), "why": clean(each.why, 1000), "tries": each.tries,
            "tried": stamp(each.tried) if each.tried else None, "waiting": each.waiting,
        }  # fmt: skip
        self.write(lambda c: upsert(c, held, row, ["part"]))

    def release_part(self, part: str) -> None:
        """It is read again."""
        self.write(lambda c: c.execute(delete(held).where(held.c.part == clean(part))))

    def new_since(self, queue: str, at: datetime) -> int:
        """How many posts a queue was given since then."""
        query = select(func.count()).select_from(posts).where(posts.c.queue == queue, posts.c.at >= stamp(at))
        return int(self.read(lambda c: c.execute(query).scalar_one()))

    def flag_posts(self, name: str) -> tuple[Post, ...]:
        """Where a flag is shown: one post a channel."""
        keys: Iterable[str] = self.read(
            lambda c: c.execute(select(posts.c.key).where(posts.c.window == f"flag {clean(name)}")).scalars().all()
        )
        return tuple(found for key in keys if (found := self.post(key)))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
