"""The asker's own view: their sessions, and what they can do next. App Home shows the same."""

from __future__ import annotations

from bot.core import blocks, text
from bot.core.model import Refused, Session
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Ask, Blocks, Command, Reply
from bot.core.times import span
from commands import _merge, _sessions, _words

USAGE = "/ssm me"
QUICK = ("active", "audit 24h", "risky 24h", "coverage 24h", "help")


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Live sessions of the asker and those of the last week, if their AWS name is known."""
    try:
        names = _words.own_names(ask)
    except Refused as refused:
        return Reply(str(refused), (blocks.section(text.escape(str(refused))), *_quick()))
    live = [s for s in evidence.live() if _words.owned(s, names)]
    ended = [s for s in evidence.ended(span("7d", ask.now, ask.user.zone)) if _words.owned(s, names)]
    nodes = evidence.nodes((s.place, s.target) for s in (*live, *ended))
    return view(_merge.latest_first(live), _merge.latest_first(ended), nodes, ask)


def view(live: tuple[Session, ...], ended: tuple[Session, ...], nodes: _sessions.Nodes, ask: Ask) -> Reply:
    """Live ones first; one that is not theirs is what the owner should see at once."""
    said = f"You have {text.plural(len(live), 'session')} open and {text.plural(len(ended), 'session')} of the last 7 days."
    told = "Not yours? Tell the security channel: somebody may be using your name."
    head = (blocks.section(f"*{text.escape(said)}*"), *_quick())
    items = tuple(_sessions.item(s, nodes, ask.now, *([":large_green_circle: open"] if s in live else [])) for s in (*live, *ended))
    return Reply(said, head, items, (blocks.context(told),) if items else (), data=_sessions.rows((*live, *ended), nodes))


def _quick() -> Blocks:
    return blocks.actions([blocks.asking(f"/ssm {words}", words, number) for number, words in enumerate(QUICK)])


COMMAND = Command("me", USAGE, "Your own sessions, open and of the last week, and the questions asked most.", ("/ssm me",), run)
