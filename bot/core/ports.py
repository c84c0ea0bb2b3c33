"""The seams: what a command may ask of AWS (or of an archive), and what the bot must remember.

An Evidence object lives for one Ask. Every question it asks is kept in `asked`, with what could not be read,
so a command cannot forget to say so: the desk writes the foot of the reply from `asked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.core.doctor.drift import Visit
from bot.core.doctor.facts import Estate
from bot.core.model import (
    Document,
    Event,
    Hit,
    Node,
    Place,
    Recording,
    Session,
    Source,
    Span,
    Stream,
    Where,
)
from bot.core.parts import Among, Held
from bot.core.posts import Post
from bot.core.review.ports import ReviewLedger


class Evidence(Protocol):
    """Questions about AWS. A part that cannot be read is an `Unread` in `asked`, never an exception."""

    @property
    def asked(self) -> tuple[Source, ...]:
        """Every question asked so far, in order."""
        ...

    def among(self, parts: Among) -> Evidence:
        """The same evidence, of some parts of the fleet only."""
        ...

    def live(self) -> tuple[Session, ...]:
        """Sessions in state Active (SSM DescribeSessions), newest first."""
        ...

    def ended(self, span: Span) -> tuple[Session, ...]:
        """Sessions in state History (SSM keeps 30 days) started within the span, newest first."""
        ...

    def session(self, session_id: str) -> tuple[Session, ...]:
        """SSM's record of one session id, in either state; empty if no place knows it."""
        ...

    def openings(self, span: Span, where: Where) -> tuple[Session, ...]:
        """CloudTrail's StartSession calls (and ECS ExecuteCommand), denied ones too, each joined to its TerminateSession."""
        ...

    def tunnels(self, span: Span, documents: Sequence[str], where: Where) -> tuple[Session, ...]:
        """CloudTrail's tunnels: AWS's own Port documents, SSH, `documents` (custom ones), and RDP by ssm-guiconnect."""
        ...

    def events(self, span: Span, where: Where) -> tuple[Event, ...]:
        """CloudTrail records about sessions and what guards them, oldest first."""
        ...

    def documents(self) -> tuple[Document, ...]:
        """Every Session document that the fleet owns, with `sessionType` and logging inputs (GetDocument, cached)."""
        ...

    def nodes(self, wanted: Iterable[tuple[Place, str]]) -> Mapping[str, Node]:
        """Nodes by id, as far as EC2 and SSM know them."""
        ...

    def streams(self, span: Span, limit: int) -> tuple[Stream, ...]:
        """Log streams of session output with first and last event, latest first (Logs Insights)."""
        ...

    def stored(self, span: Span) -> tuple[Stream, ...]:
        """Session logs in S3 written within the span or shortly after; `last` is when, `events` their size in bytes."""
        ...

    def hits(self, span: Span, patterns: Sequence[str], question: str) -> tuple[Hit, ...]:
        """Lines of session output that match any RE2 pattern, ignoring case, latest first (Logs Insights)."""
        ...

    def search(self, span: Span, text: str, *, regex: bool) -> tuple[Hit, ...]:
        """Lines of session output that contain the text, or match the RE2 pattern, ignoring case, latest first."""
        ...

    def transcript(self, session: Session) -> Recording:
        """The whole log of one session: its log stream if there is one, else its S3 object."""
        ...

    def versions(self, wanted: Iterable[tuple[Place, str]], since: datetime) -> tuple[Document, ...]:
        """The versions of these documents that SSM keeps, oldest first: those made since then, and the one before them."""
        ...

    def estate(self, now: datetime) -> tuple[Estate, ...]:
        """What session logging rests on, in every account-region. A part of one that cannot be read is Unknown in it."""
        ...


class Ledger(ReviewLedger, Protocol):
    """What the bot itself must remember."""

    def note(self, at: datetime, who: str, what: str, detail: Mapping[str, object]) -> None:
        """Append to the bot's own audit trail."""
        ...

    def keep(self, at: datetime, owner: str, body: str) -> str:
        """Store an answer for its pages, files and sharing; gives an opaque token."""
        ...

    def kept(self, token: str) -> tuple[str, str] | None:
        """The owner and body behind a token, or None once it is gone."""
        ...

    def watermark(self, name: str) -> datetime | None:
        """Up to when a scheduled line is posted, or the watch has looked."""
        ...

    def held(self) -> tuple[Held, ...]:
        """The parts of the fleet that the watch could not read, each with its own mark."""
        ...

    def counted_before(self, name: str, ids: Iterable[str]) -> frozenset[str]:
        """Which of these ids an earlier window of a line has counted."""
        ...

    def counted_any(self, name: str) -> bool:
        """Whether a line has counted anything yet."""
        ...

    def want(self, name: str, at: datetime) -> None:
        """Have the clock post a scheduled line now."""
        ...

    def beats(self) -> Mapping[str, tuple[datetime, Mapping[str, Any]]]:
        """What every part of the clock last did, and when."""
        ...

    def stuck(self) -> tuple[Post, ...]:
        """Posts that could not be posted so far, with why."""
        ...

    def backlog(self) -> int:
        """How many posts wait."""
        ...

    def keep_visit(self, visit: Visit, documents: Iterable[Document] = ()) -> None:
        """Store what the doctor saw, and each Session document that is not as it was when last kept."""
        ...

    def visited(self, until: datetime, *, first: bool = False) -> Visit | None:
        """The doctor's latest visit up to and with a moment, or the first that is kept."""
        ...

    def papers(self, wanted: Iterable[tuple[Place, str]]) -> tuple[Document, ...]:
        """What was kept of these documents, oldest first; `made` is when each was first seen so."""
        ...
