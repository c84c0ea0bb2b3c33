"""Evidence from AWS: the house's questions put to a fleet of accounts and Regions.

An AwsEvidence lives for one Ask and costs nothing to make: clients, documents and table schemes are in `Shared`, which the
roof keeps, and boto3 is imported when the first question is asked. With `explain` each question is recorded in its own words
(SQL, Insights QL, the API call) and nothing is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.model import Document, Event, Hit, Node, Place, Recording, Session, Source, Span, Stream, Where
from bot.core.parts import Among
from queries import aws_output, aws_sessions, aws_stored, aws_trail, versions
from queries.budget import Budget
from queries.inquiry import Inquiry, Shared
from queries.scopes import Scope
from queries.sources import Asked

if TYPE_CHECKING:
    from bot.core.doctor.facts import Estate


class AwsEvidence:
    """The Evidence protocol over AWS. `deadline` is a reading of `clock`, in seconds; `cancel` stops all that is under way."""

    def __init__(
        self,
        scopes: Iterable[Scope],
        cancel: threading.Event | None = None,
        deadline: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
        *,
        explain: bool = False,
        shared: Shared | None = None,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        budget = Budget(cancel or threading.Event(), deadline, clock, pause)
        self._inquiry = Inquiry(tuple(scopes), shared or Shared(), budget, Asked(), explain)

    def among(self, parts: Among) -> AwsEvidence:
        """The same evidence, of some parts of the fleet only; what it asks is kept with the rest."""
        some = copy(self)
        some._inquiry = replace(self._inquiry, among=parts)  # noqa: SLF001 - its own copy
        return some

    @property
    def asked(self) -> tuple[Source, ...]:
        """Every question asked so far, in order."""
        return self._inquiry.asked.all()

    def live(self) -> tuple[Session, ...]:
        """Sessions in state Active, newest first."""
        return aws_sessions.live(self._inquiry)

    def ended(self, span: Span) -> tuple[Session, ...]:
        """Sessions in state History (30 days) started within the span, newest first."""
        return aws_sessions.ended(self._inquiry, span)

    def session(self, session_id: str) -> tuple[Session, ...]:
        """SSM's record of one id, in either state. Raises Refused for what cannot be an id."""
        return aws_sessions.session(self._inquiry, session_id)

    def openings(self, span: Span, where: Where) -> tuple[Session, ...]:
        """CloudTrail's openings, denied ones too, newest first."""
        return aws_trail.openings(self._inquiry, span, where)

    def tunnels(self, span: Span, documents: Sequence[str], where: Where) -> tuple[Session, ...]:
        """CloudTrail's tunnels, newest first."""
        return aws_trail.tunnels(self._inquiry, span, documents, where)

    def events(self, span: Span, where: Where) -> tuple[Event, ...]:
        """CloudTrail records about sessions and what guards them, oldest first."""
        return aws_trail.events(self._inquiry, span, where)

    def documents(self) -> tuple[Document, ...]:
        """Every Session document that the fleet owns."""
        return aws_sessions.owned(self._inquiry)

    def nodes(self, wanted: Iterable[tuple[Place, str]]) -> Mapping[str, Node]:
        """Nodes by id, as far as EC2 and SSM know them."""
        return aws_sessions.known_nodes(self._inquiry, wanted)

    def streams(self, span: Span, limit: int) -> tuple[Stream, ...]:
        """Log streams of session output, latest first."""
        return aws_output.streams(self._inquiry, span, limit)

    def stored(self, span: Span) -> tuple[Stream, ...]:
        """Session logs in S3 written within the span or a day after it."""
        return aws_stored.stored(self._inquiry, span)

    def hits(self, span: Span, patterns: Sequence[str], question: str) -> tuple[Hit, ...]:
        """Lines that match any pattern, latest first. Raises Refused for a pattern that RE2 does not take."""
        return aws_output.hits(self._inquiry, span, patterns, question)

    def search(self, span: Span, text: str, *, regex: bool) -> tuple[Hit, ...]:
        """Lines that contain the text or match the pattern, latest first. Raises Refused as `hits` does."""
        return aws_output.search(self._inquiry, span, text, regex=regex)

    def versions(self, wanted: Iterable[tuple[Place, str]], since: datetime) -> tuple[Document, ...]:
        """The versions of these documents that SSM keeps, oldest first: those made since then, and the one before them."""
        return versions.versions(self._inquiry, wanted, since)

    def estate(self, now: datetime) -> tuple[Estate, ...]:
        """What session logging rests on, in every account-region."""
        from queries import estate  # noqa: PLC0415 - light start: the doctor's checks are asked for seldom

        return estate.read(self._inquiry, now)

    def transcript(self, session: Session) -> Recording:
        """The whole log of one session, or why there is none."""
        return aws_output.transcript(self._inquiry, session)
