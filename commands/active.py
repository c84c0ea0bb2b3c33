"""Who is connected now."""

from __future__ import annotations

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Session, Span, Where
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _merge, _sessions, _words

USAGE = "/ssm active [@person] [node] [account] [region]"
TAKES = Takes(_words.NARROWING, _words.FLAGS, {}, "word")


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Live sessions; CloudTrail is asked only for tunnels, whose host and port SSM does not know."""
    narrow = _words.narrow(ask, _words.taken(ask, TAKES, USAGE))
    live = evidence.live()
    nodes = evidence.nodes((s.place, s.target) for s in live)
    live = narrow.among(live, nodes)
    tunnels = [s.started for s in live if s.kind in _sessions.TUNNELS and s.started and not _stale(s, ask)]
    if tunnels:
        trail = evidence.openings(Span(min(tunnels).replace(second=0), ask.now, "live tunnels", ask.user.zone), Where())
        live = _merge.completed(live, trail)
    return view(_merge.latest_first(live), nodes, ask)


def view(live: tuple[Session, ...], nodes: _sessions.Nodes, ask: Ask) -> Reply:
    """Fresh ones first, stale ones at the end and marked."""
    if not live:
        return Reply("Nobody is connected now.", (blocks.section("*Nobody is connected now.*"),))
    fresh = [s for s in live if not _stale(s, ask)]
    stale = [s for s in live if _stale(s, ask)]
    said = f"{text.plural(len(live), 'session is', 'sessions are')} open: {_heads(fresh or stale, nodes)}."
    if stale:
        age = times.length(ask.policy.stale_after)
        said += f" {len(stale)} of them for more than {age}: probably a closed window, since nobody need be typing."
    items = (
        *(_sessions.item(s, nodes, ask.now) for s in fresh),
        *(_sessions.item(s, nodes, ask.now, ":hourglass: stale") for s in stale),
    )
    data = _sessions.rows((*fresh, *stale), nodes)
    return Reply(
        said, (blocks.section(f"*{text.plural(len(live), 'session')} open*" + _people(live)),), items, (), sheet("active", data), data
    )


def _stale(session: Session, ask: Ask) -> bool:
    return session.started is not None and ask.now - session.started > ask.policy.stale_after


def _heads(live: list[Session], nodes: _sessions.Nodes) -> str:
    return text.listed([_sessions.plain(session, nodes) for session in live], 4, "; ")


def _people(live: tuple[Session, ...]) -> str:
    people, targets = {s.owner for s in live}, {s.target for s in live}
    return f" · {text.plural(len(people), 'person', 'people')} · {text.plural(len(targets), 'node')}"


COMMAND = Command(
    "active",
    USAGE,
    "Who is connected now: person, node, kind of session, since when and why. Sessions open for long are marked stale.",
    ("/ssm active", "/ssm active @ana", "/ssm active 111122223333 eu-west-1"),
    run,
)
