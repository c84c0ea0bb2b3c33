"""The questions that CloudTrail answers, by Athena: one SQL text for each table, since each table has its own partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.core.cloudtrail import event_of_row, session_of_row
from bot.core.model import Document, Event, Place, Session, Source, Span, Unavailable, Where
from bot.core.parts import TRAIL, Among
from queries import asking as values
from queries import athena, console, scheme, sqlfile
from queries.aws_sessions import read_documents
from queries.documents import foreign
from queries.inquiry import Asking, Inquiry
from queries.scheme_model import TableScheme
from queries.scopes import Post, Scope
from queries.sources import joined

Row = Mapping[str, Any]
OLDEST = datetime.min.replace(tzinfo=UTC)
NO_TABLE = "No scope names a CloudTrail table, so CloudTrail cannot be asked. Set database and table for one."
WHOLE = "the table has no day partition, so each question reads the whole trail"
DAYS = frozenset({"day-string", "day"})


def openings(inquiry: Inquiry, span: Span, where: Where) -> tuple[Session, ...]:
    """StartSession and ECS ExecuteCommand, denied ones too, each with its TerminateSession."""
    return _sessions(inquiry, "audit", values.audit(span, where, inquiry.shared.limits.rows), span)


def tunnels(inquiry: Inquiry, span: Span, documents: Sequence[str], where: Where) -> tuple[Session, ...]:
    """Every tunnel: AWS's own Port documents, SSH, the custom ones named, RDP."""
    return _sessions(inquiry, "tunnels", values.tunnels(span, documents, where, inquiry.shared.limits.rows), span)


def events(inquiry: Inquiry, span: Span, where: Where) -> tuple[Event, ...]:
    """Records about sessions and what guards them, oldest first."""
    rows = _rows(inquiry, "events", values.events(span, where, inquiry.shared.limits.rows), span)
    once = {event.id or str(number): event for number, event in enumerate(map(event_of_row, rows))}
    return tuple(sorted(once.values(), key=lambda event: (event.at, event.id)))


def _sessions(inquiry: Inquiry, question: str, given: Mapping[str, object], span: Span) -> tuple[Session, ...]:
    """Rows of openings as Sessions, newest first; their documents are read, for their kinds."""
    rows = _rows(inquiry, question, given, span)
    custom = _documents(inquiry, rows)
    found = (session_of_row(row, custom.get(_place(row), {})) for row in rows)
    once = {session.event or str(number): session for number, session in enumerate(found)}
    return tuple(sorted(sorted(once.values(), key=lambda s: s.event), key=lambda s: s.started or OLDEST, reverse=True))


def _place(row: Row) -> Place:
    """Where a row's call was made."""
    return Place(str(row.get("account") or ""), str(row.get("region") or ""))


def _documents(inquiry: Inquiry, rows: Iterable[Row]) -> Mapping[Place, Mapping[str, Document]]:
    """The teams' own documents that the rows name, by place; a place that no scope covers has none."""
    covered = {post.place: post for post in inquiry.posts()}
    named = [(covered[_place(row)], str(row.get("document") or "")) for row in rows if _place(row) in covered]
    named = [(post, name) for post, name in named if foreign(name)]
    found: dict[Place, dict[str, Document]] = {}
    for (place, name), document in read_documents(inquiry, named).items():
        found.setdefault(place, {})[name] = document
    return found


def _rows(inquiry: Inquiry, question: str, given: Mapping[str, object], span: Span) -> tuple[Row, ...]:
    """Ask every table, side by side; each gets its own Source, since each has its own text, cost and link."""
    tables = _tables(inquiry)
    if not tables:
        note = NO_TABLE if inquiry.among == Among() else ""
        inquiry.asked.add(Source("athena", question, "", span, note=note))
        return ()
    if inquiry.explain:
        return _planned(inquiry, question, given, span, tables)
    texts: dict[Post, str] = {}
    said, source = inquiry.put(Asking("athena", question, "", tables, _name, span, "athena"), _ask(inquiry, question, given, texts))
    for post, answer in said.answers:
        inquiry.asked.add(_told(source, post, texts.get(post, ""), answer, inquiry))
    for unread in said.unread:
        inquiry.asked.add(replace(source, read=(), unread=(unread,), query=_text_of(tables, texts, unread.place)))
    return tuple(row for _, answer in said.answers for row in answer.rows)


