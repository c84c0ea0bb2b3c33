"""Every block type as it stands on the page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser


def test_layout_blocks_are_drawn(browser_page: Screen) -> None:
    """Header, section, fields, divider, accessory, context, image: each is there with its text, formatted."""
    message = browser_page.say("/toy layout")
    assert "Session ana-0a1b on web-1" == message.locator("h3.header").inner_text()
    section = message.locator(".block-section").first
    assert ["bold", "italic", "gone", "code"] == [section.locator(tag).first.inner_text() for tag in ("b", "i", "s", "code")]
    assert "https://example.com/a?b=1" == section.get_by_role("link", name="a link").get_attribute("href")
    assert ":no_such_emoji:" in section.inner_text()
    assert ("quoted", "sudo -i") == (section.locator("blockquote").inner_text(), section.locator("pre").inner_text())
    assert 4 == message.locator(".field-cell").count()
    assert ["@Ana Ferreira", "#sec-flags", "@oncall"] == message.locator(".fields .mention").all_inner_texts()
    assert 1 == message.locator("hr").count()
    assert message.locator(".accessory").get_by_role("button", name="Open").is_visible()
    assert "asked: sessions · 2 accounts" in message.locator(".block-context").inner_text()
    assert "Image not loaded here: sessions by hour" == message.get_by_role("img", name="sessions by hour").inner_text()
    browser_page.shot("blocks-layout")


def test_dates_are_in_the_zone_of_the_person_one_is(browser_page: Screen) -> None:
    """Ana reads Lisbon's clock, Rhea New York's, whatever the browser's zone is."""
    browser_page.say("/toy post layout")
    time = browser_page.message("Seen").locator(".block time").first
    assert "Tuesday, February 18th, 2014 at 2:39:42 PM" == time.inner_text()
    browser_page.be("Rhea Santos")
    browser_page.page.get_by_text("at 9:39:42 AM").wait_for()


def test_rich_text_and_markdown_are_drawn(browser_page: Screen) -> None:
    """Styles, lists, code, quotes, people, emoji, links and dates; Markdown with headings, tasks and tables."""
    message = browser_page.say("/toy rich")
    rich = message.locator(".block-rich_text")
    assert ["strong", "struck", "x=1"] == [rich.locator(tag).first.inner_text() for tag in ("b", "s", "code")]
    assert ["first", "second"] == rich.locator("ul > li").all_inner_texts()
    assert "$ whoami\nroot <script>" == rich.locator("pre").inner_text()
    assert ("@Ben Okafor", "said so") == (rich.locator(".mention").inner_text(), rich.locator("blockquote").inner_text())
    assert rich.get_by_role("img", name="eyes").is_visible()
    assert "2014-02-18 2:39 PM" == rich.locator("time").inner_text()
    markdown = message.locator(".block-markdown")
    assert "Findings" == markdown.get_by_role("heading").inner_text()
    assert ("reverse shell", "web-1") == (markdown.locator("li b").inner_text(), markdown.locator("li code").inner_text())
    assert markdown.get_by_role("img", name="done").is_visible()
    assert ["node", "hits"] == markdown.get_by_role("columnheader").all_inner_texts()
    browser_page.shot("blocks-rich")


def test_a_table_keeps_its_columns(browser_page: Screen) -> None:
    """Numbers, code cells and alignment; the first row is the header."""
    table = browser_page.say("/toy table").get_by_role("table")
    assert ["Node", "Lines", "Command"] == table.get_by_role("columnheader").all_inner_texts()
    assert ["web-1", "42", "cat /etc/shadow"] == table.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()
    assert "right" == table.locator("tbody td").nth(1).evaluate("node => getComputedStyle(node).textAlign")
    browser_page.shot("blocks-table")


def test_a_data_table_turns_pages_and_sorts(browser_page: Screen) -> None:
    """Two rows a page; a press on a header sorts up, another down."""
    message = browser_page.say("/toy data")
    people = message.locator(".data-table tbody th")
    assert ["Ana", "Ben"] == people.all_inner_texts()
    message.get_by_role("button", name="Next").click()
    assert ["Rhea"] == people.all_inner_texts()
    message.get_by_role("button", name="Sessions").click()
    assert ["Ana", "Rhea"] == people.all_inner_texts()
    message.get_by_role("button", name="Sessions").click()
    assert ["Ben", "Rhea"] == people.all_inner_texts()


def test_charts_are_drawn_with_their_numbers(browser_page: Screen) -> None:
    """Bars and slices, and the same numbers as a table for screen readers."""
    message = browser_page.say("/toy data")
    bars = message.get_by_role("img", name="bar chart: Port forwards a day")
    assert 6 == bars.locator("rect").count()
    assert 2 == message.get_by_role("img", name="pie chart: By kind").locator("path").count()
    assert ["Series", "Mon", "Tue", "Wed"] == message.locator(".chart table").first.locator("th[scope=col]").all_text_contents()
    browser_page.shot("blocks-data")


