"""Changes of Session documents as CloudTrail tells them, with what each changed: SSM's own versions say, else what the doctor kept.

Saving preferences is two calls: one makes a version, one puts it in force. These two of one person count as one change, and no others do: who
weakens the settings and soon sets them right has made two. SSM keeps versions until a document is deleted; of one that was deleted and made
again only the doctor's copies tell what it had been.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.documents import DEFAULT_SHELL, PORT_KINDS, base_name
from bot.core.model import Document, Event, Finding, Level, Place, Session
from bot.core.records import mapping
from bot.core.session_settings import Difference, differences, in_words
from bot.core.text import listed, plural

DIGITS = 9  # more is no version
CALLS = frozenset({"UpdateDocument", "UpdateDocumentDefaultVersion", "CreateDocument", "DeleteDocument"})
MAKES = frozenset({"UpdateDocument", "CreateDocument"})
ONE_GO = timedelta(minutes=5)  # between calls of one change
SLACK = timedelta(minutes=2)  # between a call and its version's own time
UNKNOWN = "what it said before is not known: no earlier version of it could be read, and the doctor had kept no copy"
SAME = "its settings are the same as before"
Key = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one document. `found` is None where what it was, or became, is not known."""

    place: Place
    name: str
    events: tuple[Event, ...]
    found: tuple[Difference, ...] | None = None

    @property
    def at(self) -> datetime:
        """When it began."""
        return self.events[0].at

    @property
    def actor(self) -> str:
        """Whose change it was."""
        return self.events[0].actor

    @property
    def weaker(self) -> bool:
        """Whether less may be known of sessions since; what is not known counts as weaker."""
        return self.found is None or any(one.weaker for one in self.found)

    @property
    def words(self) -> str:
        """What changed."""
        return UNKNOWN if self.found is None else in_words(self.found) or SAME

    @property
    def calls(self) -> str:
        """`UpdateDocument and UpdateDocumentDefaultVersion`."""
        return listed(list(dict.fromkeys(event.name for event in self.events)), 4)


def concerned(events: Iterable[Event], documents: Iterable[Document]) -> tuple[Event, ...]:
    """The calls that changed the preferences or a Session document that is known to be one, oldest first."""
    known = {(Place(d.account, d.region), base_name(d.name)) for d in documents}
    made = (e for e in events if e.name in CALLS and not e.error and e.document)
    return tuple(sorted((e for e in made if base_name(e.document) == DEFAULT_SHELL or _key(e) in known), key=lambda e: (e.at, e.id)))


def _key(event: Event) -> Key:
    return Place(event.account, event.region), base_name(event.document)


def keys(events: Iterable[Event]) -> tuple[Key, ...]:
    """Each document that these calls changed."""
    return tuple(dict.fromkeys(map(_key, events)))


def changes(events: Iterable[Event], versions: Iterable[Document], papers: Iterable[Document] = ()) -> tuple[Change, ...]:
    """Every change with its differences, oldest first. `versions` are SSM's, `papers` what the doctor kept."""
    history = _History(tuple(versions), tuple(papers))
    found: list[Change] = []
    for key in dict.fromkeys(map(_key, sorted_ := sorted(events, key=lambda e: (e.at, e.id)))):
        found += _told(key, [e for e in sorted_ if _key(e) == key], history)
    return tuple(sorted(found, key=lambda change: change.at))


def _told(key: Key, events: Sequence[Event], history: _History) -> Iterator[Change]:
    groups = list(_groups(events))
    last: Held | None = None
    for group, until in zip(groups, [*(each[0].at for each in groups[1:]), None], strict=True):
        before, after = last or history.before(key, group), history.after(key, group, until)
        yield Change(*key, tuple(group), differences(before.document, after.document) if before.known and after.known else None)
        last = before if group[-1].name == "DeleteDocument" else after  # what is made anew is held against what was deleted


