"""What a review looks like: its card in the channel, the owner's direct message, the story in the thread, the forms.

Strategy: `BUTTONS` says which verbs stand where in which state; four are seen, the others wait in a menu. Every button carries
`<id>:<turn>`, which says what its presser saw. Words of people and sessions are always text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core import blocks, text, times
from bot.core.flags import MARKS, flag_blocks, flag_buttons, flag_text
from bot.core.model import Level
from bot.core.redact import redact
from bot.core.reply import Block, Blocks, Message
from bot.core.review.facts import LONGEST, LONGEST_TICKET, Review, Step
from bot.core.review.practice import Practice
from bot.core.review.steps import proposal, who
from bot.core.review.table import DID, DONE, ENDS, NEEDS, State, Verb
from bot.core.review.time import deadline

S, V = State, Verb
STATES: Mapping[State, str] = {
    S.OPEN: ":grey_question: *Open*: whose session is this?",
    S.ASKED: ":hourglass_flowing_sand: *Asked*",
    S.ANSWERED: ":writing_hand: *Answered*: a second person must sign",
    S.APPROVED: ":white_check_mark: *Approved*",
    S.REJECTED: ":x: *Rejected*",
    S.ESCALATED: ":rotating_light: *Escalated* to on-call",
    S.SNOOZED: ":zzz: *Snoozed*",
    S.EXPIRED: ":black_circle: *Expired*: nobody signed",
}
LABELS: Mapping[Verb, str] = {
    V.MINE: "This was me", V.NOT_MINE: "Not me", V.MORE_TIME: "Need more time", V.APPROVE: "Approve", V.REJECT: "Reject", V.ESCALATE: "Escalate",
    V.SNOOZE: "Snooze…", V.TAKE: "I take it", V.END: "End the session…", V.REOPEN: "Open again…",
    V.PROPOSE: "Flag this no more…", V.AGREE: "Agree: flag it no more",
}  # fmt: skip
ON_CARD: Mapping[State, tuple[Verb, ...]] = {
    S.OPEN: (V.MINE, V.REJECT, V.ESCALATE, V.TAKE, V.SNOOZE, V.END),
    S.ASKED: (V.ESCALATE, V.REJECT, V.TAKE, V.SNOOZE, V.END),
    S.ANSWERED: (V.APPROVE, V.REJECT, V.ESCALATE, V.TAKE, V.SNOOZE, V.END),
    S.ESCALATED: (V.APPROVE, V.REJECT, V.TAKE, V.SNOOZE, V.END),
    S.SNOOZED: (V.REJECT, V.ESCALATE, V.TAKE, V.END),
    S.APPROVED: (V.AGREE, V.REOPEN, V.PROPOSE),
    S.REJECTED: (V.END, V.REOPEN),
    S.EXPIRED: (V.REOPEN,),
}
TO_OWNER: Mapping[State, tuple[Verb, ...]] = {
    S.ASKED: (V.MINE, V.NOT_MINE, V.MORE_TIME),
    S.ANSWERED: (V.NOT_MINE,),
    S.ESCALATED: (V.MINE, V.END),
    S.SNOOZED: (V.MINE, V.NOT_MINE),
}
SEEN, STORY = 3, 6  # buttons beside the dossier's; steps on the card
STYLES = {V.APPROVE: "primary", V.MINE: "primary", V.REJECT: "danger", V.NOT_MINE: "danger"}
REMOTE = "Processes that it started on the node may go on."


def target(review: Review) -> str:
    """What a button carries."""
    return f"{review.id}:{review.turn}"


def card(review: Review, practice: Practice) -> Message:
    """The message in the channel, as it stands now."""
    head = tuple(block for block in flag_blocks(review.flag) if block["type"] != "actions")
    body = (*head, blocks.section(_stands(review, practice)), *_steps(review), *_row(review, practice))
    return Message(f"{flag_text(review.flag)} {text.escape(plainly(review))}", body)


def echo(review: Review, link: str = "") -> Message:
    """The message in another channel that shows the same flag: what stands against it, where its review stands, and the way there."""
    head = tuple(block for block in flag_blocks(review.flag) if block["type"] != "actions")
    there = f"<{text.escape(link)}|in {text.safe(review.channel)}>" if link else f"in {text.safe(review.channel)}"
    last = next((step for step in reversed(review.steps) if step.verb not in (V.REMIND, V.ASK, V.FLAG)), None)
    stands = "\n".join(filter(None, [f"{STATES[review.state]} · review {text.code(review.id)} {there}", said(last) if last else ""]))
    row = blocks.actions([blocks.asking("Review", f"review {review.id}"), *flag_buttons(review.flag)])
    return Message(f"{flag_text(review.flag)} {text.escape(plainly(review))}", (*head, blocks.section(stands), *row))


def plainly(review: Review) -> str:
    """Where it stands, for who hears it read aloud."""
    return f"Review {review.id} is {review.state}."


def _stands(review: Review, practice: Practice) -> str:
    due = deadline(review, practice.zone)
    told = [f"{STATES[review.state]} · review {text.code(review.id)}"]
    if review.owner.id:
        told.append(f"Owner {who(review.owner.id)}, {text.safe(review.owner.how)} ({text.safe(review.owner.sure)})")
    elif not review.done:
        told.append(f"I don't know who {text.safe(review.flag.who)} is in Slack ({text.safe(review.owner.how)}). {_candidates(review)}")
    if review.reason:
        told.append(f"{who(review.answered_by)}: “{text.safe(redact(review.reason), 700)}”{_ticket(review.ticket)}")
    if due and not review.done:
        told.append(f"{'Until' if review.state is S.SNOOZED else 'Due'} {times.slack_moment(due)}{_taken(review)}")
    return "\n".join(told)


def _candidates(review: Review) -> str:
    if review.owner.candidates:
        return f"Was it {text.listed([who(each) for each in review.owner.candidates])}?"
    return "Whose it is, please say so."


def _taken(review: Review) -> str:
    return f" · {who(review.reviewer)} has it" if review.reviewer else ""


def _ticket(ticket: str) -> str:
    return f" · ticket {text.code(redact(ticket))}" if ticket else ""


def _steps(review: Review) -> Blocks:
    told = [step for step in review.steps if step.verb not in (V.REMIND, V.ASK)]
    shown = [replace(step, note="", ticket="") if step.verb is V.MINE and step.note == review.reason else step for step in told[-STORY:]]
    return (blocks.context("\n".join(said(step) for step in shown)),) if shown else ()


def said(step: Step, most: int = 300) -> str:
    """One step in one line."""
    note = f": “{text.safe(redact(step.note), most)}”" if step.note else ""
    return f"{who(step.who)} {DID[step.verb]}{note}{_ticket(step.ticket)} · {times.slack_moment(step.at)}"


def _row(review: Review, practice: Practice) -> Blocks:
    verbs = [verb for verb in ON_CARD[review.state] if _offered(verb, review, practice)]
    dossier = [blocks.asking("Dossier", f"session {review.flag.session.id}")] if review.flag.session.id else []
    return blocks.actions([*(act(verb, review) for verb in verbs[:SEEN]), *dossier, _menu(verbs[SEEN:], review)])


def _offered(verb: Verb, review: Review, practice: Practice) -> bool:
    if verb is V.APPROVE:
        return bool(review.reason)
    if verb is V.AGREE:
        return proposal(review) is not None
    if verb is V.PROPOSE:
        return proposal(review) is None and bool(review.flag.findings)
    return verb is not V.END or ends(review, practice)


def ends(review: Review, practice: Practice) -> bool:
    """Whether there is a session to end, and somebody may."""
    session = review.flag.session
    return practice.end is not None and bool(session.id) and session.ended is None and session.status not in ("Terminated", "Failed")


def act(verb: Verb, review: Review, label: str = "") -> Block:
    """A verb's button."""
    ask = blocks.confirmation(*CONFIRM[verb]) if verb in CONFIRM else None
    return blocks.button(label or LABELS[verb], f"ssm:review:{verb}", target(review), style=STYLES.get(verb, ""), confirm=ask)


