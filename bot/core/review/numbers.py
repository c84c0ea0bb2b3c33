"""How reviewing goes: what was opened, answered, signed, and how long each took; for the digest and for `reviews`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.core import text, times
from bot.core.model import Span
from bot.core.review.facts import Review
from bot.core.review.table import PENDING, State, Verb
from bot.core.review.time import overdue


@dataclass(frozen=True, slots=True)
class Numbers:
    """Reviews opened in a span, and what became of them; `waiting` and `overdue` are of all that are open. Times are medians."""

    opened: int = 0
    answered: int = 0
    signed: int = 0
    rejected: int = 0
    waiting: int = 0
    overdue: int = 0
    to_answer: timedelta | None = None
    to_sign: timedelta | None = None


def numbers(reviews: Iterable[Review], span: Span, now: datetime, zone: str = "UTC") -> Numbers:
    """The numbers of a span."""
    known = tuple(reviews)
    within = [review for review in known if span.since <= review.opened <= span.until]
    answers = [taken for review in within if (taken := took(review, (Verb.MINE, Verb.NOT_MINE))) is not None]
    signs = [taken for review in within if (taken := took(review, (Verb.APPROVE, Verb.REJECT))) is not None]
    waiting = [review for review in known if review.state in PENDING]
    return Numbers(
        len(within),
        len(answers),
        len(signs),
        sum(review.state is State.REJECTED for review in within),
        len(waiting),
        sum(overdue(review, now, zone) for review in waiting),
        _middle(answers),
        _middle(signs),
    )


def _middle(of: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in of)) if of else None


def took(review: Review, verbs: tuple[Verb, ...]) -> timedelta | None:
    """From opening to the first of these steps."""
    return next((step.at - review.opened for step in review.steps if step.verb in verbs), None)


def told(of: Numbers) -> str:
    """The numbers as one sentence; empty where there is nothing to say."""
    if not (of.opened or of.waiting):
        return ""
    parts = [
        f"{text.plural(of.opened, 'review')} opened",
        f"{of.answered} answered{_median(of.to_answer)}",
        f"{of.signed} signed{_median(of.to_sign)}" + (f", {of.rejected} rejected" if of.rejected else ""),
        f"{of.waiting} waiting, {of.overdue} overdue",
    ]
    return "; ".join(parts) + "."


def _median(of: timedelta | None) -> str:
    return f" (median {times.length(of)})" if of is not None else ""
