"""Digest arithmetic: what a window holds, how that differs from the one before, what is worst, and what may be called all clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import text, times
from bot.core.coverage import Coverage, Covered, share
from bot.core.doctor.drift import Drift
from bot.core.model import Finding, Kind, Level, Session, Span
from bot.core.people import principal

TUNNELS = (Kind.TUNNEL, Kind.SSH, Kind.RDP)
STEPS = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 168, 720, 2160))
MOST_BUCKETS = 14


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a digest is made of. `before` are the openings of the period before, of the same length."""

    span: Span
    openings: tuple[Session, ...] = ()
    tunnels: tuple[Session, ...] = ()
    live: tuple[Session, ...] = ()
    findings: tuple[Finding, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    before: tuple[Session, ...] = ()
    tunnels_before: tuple[Session, ...] = ()
    late: int = 0
    records: int = 0
    transcripts: int = 0
    told: str = ""
    suppressed: int = 0
    reviews: tuple[int, int] | None = None  # open, overdue
    drift: tuple[Drift, ...] = ()  # what changed in session logging
    looked: str = ""  # what the doctor's last look covered


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted of a period."""

    sessions: int
    denied: int
    people: int
    nodes: int
    tunnels: int


@dataclass(frozen=True, slots=True)
class Fold:
    """All findings on one session, or of one rule on one actor where no session is known; `finding` is the worst."""

    finding: Finding
    findings: tuple[Finding, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """What was found, worst first, repeats counted."""
        counted = Counter(finding.title for finding in self.findings)
        return tuple(f"{title} ×{count}" if count > 1 else title for title, count in counted.items())


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar: openings that a finding speaks against, tunnels, and the rest."""

    label: str
    flagged: int
    tunnels: int
    others: int


def numbers(openings: Sequence[Session], tunnels: Sequence[Session]) -> Numbers:
    """The counts of a period."""
    opened = [s for s in openings if not s.error]
    people = {principal(s.owner).name for s in opened if s.owner}
    nodes = {(s.account, s.region, s.target) for s in opened if s.target}
    return Numbers(len(opened), len(openings) - len(opened), len(people), len(nodes), len([s for s in tunnels if not s.error]))


def change(now: int, before: int) -> str:
    """`▲ 12`, `▼ 3`; nothing where nothing changed."""
    return "" if now == before else f" {'▲' if now > before else '▼'} {abs(now - before):,}"


def folded(findings: Iterable[Finding]) -> tuple[Fold, ...]:
    """One fold a session, the worst first; then those with more of it."""
    same: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: (-f.level, f.line, f.title)):
        same.setdefault((finding.session, "") if finding.session else (finding.rule, finding.actor), []).append(finding)
    folds = [Fold(group[0], tuple(group)) for group in same.values()]
    return tuple(sorted(folds, key=lambda f: (-f.finding.level, -_weight(f), f.finding.session, f.finding.title)))


def _weight(fold: Fold) -> int:
    return sum(finding.level == fold.finding.level for finding in fold.findings)


def levels(findings: Iterable[Finding]) -> str:
    """`2 critical, 4 high`."""
    counted = Counter(finding.level for finding in findings)
    return ", ".join(f"{counted[level]:,} {level.word}" for level in sorted(counted, reverse=True))


