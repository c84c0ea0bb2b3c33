"""Reviews on the store. A step is decided on the row as the writer's transaction reads it, so two people cannot both be first.

The review, its line in the trail and its posts are written in that one transaction: all of them stand after a crash, or none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from bot.core.flags import Flag, joined
from bot.core.model import Finding, Refused
from bot.core.posts import Post, said
from bot.core.redact import redact
from bot.core.review import posts as review_posts
from bot.core.review.facts import CLOCK, Known, Move, Outcome, Review, Step
from bot.core.review.practice import Practice
from bot.core.review.steps import agreed, decide
from bot.core.review.table import PENDING, State, Verb
from bot.core.review.views import echo
from bot.store.clock import held
from bot.store.schema import alone, posts, reviews, trail

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # read aloud without doubt
OLDEST = datetime.min.replace(tzinfo=UTC)


class ReviewRows:
    """The reviews' part of the store."""

    write: Callable[[Callable[[Connection], Any]], Any]
    read: Callable[[Callable[[Connection], Any]], Any]

    def append(self, connection: Connection, at: datetime, who: str, what: str, detail: Mapping[str, object]) -> None:
        """Write a line of the trail within a transaction."""
        raise NotImplementedError

    def open_review(self, flag: Flag, channel: str, card: str, owner: Known, practice: Practice, at: datetime) -> Review:
        """The review of a flag: a new one, or the one under way, which hears what is new. A closed one is closed: the same flag opens none."""

        def work(connection: Connection) -> Review:
            alone(connection)
            found = _latest(connection, flag.id)
            if found is None or (found.done and _news(found.flag, flag)):
                return self._opened(connection, _new(connection, flag, channel, card, at), owner, practice, at)
            if found.done:
                _posted(connection, found, None, practice, at)
                return found
            return self._flagged(connection, found, flag, practice, at)

        review: Review = self.write(work)
        return review

    def act(self, move: Move, practice: Practice) -> Outcome:
        """Do what the move asks for, if it may. Raises Refused where there is no such review."""

        def work(connection: Connection) -> Outcome | None:
            alone(connection)
            found = _one(connection, select(reviews.c.body).where(reviews.c.id == _plain(move.review)))
            return self._acted(connection, found, move, practice) if found else None

        outcome: Outcome | None = self.write(work)
        if outcome is None:
            raise Refused("There is no such review. `/ssm reviews all` lists them.")
        return outcome

    def review(self, name: str) -> Review | None:
        """One review by its id, or the latest of a session id."""
        by_id = select(reviews.c.body).where(reviews.c.id == _plain(name))
        found: Review | None = self.read(lambda c: _one(c, by_id) or _latest(c, name))
        return found

    def reviews(self, *, pending: bool = True, since: datetime | None = None) -> Sequence[Review]:
        """Reviews that wait for somebody, or all of them; opened since a moment; the newest first."""
        query = select(reviews.c.body).where(reviews.c.opened >= _stamp(since or OLDEST)).order_by(reviews.c.opened.desc(), reviews.c.id)
        if pending:
            query = query.where(reviews.c.state.in_([state.value for state in PENDING]))
        rows = self.read(lambda c: c.execute(query).scalars().all())
        return tuple(_restored(row) for row in rows)

    def agreed(self) -> Sequence[Review]:
        """Reviews whose findings two people agreed to flag no more."""
        query = (
            select(reviews.c.body)
            .where(reviews.c.state == State.APPROVED.value, reviews.c.body.like('%"verb":"agree"%'))
            .order_by(reviews.c.id)
        )
        rows = self.read(lambda c: c.execute(query).scalars().all())
        return tuple(review for row in rows if agreed(review := _restored(row)))

    def story(self, review: str) -> Sequence[Mapping[str, Any]]:
        """The trail's rows of a review, with their hashes, in order."""
        query = (
            select(trail)
            .where(trail.c.what.like("review %"), trail.c.detail.like(f'%"review":"{_plain(review)}"%'))
            .order_by(trail.c.number)
        )
        rows: Sequence[RowMapping] = self.read(lambda c: c.execute(query).mappings().all())
        return tuple(dict(row) for row in rows)

    def _opened(self, connection: Connection, review: Review, owner: Known, practice: Practice, at: datetime) -> Review:
        review = replace(review, owner=owner)
        connection.execute(insert(reviews).values(_row(review)))
        self.append(connection, at, CLOCK.id, "review open", {"review": review.id, "session": review.flag.session.id, **_about(review)})
        if owner.id:
            outcome = self._acted(connection, review, Move(review.id, Verb.ASK, CLOCK, at, owner=owner), practice)
            return outcome.review
        _posted(connection, review, None, practice, at)
        return review

    def _flagged(self, connection: Connection, review: Review, flag: Flag, practice: Practice, at: datetime) -> Review:
        if _news(review.flag, flag):
            return self._acted(
                connection, review, Move(review.id, Verb.FLAG, CLOCK, at, flag=flag, note=_said(review.flag, flag)), practice
            ).review
        known = joined(review.flag, flag)
        later = review if known == review.flag else replace(review, flag=known, version=review.version + 1)
        if later is not review:
            _kept(connection, later)
        _posted(connection, later, None, practice, at)
        return later

    def _acted(self, connection: Connection, review: Review, move: Move, practice: Practice) -> Outcome:
        outcome = decide(review, move, practice.on_call)
        if not outcome.done:
            if not move.by.bot:
                detail = {"review": review.id, "verb": move.verb.value, "why": "done before" if outcome.again else outcome.why}
                self.append(connection, move.at, move.by.id, "review refused", detail)
            return outcome
        step = outcome.review.steps[-1]
        _kept(connection, outcome.review)
        self.append(connection, move.at, move.by.id, f"review {move.verb.value}", _told(outcome.review, step))
        _posted(connection, outcome.review, step, practice, move.at)
        return outcome


