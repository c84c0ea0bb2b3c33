"""One review: its card, its history, and every act on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Unavailable
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply, View
from bot.core.review.facts import CLOCK, Move, Outcome, Review
from bot.core.review.practice import Ended
from bot.core.review.steps import decide
from bot.core.review.table import ENDS, NEEDS, State, Verb
from bot.core.review.views import REMOTE, act, card, ends, form, plainly, said
from bot.core.roles import Role
from commands import _reviews, _sessions, export

USAGE = "/ssm review <id>"
WITH_FORM = tuple(NEEDS)
NEXT: Mapping[State, str] = {
    State.ANSWERED: "A second person must sign now.",
    State.ESCALATED: "On-call is told.",
    State.APPROVED: "It is signed; its owner is told.",
    State.REJECTED: "It is signed; its owner is told.",
    State.ASKED: "Its owner is asked.",
    State.SNOOZED: "It comes back by itself.",
}


def run(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """The review as it stands, with what the asker may press; who may is decided when it is pressed."""
    name = ask.words.partition(" ")[2].strip()
    if not name:
        raise Refused(f"Which review? Usage: `{USAGE}`; `/ssm reviews` lists them.")
    found = ledger.review(name.strip("`"))
    if found is None:
        said = f"I know no review “{text.clip(name, 60)}”. `/ssm reviews all` lists them, newest first."
        return Reply(said, (blocks.section(text.escape(text.visible(said))),), brief=True)
    return shown(found, ask)


def shown(review: Review, ask: Ask) -> Reply:
    """The card and every step."""
    message = card(review, ask.policy.practice)
    steps = tuple((blocks.context(said(step, 900)),) for step in review.steps)
    return Reply(f"{plainly(review)} {_who(review)}", message.blocks, steps, data=(_reviews.row(review, ask),))


def _who(review: Review) -> str:
    found = text.listed(list(dict.fromkeys(f.title for f in review.flag.findings)), 3)
    return f"{review.flag.who} on {review.flag.where}" + (f": {found}." if found else ".")


def acted(ask: Ask, ledger: Ledger, verb: Verb, name: str, turn: int) -> Outcome:
    """The outcome of a verb with what its form gave. Raises Refused where it may not be."""
    values = ask.values
    outcome = ledger.act(
        Move(
            name,
            verb,
            _reviews.person(ask),
            ask.now,
            turn,
            values.get("reason", "") if verb in NEEDS else "",
            values.get("ticket", "") if verb is Verb.MINE else "",
            until(values.get("until", ""), ask) if verb in ENDS else None,
            ask.now.isoformat() if verb is Verb.END else "",
        ),
        ask.policy.practice,
    )
    if outcome.why:
        raise Refused(outcome.why)
    return outcome


def until(day: str, ask: Ask) -> datetime | None:
    """Nine o'clock of that day in the asker's zone."""
    try:
        return datetime.combine(date.fromisoformat(day), time(9), times.zone(ask.user.zone))
    except ValueError:
        return None


def _pressed(verb: Verb) -> Callable[[Ask, Evidence, Ledger], Reply]:
    def press(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
        name, turn = _reviews.target(ask.words)
        return _told(acted(ask, ledger, verb, name, turn), verb, ask)

    return press


def _told(outcome: Outcome, verb: Verb, ask: Ask) -> Reply:
    review = outcome.review
    said_so = "You did that already" if outcome.again else "Recorded"
    plain = f"{said_so}: review {review.id} is {review.state}. {NEXT.get(review.state, '')}".strip()
    offer: Blocks = ()
    if verb is Verb.NOT_MINE and ends(review, ask.policy.practice):
        offer = (blocks.section("Shall I end the session now?"), *blocks.actions([act(Verb.END, review, "End the session")]))
    return Reply(plain, (blocks.section(text.escape(plain)), *offer), brief=True)


def _end(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """TerminateSession, and then the truth of it."""
    name, turn = _reviews.target(ask.words)
    end = ask.policy.practice.end
    if end is None:
        raise Refused("I may not end sessions here. An admin can give me a role for it: `COUNTERSIGN_TERMINATE_ROLE`.")
    review = acted(ask, ledger, Verb.END, name, turn).review
    try:
        ended = end(review.flag.session)
    except Unavailable as fault:
        ledger.act(Move(name, Verb.ENDED, CLOCK, ask.now, note=f"not verified: {fault}"), ask.policy.practice)
        raise
    verdict = _verdict(ended)
    flag = replace(review.flag, session=replace(review.flag.session, status=ended.state or review.flag.session.status))
    ledger.act(Move(name, Verb.ENDED, CLOCK, ask.now, note=verdict, flag=flag), ask.policy.practice)
    others = tuple((blocks.section(f"{_sessions.headline(s, {})}\n{_sessions.small(s, ask.now)}"),) for s in ended.others)
    also = f" This person has {text.plural(len(others), 'other live session')}." if others else " This person has no other live session."
    plain = f"{verdict} {REMOTE}{also}"
    body = (blocks.section(text.escape(plain)), *(block for entry in others[:20] for block in entry))
    return Reply(plain, body, brief=True)


def _verdict(ended: Ended) -> str:
    if ended.ended:
        return f"The session has ended: Session Manager shows it as {ended.state}."
    if not ended.state and not ended.why:
        return "Session Manager does not know this session any more, so it cannot be open."
    state = f" Session Manager still shows it as {ended.state}." if ended.state else ""
    return f"The session could not be seen to end.{state} {ended.why}".strip()


def _form(verb: Verb) -> Callable[[Ask, Ledger], View | None]:
    def make(ask: Ask, ledger: Ledger) -> View | None:
        name, turn = _reviews.target(ask.words)
        review = _reviews.known(name, ledger)
        trial = Move(name, verb, _reviews.person(ask), ask.now, turn, "?", until=ask.now + timedelta(days=1), key="trial")
        outcome = decide(review, trial, ask.policy.practice.on_call)
        if outcome.why:
            raise Refused(outcome.why)
        if outcome.again:
            return None
        return form(verb, review, ask.now)

    return make


def _check(verb: Verb) -> Callable[[Ask], Mapping[str, str]]:
    def check(ask: Ask) -> Mapping[str, str]:
        wrong = {}
        if not ask.values.get("reason", "").strip():
            wrong["reason"] = f"Please write {NEEDS[verb]}: the next person has nothing else to go by."
        if verb in ENDS:
            ends = until(ask.values.get("until", ""), ask)
            if ends is None or ends <= ask.now:
                wrong["until"] = "Choose a day that lies ahead."
        return wrong

    return check


def _more(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """What the menu's option stands for: `<verb> <id>:<turn>`."""
    verb, _, value = ask.words.partition(" ")
    name, _ = _reviews.target(value)
    if verb == "show":
        return shown(_reviews.known(name, ledger), ask)
    if verb == "export":
        if ask.role < Role.REVIEWER:
            raise Refused("The bundle of evidence is for a reviewer.")
        return export.run(replace(ask, words=f"export {name}"), evidence, ledger)
    if verb not in BUTTONS:
        raise Refused("That choice is from an older version of me. `/ssm reviews` shows what there is.")
    return BUTTONS[verb](replace(ask, words=value), evidence, ledger)


def _more_form(ask: Ask, ledger: Ledger) -> View | None:
    verb, _, value = ask.words.partition(" ")
    return FORMS[verb](replace(ask, words=value), ledger) if verb in FORMS else None


PRESSED = (*WITH_FORM, Verb.NOT_MINE, Verb.MORE_TIME, Verb.APPROVE, Verb.TAKE, Verb.AGREE)
BUTTONS: Mapping[str, Callable[[Ask, Evidence, Ledger], Reply]] = {**{v.value: _pressed(v) for v in PRESSED}, Verb.END.value: _end}
FORMS: Mapping[str, Callable[[Ask, Ledger], View | None]] = {v.value: _form(v) for v in WITH_FORM}

COMMAND = Command(
    "review",
    USAGE,
    "One review: what was flagged, who answered, who signed and when, with the buttons that fit its state.",
    ("/ssm review r2k7m4xq",),
    run,
    buttons={**BUTTONS, "more": _more},
    forms={**FORMS, "more": _more_form},
    checks={v.value: _check(v) for v in WITH_FORM},
)
