"""Reviews as tables: their states, what may be done to them and by whom, what it needs, and what people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


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
PLAIN: Mapping[Verb, str] = {
    V.MINE: "answer", V.NOT_MINE: "answer", V.MORE_TIME: "put off", V.END: "end", V.REOPEN: "open again", V.TAKE: "take on", V.ASK: "ask", V.PROPOSE: "propose",
    V.AGREE: "agree to",
}  # fmt: skip