def test_what_is_not_drawn_says_so(browser_page: Screen) -> None:
    """A block that the page cannot draw is named, with what it holds."""
    message = browser_page.say("/toy video")
    assert message.get_by_text("not implemented here: video (How to review)").is_visible()


def test_attachments_have_their_colour(browser_page: Screen) -> None:
    """Blocks in an attachment, and the legacy fields."""
    message = browser_page.say("/toy attachments")
    bars = message.locator(".attachment").evaluate_all("nodes => nodes.map((node) => getComputedStyle(node).borderLeftColor)")
    assert ["rgb(209, 36, 47)", "rgb(46, 184, 134)"] == bars
    assert "Runbook" == message.locator(".attachment-title a").inner_text()


def test_hostile_text_is_only_text(browser_page: Screen) -> None:
    """Markup, broadcasts, script addresses: shown as typed; nothing runs, nobody is called."""
    message = browser_page.say("/toy hostile")
    words = message.inner_text()
    assert "<script>alert(1)</script> <img src=x onerror=alert(2)> <!channel> <@U0ANAFERR1> *not bold* &lt;b&gt;" in words
    assert "<javascript:alert(1)|click me>" in words
    assert 0 == message.locator("script, img, .mention, a").count()
    assert "<script>" in str(message.get_attribute("aria-label"))
    browser_page.shot("blocks-hostile")


def test_hostile_words_of_a_person_are_only_text(browser_page: Screen) -> None:
    """What is typed into the composer comes back as typed."""
    typed = "<b>hi</b> <!channel> &amp; <javascript:alert(1)|x>"
    message = browser_page.say(typed)
    assert typed.replace("<!channel>", "@channel") == message.locator(".message-text").inner_text()
    assert 0 == message.locator(".message-text b, .message-text a").count()


PICKS: list[Any] = [
    pytest.param("level", "Level", "High", {"selected_option": "high"}, id="static select"),
    pytest.param("who", "Reviewer", "Rhea Santos", {"selected_user": "U0RHEASAN1"}, id="users select"),
    pytest.param("where", "Where", "#platform", {"selected_conversation": "C0PLATFRM1"}, id="conversations select"),
    pytest.param("room", "Channel", "#sec-flags", {"selected_channel": "C0SECFLAG1"}, id="channels select"),
    pytest.param("node", "Node", "db-1", {"selected_option": "db-1"}, id="external select"),
    pytest.param("more", "More options", "Transcript", {"selected_option": "transcript"}, id="overflow"),
]


def heard(screen: Screen, action_id: str) -> dict[str, Any]:
    """The action that reached the bot."""
    screen.page.wait_for_function("() => !document.querySelector('#messages [aria-busy=true]')")
    found = [body["actions"][0] for body in screen.stage.heard if body.get("actions") and body["actions"][0]["action_id"] == action_id]
    return found[-1]


@pytest.mark.parametrize(("action_id", "name", "choice", "sent"), PICKS)
def test_a_choice_from_a_menu_reaches_the_app(browser_page: Screen, action_id: str, name: str, choice: str, sent: dict[str, str]) -> None:
    """The menu opens, the choice is sent as Slack sends it, and the control shows it."""
    message = browser_page.say("/toy controls")
    message.get_by_role("button", name=re.compile(f"^{name}(:|$)")).click()
    browser_page.page.get_by_role("option", name=choice).click()
    browser_page.page.locator(".menu").wait_for(state="detached")
    ((field, value),) = sent.items()
    told = heard(browser_page, action_id)[field]
    assert value == (told["value"] if isinstance(told, dict) else told)


def test_several_choices_are_sent_when_the_menu_closes(browser_page: Screen) -> None:
    """A multi-select stays open, and tells all its values once."""
    message = browser_page.say("/toy controls")
    message.get_by_role("button", name=re.compile("^Levels")).click()
    for name in ("Low", "Critical"):
        browser_page.page.get_by_role("option", name=name).click()
    browser_page.page.keyboard.press("Escape")
    message.get_by_role("button", name="Levels: Low, Critical").wait_for()
    assert ["low", "critical"] == [chosen["value"] for chosen in heard(browser_page, "levels")["selected_options"]]


def test_pickers_and_boxes_reach_the_app(browser_page: Screen) -> None:
    """Dates, times, moments in the viewer's zone, radio buttons and checkboxes."""
    message = browser_page.say("/toy controls")
    message.locator("input[type=date]").fill("2026-11-24")
    message.locator("input[type=time]").fill("07:30")
    message.locator("input[type=datetime-local]").fill("2026-07-01T12:00")
    message.get_by_role("radio", name="High").check()
    message.get_by_role("checkbox", name="Low").check()
    browser_page.shot("blocks-controls")
    assert "2026-11-24" == heard(browser_page, "day")["selected_date"]
    assert "07:30" == heard(browser_page, "hour")["selected_time"]
    assert 1782903600 == heard(browser_page, "moment")["selected_date_time"], "noon in Lisbon's summer is 11:00 UTC"
    assert "high" == heard(browser_page, "verdict")["selected_option"]["value"]
    assert ["low"] == [chosen["value"] for chosen in heard(browser_page, "flags")["selected_options"]]
