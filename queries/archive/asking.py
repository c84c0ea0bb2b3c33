"""How an archive is asked: each question timed and recorded, or only planned when it is to be explained."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.core.model import Place, Source, Span, Unavailable, Unread
from queries import duck, sqlfile
from queries.archive.archive import Archive
from queries.archive.table import SCHEME
from queries.sources import Asked, joined

Kept = TypeVar("Kept")
Row = Mapping[str, Any]
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found: its items, and what limits them."""

    items: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    rows: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One Ask of one archive."""

    archive: Archive
    now: datetime
    explain: bool = False
    asked: Asked = field(default_factory=Asked)
    clock: Callable[[], float] = time.monotonic

    def ask(self, question: str, query: str, answer: Callable[[], Answer], span: Span | None = None) -> tuple[Any, ...]:
        """Put one question and record it; an archive that cannot be read is an Unread and no items."""
        if self.explain:
            self.asked.add(Source("archive", question, query, span))
            return ()
        began = self.clock()
        unread: tuple[Unread, ...] = ()
        try:
            found = answer()
        except Unavailable as error:
            found, unread = Answer(), (Unread(str(self.archive.path), str(error)),)
        rows = len(found.items) if found.rows is None else found.rows
        source = Source(
            "archive",
            question,
            query,
            span,
            found.read,
            unread,
            rows,
            seconds=self.clock() - began,
            note=joined(list(found.notes)),
            cut=found.cut,
        )
        self.asked.add(source)
        return found.items

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Rows of DuckDB SQL by column."""
        with self.archive.reading() as connection:
            cursor = connection.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def athena(self, question: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """A SQL question's rows here."""
        return self.rows(duck.transpiled(sqlfile.render(sqlfile.load(question), SCHEME, values)))

    def keep(self, name: str, made: Callable[[], Kept]) -> Kept:
        """What an earlier question made, as long as the archive has not changed."""
        with self.archive.reading():
            kept = self.archive.kept
            if name not in kept:
                found = made()
                while len(kept) >= MOST_KEPT:
                    kept.pop(next(iter(kept)))
                kept[name] = found
            return kept[name]  # type: ignore[no-any-return]  # the same name always keeps the same type


def places(rows: Iterable[Row]) -> tuple[str, ...]:
    """The account-regions of rows, each once, sorted."""
    return tuple(sorted({str(Place(str(row["account"]), str(row["region"]))) for row in rows}))
