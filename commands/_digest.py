"""How a digest is shown: what the channel sees, what its thread holds, and every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core import blocks, digest, text, times
from bot.core.ask import Ask
from bot.core.chart import Series, bars
from bot.core.coverage import Coverage, share
from bot.core.digest import Facts, Fold
from bot.core.doctor import drift
from bot.core.model import Finding, Level, Session
from bot.core.posts import picture
from bot.core.redact import redact
from bot.core.reply import Block, Blocks, File, Reply
from bot.core.sheet import sheet
from commands import _gather, _sessions
from commands.risky import MARKS

WORST, TUNNELS = 5, 3  # shown in the channel itself
TITLES = 4
DETAILS = 200  # shown in the thread; the CSV has every row
COLORS = {"with findings": "#c8322b", "tunnels": "#d98a00", "others": "#5b7c99"}


def view(facts: Facts, seen: _gather.Gathered, unread: bool, ask: Ask) -> Reply:
    """Headline, numbers, chart and the worst in the channel; the rest in its thread. `unread` says that a part did not answer."""
    owners = {s.id: s for s in (*facts.openings, *facts.tunnels)}
    folds, scheduled = digest.folded(facts.findings), ask.via == "clock"
    said = " ".join(
        filter(
            None,
            [
                digest.headline(facts, unread),
                _worst(folds, owners, seen.nodes),
                drift.line(facts.drift),
                _checked(facts, unread),
                facts.told,
            ],
        )
    )
    shown = _chart(facts, ask) if facts.openings or facts.tunnels else ((), None)
    late = _tardy(ask)
    head = (
        blocks.header(_title(facts, unread)),
        *late,
        blocks.section(_numbers(facts)),
        *((blocks.section(f":stethoscope: {text.safe(drift.line(facts.drift), 1500)}"),) if facts.drift else ()),
        *shown[0][: 1 if scheduled or ask.policy.charts == "slack" else 0],
        *_titled("Worst findings", [_finding(fold, owners, seen.nodes) for fold in folds[:WORST]], len(folds) - WORST),
        *_titled("Tunnels", [_tunnel(s, seen.nodes, ask) for s in facts.tunnels[:TUNNELS]], len(facts.tunnels) - TUNNELS),
    )
    data = (*(_row(f, owners, seen.nodes) for f in facts.findings), *_session_rows(facts, seen.nodes))
    files = sheet("digest", data) + ((shown[1],) if shown[1] and not scheduled else ())
    items = tuple(_details(facts, folds, owners, seen, ask))[:DETAILS]
    tail = (blocks.context(text.escape(_checked(facts, unread))),)
    counted = _counted(facts, seen) if scheduled else ()
    return Reply(said, head, items, tail, files, data, first=0, image=shown[1] if scheduled else None, counted=counted)


def _title(facts: Facts, unread: bool) -> str:
    until = facts.span.until.astimezone(times.zone(facts.span.zone))
    return f"Session digest · {until:%a %-d %b} · {digest.verdict(facts, unread).rstrip('.')}"


def _tardy(ask: Ask) -> Blocks:
    late = ask.values.get("late", "")
    return (blocks.context(f":hourglass: This is late: it was due {times.slack_moment(datetime.fromisoformat(late))}."),) if late else ()


def _numbers(facts: Facts) -> str:
    """Two lines of numbers with what changed."""
    now, before = digest.numbers(facts.openings, facts.tunnels), digest.numbers(facts.before, facts.tunnels_before)
    span = text.escape(times.described(facts.span))
    if not (facts.openings or facts.tunnels or facts.findings):
        return f"*Nobody opened a session or tried to* {span}. The period before: {text.plural(before.sessions, 'session')}, {text.plural(before.tunnels, 'tunnel')}."
    pairs = (("session", "", "sessions"), ("person", "people", "people"), ("node", "", "nodes"), ("tunnel", "", "tunnels"))
    told = " · ".join(
        f"*{text.plural(getattr(now, name), one, many)}*{digest.change(getattr(now, name), getattr(before, name))}"
        for one, many, name in pairs
    )
    found = f"*{text.plural(len(facts.findings), 'finding')}*" + (f" ({digest.levels(facts.findings)})" if facts.findings else "")
    gaps = len(digest.unlogged(facts.coverage))
    more = [
        found,
        f"*{now.denied} denied*" if now.denied else "",
        f"*{share(facts.coverage):.0%}* can be reviewed" if facts.coverage else "",
        f":no_entry: *{gaps}* not logged" if gaps else "",
        digest.reviewed(facts).strip().rstrip("."),
        f"{text.plural(len(facts.live), 'session')} open now" if facts.live else "",
    ]
    return f"{told}\n{' · '.join(filter(None, more))}\n_{span}; arrows: against the period before_"


def _checked(facts: Facts, unread: bool) -> str:
    """What quiet means: what was looked at, and what was left out."""
    told = [
        f"{text.plural(facts.records, 'CloudTrail record')} judged",
        f"{text.plural(facts.transcripts, 'transcript')} read",
        f"{text.plural(len(facts.coverage), 'session')} held against {'its' if len(facts.coverage) == 1 else 'their'} logs",
        f"{text.plural(facts.late, 'record')} came after the digest before and {'is' if facts.late == 1 else 'are'} counted here"
        if facts.late
        else "",
        f"{text.plural(facts.suppressed, 'finding')} suppressed" if facts.suppressed else "nothing suppressed",
        facts.looked,
        "not everything could be read" if unread else "",
    ]
    return "Checked: " + "; ".join(filter(None, told)) + "."


def _worst(folds: tuple[Fold, ...], owners: Mapping[str, Session], nodes: _sessions.Nodes) -> str:
    if not folds or folds[0].finding.level < Level.MEDIUM:
        return ""
    fold = folds[0]
    return f"Worst: {_by(fold.finding, owners, nodes)}: {text.listed(list(fold.titles), 3)}."


def _by(finding: Finding, owners: Mapping[str, Session], nodes: _sessions.Nodes) -> str:
    """Who and where, for plain text."""
    session = owners.get(finding.session) or Session(finding.session, finding.actor, finding.target)
    who = _sessions.who(session) if session.owner else finding.session.rpartition("-")[0] or "unknown principal"
    known = nodes.get(session.target)
    return f"{who} on {known.name if known and known.name else session.target}" if session.target else who


def _titled(title: str, entries: list[Block], more: int) -> Blocks:
    said = f"*{title}*" + (f" · {more} more in the thread" if more > 0 else "")
    return (blocks.section(said), *entries) if entries else ()


def _finding(fold: Fold, owners: Mapping[str, Session], nodes: _sessions.Nodes) -> Block:
    """One fold: who and where, how bad, what, the worst of it in its own words, and the way to the dossier."""
    finding = fold.finding
    said = finding.text if not finding.event else " ".join(dict.fromkeys((finding.text, finding.matched)))
    lines = [
        f"{MARKS[finding.level]} *{text.safe(_by(finding, owners, nodes))}* · {digest.levels(fold.findings)}",
        text.safe("; ".join([*fold.titles[:TITLES], *([f"{len(fold.titles) - TITLES} more"] if len(fold.titles) > TITLES else [])]), 400),
        text.code(redact(said), 300 if finding.event else 200) + (f" {times.slack_moment(finding.at)}" if finding.at else ""),
    ]
    button = blocks.asking("Dossier", f"session {finding.session}") if finding.session else None
    return blocks.section("\n".join(filter(None, lines)), button)


def _tunnel(session: Session, nodes: _sessions.Nodes, ask: Ask) -> Block:
    return _sessions.item(session, nodes, ask.now)[0]


def _details(facts: Facts, folds: tuple[Fold, ...], owners: Mapping[str, Session], seen: _gather.Gathered, ask: Ask) -> list[Blocks]:
    """What the thread holds: people, the findings and tunnels that the channel did not show, gaps, denials."""
    people = Counter(_sessions.who(s) for s in facts.openings if not s.error).most_common(8)
    nodes = Counter(_sessions.node(s, seen.nodes) for s in facts.openings if not s.error).most_common(8)
    tables = [
        (name, "\n".join(f"{n} × {text.safe(who, 60)}" for who, n in top)) for name, top in (("People", people), ("Nodes", nodes)) if top
    ]
    gaps = digest.unlogged(facts.coverage)
    groups = (
        ("Findings", [_finding(fold, owners, seen.nodes) for fold in folds[WORST:]]),
        ("Tunnels", [_tunnel(s, seen.nodes, ask) for s in facts.tunnels[TUNNELS:]]),
        ("Not logged, and should have been", [_gap(each, seen.nodes, ask) for each in gaps]),
        ("Denied", _denials(facts, ask)),
    )
    listed = [((blocks.section(f"*{title}*"), entries[0]), *((entry,) for entry in entries[1:])) for title, entries in groups if entries]
    return [*([blocks.fields(tables)] if tables else []), *(entry for group in listed for entry in group)]


def _gap(one: Coverage, nodes: _sessions.Nodes, ask: Ask) -> Block:
    return _sessions.item(one.session, nodes, ask.now, f"\n{text.safe(one.cause, 300)}")[0]


def _denials(facts: Facts, ask: Ask) -> list[Block]:
    """Attempts that were turned away, the same one counted."""
    same: dict[tuple[str, str, str], list[Session]] = {}
    for session in (s for s in facts.openings if s.error):
        same.setdefault((session.owner, session.target, session.error), []).append(session)
    return [_denied(group, ask) for group in sorted(same.values(), key=len, reverse=True)]


def _denied(group: list[Session], ask: Ask) -> Block:
    session, often = group[0], f" · {len(group)} ×" if len(group) > 1 else ""
    why = text.code(session.message, 200) if session.message else text.safe(session.error)
    who = f"*{text.safe(_sessions.who(session))}* {text.code(session.target)}"
    return blocks.section(f":no_entry: {who}{often}\n{why}\n{_sessions.small(session, ask.now)}")


def _chart(facts: Facts, ask: Ask) -> tuple[Blocks, File | None]:
    """The block, and the picture that it shows; Slack's own chart block where the team has switched it on."""
    made = digest.buckets(facts)
    alt = digest.described(made)
    parts = {"with findings": [b.flagged for b in made], "tunnels": [b.tunnels for b in made], "others": [b.others for b in made]}
    if ask.policy.charts == "none":
        return (), None
    if ask.policy.charts == "slack":
        return (_slack_chart(made, parts),), None
    series = [Series(name, COLORS[name], tuple(values)) for name, values in parts.items()]
    body = bars("Sessions opened", [b.label for b in made], series)
    return (picture(alt),), File("digest.png", body, "Sessions opened", "image/png", alt)


