"""What holds for every command there is and will be: it explains itself, answers nothing gracefully, and survives hostile facts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.model import Document, Event, Hit, Kind, Node, Refused, Session, Stream, Unread
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.roles import Role, User
from queries.rulebook import load
from tests.evidence import Fixed, Memory
from tests.payloads import faults

NOW = datetime(2026, 11, 23, 21, 14, tzinfo=UTC)
ALL = discover(commands)
DESK = Desk(ALL)
ASKS = [pytest.param(example.removeprefix("/ssm "), id=example) for command in ALL.values() for example in command.examples]
BARE_ENTITY = re.compile(r"<(?!!date\^\d+\^[^<>|]*\|[^<>|]*>|https://[^<>|]*\|[^<>|]*>|@U[A-Z0-9]*>)")


@pytest.fixture(scope="module", name="rules")
def _rules():
    return load()


def ask(words, rules=None, role=Role.ADMIN, now=NOW):
    """An ask as an admin in Lisbon would make it."""
    ana = User("U0ANA", "ana", "Europe/Lisbon", "ana@example.com")
    return Ask(ana, words, now, role, Policy(rules=rules, people={"ana@example.com": "U0ANA"}), "C0SEC", "slash", {}, {"U0ANA": ana})


def texts(node):
    """Every mrkdwn text of a payload."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from texts(value)


def sound(message):
    """A message that Slack takes, with its meaning in the top-level text and nothing alive in it."""
    assert message.text.strip()
    assert [] == faults(message.blocks)
    assert len(message.blocks) <= 50
    for text in texts(list(message.blocks)):
        assert not BARE_ENTITY.search(text), text


@pytest.mark.parametrize("words", ASKS)
def test_every_example_answers_when_there_is_nothing(words, rules):
    try:
        message = DESK.answer(ask(words, rules), lambda _explain: Fixed(), Memory())
    except Refused as refused:
        assert re.match(r"I found no|There is no review", str(refused)), refused
    else:
        sound(message)


@pytest.mark.parametrize("words", ASKS)
def test_every_example_says_what_could_not_be_read(words, rules):
    """A part of the fleet that did not answer is in the top-level text, so nobody can take the rest for a clean bill."""
    evidence = Fixed(unread=(Unread("444455556666/us-east-1", "the role may not ssm:DescribeSessions"),))
    try:
        message = DESK.answer(ask(words, rules), lambda _explain: evidence, Memory())
    except Refused as refused:
        assert re.search(r"could not be read|There is no review", str(refused)), refused
    else:
        assert not evidence.asked or "Could not read 1 of 2 account-regions" in message.text
        sound(message)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_command_explains_itself(name):
    message = DESK.answer(ask(f"help {name}"), lambda _explain: Fixed(), Memory())
    assert ALL[name].about in message.text
    sound(message)


@pytest.mark.parametrize("words", ASKS)
def test_every_example_can_be_explained(words, rules):
    """`--explain` shows queries and hands out no rows."""
    message = DESK.answer(ask(words + " --explain", rules), lambda _explain: Fixed(), Memory())
    assert "nothing was asked" in message.text
    sound(message)


