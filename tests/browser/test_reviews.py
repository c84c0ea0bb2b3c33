"""Four eyes in the browser: three people answer, sign, refuse and escalate; nobody answers; two sign at once."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config import Settings
from bot.core.review.practice import Ended
from bot.core.review.table import State
from bot.outbox import Outbox, Pace
from bot.roof import evidence, house, local
from bot.roof.reviewing import notifying, reviewing
from bot.roof.works import begun, wired
from bot.slack.client import clients
from bot.slack.courier import SlackCourier
from bot.workspace import cast
from tests.browser.conftest import Screen
from tests.conftest import NOW
from tests.reviews.world import flag as made
from tests.workspace.driver import Driver
from tests.workspace.driver import Refused as NotThere

pytestmark = pytest.mark.browser
FLAGS = "C0SECFLAG1"
HOSTILE = "<!channel> <https://evil.example.com|ticket> `x` *b* \u202egpj.exe"


class Stagehand:
    """The house behind the workspace, with a clock that the tests turn."""

    def __init__(self, workspace, archive, folder):
        self.now, self.ended = NOW, []
        settings = local.settled(Settings.from_env({}), workspace, folder)
        self.home = house.opened(settings, evidence=evidence.archived(archive.path), clock=lambda: self.now, directory=local.people().get)
        practice = replace(self.home.office.policy.practice, end=self._end)
        office = replace(self.home.office, policy=replace(self.home.office.policy, practice=practice))
        self.home = replace(self.home, office=office)
        self.wire = wired(settings, None)
        self.home = notifying(self.home, self.wire)
        self.reviewing = reviewing(self.home, self.wire)
        self.works = begun(settings, self.home, None)
        courier = SlackCourier(clients(self.wire))
        self.outbox = Outbox(self.home.store, courier, Pace(lambda: self.now, apart=0.0))

    def _end(self, session):
        self.ended.append(session.id)
        return Ended("Terminated")

    def raised(self, flag):
        """A flag as the watch raises it, and its review, shown."""
        review = self.reviewing.opened(flag, "#sec-flags", f"flag/#sec-flags/{flag.id}")
        self.outbox.flush()
        return review

    def review(self, name):
        return self.home.store.review(name)

    def show(self):
        self.outbox.flush()

    def stop(self):
        self.works.ended()


@pytest.fixture(scope="module")
def installed():
    return local.app()


HANDS: list[Stagehand] = []


@pytest.fixture(scope="module")
def start_bot(night_archive, tmp_path_factory):
    def start(workspace):
        HANDS.append(Stagehand(workspace, night_archive, tmp_path_factory.mktemp("reviews")))
        return [], HANDS[-1].stop

    return start


@pytest.fixture(name="hand")
def _hand(workspace):
    HANDS[-1].now = NOW
    return HANDS[-1]


@pytest.fixture(name="driver")
def _driver(workspace):
    driver = Driver(workspace.url)
    yield driver
    driver.close()


def numbered(number, **facts):
    """Ana's flagged shell, with an id of its own."""
    flag = made(session=f"ana.ferreira@example.com-{number:026}")
    return replace(flag, **facts) if facts else flag


def card(screen: Screen, review):
    """The review's message in the channel."""
    return (
        screen.page.locator("#messages article", has_text=review.id)
        .filter(has_text="Due")
        .or_(screen.page.locator("#messages article", has_text=review.id).filter(has=screen.page.get_by_role("button", name="Dossier")))
        .first
    )


def said(hand, review, state):
    """Waits until the review is in a state, and shows what that says."""
    for _ in range(400):
        if hand.review(review.id).state is state:
            hand.show()
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"{hand.review(review.id).state}, not {state}")


