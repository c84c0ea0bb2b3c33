"""The digest: a stretch of time in one message that a security channel reads every day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core import blocks, foot, text, times, watch
from bot.core.ask import Ask, Command
from bot.core.digest import Facts
from bot.core.model import Level, Refused, Span
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply
from bot.core.review import numbers as review_numbers
from bot.core.review.time import overdue
from bot.core.roles import Role
from bot.core.rules import mark
from bot.core.words import Takes
from commands import _digest, _drift, _gather, _words, coverage

USAGE = "/ssm digest [preview|now] [span] [low|medium|high|critical] [--team=…] [@person] [node] [account] [region]"
LEVELS = {level.word: "level" for level in Level}
TAKES = Takes({"span": "span", **_words.NARROWING}, {**_words.FLAGS, "team": True}, {"preview": "act", "now": "act", **LEVELS}, "")


def run(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """The digest of a span; `now` has the clock post the scheduled ones at once."""
    args = _words.taken(ask, TAKES, USAGE)
    if args.get("act") == "now":
        return _now(ask, ledger)
    span, narrow = window(ask, args), _team(ask, args) or _words.narrow(ask, args)
    earlier = min(span.since - (span.until - span.since), span.since - _gather.DELAY)
    seen = _gather.gathered(replace(span, since=earlier, words=""), span, narrow, evidence, ask, ledger.papers)
    late = _late(seen, span, ask, ledger)
    since = _drift.Since() if narrow.any else _drift.within(span, ledger, seen.events)
    facts = _facts(seen, span, late, narrow, evidence, ask)
    facts = replace(facts, reviews=_reviews(ask, ledger), drift=since.found, looked=_drift.checked(since.last, span.until))
    least = Level[args.get("level", "low").upper()]
    facts = replace(facts, findings=tuple(f for f in facts.findings if f.level >= least))
    silent = _silent(facts, ask)
    unread = bool(foot.missing(evidence.asked) or silent)
    return _digest.view(replace(facts, told=" ".join(filter(None, (silent, facts.told, _signed(span, ask, ledger))))), seen, unread, ask)


def _team(ask: Ask, args: Mapping[str, str]) -> _words.Narrow | None:
    """The people of a team, where one is named."""
    if "team" not in args:
        return None
    known = {name.lower(): people for name, people in ask.policy.teams.items()}
    if args["team"].lower() not in known:
        named = text.listed(sorted(known)) or "none: an admin can name them in COUNTERSIGN_TEAMS"
        raise Refused(f"I know no team “{args['team']}”. Teams: {named}.")
    return replace(_words.narrow(ask, args), names=frozenset(name.lower() for name in known[args["team"].lower()]))


def window(ask: Ask, args: Mapping[str, str]) -> Span:
    """The span of the words; for the clock, from the window before to the firing, if that reaches further back."""
    if not ask.values.get("until"):
        return _words.span(ask, args, "24h")
    until, since = datetime.fromisoformat(ask.values["until"]), datetime.fromisoformat(ask.values["since"])
    asked = times.span(args.get("span", "24h"), until, ask.user.zone, ask.policy.longest_span)
    return asked if asked.since <= since else Span(since, until, "", ask.user.zone)


def _now(ask: Ask, ledger: Ledger) -> Reply:
    lines = [line for line in ask.policy.schedule if line.words.partition(" ")[0] == "digest"]
    if ask.role < Role.REVIEWER:
        raise Refused("A digest for a channel can be called for by a reviewer or an admin; `/ssm digest preview` shows it to you alone.")
    if not lines:
        raise Refused("No digest is scheduled. An admin can add a line such as `mon-fri 09:00 Europe/Berlin → #sec-audit: digest 24h`.")
    for line in lines:
        ledger.want(line.key, ask.now)
    said = f"The clock will post {text.plural(len(lines), 'digest')} to {text.listed(sorted({line.channel for line in lines}))} within a minute or so."
    return Reply(text.escape(said), (blocks.section(text.escape(said)),))


def _silent(facts: Facts, ask: Ask) -> str:
    """Whether CloudTrail knew nothing of what Session Manager lists: then quiet is not checked."""
    ssm, trail = ([s for s in facts.openings if name in s.origin] for name in ("ssm", "cloudtrail"))
    return watch.silent_trail(ssm, trail, ask.now)


def _reviews(ask: Ask, ledger: Ledger) -> tuple[int, int]:
    """Reviews that wait for somebody, and those of them that have waited too long."""
    pending = ledger.reviews(pending=True)
    return len(pending), sum(overdue(review, ask.now, ask.policy.practice.zone) for review in pending)


def _signed(span: Span, ask: Ask, ledger: Ledger) -> str:
    """How reviews went in the window: opened, answered, signed, and how long that took."""
    return review_numbers.told(
        review_numbers.numbers(ledger.reviews(pending=False, since=span.since), span, ask.now, ask.policy.practice.zone)
    )


def _late(seen: _gather.Gathered, span: Span, ask: Ask, ledger: Ledger) -> tuple[str, ...]:
    """Openings and findings of earlier windows that no earlier digest has counted: CloudTrail delivered them after it."""
    line = ask.values.get("line", "")
    began = ledger.watermark(line) if line else None
    if began is None:
        return ()
    reach = replace(span, since=span.since - _gather.DELAY, until=span.since)
    ids = [_gather.key(s) for s in (*seen.openings, *seen.tunnels) if _gather.within(s.started, reach)]
    ids += [_digest.finding_key(f) for f in seen.on_events if _gather.within(f.at, reach)]
    before = ledger.counted_before(line, ids) if ledger.counted_any(line) else frozenset(ids)
    return tuple(dict.fromkeys(each for each in ids if each not in before))


def _facts(seen: _gather.Gathered, span: Span, late: tuple[str, ...], narrow: _words.Narrow, evidence: Evidence, ask: Ask) -> Facts:
    new = frozenset(late)
    period = replace(span, since=span.since - (span.until - span.since), until=span.since)
    openings = tuple(s for s in seen.openings if _gather.within(s.started, span) or _gather.key(s) in new)
    tunnels = tuple(s for s in seen.tunnels if _gather.within(s.started, span) or _gather.key(s) in new)
    on_events = tuple(f for f in seen.on_events if _gather.within(f.at, span) or _digest.finding_key(f) in new)
    findings = (*on_events, *(f for f in seen.on_typed if not narrow.any or f.session in {s.id for s in openings}))
    marked = mark(findings, ask.policy.suppressions, ask.now.date())
    return Facts(
        span,
        openings,
        tunnels,
        seen.live,
        tuple(each.finding for each in marked if each.by is None),
        coverage.covered(tuple(s for s in openings if s.id and not s.error), span, evidence, ask, seen.events, seen.nodes),
        tuple(s for s in seen.openings if _gather.within(s.started, period)),
        tuple(s for s in seen.tunnels if _gather.within(s.started, period)),
        len(late),
        len(seen.events),
        len(seen.reading.sessions),
        seen.reading.told,
        sum(each.by is not None for each in marked),
    )


COMMAND = Command(
    "digest",
    USAGE,
    "What a security channel reads every day: sessions, tunnels, findings and gaps of a stretch of time, and how it differs from the one before.",
    ("/ssm digest preview 24h", "/ssm digest 7d high"),
    run,
)
