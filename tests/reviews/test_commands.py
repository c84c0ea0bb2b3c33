"""What people see and press: lists, Home, one decision for like sessions, and hostile words that stay words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.model import Level, Refused, Session
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.review.facts import CLOCK, Known, Move, Step
from bot.core.review.page import page
from bot.core.review.posts import posts
from bot.core.review.practice import Ended, Practice
from bot.core.review.steps import decide
from bot.core.review.table import TABLE, WHO, Hat, State, Verb
from bot.core.review.views import ON_CARD, TO_OWNER, card, form, letter
from bot.core.roles import Role, User
from tests.evidence import Fixed, Memory
from tests.payloads import faults
from tests.reviews.world import ANA, BEN, KNOWN, NOW, PRACTICE, RHEA, flag, move, review
from tests.test_every_command import BARE_ENTITY, texts

DESK = Desk(discover(commands))
HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<!channel>",
            "<https://evil.example.com|ok>",
            "`code` *b*",
            "&lt;",
            "\u202eexe",
            "\x1b]0;t\x07",
            "a" * 4000,
            "\ud800",
            " ",
            "<@U0BOSS001>",
        ]
    ),
    st.text(max_size=60),
)


def ask(words="", who=RHEA, practice=PRACTICE, **values):
    user = User(who.id, "somebody", "Europe/Lisbon", who.email, who.names, who.guest)
    return Ask(user, words, NOW, who.role, Policy(people={who.email: who.id}, practice=practice), "C0SEC", "slash", values)


def said(ledger, words, who=RHEA):
    return DESK.answer(ask(words, who), lambda _explain: Fixed(), ledger)


def pressed(ledger, action, value, who=RHEA, practice=PRACTICE, **values):
    return DESK.press(ask("", who, practice, **values), f"ssm:{action}", value, lambda _explain: Fixed(), ledger)


@pytest.fixture(name="ledger")
def _ledger():
    """Three like sessions of Ana's, answered with one reason; one of Ben's, asked; one signed."""
    ledger = Memory()
    for number in range(4):
        one = ledger.open_review(
            flag(session=f"ana.ferreira@example.com-{number:026}"), "#sec-flags", f"flag/{number}", KNOWN, PRACTICE, NOW
        )
        one = ledger.act(Move(one.id, Verb.MINE, ANA, NOW, 0, "deploy", "CHG-1"), PRACTICE).review
        if number == 3:
            ledger.act(Move(one.id, Verb.APPROVE, RHEA, NOW, 1), PRACTICE)
    ledger.open_review(
        flag(session="ben.okafor@example.com-749qsg4r3l79dygtkns0dnjvcc"), "#sec-flags", "flag/9", Known(BEN.id), PRACTICE, NOW
    )
    return ledger


@pytest.mark.parametrize(
    ("words", "who", "starts"),
    [
        pytest.param("reviews", RHEA, "4 reviews open.", id="open"),
        pytest.param("reviews all", RHEA, "5 reviews known.", id="all"),
        pytest.param("reviews mine", BEN, "1 review waiting for you.", id="mine"),
        pytest.param("reviews mine", ANA, "0 reviews waiting for you.", id="answered is not mine any more"),
        pytest.param("reviews all @U0ANAFERR1", RHEA, "4 reviews known.", id="of one person"),
        pytest.param("reviews overdue", RHEA, "0 reviews overdue.", id="overdue"),
        pytest.param("me", BEN, "1 review waits for you.", id="home of whoever must answer"),
        pytest.param("me", RHEA, "3 reviews you may sign.", id="home of a reviewer"),
    ],
)
def test_lists(ledger, words, who, starts):
    assert said(ledger, words, who).text.startswith(starts)


def test_the_month_in_numbers(ledger):
    assert "5 reviews opened; 4 answered (median 0 s); 1 signed (median 0 s); 4 waiting, 0 overdue." in said(ledger, "reviews").text


def test_one_decision_for_like_sessions(ledger):
    """Each is decided for itself by the same rules: what somebody else decided meanwhile is left alone, and said."""
    [button] = [e for b in said(ledger, "reviews").blocks if b["type"] == "actions" for e in b["elements"] if ":bulk:" in e["action_id"]]
    assert "Decide on 3" in button["text"]["text"]
    first = button["value"].split(",")[0].split(":")[0]
    ledger.act(Move(first, Verb.ESCALATE, RHEA, NOW, 1, "odd"), PRACTICE)
    ledger.act(Move(first, Verb.REJECT, RHEA, NOW, 1, "odd"), PRACTICE)
    view = DESK.form(ask(), "ssm:reviews:bulk:0", button["value"], ledger)
    assert [] == faults(view["blocks"], "modal")
    answer = pressed(ledger, "reviews:bulk", view["private_metadata"], decision="approve")
    assert "Recorded: 2 reviews approved, 1 refused." == answer.text
    assert 3 == sum(r.state is State.APPROVED for r in ledger.reviews(pending=False))


@pytest.mark.parametrize("who", [ANA, BEN, replace(ANA, role=Role.ADMIN)], ids=["the owner", "a viewer", "the owner, an admin"])
def test_a_bulk_decision_is_no_way_round(ledger, who):
    value = ",".join(f"{r.id}:{r.turn}" for r in ledger.reviews() if r.state is State.ANSWERED)
    assert "Recorded: 0 reviews approved, 3 refused." == pressed(ledger, "reviews:bulk", value, who, decision="approve").text
    assert 1 == sum(r.state is State.APPROVED for r in ledger.reviews(pending=False))


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        pytest.param({"reason": " ", "until": "2026-11-24"}, {"reason"}, id="no reason"),
        pytest.param({"reason": "x", "until": "2026-11-20"}, {"until"}, id="an end that is past"),
        pytest.param({"reason": "x", "until": "soon"}, {"until"}, id="no day"),
        pytest.param({"reason": "x", "until": "2026-11-24"}, set(), id="all well"),
    ],
)
def test_a_form_says_at_once_what_is_wrong(values, wrong):
    assert wrong == set(DESK.check(ask(**values), "ssm:review:snooze", "r1:0"))


def test_a_form_opens_only_for_whom_it_is(ledger):
    """Nobody types a reason in vain."""
    one = next(r for r in ledger.reviews() if r.owner.id == BEN.id)
    assert "Yes, it was me" == DESK.form(ask(who=BEN), "ssm:review:mine", f"{one.id}:0", ledger)["title"]["text"]
    with pytest.raises(Refused, match="Only <@U0BENOKAF1>"):
        DESK.form(ask(who=ANA), "ssm:review:mine", f"{one.id}:0", ledger)
    assert DESK.form(ask(), "ssm:review:approve", f"{one.id}:0", ledger) is None


def test_ending_is_off_until_it_is_configured(ledger):
    one = ledger.reviews()[0]
    with pytest.raises(Refused, match="COUNTERSIGN_TERMINATE_ROLE"):
        pressed(ledger, "review:end", f"{one.id}:{one.turn}", reason="odd")
    assert one == ledger.review(one.id)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        pytest.param(Ended("Terminated"), "The session has ended: Session Manager shows it as Terminated.", id="seen ended"),
        pytest.param(Ended("Connected", "I looked for 20 s after TerminateSession."), "could not be seen to end", id="still there"),
        pytest.param(Ended(""), "does not know this session any more", id="not known"),
        pytest.param(Ended("Terminated", others=(Session("ana-0e34861185201706f"),)), "1 other live session", id="with others"),
    ],
)
def test_what_is_said_of_an_end(ledger, ended, words):
    """Always that processes may go on; the verdict is in the history."""
    one = ledger.reviews()[0]
    asked = []
    practice = Practice(end=lambda session: asked.append(session.id) or ended)
    answer = pressed(ledger, "review:end", f"{one.id}:{one.turn}", practice=practice, reason="odd")
    assert words in answer.text
    assert "Processes that it started on the node may go on." in answer.text
    assert ([one.flag.session.id], [Verb.END, Verb.ENDED]) == (asked, [step.verb for step in ledger.review(one.id).steps[-2:]])


def test_every_button_on_a_message_is_in_the_table():
    """No state shows a verb that the table would refuse to everybody, and none of the bot's."""
    for shown in (ON_CARD, TO_OWNER):
        for state, verbs in shown.items():
            assert [] == [verb for verb in verbs if (state, verb) not in TABLE or Hat.BOT in WHO[verb]]


