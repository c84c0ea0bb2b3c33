"""Evidence and a ledger in memory, for tests of what commands make of facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.model import Document, Event, Hit, Node, Recording, Session, Source, Stream, Unread
from tests.reviews.shelf import Shelf


@dataclass
class Fixed:
    """Evidence that answers every question with the facts it was given."""

    sessions: tuple[Session, ...] = ()
    trail: tuple[Event, ...] = ()
    papers: tuple[Document, ...] = ()
    names: dict[str, Node] = field(default_factory=dict)
    lines: tuple[Hit, ...] = ()
    logs: tuple[Stream, ...] = ()
    body: bytes = b""
    missing: str = ""
    unread: tuple[Unread, ...] = ()
    note: str = ""
    estates: tuple = ()
    history: tuple[Document, ...] = ()
    questions: list[Source] = field(default_factory=list)

    @property
    def asked(self):
        return tuple(self.questions)

    def _asked(self, question, rows):
        self.questions.append(
            Source("ssm", question, f"query {question}", None, ("111122223333/eu-west-1",), self.unread, len(rows), note=self.note)
        )
        return tuple(rows)

    def among(self, parts):
        return self

    def live(self):
        return self._asked("live", [s for s in self.sessions if not s.ended and not s.error])

    def ended(self, span):
        return self._asked("ended", [s for s in self.sessions if s.ended])

    def session(self, session_id):
        return self._asked("session", [s for s in self.sessions if s.id == session_id])

    def openings(self, span, where):
        return self._asked("openings", [s for s in self.sessions if not where.session or s.id == where.session])

    def tunnels(self, span, documents, where):
        return self._asked("tunnels", self.sessions)

    def events(self, span, where):
        return self._asked("events", self.trail)

    def documents(self):
        return self._asked("documents", self.papers)

    def nodes(self, wanted):
        return {name: self.names[name] for _, name in wanted if name in self.names}

    def streams(self, span, limit):
        return self._asked("streams", self.logs[:limit])

    def stored(self, span):
        return self._asked("stored", ())

    def hits(self, span, patterns, question):
        return self._asked(question, self.lines)

    def search(self, span, text, *, regex):
        return self._asked("search", self.lines)

    def versions(self, wanted, since):
        return self._asked("versions", self.history)

    def estate(self, now):
        return self._asked("estate", self.estates)

    def transcript(self, session):
        self._asked("transcript", ())
        return Recording(session.id, self.body, "file", "s3://example-logs/x.log", missing=self.missing)


@dataclass
class Memory(Shelf):
    """A ledger in memory."""

    trail: list[tuple] = field(default_factory=list)
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    marks: dict[str, datetime] = field(default_factory=dict)
    counted: dict[str, set[str]] = field(default_factory=dict)
    done: dict[str, tuple[datetime, dict]] = field(default_factory=dict)
    waiting: tuple = ()
    visits: list = field(default_factory=list)
    shelf_of_papers: list[Document] = field(default_factory=list)

    def keep_visit(self, visit, documents=()):
        self.visits.append(visit)
        self.shelf_of_papers += documents

    def visited(self, until, *, first=False):
        return (min if first else max)((visit for visit in self.visits if visit.at <= until), key=lambda visit: visit.at, default=None)

    def papers(self, wanted):
        return tuple(self.shelf_of_papers)

    parts: tuple = ()

    def held(self):
        return self.parts

    def note(self, at, who, what, detail):
        self.trail.append((at, who, what, dict(detail)))

    def keep(self, at, owner, body):
        token = f"t{len(self.answers)}"
        self.answers[token] = (owner, body)
        return token

    def kept(self, token):
        return self.answers.get(token)

    def watermark(self, name):
        return self.marks.get(name)

    def counted_before(self, name, ids):
        return frozenset(ids) & frozenset(self.counted.get(name, ()))

    def counted_any(self, name):
        return bool(self.counted.get(name))

    def want(self, name, at):
        self.done[f"want {name}"] = (at, {})

    def beats(self):
        return self.done

    def stuck(self):
        return self.waiting

    def backlog(self):
        return len(self.waiting)