def _slack_chart(made: tuple[digest.Bucket, ...], parts: Mapping[str, list[int]]) -> Block:
    labels = [b.label if [c.label for c in made].count(b.label) == 1 else f"{b.label} ({n})" for n, b in enumerate(made, 1)]
    series = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]}
        for name, values in parts.items()
    ]
    return {
        "type": "data_visualization",
        "title": "Sessions opened",
        "chart": {"type": "bar", "series": series, "axis_config": {"categories": labels}},
    }


def _counted(facts: Facts, seen: _gather.Gathered) -> tuple[str, ...]:
    """The ids that a later digest must not take for late ones."""
    reach = replace(facts.span, since=facts.span.until - _gather.DELAY)
    ids = [_gather.key(s) for s in (*facts.openings, *facts.tunnels)]
    ids += [finding_key(f) for f in seen.on_events if _gather.within(f.at, reach)]
    return tuple(dict.fromkeys(ids))


def finding_key(finding: Finding) -> str:
    """An event that was counted was counted with all that was found on it."""
    return f"event {finding.event}" if finding.event else f"{finding.rule} {finding.session} {finding.line}"


def _row(finding: Finding, owners: Mapping[str, Session], nodes: _sessions.Nodes) -> Mapping[str, Any]:
    session = owners.get(finding.session) or Session(
        finding.session, finding.actor, finding.target, account=finding.account, region=finding.region
    )
    return {
        "what": "finding",
        "level": finding.level.word,
        "title": finding.title,
        "text": redact(finding.text),
        "techniques": " ".join(finding.techniques),
        "at": _sessions.iso(finding.at),
        **_sessions.row(session, nodes),
        "coverage": "",
        "cause": "",
    }


def _session_rows(facts: Facts, nodes: _sessions.Nodes) -> tuple[Mapping[str, Any], ...]:
    known = {each.session.id: each for each in facts.coverage}
    empty = dict.fromkeys(("level", "title", "text", "techniques"), "")
    rows = []
    for session in _gather.once((*facts.openings, *facts.tunnels), _gather.key):
        state = known.get(session.id)
        what = "denied" if session.error else "tunnel" if session.kind in digest.TUNNELS else "session"
        told = {"coverage": state.state.value if state else "", "cause": state.cause if state else ""}
        rows.append({"what": what, **empty, "at": _sessions.iso(session.started), **_sessions.row(session, nodes), **told})
    return tuple(rows)