def _new(connection: Connection, flag: Flag, channel: str, card: str, at: datetime) -> Review:
    while True:
        name = "r" + "".join(secrets.choice(ALPHABET) for _ in range(7))
        if connection.execute(select(reviews.c.id).where(reviews.c.id == name)).first() is None:
            again = _one(connection, select(reviews.c.body).where(reviews.c.card == card)) if card else None
            return Review(name, flag, at, at, channel=channel, card=card if card and not again else f"review/{name}/card")


def _latest(connection: Connection, name: str) -> Review | None:
    query = select(reviews.c.body).where((reviews.c.flag == _plain(name)) | (reviews.c.session == _plain(name)))
    return _one(connection, query.order_by(reviews.c.opened.desc()).limit(1))


def _one(connection: Connection, query: Select[str]) -> Review | None:
    row = connection.scalars(query).first()
    return _restored(row) if row else None


def _kept(connection: Connection, review: Review) -> None:
    row = _row(review)
    done = connection.execute(update(reviews).where(reviews.c.id == review.id, reviews.c.version == review.version - 1).values(row))
    if done.rowcount != 1:
        raise Refused("Somebody else was first. Nothing was changed; look at the message as it is now.")


def _posted(connection: Connection, review: Review, step: Step | None, practice: Practice, at: datetime) -> None:
    for post in (*review_posts.posts(review, step, practice), *_echoes(connection, review)):
        waits = connection.scalars(select(posts.c.after).where(posts.c.key == post.key, posts.c.posted.is_(None))).first()
        held(connection, post, at)
        if waits:  # a card that the hourly number of flags holds back goes on waiting, whatever it says by now
            connection.execute(update(posts).where(posts.c.key == post.key).values(after=waits))


def _echoes(connection: Connection, review: Review) -> list[Post]:
    """The other messages that show the flag, each saying where its review stands."""
    rows = connection.execute(
        select(posts.c.key, posts.c.queue, posts.c.channel).where(posts.c.window == f"flag {review.flag.id}"[:200])
    ).all()
    card = connection.execute(select(posts.c.place, posts.c.ts).where(posts.c.key == review.card)).first()
    link = f"https://slack.com/archives/{card.place}/p{card.ts.replace('.', '')}" if card and card.ts else ""
    body = said(echo(review, link))
    return [Post(row.key, row.queue, row.channel, "text", body) for row in rows]


def _news(old: Flag, new: Flag) -> bool:
    return bool({_named(f) for f in new.findings} - {_named(f) for f in old.findings})


def _named(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.line, finding.text, finding.event


def _said(old: Flag, new: Flag) -> str:
    known = {_named(f) for f in old.findings}
    return "; ".join(sorted({f.title for f in new.findings if _named(f) not in known}))


def _told(review: Review, step: Step) -> Mapping[str, object]:
    facts = {"review": review.id, "state": review.state.value, "turn": step.turn, "note": redact(step.note), "ticket": redact(step.ticket)}
    return {key: value for key, value in facts.items() if value != ""} | ({"until": _stamp(review.until)} if review.until else {})


def _about(review: Review) -> Mapping[str, object]:
    session, owner = review.flag.session, review.owner
    found = [f"{f.title} ({f.level.word})" for f in review.flag.findings]
    return {"aws": session.owner, "target": session.target, "owner": owner.id, "how": owner.how, "sure": owner.sure, "findings": found}


def _row(review: Review) -> dict[str, Any]:
    return {
        "id": review.id, "flag": _plain(review.flag.id), "session": _plain(review.flag.session.id), "card": review.card, "state": review.state.value,
        "version": review.version, "opened": _stamp(review.opened), "body": _stored(review),
    }  # fmt: skip


def _stored(review: Review) -> str:
    return msgspec.json.encode(_clean(msgspec.to_builtins(review))).decode()


def _restored(body: str) -> Review:
    return msgspec.json.decode(body, type=Review)


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """PostgreSQL stores neither NUL nor lone surrogates."""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value


def _plain(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
