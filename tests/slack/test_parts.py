"""The parts by themselves: payloads, proxies, pools, memory of deliveries, hands past their budget."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.reply import Message
from bot.slack import payloads
from bot.slack.client import clients, loopback
from bot.slack.front import Seen
from bot.slack.hands import PATIENCE, USES, Whisper, later
from bot.slack.people import People
from bot.slack.pool import Pool
from bot.slack.post import IN_BLOCKS, LONGEST, SECTION, editable, plain, shortened, sound
from bot.slack.words import Call, Wire

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["user", "team", "view", "state", "values", "actions", "event", "message", "container", "channel", "type", "text", "id", "authorizations",
     "user_id", "selected_option", "selected_options", "callback_id", "thread_ts"]
)  # fmt: skip
BODIES = st.dictionaries(KEYS, st.recursive(JSON, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=10), max_size=6)


@settings(max_examples=60)
@given(BODIES)
def test_any_payload_parses_to_a_call(body):
    """Foreign data is never whole, and never of the promised type."""
    for parse in (payloads.slash, payloads.event, payloads.press, payloads.view, payloads.shortcut):
        call = parse(body)
        assert all(isinstance(field, str) for field in (call.user_id, call.team_id, call.channel_id, call.words, call.value, call.key))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("<@U0BOT> audit 7d", "audit 7d", id="in front"),
        pytest.param("audit <@U0BOT> 7d", "audit 7d", id="in the middle"),
        pytest.param("<@U0BOT|countersign> who <@U0ALICE>", "who <@U0ALICE>", id="another's name stays"),
        pytest.param("<@U0ALICE> <@U0BOT>", "<@U0ALICE>", id="at the end"),
        pytest.param("search 24h &lt;script&gt;", "search 24h &lt;script&gt;", id="Slack's escapes stay"),
    ],
)
def test_a_mention_is_taken_out_of_the_words(text, words):
    body = {"authorizations": [{"user_id": "U0BOT"}], "event": {"type": "app_mention", "text": text}}
    assert words == payloads.event(body).words


def test_without_authorizations_the_leading_mention_is_the_bots():
    assert "audit <@U2>" == payloads.event({"event": {"type": "app_mention", "text": "<@U1> audit <@U2>"}}).words


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8080/api/", True),
        ("http://[::1]:1/", True),
        ("ws://localhost:3/x", True),
        ("https://slack.com/api/", False),
        ("http://127.0.0.1.example.com/", False),
    ],
)
def test_loopback_is_told_from_the_world(url, here):
    assert here is loopback(url)


def test_a_proxy_never_takes_loopback_calls(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    near = clients(Wire("xoxb-x", api_url="http://127.0.0.1:1/api/"))
    far = clients(Wire("xoxb-x"))
    assert (None, None) == (near.steady.proxy, near.hook("http://127.0.0.1:1/actions/x").proxy)
    assert "http://proxy.example.com:3128" == far.once.proxy == far.hook("https://hooks.slack.com/x").proxy


def test_tokens_are_not_in_repr():
    assert "xoxb" not in repr(Wire("xoxb-x", "xapp-x", "secret"))
    assert "secret" not in repr(Wire("xoxb-x", "xapp-x", "secret"))


def test_a_delivery_is_known_for_an_hour():
    now = [0.0]
    seen = Seen(lambda: now[0])
    assert [True, False] == [seen.first("a"), seen.first("a")]
    now[0] = 3601.0
    assert seen.first("a")
    assert [True, True] == [seen.first(""), seen.first("")]


class Work:
    def __init__(self, gate=None):
        self.gate, self.ran, self.told = gate, threading.Event(), threading.Event()

    def run(self):
        if self.gate:
            self.gate.wait(5)
        self.ran.set()

    def abandon(self):
        self.told.set()


def test_a_pool_says_no_when_it_is_full_or_closed():
    gate = threading.Event()
    pool, jobs = Pool("t", 1, 1), [Work(gate) for _ in range(4)]
    assert [True, True, False] == [pool.submit(job) for job in jobs[:3]]
    gate.set()
    assert 0 == pool.drain(5)
    assert not pool.submit(jobs[3])


def test_a_job_that_raises_does_not_end_its_worker():
    class Broken(Work):
        def run(self):
            raise OSError

    pool, work = Pool("t", 1, 4), Work()
    assert pool.submit(Broken())
    assert pool.submit(work)
    assert work.ran.wait(5)
    assert 0 == pool.drain(5)


class Posts:
    """Counts the uses of a response_url."""

    def __init__(self):
        self.hooked, self.said = [], []

    def hook(self, url, message, **how):
        self.hooked.append((message.text, how))
        return True

    def direct(self, user):
        return "D1"

    def say(self, channel, message, thread_ts=""):
        self.said.append(message.text)


class Later:
    """What was asked for in so many seconds, done when the test says so."""

    def __init__(self):
        self.waiting = []

    def __call__(self, seconds, work):
        self.waiting.append((seconds, work))
        return self.waiting.clear

    def come(self):
        for _, work in list(self.waiting):
            work()


def whisper(kind="slash", now=lambda: 0.0):
    posts, later = Posts(), Later()
    return Whisper(Call(kind, "k", "U1", response_url="u"), posts, now, later), posts, later


def test_a_quick_answer_is_the_only_word():
    hand, posts, later = whisper()
    hand.asking()
    hand.progress("Reading 1 of 2 accounts…")
    hand.finish(Message("answer"))
    later.come()
    assert [("answer", False)] == [(text, how["replace_original"]) for text, how in posts.hooked]


@pytest.mark.parametrize("kind", ["slash", "shortcut", "ask"])
def test_a_slow_answer_has_one_line_before_it(kind):
    """However much happens on the way: nobody knows whether a second line would take the place of the first."""
    hand, posts, later = whisper(kind)
    hand.asking()
    assert [PATIENCE] == [seconds for seconds, _ in later.waiting]
    hand.progress("Reading 1 of 2 accounts…")
    later.come()
    for step in range(20):
        hand.progress(f"step {step}")
    hand.finish(Message("answer"))
    said = [(text, how["replace_original"]) for text, how in posts.hooked]
    assert [("Reading 1 of 2 accounts… The answer follows below.", False), ("answer", kind == "slash")] == said


def test_a_line_that_could_not_be_sent_is_not_replaced():
    hand, posts, later = whisper()
    posts.hook = lambda url, message, **how: posts.hooked.append((message.text, how)) or "answer" == message.text
    hand.asking()
    later.come()
    hand.finish(Message("answer"))
    assert [False, False] == [how["replace_original"] for _, how in posts.hooked]


def test_the_answer_never_overtakes_the_line_before_it():
    """It ends while the line is on its way to Slack: the line arrives first, then the answer in its place."""
    hand, posts, later = whisper()
    sending, arrived = threading.Event(), threading.Event()

    def slow(url, message, **how):
        if not posts.hooked and not sending.is_set():
            sending.set()
            assert not ended.wait(0.05)
        posts.hooked.append((message.text, how))
        return True

    ended = threading.Event()
    posts.hook = slow
    hand.asking()
    line = threading.Thread(target=lambda: (later.come(), arrived.set()))
    line.start()
    assert sending.wait(5)
    hand.finish(Message("answer"))
    ended.set()
    line.join(5)
    assert ["Asking… The answer follows below.", "answer"] == [text for text, _ in posts.hooked]
    assert arrived.is_set()


def test_without_a_thread_to_wait_in_the_question_goes_on():
    def none(seconds, work):
        raise RuntimeError("can't start new thread")

    posts = Posts()
    hand = Whisper(Call("slash", "k", "U1", response_url="u"), posts, after=none)
    hand.asking()
    hand.finish(Message("answer"))
    assert ["answer"] == [text for text, _ in posts.hooked]


def test_later_can_be_prevented():
    done = threading.Event()
    prevented = later(0.01, lambda: pytest.fail("it was prevented"))
    prevented()
    later(0.01, done.set)
    assert done.wait(5)


def test_a_press_is_told_once_how_far_it_is():
    now = [0.0]
    hand, posts, later = whisper("press", lambda: now[0])
    hand.asking()
    for step in range(20):
        now[0] += 10
        hand.progress(f"step {step}")
    hand.finish(Message("answer"))
    assert ([], ["step 0", "answer"]) == (later.waiting, [text for text, _ in posts.hooked])
    assert len(posts.hooked) < USES


def test_after_half_an_hour_nothing_goes_by_the_response_url():
    now = [0.0]
    hand, posts, later = whisper(now=lambda: now[0])
    hand.asking()
    later.come()
    now[0] = 29 * 60.0 + 1
    hand.finish(Message("answer"))
    assert (1, ["answer"]) == (len(posts.hooked), posts.said)


def test_only_the_first_end_counts():
    posts = Posts()
    hand = Whisper(Call("slash", "k", "U1", response_url="u"), posts)
    hand.finish(Message("stopping"), private=True)
    hand.finish(Message("answer"))
    hand.progress("late")
    assert ["stopping"] == [text for text, _ in posts.hooked]


def test_plain_text_says_where_it_is_cut():
    whole = "x" * LONGEST
    assert ("…", "x" * SECTION) == (plain(Message(whole)).blocks[-1]["text"]["text"][-1], plain(Message(whole)).blocks[0]["text"]["text"])
    assert IN_BLOCKS == sum(len(block["text"]["text"]) for block in plain(Message(whole)).blocks)
    assert LONGEST == sum(len(block["text"]["text"]) for block in plain(Message(whole), LONGEST).blocks)


def test_a_long_text_without_blocks_is_shown_in_sections_when_it_is_edited():
    made = editable(Message("é" * 3_000))
    assert ("é" * 3_000, True) == ("".join(block["text"]["text"] for block in made.blocks), len(made.text.encode()) <= 4_000)
    kept = Message("é" * 2_000)
    assert kept == editable(kept)


@given(st.text())
def test_plain_text_is_within_slacks_limits(text):
    made = plain(Message(text * 50))
    assert all(0 < len(block["text"]["text"]) <= 3000 for block in made.blocks)
    assert len(made.blocks) <= 50


def escaped(text):
    return len(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode())


@given(st.text(st.sampled_from("a&<>é€😀\n") | st.characters(categories=("L", "S"))), st.integers(1, 900), st.integers(10, 60))
def test_a_shortened_text_has_slacks_bytes(text, times, most):
    """Cut between characters; what fits is left as it is, and no more is cut than need be."""
    made = shortened(text * times, most)
    assert escaped(made) <= most
    if escaped(text * times) <= most:
        assert text * times == made
    else:
        assert made.endswith("…")
        assert (text * times).startswith(made.removesuffix("…"))
        assert escaped(made) > most - 5


@pytest.mark.parametrize("most", range(8, 30))
def test_an_entity_is_not_cut_in_two(most):
    assert "" == shortened("&amp;&lt;" * 10, most).removesuffix("…").replace("&amp;", "").replace("&lt;", "")


@given(st.text(st.characters(categories=("Cs", "Ll"))))
def test_what_is_sent_is_utf8(text):
    assert isinstance(sound({"a": [text]})["a"][0].encode(), bytes)


class Client:
    """Answers users.info with the same user."""

    def __init__(self, user):
        self._user = user

    def users_info(self, user):
        return {"user": self._user}


@pytest.mark.parametrize(
    ("user", "team", "strange"),
    [
        pytest.param({"team_id": "T1"}, "T1", False, id="of our team"),
        pytest.param({"team_id": "T1", "is_stranger": True}, "T1", True, id="Slack says so"),
        pytest.param({"team_id": "T2"}, "T2", True, id="of another team"),
        pytest.param({"team_id": "T1"}, "T2", True, id="by way of another team"),
        pytest.param({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, "T2", False, id="of another team of our organization"),
        pytest.param({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, "T2", True, id="of another organization"),
        pytest.param({"team_id": "T1", "deleted": True}, "T1", True, id="gone"),
        pytest.param({"team_id": "T1", "is_bot": True}, "T1", True, id="a bot"),
        pytest.param({}, "T1", True, id="unknown to Slack"),
    ],
)
def test_strangers(user, team, strange):
    people = People(SimpleNamespace(steady=Client(user)), {"team_id": "T1", "enterprise_id": "E1"}, frozenset())
    assert strange is people.asker(Call("slash", "k", "U1", team)).is_stranger


def test_an_organization_without_an_id_makes_nobody_ours():
    people = People(
        SimpleNamespace(steady=Client({"team_id": "T2", "enterprise_user": {"enterprise_id": ""}})), {"team_id": "T1"}, frozenset()
    )
    assert people.asker(Call("slash", "k", "U1", "T2")).is_stranger
