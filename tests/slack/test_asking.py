"""Every way to ask, on unmodified Bolt over a real WebSocket against the strict workspace."""

from __future__ import annotations

import pytest

from bot.core.reply import Message
from bot.workspace.cast import ANA, GIL, RHEA, STRANGER
from tests.slack.town import AUDIT, CSV, PLATFORM, PRIVATE, button, section, until


@pytest.fixture(params=["replaced", "posted anew"], name="world")
def _world(request, town):
    """Slack as its pages may be read, and as people report it (bolt-js #2287, bolt-python #1268)."""
    if request.param == "posted anew":
        town.faults.add("no_replace")
    return request.param


@pytest.mark.usefixtures("every_answer_is_quick", "world")
def test_a_quick_answer_to_a_command_is_one_message(town):
    town.ask("active")
    town.heard("ana.ferreira: active")
    assert ["ana.ferreira: active"] == [item.text for item in town.whispers()]


@pytest.mark.usefixtures("every_answer_is_slow")
def test_a_slow_answer_to_a_command_takes_the_place_of_its_line_or_stands_below(town, world):
    line = "Reading 1 of 2 accounts… The answer follows below."
    town.ask("far")
    town.heard("The answer follows below.")
    town.office.gate.set()
    town.heard("ana.ferreira: far")
    texts = [item.text for item in town.whispers()]
    assert "ana.ferreira: far" == texts[-1]
    assert {"replaced": 1, "posted anew": 2}[world] == len(texts)
    assert world == "replaced" or texts[0] in {line, "Asking… The answer follows below."}


@pytest.mark.usefixtures("every_answer_is_quick", "world")
def test_a_quick_public_answer_leaves_nothing_with_the_asker(town):
    town.office.messages["digest"] = Message("for all", (section("for all"),), public=True)
    town.ask("digest")
    town.heard("for all", town.said)
    assert [] == town.whispers()


@pytest.mark.usefixtures("every_answer_is_slow")
def test_a_slow_public_answer_takes_the_line_away_where_slack_lets_it(town, world):
    town.office.messages["wait"] = Message("for all", (section("for all"),), public=True)
    town.ask("wait")
    town.heard("The answer follows below.")
    town.office.gate.set()
    town.heard("for all", town.said)
    until(lambda: not town.bot.front.work.held)
    assert {"replaced": 0, "posted anew": 1}[world] == len(town.whispers())


@pytest.mark.usefixtures("every_answer_is_slow", "world")
def test_a_question_that_a_stop_cuts_short_is_told_so(town):
    town.ask("wait")
    town.heard("The answer follows below.")
    assert 1 == town.bot.stop(0.1)
    assert "restarted" in town.whispers()[-1].text
    assert len(town.whispers()) <= 2


def test_the_asker_is_whom_slack_vouches_for(town):
    town.ask("active", RHEA.id)
    town.heard("active", lambda: town.whispers(RHEA.id))
    ((who, words, via),) = town.office.asked
    assert (RHEA.id, "America/New_York", RHEA.email, AUDIT, "active", "slash") == (
        who.user_id, who.zone, who.email, who.channel_id, words, via,
    )  # fmt: skip
    assert (False, False, frozenset()) == (who.is_guest, who.is_stranger, who.groups)


@pytest.mark.parametrize(
    ("person", "flags"), [pytest.param(GIL, (True, False), id="guest"), pytest.param(STRANGER, (False, True), id="stranger")]
)
def test_guests_and_strangers_are_told_apart_and_refused(town, person, flags):
    town.ask("active", person.id, PLATFORM)
    town.heard("Guests cannot ask me.", lambda: town.whispers(person.id))
    who = town.office.asked[0][0]
    assert flags == (who.is_guest, who.is_stranger)


def test_a_command_works_where_the_bot_is_no_member(town):
    town.ask("active", channel=PRIVATE)
    assert PRIVATE == town.heard("ana.ferreira: active").channel


def test_a_mention_is_answered_in_its_thread_and_says_that_everyone_reads_it(town):
    ts = town.say(f"<@{town.workspace.app.bot_user}> audit 7d")
    answer = town.heard("audit 7d", town.said)
    assert (ts, "audit 7d", "mention") == (answer.thread_ts, *town.office.asked[0][1:])
    assert "Everyone in this channel can read this" in answer.text


def test_a_refusal_in_a_channel_is_for_the_asker_alone(town):
    ts = town.say(f"<@{town.workspace.app.bot_user}> refuse")
    whisper = town.heard("That span is too long")
    assert ts == whisper.thread_ts
    until(lambda: not town.said(), what="the Asking… line is taken away")


def test_direct_messages_are_answered_there(town):
    channel = town.workspace.direct(ANA.id).id
    town.say("active", channel=channel)
    town.heard("ana.ferreira: active", town.direct)
    assert "message" == town.office.asked[0][2]


