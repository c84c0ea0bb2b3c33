"""The questions about session output: Logs Insights finds it, a log stream or an S3 object holds it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.model import Hit, Recording, Session, Source, Span, Stream, Unavailable, Unread
from bot.core.parts import GROUPS
from queries import console, documents, insights, literals, logfile, output, transcripts
from queries.aws_sessions import read_documents
from queries.fleet import Gathered
from queries.inquiry import Asking, Inquiry, place_name
from queries.scopes import Post
from queries.sources import joined

NO_GROUP = "Neither a scope nor a Region's preferences name a log group, so Logs Insights cannot be asked. Set log_groups for a scope."
PREFERRED = "(the log group that the Region's preferences name)"


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of one place."""

    post: Post
    found: insights.Found


@dataclass(frozen=True, slots=True)
class Put:
    """One query put to one place."""

    post: Post
    text: str


def streams(inquiry: Inquiry, span: Span, limit: int) -> tuple[Stream, ...]:
    """Log streams with first and last event, the latest first."""
    text = logfile.render(logfile.load("recent"), {"limit": max(1, min(limit, insights.ROWS))})
    seen = _asked(inquiry, "recent", [text], span)
    found = [stream for one in seen for row in one.found.rows if (stream := output.stream_of(row, one.post.place))]
    return tuple(sorted(sorted(found, key=lambda s: s.session), key=lambda s: s.last, reverse=True)[:limit])


def hits(inquiry: Inquiry, span: Span, patterns: Sequence[str], question: str) -> tuple[Hit, ...]:
    """Lines that match any of the patterns, latest first; a long set is asked in several queries at once."""
    if not patterns:
        return ()
    whole = literals.compiled("|".join(f"(?:{pattern})" for pattern in patterns))
    values: list[dict[str, str | int]] = [
        {"pattern": literals.regex(batch), "limit": insights.ROWS} for batch in literals.batches(patterns)
    ]
    seen = _asked(inquiry, question, [logfile.render(logfile.load("hits"), value) for value in values], span)
    return _latest(hit for one in seen for hit in output.hits_of(one.found.rows, whole, one.post.place, span))


def search(inquiry: Inquiry, span: Span, text: str, *, regex: bool) -> tuple[Hit, ...]:
    """Lines that contain the text or match the pattern, latest first."""
    pattern = text if regex else literals.quoted(text)
    whole = literals.compiled(pattern)
    (batch,) = literals.batches([pattern])
    query = logfile.render(logfile.load("search"), {"pattern": literals.regex(batch), "limit": insights.ROWS})
    seen = _asked(inquiry, "search", [query], span)
    return _latest(hit for one in seen for hit in output.hits_of(one.found.rows, whole, one.post.place, span))


