"""What a step has posted: the card and the owner's letter anew, a line in the thread, a reminder. Each has a key, so each stands once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from bot.core.posts import Post, said
from bot.core.reply import Message
from bot.core.review.facts import Review, Step
from bot.core.review.practice import Practice
from bot.core.review.steps import who
from bot.core.review.table import State, Verb
from bot.core.review.time import deadline
from bot.core.review.views import card, letter, through
from bot.core.review.views import said as told
from bot.core.times import slack_moment

SILENT = (Verb.ASK, Verb.REMIND)


def posts(review: Review, step: Step | None, practice: Practice) -> tuple[Post, ...]:
    """Everything that must be said after a step; for a review just opened the step is None."""
    return (*_card(review, practice), *_letter(review, practice), *(_thread(review, step, practice) if step else ()))


def letter_key(review: Review) -> str:
    """The key of the owner's message. Who is asked anew gets a new one, so that they hear of it."""
    states = [State.OPEN, *(step.state for step in review.steps)]
    asked = sum(after is State.ASKED and before is not State.ASKED for before, after in pairwise(states))
    return f"review/{review.id}/to/{review.owner.id}/{asked}"


def _card(review: Review, practice: Practice) -> tuple[Post, ...]:
    return (_post(review, review.card, review.channel, card(review, practice)),) if review.channel else ()


def _letter(review: Review, practice: Practice) -> tuple[Post, ...]:
    direct = review.owner.id and review.state is not State.OPEN
    return (_post(review, letter_key(review), review.owner.id, letter(review, practice)),) if direct else ()


def _thread(review: Review, step: Step, practice: Practice) -> tuple[Post, ...]:
    key = f"review/{review.id}/{len(review.steps)}"
    if step.verb is Verb.REMIND and review.state is State.ASKED and review.owner.id:
        due = slack_moment(deadline(review, practice.zone))
        line = f"{who(review.owner.id)}, was this you? {through(review)}. Please answer by {due}; after that on-call is asked."
        return (_post(review, key, review.owner.id, Message(line), letter_key(review)),)
    line = LINES.get(step.verb, _plain)(review, step, practice)
    return (_post(review, key, review.channel, Message(line), review.card),) if line and review.channel else ()


def _plain(_review: Review, step: Step, _practice: Practice) -> str:
    return "" if step.verb in SILENT else told(step, 900)


def _remind(review: Review, _step: Step, practice: Practice) -> str:
    whom = who(review.reviewer) if review.reviewer else mentioned(practice) if review.state is State.ESCALATED else "Reviewers"
    return f"{whom}: this still waits for a second person, until {slack_moment(deadline(review, practice.zone))}."


def _escalated(review: Review, step: Step, practice: Practice) -> str:
    return f"{mentioned(practice)}: {told(step, 900)}"


LINES: Mapping[Verb, Callable[[Review, Step, Practice], str]] = {
    Verb.REMIND: _remind,
    Verb.ESCALATE: _escalated,
    Verb.NOT_MINE: _escalated,
    Verb.LAPSE: _escalated,
}


def mentioned(practice: Practice) -> str:
    """The on-call group as Slack notifies it: user group ids and user ids; @handles, as text, only where there is no id."""
    names = sorted(name for name in practice.on_call if name[:1] in "SUW") or sorted(practice.on_call)
    return " ".join(f"<!subteam^{name}>" if name[:1] == "S" and name.isalnum() else who(name) for name in names) or "On-call"


def _post(review: Review, key: str, channel: str, message: Message, parent: str = "") -> Post:
    return Post(key, f"review {review.id} {channel}", channel, "text", said(message), parent)
