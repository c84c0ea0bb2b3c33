"""What Slack and people do to a bot: limits, errors, expiry, twice, all at once, hostile words, a stop in the middle."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pytest

from bot.core.reply import Message
from bot.slack import Wire, start
from bot.workspace.cast import ANA, BEN
from tests.slack.town import AUDIT, FORM, Meter, Office, Town, button, section, until


@pytest.fixture(autouse=True, name="quick_retries")
def _quick_retries(monkeypatch):
    """slack_sdk waits between attempts by time.sleep; the waits are counted, not slept."""
    waits = []
    monkeypatch.setattr("slack_sdk.http_retry.builtin_handlers.time.sleep", waits.append)
    monkeypatch.setattr("slack_sdk.http_retry.handler.time.sleep", waits.append)
    return waits


def test_a_429_is_waited_for_as_long_as_slack_says(town, quick_retries):
    """But not for the "Asking…" line: the question must not wait for it."""
    town.faults.add("429", "chat.postMessage", times=3, seconds=7)
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: active", town.direct)
    assert [7, 7] == [int(wait) for wait in quick_retries]


def test_a_500_on_the_way_posts_nothing_twice(town):
    """The "Asking…" line fails and is not repeated; the answer is posted once, as a message of its own."""
    town.faults.add("500", "chat.postMessage")
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: active", town.direct)
    assert 1 == len(town.direct())


def test_a_500_on_an_edit_is_tried_again(town):
    town.faults.add("500", "chat.update", times=2)
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: active", town.direct)
    assert 1 == len(town.direct())


def test_when_slack_does_not_say_who_asks_nobody_is_let_in(town):
    town.faults.add("500", "users.info", times=9)
    town.ask("active")
    town.heard("Slack did not tell me who you are")
    assert [] == town.office.asked


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param(({"type": "section", "text": {"type": "mrkdwn", "text": ""}},), id="an empty section"),
        pytest.param(({"type": "no_such_block"},), id="an unknown block"),
        pytest.param(tuple(section("x") for _ in range(51)), id="51 blocks"),
        pytest.param((button("a"), button("b")), id="a block_id twice"),
    ],
)
@pytest.mark.parametrize("way", ["command", "direct"])
def test_an_answer_with_a_bad_block_arrives_as_plain_text(town, blocks, way):
    town.office.messages["bad"] = Message("the whole meaning", blocks)
    if way == "command":
        town.ask("bad")
    else:
        town.say("bad", channel=town.workspace.direct(ANA.id).id)
    answer = town.heard("the whole meaning", town.whispers if way == "command" else town.direct)
    assert "the whole meaning" in json.dumps(answer.blocks)


@pytest.mark.parametrize("way", ["said", "edited"])
@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Message("é&" * 6_000), id="text alone"),
        pytest.param(Message("é&" * 6_000, (section("é&" * 500),)), id="blocks"),
        pytest.param(Message("é&" * 15_000, ({"type": "no_such_block"},)), id="a bad block"),
    ],
)
def test_a_long_text_in_direct_messages_is_not_refused(town, message, way):
    """Said anew where the "Asking…" line failed, else in its place, where Slack takes 4,000 bytes of text."""
    town.office.messages["long"] = message
    if way == "said":
        town.faults.add("500", "chat.postMessage")
    town.say("long", channel=town.workspace.direct(ANA.id).id)
    answer = town.heard("é&é&", town.direct)
    assert "é&é&" in (json.dumps(answer.blocks, ensure_ascii=False) if answer.blocks else answer.text)
    assert [] == [error for _, error in town.meter.errors if "too_long" in error]


def test_a_very_long_text_stays_within_slacks_limits(town):
    town.office.messages["bad"] = Message("x" * 39_000, ({"type": "no_such_block"},))
    town.ask("bad")
    answer = town.heard("xxx")
    assert 13 == len(answer.blocks)


@pytest.mark.usefixtures("every_answer_is_slow")
def test_past_the_life_of_a_response_url_the_answer_goes_on_as_a_direct_message(town):
    town.ask("wait")
    town.heard("Asking…")
    town.late = 31 * 60
    town.office.gate.set()
    town.heard("ana.ferreira: wait", town.direct)
    assert ("response_url", "expired_url") in town.meter.errors


@pytest.mark.usefixtures("every_answer_is_slow")
def test_a_dead_response_url_is_no_lost_answer(town):
    town.ask("wait")
    town.heard("Asking…")
    town.workspace.hooks.clear()
    town.office.gate.set()
    town.heard("ana.ferreira: wait", town.direct)


def test_an_expired_trigger_is_explained(town):
    """The trigger is three seconds old before the form can be opened."""
    show = town.bot.front.post.show

    def late(trigger, view):
        town.late += 5
        return show(trigger, view)

    town.bot.front.post.show = late
    town.act("shortcut", callback_id="ssm:ask")
    assert "expired_trigger_id" in town.heard("gave me no time", town.direct).text


@pytest.mark.parametrize("kind", ["slash_commands", "interactive"])
def test_what_slack_delivers_twice_is_done_once(town, kind):
    town.office.messages["audit"] = Message("many", (section("many"), button("ssm:session:ask")))
    if kind == "slash_commands":
        town.faults.add("twice", kind)
    town.ask("audit")
    answer = town.heard("many")
    if kind == "interactive":
        town.faults.add("twice", kind)
        town.press(answer, "ssm:session:ask")
        town.heard("pressed")
    town.ask("last", BEN.id)
    town.heard("last", lambda: town.whispers(BEN.id))
    assert (1, 0 if kind == "slash_commands" else 1) == (len([a for a in town.office.asked if a[1] == "audit"]), len(town.office.pressed))


def test_an_event_that_slack_sends_again_is_answered_once(town):
    town.faults.add("late_ack", "events_api", times=2)
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: active", town.direct)
    town.say("last", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: last", town.direct)
    assert ["active", "last"] == [words for _, words, _ in town.office.asked]


def test_200_at_once_are_all_acknowledged_and_answered():
    town = Town(workers=16, waiting=256)
    try:
        threads = [threading.Thread(target=town.ask, args=(f"active {number}",)) for number in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wanted = {f"ana.ferreira: active {number}" for number in range(200)}
        until(lambda: wanted == {item.text for item in town.whispers()}, what="200 answers")
    finally:
        town.close()
    assert 200 == len(town.meter.acks)
    assert [] == town.meter.errors


@pytest.mark.usefixtures("every_answer_is_slow")
def test_a_full_house_says_how_many_are_in_hand():
    town = Town(workers=1, waiting=1)
    try:
        for number in range(3):
            town.ask(f"wait {number}")
            town.heard("Asking…")
            until(lambda n=number: town.bot.front.work.held == min(2, n + 1))
        town.heard("I have 2 questions in hand. Please try again in a minute.")
        town.office.gate.set()
        until(lambda: 2 == len([item for item in town.whispers() if "ana.ferreira: wait" in item.text]))
    finally:
        town.close()


@pytest.mark.usefixtures("every_answer_is_slow")
def test_a_stop_finishes_what_is_in_hand(town):
    town.ask("wait")
    town.heard("Asking…")
    until(lambda: town.office.asked)
    stopped = []
    thread = threading.Thread(target=lambda: stopped.append(town.bot.stop(10)))
    thread.start()
    until(lambda: "stopping" == town.bot.ready() or None)
    town.office.gate.set()
    thread.join()
    assert [0] == stopped
    assert ["ana.ferreira: wait"] == [item.text for item in town.whispers()]


def test_a_stop_tells_those_whom_it_could_not_answer(town):
    for number in range(6):
        town.ask(f"wait {number}")
    until(lambda: 6 == town.bot.front.work.held)
    assert 6 == town.bot.stop(0.3)
    assert {"I am being restarted and could not finish this. Please ask again in a minute."} == {item.text for item in town.whispers()}
    town.office.gate.set()
    until(lambda: not town.bot.front.work.held)
    assert 6 == len([item for item in town.whispers() if "restarted" in item.text])


HOSTILE = [
    "<!channel> <!here> <@U0BENOKAF1>",
    "*bold* `code` ```fence``` _x_ ~y~",
    "<https://evil.example.com|click me>",
    "\u202etxt.exe \u200b\ufeff",
    "\ud800 lone",
    "nul \x00 bell \x07 esc \x1b[31m",
    "'; DROP TABLE trail; -- \" \\ %s {0} ${x}",
    "x" * 8000,
    "",
    "   ",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{n}" for n in range(len(HOSTILE))])
def test_whatever_is_said_gets_an_answer(town, text):
    """The words reach the office as typed; whatever it says back arrives, whole or as plain text."""
    town.office.messages[text.split(" ")[0]] = Message(f"{text} end", (section(f"{text} end"),))
    town.bot.front.take(_call(town, text))
    assert until(lambda: any("end" in item.text + json.dumps(item.blocks) for item in town.direct()))


def _call(town, text):
    from bot.slack.words import Call

    return Call("message", f"key {time.monotonic()}", ANA.id, town.workspace.team.id, town.workspace.direct(ANA.id).id, words=text)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param("not-the-token", "SLACK_BOT_TOKEN", id="bot token"),
        pytest.param("", "SLACK_APP_TOKEN", id="app token"),
    ],
)
def test_a_token_that_slack_does_not_accept_is_named(town, error, sentence):
    from bot.core.model import Refused

    app = town.workspace.app
    wire = Wire(f"xoxb-{error}" if error else app.bot_token, "xapp-wrong", api_url=town.api_url)
    with pytest.raises(Refused, match=sentence):
        start(wire, Office(), Meter())


def test_a_slack_that_is_unwell_at_start_is_waited_for(town, monkeypatch):
    waits = []
    monkeypatch.setattr("bot.slack.running.who_am_i.__defaults__", (waits.append,))
    town.faults.add("500", "auth.test", times=2)
    town.faults.add("429", "auth.test", seconds=4)
    running = start(town.wire, Office(), Meter())
    running.stop(1)
    assert (3, 4.0) == (len(waits), max(waits))


def test_a_slack_that_stays_away_is_a_sentence(monkeypatch):
    from bot.core.model import Unavailable

    monkeypatch.setattr("bot.slack.running.who_am_i.__defaults__", (lambda _: None,))
    with pytest.raises(Unavailable, match="SLACK_API_URL"):
        start(Wire("xoxb-x", "xapp-x", api_url="http://127.0.0.1:9/api/", patience=3), Office(), Meter())


def test_the_form_is_a_view_that_slack_takes(town):
    town.act("shortcut", callback_id="ssm:ask")
    until(lambda: [v for v in town.workspace.views.copy().values() if v.json.get("callback_id") == FORM["callback_id"]])


def test_groups_are_asked_once_and_kept():
    town = Town(groups=frozenset({"@oncall", "S0REVIEWR1", "@nobody"}))
    try:
        calls = []
        listed = town.bot.front.people._client.usergroups_users_list
        town.bot.front.people._client.usergroups_users_list = lambda **k: calls.append(k) or listed(**k)
        for number in range(3):
            town.ask(f"active {number}", "U0OMARHAD1")
            town.heard(f"active {number}", lambda: town.whispers("U0OMARHAD1"))
        assert {frozenset({"@oncall", "S0REVIEWR1"})} == {who.groups for who, _, _ in town.office.asked}
        assert 2 == len(calls)
    finally:
        town.close()


def test_unreadable_groups_let_nobody_in():
    town = Town(groups=frozenset({"@oncall"}))
    try:
        town.faults.add("500", "usergroups.list", times=9)
        town.ask("active")
        town.heard("Slack did not tell me who is in the user groups")
    finally:
        town.close()


def test_a_channel_that_others_read_is_answered_aside(town):
    from bot.slack.words import Call

    ts = town.say("hello")
    call = Call("mention", "k", ANA.id, town.workspace.team.id, AUDIT, ts, words="active", shared=True)
    town.bot.front.take(call)
    town.heard("ana.ferreira: active")
    assert [] == town.said()


def test_a_revoked_token_makes_the_bot_unready(town):
    app = town.workspace.app
    town.workspace.app = replace(app, bot_token="xoxb-another")
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    assert "invalid_auth" in until(town.bot.ready)
    town.workspace.app = app
    town.ask("active")
    town.heard("ana.ferreira: active")
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    until(lambda: "" == town.bot.ready())
