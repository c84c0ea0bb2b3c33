"""Sessions that have ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Session, Span
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply
from bot.core.sheet import sheet
from commands import _merge, _sessions, _words

USAGE = "/ssm history [span] [@person] [node] [account] [region]"
KEPT = timedelta(days=30)  # AWS Systems Manager User Guide: session history is kept for 30 days


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """From Session Manager as far back as it remembers; what is older from CloudTrail."""
    args = _words.taken(ask, _words.TAKES, USAGE)
    span, narrow = _words.span(ask, args, "24h"), _words.narrow(ask, args)
    edge = max(span.since, ask.now - KEPT)
    recent = evidence.ended(replace(span, since=edge)) if edge < span.until else ()
    older = evidence.openings(replace(span, until=min(edge, span.until)), narrow.where) if span.since < edge else ()
    found = [s for s in (*recent, *older) if not s.error]
    nodes = evidence.nodes((s.place, s.target) for s in found)
    return view(_merge.latest_first(narrow.among(found, nodes)), nodes, span, ask)


def view(ended: tuple[Session, ...], nodes: _sessions.Nodes, span: Span, ask: Ask) -> Reply:
    """A list, newest first, that says which of the two sources it comes from."""
    told = _told(span, ask)
    if not ended:
        said = f"No session ended {times.described(span)}. {told}".strip()
        return Reply(said, (blocks.section(text.escape(said)),))
    people, targets = {s.owner for s in ended}, {s.target for s in ended}
    counts = (text.plural(len(ended), "session"), text.plural(len(people), "person", "people"), text.plural(len(targets), "node"))
    said = f"{counts[0]} by {counts[1]} on {counts[2]} {times.described(span)}. {told}".strip()
    data = _sessions.rows(ended, nodes)
    head = (blocks.section(f"*{' · '.join(counts)}* {text.escape(times.described(span))}"), *((blocks.context(told),) if told else ()))
    return Reply(said, head, tuple(_sessions.item(s, nodes, ask.now) for s in ended), (), sheet("history", data), data)


def _told(span: Span, ask: Ask) -> str:
    edge = ask.now - KEPT
    if span.since >= edge:
        return ""
    return (
        f"Before {times.moment(edge, ask.user.zone)} this comes from CloudTrail, which sees an end only if somebody terminated the session."
    )


COMMAND = Command(
    "history",
    USAGE,
    "Sessions that have ended. Session Manager remembers 30 days; older ones come from CloudTrail, and the answer says so.",
    ("/ssm history", "/ssm history 7d @ana", "/ssm history yesterday i-0abc1234def567890"),
    run,
)
