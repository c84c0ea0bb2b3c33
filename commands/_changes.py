"""Changes of Session documents within a stretch of time, with what was changed: SSM is asked only where CloudTrail tells of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.core.document_changes import CALLS, Change, Key, changes, concerned, keys
from bot.core.model import Document, Event
from bot.core.ports import Evidence

Papers = Callable[[Iterable[Key]], tuple[Document, ...]]  # what the doctor kept of documents


def nothing_kept(_keys: Iterable[Key]) -> tuple[Document, ...]:
    """Where the doctor keeps nothing."""
    return ()


def found(
    events: Iterable[Event], since: datetime, evidence: Evidence, papers: Papers, documents: Iterable[Document] | None = None
) -> tuple[Change, ...]:
    """Every change, oldest first. `documents` are the fleet's Session documents, where they were asked for before."""
    calls = tuple(event for event in events if event.name in CALLS and event.document and not event.error)
    if not calls:
        return ()
    kept = papers(keys(calls))
    made = concerned(calls, (*(evidence.documents() if documents is None else documents), *kept))
    return changes(made, evidence.versions(keys(made), since), kept) if made else ()
