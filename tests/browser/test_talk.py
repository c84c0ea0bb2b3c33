"""What one says in the page: commands, threads, being others, what is new."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace import cast, talk
from bot.workspace.facts import Message
from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser


def test_a_first_visit_shows_what_to_try(browser_page: Screen) -> None:
    """Three things; a click puts one into the composer; once put away the hint stays away."""
    page = browser_page.page
    hint = page.get_by_role("region", name="Things to try")
    assert "Three things to try" in hint.inner_text()
    browser_page.shot("first-visit")
    hint.get_by_role("button", name="/toy audit 7d").click()
    assert "/toy audit 7d" == browser_page.box.input_value()
    hint.get_by_role("button", name="Put the hint away").click()
    browser_page.open()
    assert not hint.is_visible()


@pytest.mark.parametrize("query", [pytest.param("", id="nobody"), pytest.param("?as=U0NOBODY01", id="a stranger")])
def test_without_a_known_person_one_is_the_first(browser_page: Screen, query: str) -> None:
    """The bare address opens as the first person, in the first channel."""
    page = browser_page.page
    page.evaluate("() => localStorage.clear()")
    page.goto(f"{browser_page.stage.url}/{query}")
    page.get_by_role("button", name="You are: Ana Ferreira").wait_for()
    page.get_by_role("heading", name="ssm-audit", level=1).wait_for()
    browser_page.faults[:] = [fault for fault in browser_page.faults if "404" not in fault]


def test_drafts_stay_with_their_person_and_room(browser_page: Screen) -> None:
    """A half-written message waits in its room, and no other person finds it."""
    page, box = browser_page.page, browser_page.box
    box.fill("half a thought")
    page.get_by_role("button", name="platform").click()
    page.get_by_role("heading", name="platform", level=1).wait_for()
    assert box.input_value() == ""
    page.get_by_role("button", name="ssm-audit").click()
    page.get_by_role("heading", name="ssm-audit", level=1).wait_for()
    assert box.input_value() == "half a thought"
    browser_page.be("Ben Okafor")
    assert box.input_value() == ""


def test_a_slash_offers_commands_then_verbs(browser_page: Screen) -> None:
    """Commands with their usage, then subcommands with theirs, then the usage of the chosen one."""
    page, box = browser_page.page, browser_page.box
    box.press_sequentially("/")
    assert 2 == page.get_by_role("option").count()
    box.press_sequentially("to")
    box.press("Enter")
    assert "/toy " == box.input_value()
    assert 4 == page.get_by_role("option").count()
    browser_page.shot("autocomplete")
    box.press_sequentially("au")
    box.press("Tab")
    assert "/toy audit " == box.input_value()
    assert "/toy audit <span> [--denied]" == page.locator(".offers-note code").inner_text()
    box.press_sequentially("7d")
    box.press("Enter")
    browser_page.message("You asked: audit 7d").wait_for()


def test_up_brings_back_what_was_sent(browser_page: Screen) -> None:
    """Up in an empty box walks back through what was sent, Down forward again."""
    browser_page.say("first words")
    browser_page.say("second words")
    for key, expected in (("ArrowUp", "second words"), ("ArrowUp", "first words"), ("ArrowDown", "second words"), ("ArrowDown", "")):
        browser_page.box.press(key)
        assert expected == browser_page.box.input_value()


def test_an_answer_to_a_command_is_seen_by_its_asker_alone(browser_page: Screen) -> None:
    """What is "only visible to you" is gone after a reload, never seen by another person."""
    browser_page.say("/toy active")
    message = browser_page.message("You asked: active")
    assert message.get_by_text("Only visible to you").is_visible()
    browser_page.be("Ben Okafor")
    assert 0 == browser_page.page.get_by_text("You asked: active").count()
    browser_page.open()
    assert 0 == browser_page.page.get_by_text("You asked: active").count()


@pytest.mark.parametrize("ack_seconds", [0.2], scope="module")
def test_a_command_that_is_not_acknowledged_says_so(browser_page: Screen) -> None:
    """As in Slack: /toy failed with the error "operation_timeout"."""
    browser_page.say("/toy silent")
    browser_page.message('/toy failed with the error "operation_timeout"').wait_for()
    assert browser_page.page.get_by_role("alert").get_by_text("operation_timeout").is_visible()
    browser_page.shot("operation-timeout")


def test_an_unknown_command_is_not_sent(browser_page: Screen) -> None:
    """A warning, and nothing is lost from the box."""
    browser_page.box.fill("/nope x")
    browser_page.box.press("Enter")
    browser_page.page.get_by_text("/nope is not a valid command").wait_for()
    assert "/nope x" == browser_page.box.input_value()


def test_a_thread_is_answered_beside_the_channel(browser_page: Screen) -> None:
    """A mention is answered in its thread; the channel counts replies; the pane takes more."""
    page = browser_page.page
    browser_page.say("@Countersign are you there?")
    bar = browser_page.message("are you there?").get_by_role("button", name="1 reply")
    bar.wait_for()
    bar.click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_text("You said:").wait_for()
    thread.get_by_role("textbox").fill("thank you")
    thread.get_by_role("textbox").press("Enter")
    thread.get_by_role("article").get_by_text("thank you").wait_for()
    page.get_by_role("button", name="2 replies").wait_for()
    browser_page.shot("thread")
    thread.get_by_role("textbox").press("Escape")
    assert not thread.is_visible()


def test_a_command_is_not_for_threads(browser_page: Screen) -> None:
    """Slack refuses commands in threads; so does the page, in words."""
    message = browser_page.say("a word")
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    box = browser_page.page.get_by_role("textbox", name="Reply in thread")
    box.fill("/toy active")
    box.press("Escape")
    box.press("Enter")
    browser_page.page.get_by_text("/toy is not supported in threads").wait_for()


def test_people_see_what_they_may(browser_page: Screen) -> None:
    """Ana is in the private channel, Ben is not; a message for Ben's eyes counts as unread."""
    page = browser_page.page
    room = page.get_by_role("button", name="incident-42")
    assert room.is_visible()
    browser_page.say("look at this, Ben")
    browser_page.be("Ben Okafor")
    assert not room.is_visible()
    browser_page.message("look at this, Ben").wait_for()
    browser_page.shot("another-person")


