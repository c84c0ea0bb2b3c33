"""The dossier of one session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.core import blocks, text, times, words
from bot.core.ask import Ask, Command
from bot.core.dossier import Dossier, compiled
from bot.core.model import Document, Refused, Session, Span, Where
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply
from commands import _dossier, _merge, _sessions, _words

USAGE = "/ssm session <id> [span]"
TAKES = words.Takes({"span": "span", "session": "id", "email": "id", "mention": "id", "node": "id", "number": "id"}, {}, {}, "id")
FAR = "30d"  # where neither SSM nor the asker says when, look as far back as Session Manager would
SHORTEST = 4


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """An id, its beginning or its last part; several matches are offered."""
    args = words.take(_ids_first(words.read(ask.words)), TAKES, USAGE)
    wanted = args.get("id", "").strip().rstrip("…")
    if len(wanted) < SHORTEST:
        raise Refused(
            "I need a session id, or at least four characters of its beginning or end, e.g. `/ssm session ana-0e34861185201706f`."
        )
    look = _words.span(ask, args, FAR)
    found = evidence.session(wanted) or _matches(wanted, evidence, look)
    if not found:
        raise Refused(_nothing(wanted, look, evidence))
    if len({session.id for session in found}) > 1:
        return _choice(wanted, found, evidence, ask)
    return _dossier.view(gathered(found[0], look, evidence, ask), ask)


def _ids_first(typed: words.Words) -> words.Words:
    """The last part of an id may begin like a span (`749qsg…`); only what surely is one is taken for it."""
    return words.Words(
        typed.verb, tuple(t if t.shape != "span" or times.readable(t.text) else words.Token("session", t.text) for t in typed.tokens)
    )


def _matches(wanted: str, evidence: Evidence, look: Span) -> tuple[Session, ...]:
    known = (*evidence.live(), *evidence.ended(look))
    found = [session for session in known if _fits(session, wanted)]
    if not found:
        found = [s for s in evidence.openings(look, Where(session=wanted)) if _fits(s, wanted)]
    return _merge.latest_first({session.id: session for session in found}.values())


def _fits(session: Session, wanted: str) -> bool:
    tail = session.id.rpartition("-")[2]
    return session.id.lower().startswith(wanted.lower()) or tail.startswith(wanted.lower()) or session.id.endswith(wanted.lower())


def _nothing(wanted: str, look: Span, evidence: Evidence) -> str:
    unread = " Some account-regions could not be read, so it may exist there." if any(s.unread for s in evidence.asked) else ""
    return (
        f"I found no session whose id is, begins or ends with {text.code(wanted, 100)} {times.described(look)}.{unread}"
        " Older ones need a span: `/ssm session <id> 90d`."
    )


def _choice(wanted: str, found: tuple[Session, ...], evidence: Evidence, ask: Ask) -> Reply:
    nodes = evidence.nodes((s.place, s.target) for s in found)
    said = f"{len(found)} sessions match {wanted}. Which one?"
    return Reply(
        said,
        (blocks.section(f"*{text.safe(said)}*"),),
        tuple(_sessions.item(s, nodes, ask.now) for s in found),
        (),
        (),
        _sessions.rows(found, nodes),
    )


def gathered(session: Session, look: Span, evidence: Evidence, ask: Ask) -> Dossier:
    """The dossier of a session; `look` is where to search if nobody knows when it was."""
    span = _around(session, look, ask)
    events = evidence.events(span, Where(session=session.id))
    opened = evidence.openings(span, Where(session=session.id))
    whole = _merge.completed([session], opened)[0]
    node = evidence.nodes([(whole.place, whole.target)]).get(whole.target)
    document = _document(whole, evidence.documents())
    return compiled(whole, node, events, document, evidence.transcript(whole), ask.policy.rules, span)


def _around(session: Session, look: Span, ask: Ask) -> Span:
    if session.started is None:
        return look
    until = min((session.ended or ask.now) + timedelta(hours=1), ask.now)
    return replace(
        look, since=session.started - timedelta(minutes=5), until=max(until, session.started + timedelta(minutes=5)), words="around it"
    )


def _document(session: Session, documents: Iterable[Document]) -> Document | None:
    name = session.document or "SSM-SessionManagerRunShell"
    here = [d for d in documents if d.account == session.account and d.region == session.region]
    return next((d for d in here if d.name in (name, name.rpartition("/")[2])), None)


COMMAND = Command(
    "session",
    USAGE,
    "All that is known of one session: who, from where, how it was logged, what was typed, and what is missing and why.",
    ("/ssm session ana-0e34861185201706f", "/ssm session 0e348611 90d"),
    run,
)
