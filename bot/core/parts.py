"""The parts of the fleet that a look can read or not: one kind of evidence in one account-region, written `log groups of 111122223333/eu-west-1`.

A part that fails is held: it keeps its own mark and is looked at by itself, from there, until it answers. So what is dead holds nothing else back
and loses nothing. A CloudTrail table is a part too, which may hold many account-regions; so is the log of one session that could not be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core import text, times
from bot.core.model import Place, Source

TRAIL, SESSIONS, GROUPS, STORED, LOG = "CloudTrail", "Session Manager", "log groups", "logs in S3", "the log"
DOCUMENTS, TRANSCRIPTS = "session documents", "transcripts"
HELD = frozenset({TRAIL, SESSIONS, GROUPS, STORED, "the archive"})
ALONG = {  # what is asked along with a part: without it the part would not be understood, or was left out with it
    TRAIL: (DOCUMENTS,),
    SESSIONS: (DOCUMENTS, GROUPS, STORED),
    GROUPS: (DOCUMENTS,),
    STORED: (DOCUMENTS,),
}
QUESTIONS = {"transcript": TRANSCRIPTS, "stored": STORED, "session documents": DOCUMENTS}
BACKENDS = {"athena": TRAIL, "insights": GROUPS, "archive": "the archive", "ec2": "names"}
SELDOM, SELDOMEST = timedelta(minutes=30), timedelta(hours=2)  # the longest pause between two tries, at first and after a day


def part(kind: str, place: str) -> str:
    """A part by its kind of evidence and its account-region."""
    return f"{kind} of {place}"


def parted(name: str) -> tuple[str, str]:
    """The kind and the account-region (or session) of a part."""
    kind, _, place = name.partition(" of ")
    return kind, place


@dataclass(frozen=True, slots=True)
class Among:
    """Which parts are asked: all but `without`, or `only` one and what belongs to it. A place without Session Manager is left out whole."""

    only: str = ""
    without: frozenset[str] = frozenset()

    def takes(self, kind: str, *places: str) -> bool:
        """Whether a kind of evidence is asked in a place; `places` are all the names that it goes by."""
        main, where = parted(self.only)
        if kind == main and where in places:
            return True
        wanted = not self.only or (kind in ALONG.get(main, ()) and (main == TRAIL or where in places))
        lost = {part(each, place) for place in places for each in {kind, kind if kind == TRAIL else SESSIONS}}
        return wanted and lost.isdisjoint(self.without - {self.only})


@dataclass(frozen=True, slots=True)
class Held:
    """A part that did not answer: looked at up to `until`, silent since `since`. `waiting` are sessions begun there meanwhile, as far as others know."""

    part: str
    until: datetime
    since: datetime
    why: str = ""
    tries: int = 0
    tried: datetime | None = None
    waiting: int = 0

    def due(self, now: datetime, every: timedelta) -> bool:
        """Whether to try it again: soon at first, then more seldom."""
        longest = min(max(SELDOM, (now - self.since) / 12), SELDOMEST)
        return not self.tries or self.tried is None or now - self.tried >= min(every * (1 << min(self.tries - 1, 10)), longest)

    def failed(self, now: datetime, why: str) -> Held:
        """After one more try that failed."""
        return replace(self, tries=self.tries + 1, tried=now, why=why or self.why)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a look could read and what not, by part. `blamed` did not answer the first question that anything failed; `odd` holds nothing back."""

    read: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)
    blamed: tuple[str, ...] = ()
    odd: Mapping[str, str] = field(default_factory=dict)


def _named(source: Source, place: str) -> str:
    return part(QUESTIONS.get(source.question) or BACKENDS.get(source.backend, SESSIONS), place)


def reach(sources: Sequence[Source]) -> Reach:
    """What was read. A time that ran out makes every later question fail everywhere, so only the first failures are blamed.

    A place that a source both read and did not (one of its log groups is not there) has answered; that is told, and holds nothing back.
    """
    failing = [
        {
            _named(source, each.place): each.why
            for each in source.unread
            if each.place not in source.read and holds(_named(source, each.place))
        }
        for source in sources
    ]
    unread = {name: why for found in reversed(failing) for name, why in found.items()}
    read = {_named(source, place) for source in sources for place in source.read} - unread.keys()
    every = {_named(source, each.place): each.why for source in sources for each in source.unread}
    odd = {name: why for name, why in every.items() if name not in unread and parted(name)[0] in (*HELD, DOCUMENTS)}
    return Reach(frozenset(read), unread, tuple(next(filter(None, failing), {})), odd)


def holds(name: str) -> bool:
    """Whether a part that fails is held."""
    return parted(name)[0] in HELD


def to_hold(seen: Reach, known: Iterable[Held], mark: datetime, now: datetime) -> tuple[Held, ...]:
    """The parts to hold after a look at all of them, from the mark on that they shared. Where nothing at all was read, all waits and none is held."""
    before = {each.part for each in known}
    fresh = [name for name in seen.blamed if name not in before]
    return tuple(Held(name, mark, now, seen.unread[name], 1, now) for name in fresh) if seen.read else ()


def log_of(session: str, place: Place) -> str:
    """The part that is one session's log."""
    return f"{LOG} of {session} in {place}"


def session_of(name: str) -> tuple[str, Place]:
    """The session whose log a part is, and its place."""
    session, _, place = parted(name)[1].rpartition(" in ")
    account, _, region = place.partition("/")
    return session, Place(account, region)


def sentence(each: Held, now: datetime, zone: str = "UTC") -> str:
    """Which part holds back, since when, why, and what waits there."""
    name, waits, why = each.part[:1].upper() + each.part[1:], "", text.sentence(each.why[:300])
    if each.waiting:
        waits = f"; {text.plural(each.waiting, 'session')} begun there since then {'is' if each.waiting == 1 else 'are'} not looked at"
    upto = f"looked at up to {times.moment(each.until, zone)}{waits}."
    if not each.tries:
        return f"{name} answers again and is caught up with: {upto}"
    silent = f"{name} has not answered for {times.length(now - each.since)}"
    return f"{silent}: {why}" if each.part.startswith(LOG) else f"{silent}: {upto} {why}"
