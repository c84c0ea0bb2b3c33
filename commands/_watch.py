"""One look of the watch: what is new since the last, judged and folded into flags. The clock calls it; nobody types it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.core import flags, parts, watch
from bot.core.ask import Ask
from bot.core.coverage import stray
from bot.core.flags import Flag
from bot.core.model import Finding, Kind, Level, Place, Session, Span
from bot.core.ports import Evidence
from bot.core.rules import mark
from bot.core.watch import Begun, Look, Own
from commands import _changes, _gather, _read, _sessions, _words, coverage

READ = 20  # logs read whole for one look, besides those that the server-side filter found
WRITES = (Kind.SHELL, Kind.COMMAND, Kind.UNKNOWN)


def look(
    ask: Ask,
    evidence: Evidence,
    span: Span,
    trail: Span,
    open_flags: tuple[Flag, ...],
    own: Own,
    unread: Callable[[Iterable[str]], frozenset[str]],
    *,
    wide: bool,
    papers: _changes.Papers = _changes.nothing_kept,
) -> Look:
    """What was logged in the span, and what CloudTrail and Session Manager know of `trail`, which may reach back further. `unread` says which of these logs no look has read; `open_flags` are those whose end is not known."""
    seen = _gather.gathered(trail, span, _words.narrow(ask, {}), evidence, ask, papers)
    refreshed = _refreshed(open_flags, {s.id: s for s in seen.live}, evidence, ask)
    sessions = {s.id or f"event {s.event}": s for s in (*seen.openings, *seen.tunnels, *refreshed)}
    stored = {s.id: s for s in _stored(span, sessions, evidence) if s.kind in WRITES}
    ended = {s.id: s for s in refreshed if s.kind in WRITES} | stored
    fresh = sorted(unread(ended))
    late = [_read.whole(ended[name], evidence, ask) for name in fresh[:READ]]
    silences, lost = _silences(trail, seen, evidence, ask) if wide and not parts.reach(evidence.asked).unread else ((), ())
    every = (*seen.on_events, *seen.on_typed, *_of(late), *lost)
    findings = [each.finding for each in mark(every, ask.policy.suppressions, ask.now.date()) if each.by is None]
    known = (*sessions.values(), *_named(findings, sessions, evidence))
    made = _with_known(flags.flags(known, findings, seen.nodes, ask.now), sessions.values(), open_flags)
    asked = evidence.asked
    reach = parts.reach(asked)
    troubles = (
        *watch.changed(seen.events, own),
        *(f"{name} cannot be read whole: {why}" for name, why in reach.odd.items()),
        *silences,
    )
    return Look(
        tuple(replace(flag, missing=_missing(flag)) for flag in made),
        len(sessions),
        len(seen.events),
        sum(source.cost for source in asked),
        reach,
        any(source.cut for source in asked) or seen.reading.unread > 0,
        len(fresh) > READ,
        tuple(each.session.id for each in late if not each.missing or (each.session.id in stored and not each.failed)),
        _lost((*seen.reading.sessions, *late), sessions),
        tuple(Begun(str(s.place), s.started, "cloudtrail" in s.origin) for s in seen.openings if s.id and s.started),
        tuple(filter(None, troubles)),
    )


def again(ask: Ask, evidence: Evidence, name: str, place: Place) -> Look:
    """One session whose log could not be read before."""
    sessions = evidence.session(name) or (Session(name, account=place.account, region=place.region),)
    read = [_read.whole(s, evidence, ask) for s in sessions]
    nodes = evidence.nodes((s.place, s.target) for s in sessions if s.target)
    kept = [each.finding for each in mark(_of(read), ask.policy.suppressions, ask.now.date()) if each.by is None]
    asked = evidence.asked
    return Look(
        flags.flags(sessions, kept, nodes, ask.now) if kept else (),
        spent=sum(source.cost for source in asked),
        reach=parts.reach(asked),
        logs=tuple(each.session.id for each in read if not each.missing),
        lost=_lost(read, {}),
    )


def _of(read: Iterable[_read.Read]) -> list[Finding]:
    return [finding for each in read for finding in each.findings]


def _lost(read: Iterable[_read.Read], sessions: Mapping[str, Session]) -> dict[str, str]:
    """Logs that some place did not hand out: they are read when it does."""
    return {
        parts.log_of(each.session.id, sessions.get(each.session.id, each.session).place): each.missing
        for each in read
        if each.failed and each.session.id
    }


def glance(ask: Ask, evidence: Evidence, open_flags: tuple[Flag, ...]) -> Look:
    """What costs nothing: Session Manager alone, for the rest of an hour whose budget is spent."""
    live = evidence.live()
    nodes = evidence.nodes((s.place, s.target) for s in live if s.target)
    tunnels = [s for s in live if s.kind in flags.TUNNELS]
    ended = _refreshed(open_flags, {s.id: s for s in live}, evidence, ask)
    made = _with_known(flags.flags(tunnels, (), nodes, ask.now), ended, open_flags)
    return Look(made, len(live), reach=parts.reach(evidence.asked))


def _with_known(made: tuple[Flag, ...], sessions: Iterable[Session], open_flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """The flags, and news of sessions that were flagged before and that nothing new speaks against."""
    known = {flag.id for flag in open_flags} - {flag.id for flag in made}
    return (*made, *(Flag(s.id, s, Level.INFORMATIONAL) for s in sessions if s.id in known))


def _refreshed(open_flags: tuple[Flag, ...], live: dict[str, Session], evidence: Evidence, ask: Ask) -> tuple[Session, ...]:
    """Flagged sessions that were open when last seen and are not live now: how they ended. Where they are many, each look takes others."""
    gone = [flag.session.id for flag in open_flags if flag.session.id and flag.session.id not in live]
    first = int(ask.now.timestamp() // 60) * READ % len(gone) if len(gone) > READ else 0
    return tuple(session for name in (gone[first:] + gone[:first])[:READ] for session in evidence.session(name) if session.ended)


def _stored(span: Span, sessions: dict[str, Session], evidence: Evidence) -> list[Session]:
    """Sessions whose log came to S3 within the span: what streams nowhere is judged when it ends."""
    return [
        sessions.get(each.session) or Session(each.session, account=each.account, region=each.region)
        for each in evidence.stored(span)
        if span.since <= each.last
    ]


def _named(findings: list[Finding], sessions: dict[str, Session], evidence: Evidence) -> tuple[Session, ...]:
    """Sessions that only a finding names: begun before the span."""
    names = sorted({f.session for f in findings if f.session} - sessions.keys())[:READ]
    return tuple(session for name in names for session in evidence.session(name))


def _silences(span: Span, seen: _gather.Gathered, evidence: Evidence, ask: Ask) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """What is wrong with the sources themselves, and logs that no session answers for."""
    ssm = [s for s in seen.openings if "ssm" in s.origin]
    trail = [s for s in seen.openings if "cloudtrail" in s.origin]
    found = tuple(s for s in seen.openings if s.id and not s.error)
    logs = coverage.logged(span, evidence, seen.nodes, seen.events)
    lost = coverage.unclaimed(found, logs, span, evidence)
    silent = watch.silent_trail(ssm, trail, ask.now), watch.silent_logs(coverage.judged(found, logs, evidence, ask))
    return silent, tuple(map(stray, lost))


def _missing(flag: Flag) -> str:
    session = flag.session
    if session.status in _sessions.LIVE and session.kind in WRITES:
        return "It is still open; more may be known when it ends."
    return "CloudTrail has not delivered its start yet." if session.origin == "ssm" else ""