def _latest(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Each line once, the latest first; lines of the same moment stay in the order of their session."""
    once = dict.fromkeys(hits)
    return tuple(sorted(sorted(once, key=lambda hit: (hit.account, hit.region, hit.session)), key=lambda hit: hit.at, reverse=True))


def _asked(inquiry: Inquiry, question: str, texts: Sequence[str], span: Span) -> tuple[Seen, ...]:
    """Put each query to every place that has log groups; together they are one question with one Source."""
    named = _groups(inquiry)
    every = tuple(dict.fromkeys(group for groups in named.values() for group in groups))
    query = "\n\n".join(insights.text_of(every, text) for text in texts)
    parts = [Put(post, text) for text in texts for post, groups in named.items() if groups]
    if not parts:
        inquiry.asked.add(Source("insights", question, query, span, note=NO_GROUP))
        return ()
    asking = Asking("insights", question, query, parts, lambda part: place_name(part.post), span, "logs")
    said, source = inquiry.put(asking, lambda part: _ask(inquiry, part.post, named[part.post], part.text, span))
    silent = [place_name(post) for post, groups in named.items() if not groups]
    inquiry.asked.add(_told(source, said, span, f"no log group is known in {', '.join(silent)}" if silent else ""))
    return tuple(Seen(part.post, found) for part, found in said.answers)


def _groups(inquiry: Inquiry) -> dict[Post, tuple[str, ...]]:
    """The log groups of each place: as configured, else as the Region's preferences name them."""
    every = inquiry.posts(GROUPS)
    if inquiry.explain:
        return {post: post.scope.log_groups or (PREFERRED,) for post in every}
    unsaid = [(post, documents.PREFERENCES) for post in every if not post.scope.log_groups]
    read = {place: transcripts.destinations(found.inputs)[0] for (place, _), found in read_documents(inquiry, unsaid).items()}
    return {post: post.scope.log_groups or tuple(filter(None, [read.get(post.place, "")])) for post in every}


def _ask(inquiry: Inquiry, post: Post, groups: Sequence[str], text: str, span: Span) -> insights.Found:
    """One place's rows; raises Unavailable for a name that cannot be a log group's."""
    for group in groups:
        if not insights.GROUP.match(group):
            raise Unavailable(f"“{group[:60]}” cannot be the name of a log group. Correct the scope “{post.scope.name}”.")
    client = inquiry.shared.clients.client(post.scope, "logs", post.region)
    return insights.ask(client, groups, text, span, inquiry.budget, post.place, inquiry.shared.limits.search)


def _told(source: Source, said: Gathered[Put, insights.Found], span: Span, note: str) -> Source:
    """The Source of queries put to many places: bytes and cost summed, groups that are not there named."""
    places = [(place_name(part.post), found) for part, found in said.answers]
    absent = [Unread(place, insights.no_group(found.absent, place)) for place, found in places if found.absent]
    scanned = sum(found.scanned for _, found in places)
    failed = {unread.place for unread in source.unread}
    return replace(
        source,
        read=tuple(dict.fromkeys(place for place in source.read if place not in failed)),
        unread=tuple(dict.fromkeys((*source.unread, *absent))),
        rows=sum(len(found.rows) for _, found in places),
        scanned=scanned,
        cost=insights.cost(scanned),
        link=_link(*said.answers[0], span) if said.answers else "",
        cut=any(found.cut for _, found in places),
        note=joined([source.note, note, *(f"{place}: {text}" for place, found in places for text in found.notes)]),
    )


def _link(part: Put, found: insights.Found, span: Span) -> str:
    """The console's editor with a query that was asked."""
    return console.insights(part.post.region, found.groups, part.text, *insights.seconds(span))


def transcript(inquiry: Inquiry, session: Session) -> Recording:
    """The whole log of one session, or why there is none."""
    if why := transcripts.never_logged(session):
        return Recording(session.id, missing=why)
    post = inquiry.post(session.place)
    if post is None:
        return Recording(session.id, missing=f"No scope covers {session.place}, so its logs cannot be read.")
    groups, objects = _stores(inquiry, post, session)
    trouble: list[str] = []
    for look in (*(_in_group(inquiry, post, group, session) for group in groups), *(_in_bucket(inquiry, post, *key) for key in objects)):
        body = look(trouble)
        if body:
            return transcripts.recording(session, body)
    if inquiry.explain:
        return Recording(session.id, missing="planned, not asked")
    return Recording(session.id, missing=transcripts.nowhere(session, groups, [f"s3://{b}/{k}" for b, k in objects], trouble))


def _stores(inquiry: Inquiry, post: Post, session: Session) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Log groups and S3 objects to look into, each once: as SSM says, as the documents say, as the scope is configured.

    The session's own document speaks first, then the Region's preferences: whether AWS's command documents follow those is
    decided by the service and not documented, so both are looked at.
    """
    named = dict.fromkeys((session.document or documents.PREFERENCES, documents.PREFERENCES))
    read = {} if inquiry.explain else read_documents(inquiry, [(post, name) for name in named])
    said = [transcripts.destinations(read[post.place, name].inputs) for name in named if (post.place, name) in read]
    groups = (*(group for group, _ in said), *post.scope.log_groups)
    stores = (*(store for _, store in said), (post.scope.bucket, post.scope.prefix))
    hint = transcripts.hinted(session.output, session.id) if session.output else None
    objects = (hint, *((bucket, transcripts.key_of(prefix, session.id)) for bucket, prefix in stores if bucket))
    return tuple(dict.fromkeys(filter(None, groups))), tuple(dict.fromkeys(filter(None, objects)))


Look = Callable[[list[str]], transcripts.Body | None]


def _in_group(inquiry: Inquiry, post: Post, group: str, session: Session) -> Look:
    """A look into one log group; what went wrong is added to `trouble`."""
    query = f"aws logs get-log-events --start-from-head --log-group-name {group} --log-stream-name {session.id}"
    link = console.stream(post.region, group, session.id)

    def ask(post: Post) -> transcripts.Body | None:
        client = inquiry.shared.clients.client(post.scope, "logs", post.region)
        return transcripts.from_stream(client, group, session.id, inquiry.budget, inquiry.shared.limits.transcript)

    return lambda trouble: _look(inquiry, Asking("logs", "transcript", query, [post], place_name, None, "logs"), ask, link, trouble)


def _in_bucket(inquiry: Inquiry, post: Post, bucket: str, key: str) -> Look:
    """A look into one bucket; what went wrong is added to `trouble`."""
    query, link = f"aws s3api get-object --bucket {bucket} --key {key}", console.s3(post.region, bucket, key)

    def ask(post: Post) -> transcripts.Body | None:
        client = inquiry.shared.clients.client(post.scope, "s3", post.region)
        return transcripts.from_object(client, bucket, key, post.place, inquiry.shared.limits.transcript)

    return lambda trouble: _look(inquiry, Asking("s3", "transcript", query, [post], place_name, None, "s3"), ask, link, trouble)


def _look(
    inquiry: Inquiry, asking: Asking[Post], ask: Callable[[Post], transcripts.Body | None], link: str, trouble: list[str]
) -> transcripts.Body | None:
    """One look, recorded as a Source."""
    said, source = inquiry.put(asking, ask)
    body = said.answers[0][1] if said.answers else None
    trouble += [unread.why for unread in said.unread]
    cut = "" if body is None or body.complete else f"cut at {inquiry.shared.limits.transcript // 2**20} MiB"
    found = replace(source, rows=int(body is not None), scanned=len(body.bytes), link=link, note=cut) if body else source
    inquiry.asked.add(found)
    return body
