"""Words as phones, Slack and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import words
from bot.core.model import Refused
from bot.core.words import Takes, Token

AUDIT = Takes({"span": "span", "node": "node", "mention": "person"}, {"denied": False, "actor": True}, {"linux": "platform"}, "word")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("audit 7d —denied", {"span": "7d", "denied": "yes"}, id="a phone's dash"),
        pytest.param("audit -denied 7d", {"span": "7d", "denied": "yes"}, id="one hyphen, other order"),
        pytest.param("audit --actor='x y'", {"actor": "x y"}, id="a quoted value"),
        pytest.param("audit --actor “x y” today", {"actor": "x y", "span": "today"}, id="smart quotes, value apart"),
        pytest.param("AUDIT i-0abc1234def567890", {"node": "i-0abc1234def567890"}, id="a node"),
        pytest.param("audit LINUX", {"platform": "linux"}, id="a choice in capitals"),
        pytest.param("audit bastion prod", {"word": "bastion prod"}, id="free words join"),
    ],
)
def test_words_are_known_by_their_shape(typed, expected):
    read = words.read(typed)
    assert ("audit", expected) == (read.verb, words.take(read, AUDIT, "/ssm audit"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("audit --deny", "I don't know `--deny`", id="unknown flag"),
        pytest.param("audit --actor", "needs a value", id="a flag without its value"),
        pytest.param("audit 7d 24h", "both given as span", id="two spans"),
    ],
)
def test_a_word_that_does_not_belong_is_named(typed, said):
    with pytest.raises(Refused, match=said):
        words.take(words.read(typed), AUDIT, "/ssm audit")


@pytest.mark.parametrize(
    ("typed", "token"),
    [
        pytest.param("search /rm -rf/", Token("regex", "rm -rf"), id="a pattern with a space"),
        pytest.param("search /etc/shadow", Token("word", "/etc/shadow"), id="a path is no pattern"),
        pytest.param('search "7d"', Token("quoted", "7d"), id="quotes make text of anything"),
        pytest.param("search 2001:db8::1", Token("ip", "2001:db8::1"), id="IPv6"),
        pytest.param("search 111122223333", Token("account", "111122223333"), id="an account"),
        pytest.param("search ana@example.com", Token("email", "ana@example.com"), id="an e-mail"),
    ],
)
def test_a_token_has_a_shape(typed, token):
    assert (token,) == words.read(typed).tokens


@pytest.mark.parametrize(
    ("slack", "plain"),
    [
        pytest.param("who <@U0123ABCD|ana> 7d", "who @U0123ABCD 7d", id="a mention with its name"),
        pytest.param("who <@U0123ABCD>", "who @U0123ABCD", id="a mention without"),
        pytest.param("search &lt;script&gt; &amp;&amp;", "search <script> &&", id="entities once"),
        pytest.param("search &amp;lt;", "search &lt;", id="never twice"),
        pytest.param("session <mailto:a@example.com|a@example.com>-0e3", "session a@example.com-0e3", id="an e-mail that Slack linked"),
        pytest.param("search <http://example.com|example.com>", "search example.com", id="a link"),
    ],
)
def test_slack_is_undone(slack, plain):
    assert plain == words.unslack(slack)


@given(st.text(max_size=200))
def test_any_line_can_be_read(line):
    read = words.read(line)
    try:
        words.take(read, AUDIT, "/ssm audit")
    except Refused as refused:
        assert str(refused)
