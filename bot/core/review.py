"""Reviews: what may happen to a flagged session, by whom, and what each step leaves behind.

Strategy: `TABLE` says which state a verb leads to, `WHO` whose verb it is, `NEEDS` what must be given with it. `decide` asks the three in
that order and gives the review after the step, or a sentence. Nobody signs alone: who owns the session, or has answered for it, is never
the second person. What a person signs is what they saw: a button carries the review's `turn`, which moves on with every answer and decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core import flags, text, times
from bot.core.flags import Flag
from bot.core.people import principal
from bot.core.reply import Role

LONGEST, LONGEST_TICKET = 1000, 100


class State(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    SNOOZED = "snoozed"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What is done to a review; each is the last part of its button's action id."""

    ASK = "ask"
    MINE = "mine"
    NOT_MINE = "notmine"
    MORE_TIME = "moretime"
    APPROVE = "approve"
    REJECT = "reject"
    ESCALATE = "escalate"
    SNOOZE = "snooze"
    TAKE = "take"
    END = "end"
    REOPEN = "reopen"
    PROPOSE = "propose"
    AGREE = "agree"
    FLAG = "flag"
    RESUME = "resume"
    WAKE = "wake"
    REMIND = "remind"
    LAPSE = "lapse"
    EXPIRE = "expire"
    HAND_ON = "handon"
    ENDED = "ended"


class Hat(StrEnum):
    """What somebody is to a review. One person may wear several."""

    BOT = "the bot"
    OWNER = "the owner"
    REVIEWER = "a reviewer"
    ON_CALL = "on-call"
    ADMIN = "an admin"