CONFIRM: Mapping[Verb, tuple[str, str, str]] = {
    V.NOT_MINE: ("Was this not you?", "On-call is told at once that somebody may be using your name.", "It was not me"),
    V.END: ("End this session?", f"Session Manager cuts the connection. {REMOTE}", "Go on"),
}


def _menu(verbs: Sequence[Verb], review: Review) -> Block:
    options = [(LABELS[verb], f"{verb} {target(review)}") for verb in verbs]
    options += [("Its history", f"show {target(review)}"), ("Evidence for an auditor", f"export {target(review)}")]
    shown = [{"text": blocks.plain(label, 75), "value": value[:150]} for label, value in options[:5]]
    return {"type": "overflow", "action_id": "ssm:review:more", "options": shown}


def letter(review: Review, practice: Practice) -> Message:
    """The owner's direct message: the question, and once it is settled the outcome."""
    flag, asks = review.flag, review.state is S.ASKED
    about = f"{through(review)}, {times.slack_moment(flag.session.started)}"
    head = f"*Was this you?* {about}" if asks else f"{STATES[review.state]} · your session: {about}"
    plain = f"Was this you? {flag_text(flag)}" if asks else f"{plainly(review)} {flag_text(flag)}"
    buttons = [act(verb, review, YES.get(verb, "")) for verb in TO_OWNER.get(review.state, ()) if _offered(verb, review, practice)]
    dossier = [blocks.asking("What was seen", f"session {flag.session.id}")] if flag.session.id else []
    body = (blocks.section(head), blocks.section(_found(review)), *_settled(review), blocks.context(_fine(review, practice)))
    return Message(plain, (*body, *blocks.actions([*buttons, *dossier] if not review.done else dossier)))