def test_unread_rooms_are_marked(browser_page: Screen) -> None:
    """What another says elsewhere makes the room bold with a count; inside, a line says what is new."""
    page = browser_page.page
    other = Screen(page.context.new_page(), browser_page.stage).open(cast.BEN.id, "C0SECFLAG1")
    other.say("a new flag")
    page.get_by_role("button", name="sec-flags, 1 unread").or_(page.get_by_role("button", name="sec-flags , 1 unread")).wait_for()
    page.get_by_role("button", name="sec-flags").click()
    browser_page.message("a new flag").wait_for()
    assert page.locator(".fresh").is_visible()
    browser_page.shot("unread")
    assert [] == other.faults


def test_new_messages_are_announced(browser_page: Screen) -> None:
    """Screen readers hear the top-level text of a new message, not its blocks."""
    page = browser_page.page
    browser_page.say("/toy layout")
    log = page.get_by_role("log")
    assert "Countersign: Session ana-0a1b on web-1" == log.locator("p").last.text_content()
    label = str(browser_page.page.locator("#messages article").last.get_attribute("aria-label"))
    assert label.startswith("Countersign, app, Today at ")
    assert label.endswith("only visible to you: Session ana-0a1b on web-1")


def test_a_long_channel_opens_at_its_end(browser_page: Screen) -> None:
    """The last 150 messages are drawn; a button brings the earlier ones and leaves in sight what was in sight."""
    page, running = browser_page.page, browser_page.stage.running
    workspace = running.app.state.workspace

    async def talk_long() -> None:
        for number in range(170):
            talk.post(workspace, Message(workspace.ids.ts(), "C0PLATFRM1", cast.BEN.id, f"line {number}"))

    running.call(talk_long())
    browser_page.open(channel="C0PLATFRM1")
    assert page.locator("#messages article").count() == 150
    assert browser_page.message("line 169").is_visible()
    page.get_by_role("button", name="Show 20 earlier messages").click()
    assert page.locator("#messages article").count() == 170
    browser_page.say("and one more")
    assert browser_page.message("and one more").is_visible()


def test_an_answer_that_replaces_another_is_announced(browser_page: Screen) -> None:
    """A screen reader hears the edited text too."""
    browser_page.say("/toy post controls")
    browser_page.page.get_by_role("button", name="Approve").last.click()
    browser_page.page.get_by_role("log").get_by_text("Approved by ana.ferreira").first.wait_for(state="attached")


def test_a_lost_connection_is_said_and_mended(browser_page: Screen) -> None:
    """While the stream is down a bar says so; what was missed is there when it is back."""
    page = browser_page.page
    context: Any = page.context
    page.evaluate("() => import('/static/js/bus.js').then(({ emit }) => emit('connection', false))")
    assert page.get_by_text("The connection to the workspace is lost").is_visible()
    page.evaluate("() => import('/static/js/bus.js').then(({ emit }) => (emit('connection', true), emit('refresh')))")
    page.get_by_text("The connection to the workspace is lost").wait_for(state="hidden")
    assert 1 == len(context.pages)