S, V = State, Verb
DUE = (S.OPEN, S.ASKED, S.ANSWERED, S.ESCALATED)  # somebody must act
PENDING = (*DUE, S.SNOOZED)
DONE = (S.APPROVED, S.REJECTED, S.EXPIRED)
TABLE: Mapping[tuple[State, Verb], State] = {
    (S.OPEN, V.ASK): S.ASKED,
    **{(state, V.MINE): S.ANSWERED for state in (S.OPEN, S.ASKED, S.ANSWERED, S.ESCALATED, S.SNOOZED)},
    **{(state, V.NOT_MINE): S.ESCALATED for state in (S.OPEN, S.ASKED, S.ANSWERED, S.SNOOZED)},
    (S.ASKED, V.MORE_TIME): S.ASKED,
    **{(state, V.APPROVE): S.APPROVED for state in (S.ANSWERED, S.ESCALATED)},
    **{(state, V.REJECT): S.REJECTED for state in PENDING},
    **{(state, V.ESCALATE): S.ESCALATED for state in (S.OPEN, S.ASKED, S.ANSWERED, S.SNOOZED)},
    **{(state, V.SNOOZE): S.SNOOZED for state in DUE},
    **{(state, V.TAKE): state for state in PENDING},
    **{(state, V.END): state for state in (*PENDING, S.REJECTED)},
    **{(state, V.ENDED): state for state in State},
    **{(state, V.REOPEN): S.OPEN for state in DONE},
    (S.APPROVED, V.PROPOSE): S.APPROVED,
    (S.APPROVED, V.AGREE): S.APPROVED,
    **{(state, V.FLAG): state for state in (S.OPEN, S.ASKED, S.ESCALATED, S.SNOOZED)},
    (S.ANSWERED, V.FLAG): S.ASKED,
    (S.SNOOZED, V.WAKE): S.ASKED,
    (S.SNOOZED, V.RESUME): S.ANSWERED,
    **{(state, V.REMIND): state for state in DUE},
    **{(state, V.LAPSE): S.ESCALATED for state in (S.OPEN, S.ASKED, S.ANSWERED)},
    (S.ESCALATED, V.EXPIRE): S.EXPIRED,
    **{(state, V.HAND_ON): state for state in PENDING},
}
BOT, OWNERS = frozenset({Hat.BOT}), frozenset({Hat.OWNER})
SIGNERS = frozenset({Hat.REVIEWER, Hat.ON_CALL, Hat.ADMIN})
WHO: Mapping[Verb, frozenset[Hat]] = {
    **dict.fromkeys((V.ASK, V.FLAG, V.RESUME, V.WAKE, V.REMIND, V.LAPSE, V.EXPIRE, V.HAND_ON, V.ENDED), BOT),
    **dict.fromkeys((V.MINE, V.NOT_MINE, V.MORE_TIME), OWNERS),
    **dict.fromkeys((V.APPROVE, V.REJECT, V.ESCALATE, V.SNOOZE, V.TAKE, V.REOPEN, V.AGREE), SIGNERS),
    **dict.fromkeys((V.END, V.PROPOSE), SIGNERS | OWNERS),
}
SECOND = (V.APPROVE, V.REJECT, V.ESCALATE, V.SNOOZE, V.TAKE, V.REOPEN, V.AGREE)  # never the owner's, nor theirs who answered
NEEDS: Mapping[Verb, str] = {
    V.MINE: "a reason",
    V.REJECT: "a note",
    V.ESCALATE: "a note",
    V.SNOOZE: "a reason",
    V.REOPEN: "a note",
    V.END: "a reason",
    V.PROPOSE: "a reason",
}
ENDS = (V.SNOOZE, V.PROPOSE)  # these need an end
TURNS = (V.MINE, V.NOT_MINE, V.APPROVE, V.REJECT, V.EXPIRE, V.REOPEN, V.FLAG, V.PROPOSE, V.AGREE)  # after these, older buttons are stale
DID: Mapping[Verb, str] = {
    V.ASK: "asked", V.MINE: "answered for it", V.NOT_MINE: "said that it was not them", V.MORE_TIME: "asked for more time",
    V.APPROVE: "approved it", V.REJECT: "rejected it", V.ESCALATE: "escalated it", V.SNOOZE: "snoozed it", V.TAKE: "took it on",
    V.END: "had the session ended", V.REOPEN: "opened it again", V.PROPOSE: "proposed to flag this no more",
    V.AGREE: "agreed to flag this no more", V.FLAG: "found more", V.RESUME: "ended the snooze", V.WAKE: "ended the snooze",
    V.REMIND: "reminded", V.LAPSE: "escalated it, as nobody answered in time", V.EXPIRE: "closed it unsigned: nobody came",
    V.HAND_ON: "handed it on", V.ENDED: "looked whether the session has ended",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, as Slack vouches for them. `email` is compared with the session's principal; a guest may do nothing."""

    id: str
    role: Role = Role.NOBODY
    email: str = ""
    names: frozenset[str] = frozenset()  # id, @handle, user groups
    guest: bool = False
    bot: bool = False


CLOCK = Person("countersign", bot=True)


@dataclass(frozen=True, slots=True)
class Known:
    """Who the session's owner is in Slack. No id: nobody, or one of `candidates`; `how` says why we think so, `sure` how far."""

    id: str = ""
    how: str = ""
    sure: str = ""  # certain, likely, claimed
    zone: str = "UTC"
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done."""

    at: datetime
    who: str
    verb: Verb
    state: State  # after it
    turn: int = 0  # before it
    note: str = ""
    ticket: str = ""
    key: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One flagged session and its way to a signature. `card` is the key of the channel's message; `since` is when `state` began."""

    id: str
    flag: Flag
    opened: datetime
    since: datetime
    state: State = State.OPEN
    turn: int = 0
    version: int = 0
    owner: Known = Known()
    channel: str = ""
    card: str = ""
    reviewer: str = ""
    reason: str = ""
    ticket: str = ""
    answered_by: str = ""
    until: datetime | None = None  # of a snooze
    steps: tuple[Step, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing more is awaited."""
        return self.state in DONE


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants to do. `turn` is what their button showed, None where there was none; `key` tells two tries of an `END` apart."""

    review: str
    verb: Verb
    by: Person
    at: datetime
    turn: int | None = None
    note: str = ""
    ticket: str = ""
    until: datetime | None = None
    key: str = ""
    flag: Flag | None = None
    owner: Known | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a move: the review as it is now. `why` is the sentence of a refusal; `again` says that it had been done before."""

    review: Review
    why: str = ""
    again: bool = False

    @property
    def done(self) -> bool:
        """Whether the move changed something."""
        return not self.why and not self.again


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


PLAIN = {
    V.MINE: "answer", V.NOT_MINE: "answer", V.MORE_TIME: "put off", V.END: "end", V.REOPEN: "open again", V.TAKE: "take on", V.ASK: "ask", V.PROPOSE: "propose",
    V.AGREE: "agree to",
}  # fmt: skip


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
