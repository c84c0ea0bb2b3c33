"""One look of the watch: what is new since the last, judged and folded into flags. The clock calls it; nobody types it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.core import flags, watch
from bot.core.dossier import judged
from bot.core.flags import Flag
from bot.core.model import Finding, Kind, Level, Session, Span
from bot.core.ports import Evidence
from bot.core.reply import Ask
from bot.core.rules import mark
from bot.core.transcript import read
from bot.core.watch import Look, Own
from commands import _changes, _gather, _sessions, _words, coverage

READ = 20  # logs read whole for one look, besides those that the server-side filter found
WRITES = (Kind.SHELL, Kind.COMMAND, Kind.UNKNOWN)


def look(
    ask: Ask,
    evidence: Evidence,
    span: Span,
    open_flags: tuple[Flag, ...],
    own: Own,
    unread: Callable[[Iterable[str]], frozenset[str]],
    *,
    wide: bool,
    papers: _changes.Papers = _changes.nothing_kept,
) -> Look:
    """Everything of the span. `unread` says which of these logs no look has read; `open_flags` are those whose end is not known."""
    seen = _gather.gathered(span, span, _words.narrow(ask, {}), evidence, ask, papers)
    refreshed = _refreshed(open_flags, {s.id: s for s in seen.live}, evidence)
    sessions = {s.id or f"event {s.event}": s for s in (*seen.openings, *seen.tunnels, *refreshed)}
    ended = [s for s in (*refreshed, *_stored(span, sessions, evidence)) if s.kind in WRITES]
    late = _judged([s for s in ended if s.id in unread(x.id for x in ended)][:READ], evidence, ask)
    findings = [
        each.finding for each in mark((*seen.on_events, *seen.on_typed, *late), ask.policy.suppressions, ask.now.date()) if each.by is None
    ]
    known = (*sessions.values(), *_named(findings, sessions, evidence))
    made = _with_known(flags.flags(known, findings, seen.nodes, ask.now), sessions.values(), open_flags)
    troubles = (*watch.changed(seen.events, own), *(_silences(span, seen, evidence, ask) if wide else ()))
    asked = evidence.asked
    return Look(
        tuple(replace(flag, missing=_missing(flag)) for flag in made),
        len(sessions),
        len(seen.events),
        sum(source.cost for source in asked),
        not any(source.unread for source in asked),
        tuple(filter(None, troubles)),
    )


def glance(ask: Ask, evidence: Evidence, open_flags: tuple[Flag, ...]) -> Look:
    """What costs nothing: Session Manager alone, for the rest of an hour whose budget is spent."""
    live = evidence.live()
    nodes = evidence.nodes((s.place, s.target) for s in live if s.target)
    tunnels = [s for s in live if s.kind in flags.TUNNELS]
    ended = _refreshed(open_flags, {s.id: s for s in live}, evidence)
    made = _with_known(flags.flags(tunnels, (), nodes, ask.now), ended, open_flags)
    return Look(made, len(live), whole=not any(source.unread for source in evidence.asked))


def _with_known(made: tuple[Flag, ...], sessions: Iterable[Session], open_flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """The flags, and news of sessions that were flagged before and that nothing new speaks against."""
    known = {flag.id for flag in open_flags} - {flag.id for flag in made}
    return (*made, *(Flag(s.id, s, Level.INFORMATIONAL) for s in sessions if s.id in known))


def _refreshed(open_flags: tuple[Flag, ...], live: dict[str, Session], evidence: Evidence) -> tuple[Session, ...]:
    """Flagged sessions that were open when last seen and are not live now: how they ended."""
    gone = [flag.session.id for flag in open_flags if flag.session.id and flag.session.id not in live][:READ]
    return tuple(session for name in gone for session in evidence.session(name) if session.ended)


def _stored(span: Span, sessions: dict[str, Session], evidence: Evidence) -> list[Session]:
    """Sessions whose log came to S3 within the span: what streams nowhere is judged when it ends."""
    return [
        sessions.get(each.session) or Session(each.session, account=each.account, region=each.region)
        for each in evidence.stored(span)
        if span.since <= each.last
    ]


def _judged(chosen: list[Session], evidence: Evidence, ask: Ask) -> list[Finding]:
    return [finding for s in chosen for finding in judged(ask.policy.rules, read(evidence.transcript(s)), s)]


def _named(findings: list[Finding], sessions: dict[str, Session], evidence: Evidence) -> tuple[Session, ...]:
    """Sessions that only a finding names: begun before the span."""
    names = sorted({f.session for f in findings if f.session} - sessions.keys())[:READ]
    return tuple(session for name in names for session in evidence.session(name))


def _silences(span: Span, seen: _gather.Gathered, evidence: Evidence, ask: Ask) -> tuple[str, str]:
    ssm = [s for s in seen.openings if "ssm" in s.origin]
    trail = [s for s in seen.openings if "cloudtrail" in s.origin]
    found = coverage.covered(tuple(s for s in seen.openings if s.id and not s.error), span, evidence, ask, seen.events)
    return watch.silent_trail(ssm, trail, ask.now), watch.silent_logs(found)


def _missing(flag: Flag) -> str:
    session = flag.session
    if session.status in _sessions.LIVE and session.kind in WRITES:
        return "It is still open; more may be known when it ends."
    return "CloudTrail has not delivered its start yet." if session.origin == "ssm" else ""
