"""What the verbs about reviews share: who acts, what a button carries, how one review is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.core import blocks, text, times
from bot.core.ask import Ask
from bot.core.flags import MARKS
from bot.core.model import Refused
from bot.core.ports import Ledger
from bot.core.redact import redact
from bot.core.reply import Blocks
from bot.core.review.facts import Person, Review
from bot.core.review.steps import who
from bot.core.review.table import State
from bot.core.review.time import deadline, overdue
from bot.core.review.views import STATES
from commands import _sessions


def person(ask: Ask) -> Person:
    """Who asks, as the table of reviews sees them."""
    user = ask.user
    return Person(user.id, ask.role, user.email, frozenset({user.id, f"@{user.name}", *user.groups}), user.guest)


def target(value: str) -> tuple[str, int]:
    """The review's id and the turn that a button showed. Raises Refused for what no button of ours carries."""
    name, _, turn = value.partition(":")
    if not name or not turn.isdecimal() or len(turn) > 6:
        raise Refused("That button leads to no review. `/ssm reviews` shows what there is.")
    return name, int(turn)


def known(name: str, ledger: Ledger) -> Review:
    """The review of an id. Raises Refused."""
    found = ledger.review(name.strip("`")) if name else None
    if found is None:
        raise Refused(f"I know no review {text.code(name, 60)}. `/ssm reviews all` lists them, newest first.")
    return found


def item(review: Review, ask: Ask) -> Blocks:
    """One review in a list, with a button to it."""
    due, zone = deadline(review, ask.policy.practice.zone), ask.policy.practice.zone
    late = " · :alarm_clock: *overdue*" if overdue(review, ask.now, zone) and not review.done else ""
    when = f" · due {times.slack_moment(due)}" if due and not review.done else ""
    head = (
        f"{MARKS[review.flag.level]} *{text.safe(review.flag.who)}* → {text.safe(review.flag.where)} · {STATES[review.state]}{when}{late}"
    )
    found = text.safe("; ".join(dict.fromkeys(f.title for f in review.flag.findings[:3])), 200) or "a tunnel"
    told = [head, f"{found} · {text.code(review.id)} · opened {times.slack_moment(review.opened)}"]
    if review.reason:
        told.append(f"{who(review.answered_by)}: “{text.safe(redact(review.reason), 200)}”")
    return (blocks.section("\n".join(told), blocks.asking("Review", f"review {review.id}")),)


def row(review: Review, ask: Ask) -> Mapping[str, Any]:
    """One review as data."""
    zone = ask.policy.practice.zone
    return {
        "review": review.id,
        "state": review.state.value,
        "level": review.flag.level.word,
        "session": review.flag.session.id,
        "aws": review.flag.session.owner,
        "target": review.flag.session.target,
        "owner": review.owner.id,
        "how": review.owner.how,
        "opened": _sessions.iso(review.opened),
        "due": "" if review.done else _sessions.iso(deadline(review, zone)),
        "overdue": overdue(review, ask.now, zone),
        "reason": redact(review.reason),
        "ticket": redact(review.ticket),
        "answered_by": review.answered_by,
        "reviewer": review.reviewer,
        "findings": "; ".join(dict.fromkeys(f.title for f in review.flag.findings)),
    }


def awaited(reviews: Iterable[Review], user: str) -> tuple[Review, ...]:
    """Reviews that wait for this person: their own answers, and what they took on."""
    return tuple(r for r in reviews if _answers(r, user) or (r.reviewer == user and not r.done))


def _answers(review: Review, user: str) -> bool:
    asked = review.state in (State.OPEN, State.ASKED)
    return asked and user in {review.owner.id, *review.owner.candidates}