def _groups(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The calls of each change."""
    group: list[Event] = []
    for event in events:
        if group and not _completes(event, group):
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _completes(event: Event, group: Sequence[Event]) -> bool:
    """Whether the call puts in force what the one call before it made."""
    first, in_force = group[0], event.name == "UpdateDocumentDefaultVersion"
    return in_force and len(group) == 1 and first.name in MAKES and event.actor == first.actor and event.at - first.at <= ONE_GO


def _version(event: Event) -> str:
    """The version that a call made or put in force."""
    asked, answered = (mapping(event.record.get(part)) for part in ("requestParameters", "responseElements"))
    if event.name == "UpdateDocumentDefaultVersion":
        return str(mapping(answered.get("description")).get("defaultVersion") or asked.get("documentVersion") or "")
    return str(mapping(answered.get("documentDescription")).get("documentVersion") or ("1" if event.name == "CreateDocument" else ""))


def _number(version: str) -> int:
    """A version's number; 0 where it is none."""
    return int(version) if version.isascii() and version.isdecimal() and len(version) <= DIGITS else 0


@dataclass(frozen=True, slots=True)
class Held:
    """A document at some time, None where there was none; or that this is not known."""

    known: bool
    document: Document | None = None


NOT_KNOWN, NOT_THERE = Held(known=False), Held(known=True)


@dataclass(frozen=True, slots=True)
class _History:
    """What is known of documents over time."""

    versions: tuple[Document, ...]
    papers: tuple[Document, ...]

    def after(self, key: Key, group: Sequence[Event], until: datetime | None) -> Held:
        """What a change left in force."""
        if group[-1].name == "DeleteDocument":
            return NOT_THERE
        named = next(filter(None, (_version(event) for event in reversed(group))), "")
        held = [d for d in _of(self.versions, key) if d.version == named and _by(d, group[-1].at + SLACK)]
        seen = [d for d in _of(self.papers, key) if d.made and d.made >= group[-1].at and (until is None or d.made < until)]
        return next((Held(known=True, document=d) for d in (*held, *seen)), NOT_KNOWN)

    def before(self, key: Key, group: Sequence[Event]) -> Held:
        """What was in force before the first change that is known: the version before the one that it made, else the last copy."""
        calls = [event.name for event in group]
        older = [] if "DeleteDocument" in calls else self._older(key, group)
        copies = [d for d in _of(self.papers, key) if _by(d, group[0].at)]
        found = max(older, key=lambda d: _number(d.version)) if older else copies[-1] if copies else None
        return Held(known=True, document=found) if found or calls[0] == "CreateDocument" else NOT_KNOWN

    def _older(self, key: Key, group: Sequence[Event]) -> list[Document]:
        made = [number for event in group if event.name == "UpdateDocument" and (number := _number(_version(event)))]
        held = [d for d in _of(self.versions, key) if _number(d.version) and _by(d, group[0].at + SLACK)]
        return [d for d in held if (_number(d.version) < made[0] if made else not d.made or d.made < group[0].at - SLACK)]


def _of(documents: Iterable[Document], key: Key) -> list[Document]:
    return [d for d in documents if (Place(d.account, d.region), base_name(d.name)) == key]


def _by(document: Document, at: datetime) -> bool:
    return document.made is not None and document.made <= at


def judged(found: Sequence[Change], sessions: Sequence[Session], until: datetime) -> tuple[Finding, ...]:
    """Each change as a finding, with the sessions that began under it: what they did may not have been logged."""
    return tuple(_finding(change, _end(change, found, until), sessions) for change in found)


def _end(change: Change, found: Sequence[Change], until: datetime) -> datetime:
    later = (other.at for other in found if (other.place, other.name) == (change.place, change.name) and other.at > change.at)
    return min(later, default=until)


def _finding(change: Change, end: datetime, sessions: Sequence[Session]) -> Finding:
    under = [s.id for s in sessions if s.started and change.at <= s.started < end and _ran(s, change)] if change.weaker else []
    began = f" {plural(len(under), 'session')} began before the next change: {listed(under, 5)}." if under else ""
    preferred = change.name == DEFAULT_SHELL
    title = "Logging preferences were changed" if preferred else f"The Session document {change.name} was changed"
    level = (Level.HIGH if preferred else Level.MEDIUM) if change.weaker else Level.LOW
    text = f"{change.calls}: {change.words}.{began}"
    rule, tags = "preferences_window" if preferred else "document_window", ("T1562.008", "T1685.002") if change.weaker else ()
    return Finding(
        rule, title, level, tags, text, text, 0, "", change.at, "",
        change.actor, "", change.place.account, change.place.region, change.events[0].id,
    )  # fmt: skip


def _ran(session: Session, change: Change) -> bool:
    """Whether a session stood under the document: the preferences hold for everything that names no document of the team's own."""
    if (session.account, session.region) != (change.place.account, change.place.region) or session.error or session.kind in PORT_KINDS:
        return False
    named = base_name(session.document) or DEFAULT_SHELL
    return named == change.name or (change.name == DEFAULT_SHELL and named.startswith("AWS-"))


def marked(findings: Iterable[Finding], found: Iterable[Change]) -> tuple[Finding, ...]:
    """Findings on these calls, each with what was changed in its own words; one that is known to weaken nothing is low at most."""
    changed: Mapping[str, Change] = {event.id: change for change in found for event in change.events}
    return tuple(_marked(f, changed[f.event]) if f.event in changed and not f.session else f for f in findings)


def _marked(finding: Finding, change: Change) -> Finding:
    level = finding.level if change.weaker else min(finding.level, Level.LOW)
    return replace(finding, matched=f"{change.name}: {change.words}", level=level)
