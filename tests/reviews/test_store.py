"""Reviews on the store: whatever comes from however many threads, the history is legal, the chain holds, and nobody signs alone."""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.model import Refused
from bot.core.posts import Post, Sent
from bot.core.review.facts import CLOCK, Known, Move, Person
from bot.core.review.steps import decide
from bot.core.review.table import NEEDS, SECOND, TABLE, State, Verb
from bot.core.review.time import tick
from bot.core.roles import Role
from bot.store.ledger import Store
from tests.payloads import faults
from tests.reviews.world import ANA, BEN, KNOWN, NOW, OMAR, PRACTICE, RAJ, RHEA, flag
from tests.test_store import _postgres, _url  # noqa: F401 - the fixtures `postgres` and `url`

PEOPLE = (ANA, BEN, RHEA, RAJ, OMAR, CLOCK)
HUMAN = [verb for verb in Verb if verb not in (Verb.ASK, Verb.FLAG)]


@pytest.fixture(name="store")
def _store(url):
    store = Store(url, timedelta(days=7), lambda: NOW)
    yield store
    store.close()


def opened(store, known=KNOWN, which=None, at=NOW):
    return store.open_review(which or flag(), "#sec-flags", "flag/1", known, PRACTICE, at)


def shown(store, key):
    return store.post(key).body["text"], str(store.post(key).body["blocks"])


def test_a_flag_in_several_channels_tells_everywhere_where_its_review_stands(store):
    """The others name the channel that holds it, link to the message once that is posted, and follow every step."""
    cards = [
        Post(f"flag/{channel}/1", channel, channel, "text", {"text": "flag", "blocks": []}, window=f"flag {flag().id}")
        for channel in ("#a", "#b")
    ]
    store.raise_flag(flag(), cards, NOW)
    review = store.open_review(flag(), "#a", "flag/#a/1", KNOWN, PRACTICE, NOW)
    text, blocks = shown(store, "flag/#b/1")
    assert (True, True) == (text.endswith(f"Review {review.id} is asked."), "in #a" in blocks)
    assert "archives" not in blocks
    store.posted("flag/#a/1", Sent("C0A", "1763900000.000100"), 1, NOW)
    store.act(move(review, Verb.MINE, ANA), PRACTICE)
    signed = store.act(move(store.review(review.id), Verb.APPROVE, RHEA), PRACTICE)
    text, blocks = shown(store, "flag/#b/1")
    assert signed.done, signed.why
    assert text.endswith(f"Review {review.id} is approved.")
    assert "<https://slack.com/archives/C0A/p1763900000000100|in #a>" in blocks
    assert RHEA.id in blocks
    assert [] == faults(store.post("flag/#b/1").body["blocks"])


def move(review, verb, by, **more):
    facts = {"note": "deploy of CHG-1", "until": NOW + timedelta(days=1), "turn": None if by.bot else review.turn}
    return Move(review.id, verb, by, NOW, **{**facts, **more})


def legal(review):
    """Each step leads where the table says, from the state before it; nobody who owned or answered signed."""
    state, answered = State.OPEN, set()
    for step in review.steps:
        assert TABLE[state, step.verb] == step.state, (state, step)
        assert step.note or step.verb not in NEEDS
        if step.verb in SECOND:
            assert step.who not in {review.owner.id, *answered}
        answered |= {step.who} if step.verb is Verb.MINE else set()
        state = step.state
    assert state == review.state


def told(store, review):
    """The trail's account of a review: its verbs in order."""
    return [row["what"].removeprefix("review ") for row in store.story(review.id) if row["what"] not in ("review open", "review refused")]


def test_a_flag_opens_one_review_and_asks_its_owner(store):
    """The card for the channel and the letter to the owner wait in the outbox, in the same transaction."""
    review = opened(store)
    assert (State.ASKED, ANA.id) == (review.state, review.owner.id)
    assert {("flag/1", "#sec-flags"), (f"review/{review.id}/to/{ANA.id}/1", ANA.id)} == {(p.key, p.channel) for p in store.due()}
    assert review == opened(store)
    assert ["ask"] == told(store, review)


def test_without_an_owner_the_channel_is_asked(store):
    review = opened(store, Known("", "no way to know"))
    [card] = store.due()
    assert (State.OPEN, True) == (review.state, "I don't know who" in json.dumps(card.body["blocks"]))