def test_three_people(browser_page: Screen, hand):
    """Ana is asked and says why; she cannot sign it, Rhea does; Ana hears of it. Each picture is what the person saw."""
    page = browser_page.page
    review = hand.raised(numbered(1))
    page.get_by_role("button", name=re.compile("Countersign")).first.click()
    letter = page.locator("#messages article", has_text="Was this you?").last
    letter.wait_for()
    browser_page.shot("review-1-was-this-you")
    letter.get_by_role("button", name="Yes, it was me").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    dialog.get_by_role("textbox").first.fill("   ")
    dialog.get_by_role("button", name="Submit").click()
    dialog.get_by_text("Please write a reason").wait_for()
    browser_page.shot("review-2-a-reason-is-needed")
    dialog.get_by_role("textbox").first.fill(f"Deploy {HOSTILE}")
    dialog.get_by_role("textbox").last.fill("CHG-1042")
    dialog.get_by_role("button", name="Submit").click()
    dialog.wait_for(state="detached")
    said(hand, review, State.ANSWERED)
    browser_page.open(cast.RHEA.id, FLAGS)
    shown = card(browser_page, review)
    shown.get_by_role("button", name="Approve").wait_for()
    assert "<!channel> <https://evil.example.com|ticket>" in shown.inner_text()
    assert 0 == shown.get_by_role("link", name="ticket").count()
    browser_page.shot("review-3-a-second-person")
    shown.get_by_role("button", name="Approve").click()
    said(hand, review, State.APPROVED)
    shown.get_by_text("Approved").first.wait_for()
    browser_page.message("Recorded: review").wait_for()
    browser_page.shot("review-4-signed")
    browser_page.open(cast.ANA.id, FLAGS)
    page.get_by_role("button", name=re.compile("Countersign")).first.click()
    page.locator("#messages article", has_text="Approved").filter(has_text=review.id).first.wait_for()
    browser_page.shot("review-5-the-owner-hears")


def test_not_me(browser_page: Screen, hand):
    """It escalates at once and offers to end the session; with a reason it is ended, and looked at."""
    page = browser_page.page
    review = hand.raised(numbered(2))
    page.get_by_role("button", name=re.compile("Countersign")).first.click()
    letter = page.locator("#messages article", has_text="Was this you?").filter(has_text=review.id).last
    letter.get_by_role("button", name="Not me").click()
    page.get_by_role("dialog").get_by_role("button", name="It was not me").click()
    said(hand, review, State.ESCALATED)
    offer = page.locator("#messages article", has_text="Shall I end the session now?").last
    offer.wait_for()
    browser_page.shot("review-6-not-me")
    offer.get_by_role("button", name="End the session").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    form = page.get_by_role("dialog", name=re.compile("End the session"))
    form.get_by_role("textbox").first.fill("Somebody uses my name")
    browser_page.shot("review-7-end-it")
    form.get_by_role("button", name="Submit").click()
    ended = page.locator("#messages article", has_text="The session has ended").last
    ended.wait_for()
    assert "Processes that it started on the node may go on" in ended.inner_text()
    assert [review.flag.session.id] == hand.ended
    hand.show()
    browser_page.shot("review-8-ended")


def test_a_thread_and_an_overflow(browser_page: Screen, hand):
    """The thread keeps the story; what is seldom done waits in a menu; a list says what is open."""
    page = browser_page.page
    review = hand.raised(numbered(3))
    browser_page.open(cast.OMAR.id, FLAGS)
    shown = card(browser_page, review)
    shown.get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Nobody runs a download as root here. Incident 7 is open.")
    browser_page.shot("review-9-reject")
    dialog.get_by_role("button", name="Submit").click()
    dialog.wait_for(state="detached")
    said(hand, review, State.REJECTED)
    card(browser_page, review).get_by_text("Rejected").first.wait_for()
    page.get_by_text("1 reply").last.click()
    page.get_by_text("Incident 7 is open").last.wait_for()
    browser_page.shot("review-10-the-thread")
    browser_page.say("/ssm reviews all")
    browser_page.message("reviews known").wait_for()
    browser_page.shot("review-11-all")


def test_nobody_answers(browser_page: Screen, hand):
    """Reminded, escalated, reminded, closed unsigned: by the clock alone, in working hours."""
    hand.now = NOW.replace(hour=9, minute=0)
    review = hand.raised(numbered(4))
    states = []
    for hours in (2, 4, 28, 52):
        hand.now = NOW.replace(hour=9, minute=0) + timedelta(hours=hours)
        hand.reviewing.moved()
        hand.show()
        states.append(hand.review(review.id).state.value)
    assert ["asked", "escalated", "escalated", "expired"] == states
    browser_page.open(cast.RHEA.id, FLAGS)
    shown = card(browser_page, review)
    shown.get_by_text("Expired").first.wait_for()
    shown.scroll_into_view_if_needed()
    browser_page.shot("review-12-silence")


