"""One person's or one node's profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Session, Span
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply
from bot.core.sheet import sheet
from commands import _merge, _sessions, _words

USAGE = "/ssm who <@person|name|node> [span]"


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Everything CloudTrail and Session Manager say of one principal or node in a span."""
    args = _words.taken(ask, _words.TAKES, USAGE)
    span, narrow = _words.span(ask, args, "7d"), _words.narrow(ask, args)
    if not narrow.any:
        raise Refused(f"Who, or which node? Usage: `{USAGE}`, for example `/ssm who @ana` or `/ssm who bastion-prod-1 30d`.")
    live = evidence.live()
    opened = evidence.openings(span, narrow.where)
    nodes = evidence.nodes((s.place, s.target) for s in (*opened, *live) if s.target)
    whole = (*_merge.completed(live, opened), *_merge.unseen(opened, live))
    return view(_merge.latest_first(narrow.among(whole, nodes)), nodes, span, ask)


def view(found: tuple[Session, ...], nodes: _sessions.Nodes, span: Span, ask: Ask) -> Reply:
    """Counts of what is usual for them, then the latest sessions."""
    if not found:
        said = f"Nothing by or on that name {times.described(span)}. Names are matched against principals, node ids and Name tags."
        return Reply(said, (blocks.section(text.escape(said)),))
    live = [s for s in found if s.status in ("Connected", "Connecting", "Disconnected") and not s.ended]
    denied, tunnels = [s for s in found if s.error], [s for s in found if s.kind in _sessions.TUNNELS and not s.error]
    people, targets = sorted({_sessions.who(s) for s in found}), sorted({_sessions.node(s, nodes) for s in found})
    subject = targets[0] if len(targets) == 1 and len(people) > 1 else text.listed(people, 3)
    counts = (
        f"{text.plural(len(found) - len(denied), 'session')}, {len(tunnels)} of them tunnels, {len(denied)} denied, {len(live)} live now"
    )
    said = f"{subject}: {counts}, {times.described(span)}."
    data = _sessions.rows(found, nodes)
    head = (
        blocks.section(f"*{text.safe(subject)}*\n{counts}, {text.escape(times.described(span))}"),
        *blocks.fields(_usual(found, nodes, ask)),
    )
    return Reply(said, head, tuple(_sessions.item(s, nodes, ask.now, *_marks(s)) for s in found), (), sheet("who", data), data)


def _marks(session: Session) -> tuple[str, ...]:
    return (f":no_entry: {text.safe(session.error)}",) if session.error else ()


def _usual(found: tuple[Session, ...], nodes: _sessions.Nodes, ask: Ask) -> list[tuple[str, str]]:
    where = times.zone(ask.user.zone)
    columns: list[tuple[str, Callable[[Session], str]]] = [
        ("People", _sessions.who),
        ("Nodes", lambda s: _sessions.node(s, nodes)),
        ("Kinds", lambda s: s.kind.value),
        ("From", lambda s: s.source_ip),
        ("With", lambda s: s.user_agent.partition(" ")[0]),
        ("Hours", lambda s: f"{s.started.astimezone(where):%H}:00" if s.started else ""),
    ]
    return [(title, told) for title, of in columns if (told := _most(of(s) for s in found))]


def _most(values: Iterable[str]) -> str:
    counted = Counter(value for value in values if value).most_common(5)
    return "\n".join(f"{count} × {text.safe(value, 60)}" for value, count in counted)


COMMAND = Command(
    "who",
    USAGE,
    "One person's or one node's profile: sessions, nodes or people, kinds, where from, at which hours, what was denied.",
    ("/ssm who @ana", "/ssm who bastion-prod-1 30d", "/ssm who i-0abc1234def567890"),
    run,
)