def test_more_findings_on_a_session_join_its_review(store):
    """And where it was answered already, its owner is asked again."""
    review = opened(store)
    store.act(move(review, Verb.MINE, ANA), PRACTICE)
    again = opened(store, which=flag(flag().level, flag().session.id, replace(flag().findings[0], rule="other", line=9, title="Other")))
    assert (review.id, State.ASKED, 2) == (again.id, again.state, len(again.flag.findings))


def test_a_closed_review_stays_closed_for_the_same_flag(store):
    """What is found later opens another."""
    review = opened(store)
    store.act(move(review, Verb.REJECT, RHEA), PRACTICE)
    assert State.REJECTED is opened(store).state
    more = flag(flag().level, flag().session.id, replace(flag().findings[0], rule="other", line=9))
    other = opened(store, which=more, at=NOW + timedelta(minutes=3))
    assert other.id != review.id
    assert other == store.review(flag().session.id)


def test_every_step_is_in_the_trail_and_refusals_too(store):
    review = opened(store)
    store.act(move(review, Verb.APPROVE, BEN), PRACTICE)
    answered = store.act(move(review, Verb.MINE, ANA, note="key AKIAIOSFODNN7EXAMPLE secret"), PRACTICE).review
    store.act(move(answered, Verb.APPROVE, RHEA), PRACTICE)
    rows = store.story(review.id)
    assert ["open", "ask", "refused", "mine", "approve"] == [row["what"].removeprefix("review ") for row in rows]
    assert 0 == store.verify(store.head()).broken


def test_there_is_no_such_review(store):
    for name in ("r9999999", "' OR 1=1 --", "%", "\x00\ud800"):
        with pytest.raises(Refused, match="no such review"):
            store.act(replace(move(opened(store), Verb.TAKE, RHEA), review=name), PRACTICE)


def test_hostile_words_come_back_as_they_were(store):
    review = opened(store)
    reason = "<!channel> <https://evil.example.com|x> `*_~ \u202e '; DROP TABLE reviews; --"
    store.act(move(review, Verb.MINE, ANA, note=reason, ticket="\x00\ud800"), PRACTICE)
    assert reason == store.review(review.id).reason
    assert all("<!channel>" not in json.dumps(post.body, ensure_ascii=False) for post in store.due())


def test_two_reviewers_at_once(store):
    """Ten rounds: one is first, the other is told so; one signature, one line in the thread."""
    for number in range(10):
        review = opened(store, which=replace(flag(session=f"ana.ferreira@example.com-{number:026}")))
        answered = store.act(move(review, Verb.MINE, ANA), PRACTICE).review
        start = threading.Barrier(2)

        def sign(verb, by, answered=answered, start=start):
            start.wait()
            return store.act(move(answered, verb, by), PRACTICE)

        with ThreadPoolExecutor(2) as pool:
            outcomes = [f.result() for f in (pool.submit(sign, Verb.APPROVE, RHEA), pool.submit(sign, Verb.REJECT, RAJ))]
        assert 1 == sum(o.done for o in outcomes)
        [lost] = [o for o in outcomes if not o.done]
        assert f"<@{store.review(review.id).steps[-1].who}>" in lost.why
        legal(store.review(review.id))
    assert 0 == store.verify().broken


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(HUMAN), st.sampled_from(PEOPLE), st.integers(0, 2)), min_size=4, max_size=40))
def test_any_interleaving_leaves_a_legal_history(store, plan):
    """Verbs of six people from eight threads, with turns that are right, old or made up."""
    name = f"ana.ferreira@example.com-{secrets.token_hex(13)}"
    review = opened(store, which=flag(session=name))

    def work(part):
        for verb, by, lag in part:
            now = store.review(review.id)
            turn = None if by.bot else max(0, now.turn - lag)
            store.act(move(now, verb, by, turn=turn, key=str(random.random()) if verb is Verb.END else ""), PRACTICE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [plan[n::8] for n in range(8)]))
    after = store.review(review.id)
    legal(after)
    assert [step.verb.value for step in after.steps] == told(store, review)
    assert 0 == store.verify(store.head()).broken
    again = review
    for step in after.steps[1:]:  # what the trail and the row say, replayed by the table alone, is the same
        who = next(p for p in PEOPLE if p.id == step.who)
        again = decide(again, move(again, step.verb, who, key=step.key), PRACTICE.on_call).review
    assert (after.state, after.turn, len(after.steps)) == (again.state, again.turn, len(again.steps))