def _tables(inquiry: Inquiry) -> tuple[Post, ...]:
    """Where the CloudTrail tables are: each table once, however many scopes name it."""
    firsts: dict[tuple[str, str, str, str], Scope] = {}
    for scope in inquiry.scopes:
        if scope.table:
            firsts.setdefault((scope.role_arn, scope.home, scope.database, scope.table), scope)
    accounts = {post.scope.name: post.account for post in inquiry.posts()}
    found = (Post(scope, scope.home, accounts.get(scope.name, "")) for scope in firsts.values())
    return tuple(post for post in found if inquiry.takes(TRAIL, post))


def _name(post: Post) -> str:
    """How a table's place is named."""
    return str(post.place)


def _text_of(tables: Sequence[Post], texts: Mapping[Post, str], place: str) -> str:
    """The query that a place was asked, if it came that far."""
    return next((texts[post] for post in tables if post in texts and _name(post) == place), "")


def _ask(inquiry: Inquiry, question: str, given: Mapping[str, object], texts: dict[Post, str]) -> Callable[[Post], athena.Answer]:
    """How one table is asked: its scheme, its text, its rows."""
    limits, clients = inquiry.shared.limits, inquiry.shared.clients

    def ask(post: Post) -> athena.Answer:
        texts[post] = sqlfile.render(sqlfile.load(question), scheme_of(inquiry, post), given)
        return athena.ask(
            clients.session(post.scope),
            post.scope,
            texts[post],
            inquiry.budget,
            config=clients.config(),
            most=limits.rows,
            ceiling=limits.scan,
            reuse=limits.reuse,
        )

    return ask


def scheme_of(inquiry: Inquiry, post: Post) -> TableScheme:
    """The table's scheme, read from Glue once; Unavailable if the table is absent or of wrong types."""
    scope, shared = post.scope, inquiry.shared
    key = (scope.role_arn, scope.home, scope.database, scope.table, scope.partitions)
    if key not in shared.schemes:
        glue = shared.clients.client(scope, "glue", scope.home)
        try:
            table = glue.get_table(DatabaseName=scope.database, Name=scope.table)["Table"]
        except glue.exceptions.EntityNotFoundException as error:
            raise Unavailable(scheme.absent(scope, post.place)) from error
        found = scheme.of_table(table, scope)
        with shared.lock:
            shared.schemes[key] = found
    return shared.schemes[key]


def _told(source: Source, post: Post, text: str, answer: athena.Answer, inquiry: Inquiry) -> Source:
    """The Source of one table's answer."""
    limits = inquiry.shared.limits
    dated = any(partition.kind in DAYS for partition in scheme_of(inquiry, post).partitions)
    notes = [
        f"cut at {limits.rows:,} rows: ask a shorter span or narrow the question" if answer.cut else "",
        f"an earlier result of the last {limits.reuse} minutes" if answer.reused else "",
        "" if dated else WHOLE,
    ]
    return replace(
        source,
        query=text,
        read=(_name(post),),
        unread=(),
        rows=len(answer.rows),
        cut=answer.cut,
        scanned=0 if answer.reused else answer.scanned,
        cost=athena.cost(answer.scanned, reused=answer.reused),
        link=console.athena(post.scope.home, answer.query_id),
        note=joined(notes),
    )


def _planned(inquiry: Inquiry, question: str, given: Mapping[str, object], span: Span, tables: Sequence[Post]) -> tuple[Row, ...]:
    """The texts that would be asked. Without a configured scheme, AWS's own projected one is assumed, since Glue is not asked."""
    for post in tables:
        scope = post.scope
        held = inquiry.shared.schemes.get((scope.role_arn, scope.home, scope.database, scope.table, scope.partitions))
        guessed = held or TableScheme(scope.database, scope.table, scheme.USUAL if scope.partitions is None else scope.partitions)
        text = sqlfile.render(sqlfile.load(question), guessed, given)
        most = f"at most {inquiry.shared.limits.scan / 1e9:,.0f} GB scanned, workgroup {scope.workgroup or 'none'}"
        note = "planned, not asked; " + most + ("" if held or scope.partitions else "; the partition is AWS's usual one, Glue would tell")
        inquiry.asked.add(Source("athena", question, text, span, read=(_name(post),), note=note))
    return ()
