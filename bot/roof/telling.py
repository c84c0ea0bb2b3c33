"""How far a question is: the person who waits reads what is being asked just now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from bot.core.ports import Evidence

Tell = Callable[[str], None]
SAID: Mapping[str, str] = {
    "live": "Asking Session Manager who is connected…",
    "ended": "Asking Session Manager for ended sessions…",
    "session": "Looking for the session…",
    "openings": "Asking CloudTrail who opened sessions…",
    "tunnels": "Asking CloudTrail for tunnels…",
    "events": "Asking CloudTrail for calls…",
    "documents": "Reading session documents…",
    "versions": "Reading earlier versions of session documents…",
    "streams": "Asking Logs Insights for log streams…",
    "stored": "Listing session logs in S3…",
    "hits": "Searching the session logs…",
    "search": "Searching the session logs…",
    "transcript": "Reading session logs…",
    "estate": "Looking at session logging…",
}


def telling(evidence: Evidence, tell: Tell) -> Evidence:
    """The same evidence, which says what it asks before it asks."""
    return cast("Evidence", _Telling(evidence, tell))


class _Telling:
    def __init__(self, evidence: Evidence, tell: Tell) -> None:
        self._evidence, self._tell = evidence, tell

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the evidence has by that name
        if name in SAID:
            self._tell(SAID[name])
        return getattr(self._evidence, name)
