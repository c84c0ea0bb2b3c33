"""What CloudTrail shows that is unusual: rules on calls, bursts, and what differs from the weeks before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.document_changes import Change, judged, marked
from bot.core.just_in_time import self_approved
from bot.core.model import Event, Finding, Level, Session, Span
from bot.core.people import principal
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from bot.core.unusual import unusual
from bot.core.usual import usual
from bot.core.words import Takes
from commands import _changes, _merge, _sessions, _suppressed, _words
from commands.risky import MARKS

USAGE = "/ssm unusual [span] [informational|low|medium|high|critical] [@person] [node]"
TAKES = Takes({"span": "span", **_words.NARROWING}, _words.FLAGS, {level.word: "level" for level in Level}, "word")


def run(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """Events judged by the rules, sessions held against the baseline before the span."""
    args = _words.taken(ask, TAKES, USAGE)
    span, narrow = _words.span(ask, args, "24h"), _words.narrow(ask, args)
    past = Span(span.since - ask.policy.baseline, span.since, "the weeks before", span.zone)
    openings = evidence.openings(span, narrow.where)
    opened = _merge.with_ends(openings, (*evidence.ended(span), *evidence.live())) if openings else ()
    events = evidence.events(span, narrow.where)
    nodes = evidence.nodes((s.place, s.target) for s in opened if s.target)
    opened = narrow.among(opened, nodes)
    before = evidence.openings(past, narrow.where)
    changed = _changes.found(events, span.since, evidence, ledger.papers)
    found = findings(ask, opened, before, events, changed, span, nodes)
    least = Level[args.get("level", "low").upper()]
    asked, quiet = _suppressed.split((f for f in found if f.level >= least and _about(f, narrow, nodes)), ask)
    told = " ".join(
        filter(None, ["" if before else "No earlier session is known, so nothing could be called new.", _suppressed.told(quiet)])
    )
    return view(asked, nodes, span, least, told, _suppressed.shown(quiet))


def findings(
    ask: Ask,
    opened: tuple[Session, ...],
    before: tuple[Session, ...],
    events: tuple[Event, ...],
    changed: tuple[Change, ...],
    span: Span,
    nodes: _sessions.Nodes,
) -> tuple[Finding, ...]:
    """All of them, worst first. What says that a Session document was changed says what was changed in it."""
    rules = ask.policy.rules
    calls = [f for event in events for f in rules.judge_event(event)] if rules else []
    bursts = rules.correlate(events) if rules else ()
    seen = usual(before, events, nodes, ask.now)
    told = _told(marked((*calls, *bursts), changed), opened)
    own = (*unusual(opened, seen, ask.policy), *self_approved(events), *judged(changed, opened, span.until))
    return tuple(sorted((*told, *own), key=lambda f: (-f.level, -(f.at.timestamp() if f.at else 0.0), f.rule)))


def _told(found: tuple[Finding, ...], opened: tuple[Session, ...]) -> tuple[Finding, ...]:
    """A rule on a call knows the call's name only; the session says what it was and where it led."""
    known = {s.event: s for s in opened}
    return tuple(replace(f, matched=_sessions.through(known[f.event])) if f.event in known and f.matched == f.text else f for f in found)


def _about(finding: Finding, narrow: _words.Narrow, nodes: _sessions.Nodes) -> bool:
    probe = Session(finding.session, owner=finding.actor, target=finding.target, account=finding.account, region=finding.region)
    return not narrow.any or bool(narrow.among((probe,), nodes))


def view(found: list[Finding], nodes: _sessions.Nodes, span: Span, least: Level, told: str, tail: Blocks) -> Reply:
    """Worst first, the same one of the same person folded."""
    if not found:
        said = f"Nothing unusual {times.described(span)}, of level {least.word} and above. {told}".strip()
        return Reply(said, (blocks.section(text.escape(said)),), (), tail)
    folded: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        folded.setdefault((finding.rule, finding.actor), []).append(finding)
    counted = Counter(f.level for f in found)
    levels = ", ".join(f"{counted[level]} {level.word}" for level in sorted(counted, reverse=True))
    worst = found[0]
    said = f"{text.plural(len(found), 'finding')} {times.described(span)}: {levels}. Worst: {worst.title}, by {_who(worst)}. {told}".strip()
    data = tuple(_row(f) for f in found)
    head = (blocks.section(f"*{text.plural(len(found), 'finding')}* {text.escape(times.described(span))}: {levels}"),)
    return Reply(
        said,
        head,
        tuple(_item(same, nodes) for same in folded.values()),
        (blocks.context(told),) if told else (),
        sheet("unusual", data),
        data,
    )


def _who(finding: Finding) -> str:
    return principal(finding.actor).name or "an unknown principal"


def _item(same: list[Finding], nodes: _sessions.Nodes) -> Blocks:
    first = same[0]
    times_ = f" × {len(same)}" if len(same) > 1 else ""
    where = text.listed(list(dict.fromkeys(_node(f.target, nodes) for f in same if f.target)), 3)
    lines = [
        f"{MARKS[first.level]} *{text.safe(first.title)}*{times_} · {first.level.word} · {text.safe(_who(first))}",
        " · ".join(
            filter(
                None, [times.slack_moment(first.at), text.safe(where), text.code(first.matched, 600), text.safe(" ".join(first.techniques))]
            )
        ),
    ]
    button = blocks.asking("Dossier", f"session {first.session}") if first.session else None
    return (blocks.section("\n".join(lines), button),)


def _node(target: str, nodes: _sessions.Nodes) -> str:
    known = nodes.get(target)
    return known.name if known and known.name else target


def _row(finding: Finding) -> Mapping[str, Any]:
    return {
        "level": finding.level.word,
        "title": finding.title,
        "rule": finding.rule,
        "techniques": " ".join(finding.techniques),
        "at": _sessions.iso(finding.at),
        "who": _who(finding),
        "actor": finding.actor,
        "target": finding.target,
        "session": finding.session,
        "what": finding.matched,
        "account": finding.account,
        "region": finding.region,
        "event": finding.event,
    }


COMMAND = Command(
    "unusual",
    USAGE,
    "What CloudTrail shows that is unusual: new people, pairs and networks, bursts and denials, changed logging, tunnels to sensitive places.",
    ("/ssm unusual 24h", "/ssm unusual 7d high", "/ssm unusual 7d @ana"),
    run,
)
