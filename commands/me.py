"""The asker's own view: what waits for them, their sessions, and what they can do next. App Home shows the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core import blocks, text
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Session
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.review.facts import Review
from bot.core.review.steps import hats, involved
from bot.core.review.table import SIGNERS, State
from bot.core.times import span
from commands import _merge, _reviews, _sessions, _words

USAGE = "/ssm me"
QUICK = ("active", "audit 24h", "risky 24h", "coverage 24h", "help")


def run(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """What waits for the asker; their live sessions and those of the last week, if their AWS name is known."""
    waiting, sign = due(ask, ledger)
    try:
        names = _words.own_names(ask)
    except Refused as refused:
        shown = (blocks.section(text.escape(str(refused))), *_quick())
        return Reply(_and(_told(waiting, sign), str(refused)), shown, tuple(_reviews.item(r, ask) for r in (*waiting, *sign)))
    live = [s for s in evidence.live() if _words.owned(s, names)]
    ended = [s for s in evidence.ended(span("7d", ask.now, ask.user.zone)) if _words.owned(s, names)]
    nodes = evidence.nodes((s.place, s.target) for s in (*live, *ended))
    answer = view(_merge.latest_first(live), _merge.latest_first(ended), nodes, ask)
    told = _told(waiting, sign)
    head = (blocks.section(f"*{text.escape(told)}*"), *answer.head) if told else answer.head
    reviews = tuple(_reviews.item(review, ask) for review in (*waiting, *sign))
    return replace(answer, text=_and(told, answer.text), head=head, items=(*reviews, *answer.items))


def due(ask: Ask, ledger: Ledger) -> tuple[tuple[Review, ...], tuple[Review, ...]]:
    """Reviews that wait for the asker's own answer or that they took on; and those that they may sign."""
    pending = ledger.reviews()
    waiting = _reviews.awaited(pending, ask.user.id)
    person, on_call = _reviews.person(ask), ask.policy.practice.on_call
    ready = [r for r in pending if r.state in (State.ANSWERED, State.ESCALATED) and r not in waiting]
    sign = [r for r in ready if hats(r, person, on_call) & SIGNERS and not involved(r, person)]
    return waiting, tuple(sign)


def _told(waiting: Sequence[Review], sign: Sequence[Review]) -> str:
    parts = [
        f"{text.plural(len(waiting), 'review')} {'waits' if len(waiting) == 1 else 'wait'} for you" if waiting else "",
        f"{text.plural(len(sign), 'review')} you may sign" if sign else "",
    ]
    return f"{', '.join(filter(None, parts))}." if any(parts) else ""


def _and(*parts: str) -> str:
    return " ".join(filter(None, parts))


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