YES = {V.MINE: "Yes, it was me"}


def through(review: Review) -> str:
    """The session in a few words, for mrkdwn."""
    flag = review.flag
    return f"*{text.safe(flag.session.kind.value)}* as {text.safe(flag.who)} on *{text.safe(flag.where)}*"


def _found(review: Review) -> str:
    found = review.flag.findings[:5]
    lines = [
        f"{MARKS[f.level]} {text.safe(f.title)}" + (f": {text.code(redact(f.text), 160)}" if f.text and not f.event else "") for f in found
    ]
    return "\n".join(lines) or f"{MARKS[Level.INFORMATIONAL]} A tunnel, whose content nobody logs."


def _settled(review: Review) -> Blocks:
    return (blocks.section("\n".join(said(step) for step in review.steps[-3:] if step.verb is not V.REMIND) or " "),) if review.done else ()


def _fine(review: Review, practice: Practice) -> str:
    due = deadline(review, practice.zone)
    told = [f"review {text.code(review.id)}", text.code(review.flag.session.id)]
    told += [f"please answer by {times.slack_moment(due)}"] if due and review.state is S.ASKED else []
    told += [
        f"asked because you are {text.safe(review.owner.how)}" if review.owner.sure == "certain" else f"asked {text.safe(review.owner.how)}"
    ]
    return " · ".join(filter(None, told))


def form(verb: Verb, review: Review, now: datetime) -> Mapping[str, Any]:
    """The modal of a verb that needs words."""
    inputs = [_words("reason", "Reason" if NEEDS[verb] == "a reason" else "Note", HINTS[verb])]
    if verb is V.MINE:
        inputs.append(_words("ticket", "Ticket", "The change or incident that it belongs to, if there is one.", optional=True))
    if verb in ENDS:
        inputs.insert(0, _day("until", "Until", now + timedelta(days=1 if verb is V.SNOOZE else 30)))
    return modal(f"ssm:review:{verb}", TITLES[verb], target(review), (blocks.section(f"{through(review)}\n{_found(review)}"), *inputs))


def modal(callback: str, title: str, value: str, body: Blocks) -> Mapping[str, Any]:
    """A modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": value[:3000],
        "title": blocks.plain(title, 24),
        "submit": blocks.plain("Submit", 24),
        "close": blocks.plain("Cancel", 24),
        "blocks": list(body),
    }


TITLES = {
    V.MINE: "Yes, it was me", V.REJECT: "Reject", V.ESCALATE: "Escalate", V.SNOOZE: "Snooze", V.REOPEN: "Open again", V.END: "End the session",
    V.PROPOSE: "Flag this no more",
}  # fmt: skip
HINTS = {
    V.MINE: "What were you doing, and why that way? A second person reads this and signs for it.",
    V.REJECT: "What is wrong, and what happens now? The owner and an auditor read this.",
    V.ESCALATE: "What should on-call know?",
    V.SNOOZE: "Why can it wait? You keep it until then.",
    V.REOPEN: "What is new?",
    V.PROPOSE: "Why is this harmless by this owner? A second person must agree; until then it is flagged as before.",
    V.END: f"Why must it end? {REMOTE}",
}


def _words(name: str, label: str, hint: str, *, optional: bool = False) -> Block:
    most = LONGEST_TICKET if optional else LONGEST
    element = {"type": "plain_text_input", "action_id": name, "multiline": not optional, "max_length": most}
    return {
        "type": "input", "block_id": name, "label": blocks.plain(label, 100), "element": element, "hint": blocks.plain(hint, 200), "optional": optional,
    }  # fmt: skip


def _day(name: str, label: str, first: datetime) -> Block:
    element = {"type": "datepicker", "action_id": name, "initial_date": f"{first:%Y-%m-%d}"}
    return {"type": "input", "block_id": name, "label": blocks.plain(label, 100), "element": element}


def closed(review: Review) -> bool:
    """Whether nothing is awaited."""
    return review.state in DONE