def test_the_bots_own_words_are_no_question(town):
    town.say("active", channel=town.workspace.direct(ANA.id).id)
    town.heard("ana.ferreira: active", town.direct)
    assert 1 == len(town.office.asked)


def test_a_message_shortcut_asks_about_the_message(town):
    ts = town.say("look at ana-0a1b2c3d4e5f6a7b8")
    assert town.act("shortcut", channel=AUDIT, ts=ts, callback_id="ssm:message")["ok"]
    town.heard("session look at ana-0a1b2c3d4e5f6a7b8")
    assert "shortcut" == town.office.asked[0][2]


def test_the_global_shortcut_opens_the_form_and_its_words_are_answered(town):
    assert town.act("shortcut", callback_id="ssm:ask")["ok"]
    view = until(lambda: next((v for v in town.workspace.views.copy().values() if v.json.get("callback_id") == "ssm:ask"), None))
    state = {"values": {"ask": {"ssm:words": {"type": "plain_text_input", "value": "ports 24h"}}}}
    town.act("submit", view_id=view.id, state=state)
    town.heard("ana.ferreira: ports 24h", town.direct)
    assert "form" == town.office.asked[0][2]


def test_the_home_is_the_persons_own(town):
    town.act("home/open", RHEA.id)
    view = until(lambda: town.workspace.homes.get(RHEA.id))
    assert "Home of rhea.santos" in str(view.json)


def test_a_button_answers_to_the_presser_alone_and_leaves_the_message(town):
    town.office.messages["audit"] = Message("many", (section("many"), button("ssm:session:ask", "abc")))
    town.ask("audit")
    answer = town.heard("many")
    town.press(answer, "ssm:session:ask")
    town.heard("pressed ssm:session:ask abc")
    assert "many" in {item.text for item in town.whispers()}


def test_a_button_that_turns_the_page_takes_the_messages_place(town):
    town.office.messages["audit"] = Message("page 1", (section("page 1"), button("ssm:desk:page", "t:1")))
    town.office.messages["ssm:desk:page"] = Message("page 2", (section("page 2"),), replaces=True)
    town.ask("audit")
    town.press(town.heard("page 1"), "ssm:desk:page")
    town.heard("page 2")
    assert ["page 2"] == [item.text for item in town.whispers()]


def test_sharing_posts_in_the_channel(town):
    town.office.messages["audit"] = Message("mine", (section("mine"), button("ssm:desk:share", "t")))
    town.office.messages["ssm:desk:share"] = Message("for all", (section("for all"),), public=True, files=(CSV,))
    town.ask("audit")
    town.press(town.heard("mine"), "ssm:desk:share")
    town.heard("for all", town.said)
    (file,) = town.workspace.files.values()
    assert (b"a,b\r\n1,2\r\n", (AUDIT,)) == (file.body, tuple(channel for channel, _ in file.shares))


def test_sharing_where_the_bot_is_no_member_says_how_to_invite_it(town):
    town.office.messages["audit"] = Message("mine", (section("mine"), button("ssm:desk:share", "t")))
    town.office.messages["ssm:desk:share"] = Message("for all", public=True)
    town.ask("audit", channel=PRIVATE)
    town.press(town.heard("mine"), "ssm:desk:share")
    assert "/invite" in town.heard("cannot write in this channel").text


def test_files_go_to_the_askers_direct_messages(town):
    town.office.messages["audit"] = Message("with a file", (section("with a file"),), files=(CSV,))
    town.ask("audit")
    town.heard("The file is in your direct messages with me.")
    (file,) = town.workspace.files.values()
    assert ("audit.csv", (town.workspace.direct(ANA.id).id,)) == (file.name, tuple(channel for channel, _ in file.shares))


def test_what_the_office_cannot_do_becomes_its_sentence(town):
    town.ask("down")
    assert "Athena did not answer. Try again." == town.heard("Athena").text


def test_what_nobody_foresaw_becomes_a_ticket(town):
    town.ask("break")
    text = town.heard("this ticket").text
    assert "secret detail" not in text
    assert 8 == len(text.split("`")[1])


def test_a_public_answer_to_a_mention_takes_the_place_of_asking(town):
    town.office.messages["digest"] = Message("for all", (section("for all"),), public=True)
    town.say(f"<@{town.workspace.app.bot_user}> digest")
    town.heard("for all", town.said)
    assert 1 == len(town.said())


def test_a_file_asked_for_in_a_channel_is_announced_once_delivered(town):
    """In the bot's own direct messages the file stands beside the answer, and nothing needs to be said."""
    town.office.messages["audit"] = Message("with a file", files=(CSV,))
    town.say("audit", channel=town.workspace.direct(ANA.id).id)
    assert "with a file" == town.heard("with a file", town.direct).text