KILLED = """
import random, sys
from tests.reviews.test_store import *
store, seed = Store(sys.argv[1]), random.Random(int(sys.argv[2]))
print("ready", flush=True)
while True:
    review = opened(store, which=flag(session=f"ana.ferreira@example.com-{seed.randrange(3):026}"))
    verb, by = seed.choice(HUMAN), seed.choice(PEOPLE)
    outcome = store.act(move(review, verb, by, key=str(seed.random())), PRACTICE)
    if outcome.done:
        print(review.id, len(outcome.review.steps), flush=True)
"""


def test_a_kill_at_any_moment_leaves_no_half_step(url):
    """Killed five times while writing: review, trail and posts agree, and what was confirmed is there."""
    if url == "sqlite://":
        pytest.skip("what is in memory does not outlive a process")
    chance = random.Random(6)
    for number in range(5):
        root = Path(__file__).parents[2]
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, url, str(number)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        lines = [child.stdout.readline() for _ in range(chance.randrange(2, 12))]
        child.send_signal(signal.SIGKILL)
        confirmed = [*lines[1:], *child.stdout.read().splitlines(keepends=True)]
        child.wait()
        child.stdout.close()
        store = Store(url)
        for line in confirmed:
            if line.endswith("\n"):
                name, steps = line.split()
                assert int(steps) <= len(store.review(name).steps)
        keys = {post.key for post in store.due()}
        for review in store.reviews(pending=False):
            legal(review)
            assert [step.verb.value for step in review.steps] == told(store, review)
            spoken = [n for n, step in enumerate(review.steps, 1) if step.verb not in (Verb.ASK, Verb.REMIND)]
            assert {f"review/{review.id}/{n}" for n in spoken} <= keys
        assert 0 == store.verify().broken
        store.close()


@pytest.mark.parametrize("role", [Role.NOBODY, Role.VIEWER, Role.RESPONDER])
def test_a_forged_role_is_not_in_the_payload(store, role):
    """A role comes from the configuration; whoever has none changes nothing, whatever they press."""
    before = store.act(move(opened(store), Verb.MINE, ANA), PRACTICE).review
    for verb in HUMAN:
        outcome = store.act(move(before, verb, Person("U0MALLORY1", role)), PRACTICE)
        assert not outcome.done
    assert before == store.review(before.id)


def test_what_two_people_agreed_on_is_a_decision_of_the_team(store):
    """It is among the agreed ones until the review is opened again."""
    review = opened(store)
    for verb, by in ((Verb.MINE, ANA), (Verb.APPROVE, RHEA), (Verb.PROPOSE, ANA)):
        review = store.act(move(review, verb, by), PRACTICE).review
        assert () == store.agreed()
    review = store.act(move(review, Verb.AGREE, RAJ), PRACTICE).review
    assert (review,) == store.agreed()
    store.act(move(review, Verb.REOPEN, RHEA), PRACTICE)
    assert () == store.agreed()


def test_who_is_asked_again_gets_a_new_letter(store):
    """An edit of the old one would tell nobody."""
    review = opened(store)
    store.act(move(review, Verb.REJECT, RHEA), PRACTICE)
    again = store.act(move(store.review(review.id), Verb.REOPEN, RHEA), PRACTICE).review
    [due] = tick([again], NOW)
    asked = store.act(due.move(NOW), PRACTICE).review
    assert (State.ASKED, ANA.id) == (asked.state, asked.owner.id)
    assert {f"review/{review.id}/to/{ANA.id}/{n}" for n in (1, 2)} <= {post.key for post in store.due()}


def test_a_card_that_is_held_back_goes_on_waiting(store):
    """The hourly number of flags holds for reviewed ones too."""
    later = NOW + timedelta(hours=1)
    store.hold(Post("flag/1", "flags #sec-flags", "#sec-flags", "text", {"text": "x", "blocks": []}, after=later), NOW)
    opened(store)
    card = store.post("flag/1")
    assert (later, True) == (card.after, "Review" in card.body["text"])
