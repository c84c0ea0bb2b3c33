"""Reviews: what may happen to a flagged session, by whom, and what each step leaves behind.

Strategy: `TABLE` says which state a verb leads to, `WHO` whose verb it is, `NEEDS` what must be given with it. `decide` asks the three in
that order and gives the review after the step, or a sentence. Nobody signs alone: who owns the session, or has answered for it, is never
the second person. What a person signs is what they saw: a button carries the review's `turn`, which moves on with every answer and decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core import flags, text, times
from bot.core.people import principal
from bot.core.review.facts import LONGEST, LONGEST_TICKET, Move, Outcome, Person, Review, Step
from bot.core.review.table import BOT, DID, ENDS, NEEDS, OWNERS, PLAIN, SECOND, TABLE, TURNS, WHO, Hat, S, V, Verb
from bot.core.roles import Role


def decide(review: Review, move: Move, on_call: frozenset[str] = frozenset()) -> Outcome:
    """The review after the move, or why not."""
    if _repeated(review, move):
        return Outcome(review, again=True)
    if not move.by.bot and (move.by.guest or move.by.role is Role.NOBODY):
        return Outcome(
            review, "Reviews are for full members of this workspace: guests and people from outside can neither answer nor sign."
        )
    why = _state(review, move) or _hat(review, move, on_call) or _second(review, move) or _given(review, move)
    return Outcome(review, why) if why else Outcome(_after(review, move))


def _repeated(review: Review, move: Move) -> bool:
    if move.by.bot or move.turn is None:
        return False
    same = (move.turn, move.verb, move.by.id, move.key)
    return any(same == (step.turn, step.verb, step.who, step.key) for step in review.steps)


def _state(review: Review, move: Move) -> str:
    if move.turn is not None and move.turn != review.turn:
        return f"That button is from before: {last(review)}. Nothing was changed; look at the message as it is now."
    if (review.state, move.verb) not in TABLE:
        return f"This review is {review.state}: {last(review)}. That leaves nothing to {PLAIN.get(move.verb, move.verb)}."
    return ""


def hats(review: Review, person: Person, on_call: frozenset[str] = frozenset()) -> frozenset[Hat]:
    """What a person is to a review. Where nobody knows the owner, any member may say that the session was theirs."""
    if person.bot:
        return BOT
    worn = {
        Hat.OWNER: (review.owner.id == person.id or person.id in review.owner.candidates)
        if review.owner.id or review.owner.candidates
        else True,
        Hat.REVIEWER: person.role >= Role.REVIEWER,
        Hat.ADMIN: person.role >= Role.ADMIN,
        Hat.ON_CALL: bool({name.lower() for name in (person.id, *person.names)} & {name.lower() for name in on_call}),
    }
    return frozenset(hat for hat, it in worn.items() if it)


def _hat(review: Review, move: Move, on_call: frozenset[str]) -> str:
    if hats(review, move.by, on_call) & WHO[move.verb]:
        return ""
    if WHO[move.verb] == OWNERS:
        asked = who(review.owner.id) if review.owner.id else "whoever opened the session"
        return f"Only {asked} can answer for this session. If it was in truth yours, tell a reviewer."
    needed = text.listed(sorted(hat.value for hat in WHO[move.verb]), between=", ")
    return f"Only {needed.replace(' and ', ' or ')} may {PLAIN.get(move.verb, move.verb.value)} this; you are none of them here."


def involved(review: Review, person: Person) -> bool:
    """Whether the session is theirs, or may be, or they have answered for it."""
    answered = {step.who for step in review.steps if step.verb is V.MINE}
    named = principal(review.flag.session.owner).name.lower()
    return person.id in {review.owner.id, *review.owner.candidates, *answered} - {""} or person.email.lower() == named != ""


def _second(review: Review, move: Move) -> str:
    asked = proposal(review)
    alone = involved(review, move.by) or (move.verb is V.AGREE and asked is not None and asked.who == move.by.id)
    if move.verb not in SECOND or not alone:
        return ""
    return "This needs a second person: the session is yours, or you have answered for it, so somebody else must sign."


def _given(review: Review, move: Move) -> str:
    if NEEDS.get(move.verb) and not move.note.strip():
        return f"Please give {NEEDS[move.verb]}: the next person has nothing else to go by. Nothing was changed."
    if move.verb is V.APPROVE and not review.reason:
        return "Nobody has given a reason for this session yet, so there is nothing to approve. Ask its owner, or reject it."
    if move.verb in ENDS and (move.until is None or move.until <= move.at):
        return "That needs an end that lies ahead. Nothing was changed."
    if move.verb is V.AGREE and proposal(review) is None:
        return "Nobody has proposed that this be flagged no more, so there is nothing to agree to."
    return ""


def _after(review: Review, move: Move) -> Review:
    state = TABLE[review.state, move.verb]
    note, ticket = text.clip(move.note.strip(), LONGEST), text.clip(move.ticket.strip(), LONGEST_TICKET)
    step = Step(move.at, move.by.id, move.verb, state, review.turn, note, ticket, move.key, move.until if move.verb in ENDS else None)
    since = review.since if state is review.state and move.verb is not V.MORE_TIME else move.at
    turn = review.turn + (move.verb in TURNS)
    until = review.until if state is review.state else None
    moved = replace(review, state=state, since=since, turn=turn, version=review.version + 1, until=until, steps=(*review.steps, step))
    change = CHANGES.get(move.verb)
    return change(moved, move) if change else moved


def _answered(after: Review, move: Move) -> Review:
    owner = after.owner if after.owner.id else replace(after.owner, id=move.by.id, how="said so themselves", sure="claimed")
    step = after.steps[-1]
    return replace(after, owner=owner, reason=step.note, ticket=step.ticket, answered_by=move.by.id)


def _flagged(after: Review, move: Move) -> Review:
    return replace(after, flag=flags.joined(after.flag, move.flag) if move.flag else after.flag, reason="", ticket="")


CHANGES: Mapping[Verb, Callable[[Review, Move], Review]] = {
    V.MINE: _answered,
    V.ASK: lambda after, move: replace(after, owner=move.owner or after.owner),
    V.TAKE: lambda after, move: replace(after, reviewer=move.by.id),
    V.HAND_ON: lambda after, _: replace(after, reviewer=""),
    V.SNOOZE: lambda after, move: replace(after, until=move.until, reviewer=move.by.id),
    V.FLAG: _flagged,
    V.NOT_MINE: lambda after, _: replace(after, reason="", ticket=""),
    V.REOPEN: lambda after, _: replace(after, reason="", ticket=""),
    V.ENDED: lambda after, move: replace(after, flag=move.flag or after.flag),
}


def proposal(review: Review) -> Step | None:
    """The proposal to flag this no more that waits for a second person, if there is one."""
    last_one = next((step for step in reversed(review.steps) if step.verb in (V.PROPOSE, V.AGREE, V.REOPEN)), None)
    return last_one if last_one and last_one.verb is V.PROPOSE else None


def agreed(review: Review) -> Step | None:
    """The proposal that a second person agreed to, while the review stays approved."""
    steps = [step for step in review.steps if step.verb in (V.PROPOSE, V.AGREE)]
    both = review.state is S.APPROVED and len(steps) > 1 and steps[-1].verb is V.AGREE
    return next((step for step in reversed(steps) if step.verb is V.PROPOSE), None) if both else None


def who(name: str) -> str:
    """A person as Slack shows them; other names as text."""
    known = name[:1] in "UW" and name.isalnum() and name.isupper() and name.isascii()
    return f"<@{name}>" if known and len(name) > 5 else text.safe(name or "nobody", 60)


def last(review: Review) -> str:
    """Who did the last thing that counts, and when: what the loser of a race is told."""
    steps = [step for step in review.steps if step.verb not in (V.REMIND, V.ASK, V.ENDED)]
    if not steps:
        return f"it was opened {times.slack_moment(review.opened)}"
    return f"{who(steps[-1].who)} {DID[steps[-1].verb]} {times.slack_moment(steps[-1].at)}"
