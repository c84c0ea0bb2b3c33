"""Who opened sessions, from where, and who was turned away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Session, Span
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Block, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _merge, _sessions, _words

USAGE = "/ssm audit [span] [@person] [node] [--document=…] [--ip=…] [--account=…] [--region=…] [--denied]"
TAKES = Takes({"span": "span", **_words.NARROWING}, {**_words.FLAGS, "denied": False}, {}, "word")


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """CloudTrail's starts joined to its terminates; ends that CloudTrail never sees come from Session Manager."""
    args = _words.taken(ask, TAKES, USAGE)
    span, narrow = _words.span(ask, args, "24h"), _words.narrow(ask, args)
    opened = evidence.openings(span, narrow.where)
    nodes = evidence.nodes((s.place, s.target) for s in opened if s.target)
    opened = narrow.among(opened, nodes)
    if not narrow.where.denied and any(s.id and not s.ended for s in opened):
        opened = _merge.with_ends(opened, (*evidence.ended(span), *evidence.live()))
    return view(_merge.latest_first(opened), nodes, span, ask)


def view(found: tuple[Session, ...], nodes: _sessions.Nodes, span: Span, ask: Ask) -> Reply:
    """Totals first, then every opening, newest first, denied ones marked."""
    denied = [s for s in found if s.error]
    opened = [s for s in found if not s.error]
    if not found:
        said = f"Nobody opened a session or tried to {times.described(span)}."
        return Reply(said, (blocks.section(f"*{text.escape(said)}*"),))
    counts = f"{text.plural(len(opened), 'session')} opened, {len(denied)} denied"
    said = f"{counts} {times.described(span)}. Most by {_top(found, _sessions.who)}; most on {_top(found, lambda s: _sessions.node(s, nodes))}."
    data = _sessions.rows(found, nodes)
    head = (blocks.section(f"*{counts}* {text.escape(times.described(span))}"), *_totals(found, nodes))
    return Reply(said, head, tuple(_item(s, nodes, ask) for s in found), (), sheet("audit", data), data)


def _item(session: Session, nodes: _sessions.Nodes, ask: Ask) -> tuple[Block, ...]:
    if session.error:
        why = text.code(session.message, 200) if session.message else ""
        line = f":no_entry: *{text.safe(_sessions.who(session))}* was denied {text.code(session.target)} · {text.safe(session.error)}"
        return (blocks.section(f"{line}\n{_sessions.small(session, ask.now)}" + (f"\n{why}" if why else "")),)
    other = session.ended_by and session.ended_by != session.owner
    return _sessions.item(session, nodes, ask.now, *([f":octagonal_sign: ended by {text.safe(_by(session))}"] if other else []))


def _by(session: Session) -> str:
    return _sessions.who(replace(session, owner=session.ended_by))


def _top(found: tuple[Session, ...], name: Callable[[Session], str]) -> str:
    counted = Counter(name(s) for s in found)
    return text.listed([f"{who} ({count})" for who, count in counted.most_common(3)], 3)


def _totals(found: tuple[Session, ...], nodes: _sessions.Nodes) -> tuple[Block, ...]:
    people = Counter(_sessions.who(s) for s in found).most_common(5)
    places = Counter(_sessions.node(s, nodes) for s in found).most_common(5)
    told = [
        (title, "\n".join(f"{count} × {text.safe(name, 60)}" for name, count in top))
        for title, top in (("People", people), ("Nodes", places))
    ]
    return blocks.fields(told)


COMMAND = Command(
    "audit",
    USAGE,
    "Who opened and closed sessions, from where, with which document, and who was denied: CloudTrail, with ends from Session Manager.",
    ("/ssm audit 7d", "/ssm audit 24h --denied", "/ssm audit 2w @ana i-0abc1234def567890"),
    run,
)