def unlogged(coverage: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """Sessions that should have left a log and left none."""
    return tuple(each for each in coverage if each.state is Covered.UNEXPECTED_NONE)


def quiet(facts: Facts) -> bool:
    """Whether nothing in the window asks for anybody's attention. What could not be read is not known here."""
    denied = any(session.error for session in facts.openings)
    noisy = any(finding.level >= Level.MEDIUM for finding in facts.findings)
    worse = any(one.worse for one in facts.drift)
    return not (denied or noisy or worse or facts.tunnels or unlogged(facts.coverage) or (facts.reviews and facts.reviews[1]))


def headline(facts: Facts, unread: bool) -> str:
    """The window in one breath, for the top-level text."""
    of, before = numbers(facts.openings, facts.tunnels), numbers(facts.before, facts.tunnels_before)
    than = f" Before: {text.plural(before.sessions, 'session')}, {text.plural(before.tunnels, 'tunnel')}."
    if not (facts.openings or facts.tunnels or facts.findings):
        return f"{verdict(facts, unread)} Nobody opened a session or tried to {times.described(facts.span)}.{than}{reviewed(facts)}"
    counts = (
        f"{text.plural(of.sessions, 'session')} by {text.plural(of.people, 'person', 'people')} on {text.plural(of.nodes, 'node')},"
        f" {text.plural(of.tunnels, 'tunnel')}, {text.plural(len(facts.findings), 'finding')}"
    )
    found = f" ({levels(facts.findings)})" if facts.findings else ""
    denied = f", {of.denied} denied" if of.denied else ""
    return f"{verdict(facts, unread)} {counts}{found}{denied} {times.described(facts.span)}.{than}{covered(facts)}{reviewed(facts)}"


def verdict(facts: Facts, unread: bool) -> str:
    """The first words: what kind of window it was."""
    worst = max((finding.level for finding in facts.findings), default=Level.INFORMATIONAL)
    if quiet(facts):
        return "Nothing found in what could be read." if unread else "All clear."
    return {Level.CRITICAL: "Critical findings.", Level.HIGH: "High findings."}.get(worst, "Worth a look.")


def covered(facts: Facts) -> str:
    """What part can be reviewed."""
    gaps = len(unlogged(facts.coverage))
    if not facts.coverage:
        return ""
    return f" {share(facts.coverage):.0%} can be reviewed" + (
        f", {gaps} should have been logged and {'was' if gaps == 1 else 'were'} not." if gaps else "."
    )


def reviewed(facts: Facts) -> str:
    """Reviews that wait."""
    if facts.reviews is None or not any(facts.reviews):
        return ""
    return f" {text.plural(facts.reviews[0], 'review')} open, {facts.reviews[1]} overdue."


def buckets(facts: Facts, least: Level = Level.MEDIUM) -> tuple[Bucket, ...]:
    """The openings over time, in at most fourteen steps that a clock can show."""
    step = next((each for each in STEPS if (facts.span.until - facts.span.since) / each <= MOST_BUCKETS), STEPS[-1])
    where = times.zone(facts.span.zone)
    flagged = {finding.session for finding in facts.findings if finding.session and finding.level >= least}
    opened = [s for s in {s.id or s.event: s for s in (*facts.openings, *facts.tunnels)}.values() if s.started and not s.error]
    made, since = [], facts.span.since
    while since < facts.span.until:
        inside = [s for s in opened if s.started and since <= s.started < since + step]
        bad = sum(s.id in flagged for s in inside)
        tunnels = sum(s.id not in flagged and s.kind in TUNNELS for s in inside)
        made.append(Bucket(_label(since.astimezone(where), step), bad, tunnels, len(inside) - bad - tunnels))
        since += step
    return tuple(made)


def _label(at: datetime, step: timedelta) -> str:
    if step >= timedelta(hours=24):
        return f"{at:%-d %b}"
    return f"{at:%a %H:%M}" if step >= timedelta(hours=6) else f"{at:%H:%M}"


def described(made: Sequence[Bucket]) -> str:
    """The chart in words, for who does not see it."""
    total = [each.flagged + each.tunnels + each.others for each in made]
    if not any(total):
        return "Bar chart of sessions opened over time: none."
    most = total.index(max(total))
    sums = [sum(getattr(each, name) for each in made) for name in ("flagged", "tunnels", "others")]
    return (
        f"Bar chart of {text.plural(sum(total), 'session')} opened over time: {sums[0]} with findings, {sums[1]} other tunnels, {sums[2]} without."
        f" The most, {total[most]}, from {made[most].label}."
    )