def test_every_command_is_in_the_overview():
    message = DESK.answer(ask("help"), lambda _explain: Fixed(), Memory())
    assert [] == [name for name in ALL if f"/ssm {name}" not in json.dumps(message.blocks)]


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking whole worlds takes minutes
HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<!channel>",
            "<https://evil.example.com|ok>",
            "`code` *b* _i_ ~s~",
            "&lt;",
            "\u202eexe",
            "'; DROP TABLE x; --",
            "\x1b]0;t\x07",
            "a" * 4000,
            "\ud800",
            "",
            " ",
        ]
    ),
    st.text(max_size=60),
)
TIMES = st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 23), timezones=st.just(UTC))
SESSIONS = st.builds(
    Session, id=HOSTILE, owner=HOSTILE, target=HOSTILE, started=st.none() | TIMES, ended=st.none() | TIMES, status=HOSTILE, document=HOSTILE,
    kind=st.sampled_from(Kind), reason=HOSTILE, access=HOSTILE, account=HOSTILE, region=HOSTILE, host=HOSTILE, port=HOSTILE, local_port=HOSTILE,
    source_ip=HOSTILE, user_agent=HOSTILE, mfa=st.none() | st.booleans(), error=HOSTILE, message=HOSTILE, via=HOSTILE, ended_by=HOSTILE, origin=HOSTILE,
)  # fmt: skip
EVENTS = st.builds(Event, id=HOSTILE, at=TIMES, source=HOSTILE, name=HOSTILE, actor=HOSTILE, source_ip=HOSTILE, error=HOSTILE)
WORLDS = st.builds(
    Fixed,
    sessions=st.lists(SESSIONS, max_size=40).map(tuple),
    trail=st.lists(EVENTS, max_size=15).map(tuple),
    papers=st.lists(
        st.builds(Document, name=HOSTILE, inputs=st.dictionaries(HOSTILE, HOSTILE, max_size=3), account=HOSTILE, region=HOSTILE), max_size=4
    ).map(tuple),
    names=st.dictionaries(HOSTILE, st.builds(Node, id=HOSTILE, name=HOSTILE), max_size=5),
    lines=st.lists(st.builds(Hit, session=HOSTILE, at=TIMES, text=HOSTILE, owner=HOSTILE), max_size=40).map(tuple),
    logs=st.lists(st.builds(Stream, session=HOSTILE, first=TIMES, last=TIMES, events=st.integers(0, 10**9)), max_size=30).map(tuple),
    body=st.binary(max_size=400) | HOSTILE.map(lambda t: b"sh-5.2$ " + t.encode("utf-8", "replace") + b"\r\r\n"),
    missing=st.just("") | HOSTILE,
    unread=st.lists(st.builds(Unread, HOSTILE, HOSTILE), max_size=8).map(tuple),
    note=HOSTILE,
)


@pytest.mark.parametrize("words", ASKS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICK)
@given(world=WORLDS)
def test_every_example_survives_hostile_facts(words, world, rules):
    memory = Memory()
    try:
        message = DESK.answer(ask(words, rules), lambda _explain: world, memory)
    except Refused as refused:
        assert str(refused)
        return
    sound(message)
    for token in memory.answers:
        pressed = DESK.press(ask(""), "ssm:desk:page:next", f"{token}:1", lambda _explain: world, memory)
        sound(pressed)
        sound(DESK.press(ask(""), "ssm:desk:share", f"{token}:0", lambda _explain: world, memory))


@settings(max_examples=60, deadline=None, phases=QUICK)
@given(words=st.text(max_size=80) | st.builds(lambda verb, rest: f"{verb} {rest}", st.sampled_from(sorted(ALL)), HOSTILE))
def test_any_words_get_an_answer_or_a_sentence(words, rules):
    try:
        message = DESK.answer(ask(words, rules), lambda _explain: Fixed(), Memory())
    except Refused as refused:
        assert str(refused)
    else:
        sound(message)


def test_a_live_session_is_read_aloud_whole():
    """The top-level text alone tells who, where and what."""
    session = Session(
        "ana-0e34861185201706f", "arn:aws:sts::111122223333:assumed-role/Ops/ana@example.com", "i-0abc1234def567890", NOW - timedelta(minutes=12),
        status="Connected", kind=Kind.TUNNEL, host="db.example.com", port="5432", account="111122223333", region="eu-west-1", origin="ssm",
    )  # fmt: skip
    world = Fixed((session,), names={"i-0abc1234def567890": Node("i-0abc1234def567890", "bastion-prod-1")})
    message = DESK.answer(ask("active"), lambda _explain: world, Memory())
    expected = "1 session is open: ana@example.com on bastion-prod-1 by tunnel to db.example.com:5432 (postgres)."
    assert expected == message.text
