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
from bot.slack.hands import USES, Whisper
from bot.slack.people import People
from bot.slack.pool import Pool
from bot.slack.post import plain, sound
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


def test_progress_leaves_uses_for_the_end():
    now, posts = [0.0], Posts()
    hand = Whisper(Call("slash", "k", "U1", response_url="u"), posts, lambda: now[0])
    hand.asking()
    for step in range(20):
        now[0] += 10
        hand.progress(f"step {step}")
    hand.finish(Message("answer"))
    assert ["Asking…", "step 0", "step 1", "answer"] == [text for text, _ in posts.hooked]
    assert len(posts.hooked) < USES


def test_after_half_an_hour_nothing_goes_by_the_response_url():
    now, posts = [0.0], Posts()
    hand = Whisper(Call("slash", "k", "U1", response_url="u"), posts, lambda: now[0])
    hand.asking()
    now[0] = 29 * 60.0 + 1
    hand.finish(Message("answer"))
    assert (["Asking…"], ["answer"]) == ([text for text, _ in posts.hooked], posts.said)


def test_only_the_first_end_counts():
    posts = Posts()
    hand = Whisper(Call("slash", "k", "U1", response_url="u"), posts)
    hand.finish(Message("stopping"), private=True)
    hand.finish(Message("answer"))
    hand.progress("late")
    assert ["stopping"] == [text for text, _ in posts.hooked]


@given(st.text())
def test_plain_text_is_within_slacks_limits(text):
    made = plain(Message(text * 50))
    assert all(0 < len(block["text"]["text"]) <= 3000 for block in made.blocks)
    assert len(made.blocks) <= 50


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
