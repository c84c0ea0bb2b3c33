"""What waits for whom, and one decision for one person's like sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core import blocks, text
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Span
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Block, Blocks, Reply, View
from bot.core.review.facts import Review
from bot.core.review.numbers import numbers, told
from bot.core.review.steps import who
from bot.core.review.table import State, Verb
from bot.core.review.time import overdue
from bot.core.review.views import modal, through
from bot.core.roles import Role
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _reviews, _words
from commands.review import acted

USAGE = "/ssm reviews [open|mine|overdue|all] [@person]"
TAKES = Takes(
    {"mention": "person", "email": "person", "word": "person"}, {}, dict.fromkeys(("open", "mine", "overdue", "all"), "which"), ""
)
MONTH = timedelta(days=30)
MOST_BULK = 40
SAID = {"open": "open", "mine": "waiting for you", "overdue": "overdue", "all": "known"}
WHICH: Mapping[str, Callable[[Review, Ask], bool]] = {
    "open": lambda review, _: not review.done,
    "mine": lambda review, ask: bool(_reviews.awaited([review], ask.user.id)),
    "overdue": lambda review, ask: overdue(review, ask.now, ask.policy.practice.zone),
    "all": lambda review, _: True,
}


def run(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """Reviews of a kind, the newest first; of one person if they are named."""
    args = _words.taken(ask, TAKES, USAGE)
    which, name = args.get("which", "open"), args.get("person", "").removeprefix("@").lower()
    every = ledger.reviews(pending=False)
    chosen = tuple(r for r in every if WHICH[which](r, ask) and _of(r, name))
    return view(chosen, every, which, ask)


def _of(review: Review, name: str) -> bool:
    """Whether a review is about a person: by Slack id, or by a part of the AWS name."""
    return name in {"", review.owner.id.lower(), review.answered_by.lower()} or name in review.flag.who.lower()


def view(chosen: Sequence[Review], every: Sequence[Review], which: str, ask: Ask) -> Reply:
    """How many, the month's numbers, each with its button, and the decision on several."""
    counted = f"{text.plural(len(chosen), 'review')} {SAID[which]}."
    month = told(numbers(every, Span(ask.now - MONTH, ask.now), ask.now, ask.policy.practice.zone))
    said = " ".join(filter(None, [counted, f"In 30 days: {month}" if month else ""]))
    head = (blocks.section(f"*{counted}*" + (f"\nIn 30 days: {text.escape(month)}" if month else "")),)
    data = tuple(_reviews.row(review, ask) for review in chosen)
    tail = _bulk(chosen) if ask.role >= Role.REVIEWER else ()
    return Reply(said, head, tuple(_reviews.item(review, ask) for review in chosen), tail, sheet("reviews", data), data)


def alike(reviews: Sequence[Review]) -> tuple[tuple[Review, ...], ...]:
    """Answered reviews of one owner with the same findings and the same reason: what may be decided together."""
    groups: dict[object, list[Review]] = defaultdict(list)
    for review in reviews:
        if review.state is State.ANSWERED and review.owner.id:
            rules = frozenset(finding.rule for finding in review.flag.findings)
            groups[review.owner.id, rules, review.reason, review.ticket].append(review)
    return tuple(tuple(group[:MOST_BULK]) for group in groups.values() if len(group) > 1)


def _bulk(chosen: Sequence[Review]) -> Blocks:
    def button(number: int, group: tuple[Review, ...]) -> Block:
        value = ",".join(f"{review.id}:{review.turn}" for review in group)
        return blocks.button(f"Decide on {len(group)} of {group[0].flag.who}", f"ssm:reviews:bulk:{number}", value)

    return blocks.actions([button(number, group) for number, group in enumerate(alike(chosen)[:5])])


def _form(ask: Ask, ledger: Ledger) -> View | None:
    reviews = [_reviews.known(name, ledger) for name, _ in _targets(ask.words)]
    listed = "\n".join(f"• {through(review)} · {text.code(review.id)}" for review in reviews[:20])
    reason = f"{who(reviews[0].answered_by)}: “{text.safe(reviews[0].reason, 500)}”"
    options = [{"text": blocks.plain(label, 75), "value": value} for label, value in (("Approve all", "approve"), ("Reject all", "reject"))]
    choice = {
        "type": "input",
        "block_id": "decision",
        "label": blocks.plain("Decision", 50),
        "element": {"type": "radio_buttons", "action_id": "decision", "options": options},
    }
    note = {
        "type": "input",
        "block_id": "reason",
        "label": blocks.plain("Note", 50),
        "optional": True,
        "element": {"type": "plain_text_input", "action_id": "reason", "multiline": True, "max_length": 1000},
        "hint": blocks.plain("Needed to reject.", 100),
    }
    body = (blocks.section(f"{len(reviews)} sessions, one reason\n{reason}"), blocks.section(listed), choice, note)
    return modal("ssm:reviews:bulk", "Decide together", ask.words, body)


def _check(ask: Ask) -> Mapping[str, str]:
    if ask.values.get("decision") not in ("approve", "reject"):
        return {"decision": "Choose one."}
    if ask.values["decision"] == "reject" and not ask.values.get("reason", "").strip():
        return {"reason": "Please write a note: the owner and an auditor read it."}
    return {}


def _decided(ask: Ask, _evidence: Evidence, ledger: Ledger) -> Reply:
    """Each decided for itself, by the same rules as one alone; what was refused is said."""
    verb = {"approve": Verb.APPROVE, "reject": Verb.REJECT}.get(ask.values.get("decision", ""))
    if verb is None:
        raise Refused("Choose whether to approve or to reject.")
    done, refused = 0, []
    for name, turn in _targets(ask.words):
        try:
            done += acted(replace(ask, words=name), ledger, verb, name, turn).done
        except Refused as why:
            refused.append(f"{text.code(name)}: {why}")
    plain = f"Recorded: {text.plural(done, 'review')} {'approved' if verb is Verb.APPROVE else 'rejected'}" + (
        f", {len(refused)} refused." if refused else "."
    )
    return Reply(plain, (blocks.section(plain), *(blocks.section(each) for each in refused[:20])), brief=True)


def _targets(value: str) -> list[tuple[str, int]]:
    return [_reviews.target(each) for each in value.split(",")[:MOST_BULK]]


COMMAND = Command(
    "reviews",
    USAGE,
    "Flagged sessions and where their reviews stand: what is open, what waits for you, what is overdue.",
    ("/ssm reviews", "/ssm reviews mine", "/ssm reviews overdue", "/ssm reviews all @ana"),
    run,
    buttons={"bulk": _decided},
    forms={"bulk": _form},
    checks={"bulk": _check},
)