def sound(message):
    assert message.text.strip()
    assert [] == faults(message.blocks)
    for text in texts(list(message.blocks)):
        assert not BARE_ENTITY.search(text.replace("<!subteam^S0ONCALL01>", "")), text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(State), st.sampled_from(Level))
def test_hostile_words_are_only_words(name, reason, ticket, state, level):
    """In cards, letters, threads and forms, whoever wrote them."""
    plain = flag(level)
    finding = replace(plain.findings[0], title=name or "x", text=reason)
    session = replace(plain.session, owner=name, target=name, reason=reason)
    bad = replace(plain, session=session, node=name, findings=(finding,) * 3)
    step = Step(NOW, name, Verb.MINE, state, 0, reason, ticket)
    known = Known("U0ANAFERR1", name, "claimed")
    one = review(flag=bad, state=state, owner=known, reason=reason, ticket=ticket, answered_by=name, steps=(step,) * 9)
    practice = replace(PRACTICE, on_call=frozenset({"S0ONCALL01", name}), end=lambda _: Ended())
    sound(card(one, practice))
    sound(letter(one, practice))
    for verb in Verb:
        for post in posts(one, replace(step, verb=verb), practice):
            assert [] == faults(post.body["blocks"])
            assert "<!channel>" not in post.body["text"]
    for verb in (Verb.MINE, Verb.SNOOZE, Verb.END):
        assert [] == faults(form(verb, one, NOW)["blocks"], "modal")


def test_the_page_is_drawn_from_the_tables():
    assert all(f"`{verb}`" in page() for verb in Verb)
    assert all(state.value in page() for state in State)


def test_a_departed_reviewers_work_is_on_nobodys_desk(ledger):
    one = ledger.reviews()[0]
    taken = decide(one, Move(one.id, Verb.TAKE, RHEA, NOW, one.turn)).review
    assert RHEA.id == taken.reviewer
    assert "" == decide(taken, Move(one.id, Verb.HAND_ON, CLOCK, NOW + timedelta(days=1))).review.reviewer
    assert decide(taken, move(Verb.APPROVE, replace(RHEA, id="U0OTHER001"), turn=one.turn)).done
