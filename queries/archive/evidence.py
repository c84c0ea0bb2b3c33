"""Evidence from an archive: the same questions as AWS's, by the same SQL text, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.core.cloudtrail import event_of_row, session_of_row
from bot.core.doctor.facts import Estate
from bot.core.model import Document, Event, Hit, Node, Place, Recording, Session, Source, Span, Stream, Where
from bot.core.parts import Among
from queries import asking as values
from queries import duck, sqlfile
from queries.archive import estate, saved, search, ssm
from queries.archive.archive import Archive
from queries.archive.asking import Answer, Inquiry, Row
from queries.archive.inflate import inflate
from queries.archive.logs import CAP
from queries.archive.table import SCHEME
from queries.sessions import checked
from queries.transcripts import Body, never_logged, recording

ROWS = ssm.ROWS
ABSENT = "The archive holds no log of this session: no `{}.log` and no log stream by that name was among its files."


class ArchiveEvidence:
    """The Evidence protocol over an archive; lives for one Ask. `now` is when the Ask was made."""

    def __init__(self, archive: Archive, *, now: datetime, explain: bool = False, rows: int = ROWS) -> None:
        self._inquiry = Inquiry(archive, now.astimezone(UTC), explain)
        self._rows = rows

    def among(self, _parts: Among) -> ArchiveEvidence:
        """Itself: an archive is read as a whole or not at all."""
        return self

    @property
    def asked(self) -> tuple[Source, ...]:
        """Every question asked so far, in order."""
        return self._inquiry.asked.all()

    def live(self) -> tuple[Session, ...]:
        """Sessions in state Active when exported, newest first; the Source says of when that is, or what is not known."""
        return self._inquiry.ask("live", ssm.EXPORT.format("active"), lambda: ssm.live(self._inquiry))

    def ended(self, span: Span) -> tuple[Session, ...]:
        """Ended sessions that started within the span, newest first."""
        return self._inquiry.ask("ended", ssm.EXPORT.format("history"), lambda: ssm.ended(self._inquiry, span), span)

    def session(self, session_id: str) -> tuple[Session, ...]:
        """What is known of one id. Raises Refused for what cannot be an id."""
        checked(session_id)
        query = f"{ssm.EXPORT.format('*')}, SessionId={session_id}"
        return self._inquiry.ask("session", query, lambda: ssm.session(self._inquiry, session_id))

    def openings(self, span: Span, where: Where) -> tuple[Session, ...]:
        """CloudTrail's openings, denied ones too, newest first."""
        return self._sessions("audit", values.audit(span, where, self._rows), span)

    def tunnels(self, span: Span, documents: Sequence[str], where: Where) -> tuple[Session, ...]:
        """CloudTrail's tunnels, newest first."""
        return self._sessions("tunnels", values.tunnels(span, documents, where, self._rows), span)

    def events(self, span: Span, where: Where) -> tuple[Event, ...]:
        """CloudTrail records about sessions and what guards them, oldest first; the newest are kept when there are too many."""
        given = values.events(span, where, self._rows)
        return self._trail("events", given, span, lambda rows: tuple(event_of_row(row) for row in rows[-self._rows :]))

    def documents(self) -> tuple[Document, ...]:
        """Every Session document among the snapshots."""
        query = "snapshots/*/*/ssm.get-document.*.json, ssm.list-documents.json"
        return self._inquiry.ask("documents", query, lambda: Answer(saved.documents(self._inquiry)))

    def nodes(self, wanted: Iterable[tuple[Place, str]]) -> Mapping[str, Node]:
        """Nodes by id, as far as the snapshots know them."""
        ids = tuple(wanted)
        query = "snapshots/*/*/ec2.describe-instances.json, ssm.describe-instance-information.json"
        found = self._inquiry.ask("nodes", query, lambda: Answer(tuple(saved.nodes(self._inquiry, ids).values()))) if ids else ()
        return {node.id: node for node in found}

    def streams(self, span: Span, limit: int) -> tuple[Stream, ...]:
        """Session logs with first and last event, latest first."""
        return self._inquiry.ask("recent", "session logs of the archive", lambda: search.streams(self._inquiry, span, limit), span)

    def stored(self, span: Span) -> tuple[Stream, ...]:
        """Session logs of S3 in the archive, written within the span or a day after it."""
        return self._inquiry.ask("stored", "session logs of the archive", lambda: search.stored(self._inquiry, span), span)

    def hits(self, span: Span, patterns: Sequence[str], question: str) -> tuple[Hit, ...]:
        """Lines that match any pattern, latest first. Raises Refused for a pattern that RE2 does not take."""
        if not patterns:
            return ()
        search.compiled(patterns)
        query = search.QUERY.format(" | ".join(patterns))
        return self._inquiry.ask(question, query, lambda: search.hits(self._inquiry, span, patterns), span)

    def search(self, span: Span, text: str, *, regex: bool) -> tuple[Hit, ...]:
        """Lines that contain the text or match the pattern, latest first. Raises Refused as `hits` does."""
        return self.hits(span, [text if regex else search.literal(text)], "search")

    def transcript(self, session: Session) -> Recording:
        """The whole log of one session: its stream rather than its S3 object, or why there is none."""
        query = f"log of {session.id}"
        found = self._inquiry.ask("transcript", query, lambda: self._log(session))
        if not found:
            return Recording(session.id, missing=never_logged(session) or ABSENT.format(session.id))
        return recording(session, found[0])

    def versions(self, wanted: Iterable[tuple[Place, str]], since: datetime) -> tuple[Document, ...]:
        """The exported versions of these documents, oldest first: those made since then, and the one before them."""
        query = "snapshots/*/*/ssm.get-document-version.*.json"
        return self._inquiry.ask("versions", query, lambda: Answer(saved.versions(self._inquiry, wanted, since)))

    def estate(self, now: datetime) -> tuple[Estate, ...]:
        """What the snapshots tell of session logging, in every account-region that they name."""
        query = "snapshots/*/*/ssm.get-document.*.json, ssm.describe-instance-information.json, session logs of the archive"
        return self._inquiry.ask("estate", query, lambda: estate.estates(self._inquiry))

    def _log(self, session: Session) -> Answer:
        rows = self._inquiry.rows(
            "SELECT body, form, location, grp, complete, account, region FROM logs WHERE session = ? AND account IN ('', ?) ORDER BY grp = '', last DESC LIMIT 1",
            [session.id, session.account],
        )
        bodies = tuple(
            Body(inflate(r["body"], 4 * CAP), r["form"], f"{r['grp']}/{session.id}" if r["grp"] else r["location"], r["complete"])
            for r in rows
        )
        return Answer(bodies, (), (str(session.place),) if bodies else ())

    def _sessions(self, question: str, given: Mapping[str, object], span: Span) -> tuple[Session, ...]:
        def read(rows: Sequence[Row]) -> tuple[Session, ...]:
            known = saved.library(self._inquiry) if rows else {}
            places = (Place(row["account"] or "", row["region"] or "") for row in rows)
            return tuple(session_of_row(row, known.get(place, {})) for row, place in zip(rows[: self._rows], places, strict=False))

        return self._trail(question, given, span, read)

    def _trail(
        self, question: str, given: Mapping[str, object], span: Span, read: Callable[[Sequence[Row]], tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """What a SQL question's rows say; one row more than wanted tells that the answer was cut."""
        text = sqlfile.render(sqlfile.load(question), SCHEME, given)

        def made() -> tuple[tuple[Any, ...], int]:
            rows = self._inquiry.rows(duck.transpiled(text))
            return read(rows), len(rows)

        def answer() -> Answer:
            items, count = self._inquiry.keep(text, made)
            notes = (f"only the newest {self._rows:,} are shown; narrow the question for the rest",) if count > self._rows else ()
            return Answer(items, notes, tuple(map(str, sorted(ssm.places(self._inquiry)))), cut=bool(notes))

        return self._inquiry.ask(question, text, answer, span)