def test_two_reviewers_at_once(browser_page: Screen, hand, driver):
    """One is first; the other is told who was, and nothing else changes."""
    review = hand.raised(numbered(5))
    letter = driver.wait_for(
        lambda: next((m for m in driver.messages(cast.ANA, "bot") if review.id in str(m) and "Was this" in m["text"]), None)
    )
    driver.press(cast.ANA, letter, "ssm:review:mine")
    driver.submit(cast.ANA, driver.view(cast.ANA), {"reason": "deploy"})
    said(hand, review, State.ANSWERED)
    shown = next(m for m in driver.messages(cast.RHEA, FLAGS) if m["text"].startswith("Flagged") and review.id in m["text"])
    start = threading.Barrier(2)

    def press(who):
        start.wait()
        driver.press(who, shown, "ssm:review:approve")

    threads = [threading.Thread(target=press, args=(who,)) for who in (cast.RHEA, cast.OMAR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = driver.wait_for(
        lambda: [
            m
            for who in (cast.RHEA, cast.OMAR)
            for m in driver.messages(who, FLAGS)
            if "leaves nothing to approve" in m["text"] or "from before" in m["text"]
        ]
    )
    said(hand, review, State.APPROVED)
    steps = hand.review(review.id).steps
    assert 1 == sum(step.verb.value == "approve" for step in steps)
    assert f"<@{steps[-1].who}> approved it" in lost[0]["text"]


@pytest.mark.parametrize(
    ("who", "action", "value"),
    [
        pytest.param(cast.BEN, "ssm:review:mine", "{id}:0", id="another user's answer"),
        pytest.param(cast.BEN, "ssm:review:approve", "{id}:0", id="a button that he was never shown"),
        pytest.param(cast.RHEA, "ssm:review:approve", "{id}:0", id="nothing to sign yet"),
        pytest.param(cast.RHEA, "ssm:review:reject", "{id}:7", id="a turn that is not"),
        pytest.param(cast.RHEA, "ssm:review:approve", "r9999999:0", id="a review that is not"),
        pytest.param(cast.RHEA, "ssm:review:lapse", "{id}:0", id="the clock's verb"),
        pytest.param(cast.RHEA, "ssm:review:more", "expire {id}:0", id="the clock's verb in the menu"),
        pytest.param(cast.RHEA, "ssm:review:reject", "' OR 1=1 --", id="an injection"),
        pytest.param(cast.RHEA, "ssm:reviews:bulk", "{id}:0,{id}:0", id="a bulk decision without its form"),
        pytest.param(cast.OMAR, "ssm:review:handon", "{id}:0", id="the clock's verb, by an admin"),
    ],
)
def test_a_forged_payload_changes_nothing(hand, driver, who, action, value):
    """Whatever the page sends in whoever's name, the server decides by the table."""
    review = hand.raised(numbered(6))
    before = hand.review(review.id)
    message = next(m for m in driver.messages(who, FLAGS) if review.id in str(m))
    heard = len(driver.messages(who, FLAGS)) + len(driver.views(who))
    driver.press(who, message, action, forged={"type": "button", "action_id": action, "value": value.format(id=review.id)})
    driver.wait_for(lambda: len(driver.messages(who, FLAGS)) + len(driver.views(who)) > heard)
    assert before == hand.review(review.id)


@pytest.mark.parametrize("who", [pytest.param(cast.GIL, id="a guest"), pytest.param(cast.STRANGER, id="a stranger of another team")])
def test_people_from_outside_change_nothing(hand, driver, who):
    """They are not in the channel; a payload in their name from a channel that they share with us is refused too."""
    review = hand.raised(numbered(7))
    before = hand.review(review.id)
    with pytest.raises(NotThere):
        driver.messages(who, FLAGS)
    driver.say(cast.ANA, "platform", "hello")
    message = driver.wait_for(lambda: driver.last(who, "platform"))
    heard = len(driver.messages(who, "platform"))
    driver.press(who, message, "ssm:review:mine", forged={"type": "button", "action_id": "ssm:review:mine", "value": f"{review.id}:0"})
    driver.wait_for(lambda: len(driver.messages(who, "platform")) > heard)
    assert before == hand.review(review.id)
