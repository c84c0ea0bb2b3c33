"""What one presses and fills in: buttons with questions, forms, the app's home, files, shortcuts, faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser

MODAL = "dialog.modal"


def test_a_dangerous_button_asks_first(browser_page: Screen) -> None:
    """Keep it: nothing is sent. End it: the press reaches the app."""
    page = browser_page.page
    message = browser_page.say("/toy controls")
    message.get_by_role("button", name="End session").click()
    dialog = page.get_by_role("dialog", name="End this session?")
    assert "web-1" == dialog.locator("b").inner_text()
    browser_page.shot("confirm")
    dialog.get_by_role("button", name="Keep it").click()
    dialog.wait_for(state="detached")
    message.get_by_role("button", name="Approve").click()
    browser_page.message("Approved by ana.ferreira").wait_for()
    assert ["approve"] == [body["actions"][0]["action_id"] for body in browser_page.stage.heard if body.get("actions")]


def test_a_confirmed_press_reaches_the_app(browser_page: Screen) -> None:
    """The confirm button sends what the first press held back."""
    message = browser_page.say("/toy controls")
    message.get_by_role("button", name="End session").click()
    browser_page.page.get_by_role("button", name="End it").click()
    message.locator("[data-action=end]:not([aria-busy])").wait_for()
    assert ["end"] == [body["actions"][0]["action_id"] for body in browser_page.stage.heard if body.get("actions")]


def test_an_edited_message_says_so(browser_page: Screen) -> None:
    """A message for all that the app replaced in place carries "(edited)"."""
    browser_page.say("/toy post controls")
    browser_page.page.get_by_role("button", name="Approve").last.click()
    message = browser_page.message("Approved by ana.ferreira")
    message.get_by_text("(edited)").wait_for()


def test_a_form_shows_its_errors_under_its_inputs(browser_page: Screen) -> None:
    """The client's own complaints first, then the app's; then the view becomes what the app says."""
    page = browser_page.page
    browser_page.box.fill("/toy modal")
    browser_page.box.press("Escape")
    browser_page.box.press("Enter")
    form = page.get_by_role("dialog", name="Sign off")
    reason = form.get_by_role("textbox", name="Reason")
    reason.wait_for()
    browser_page.shot("modal")
    form.get_by_role("textbox", name="E-mail").fill("not mail")
    form.get_by_role("textbox", name="Count").fill("12")
    form.get_by_role("button", name="Sign", exact=True).click()
    complaints = ["Please complete this required field.", "Please enter a valid email address.", "Please enter 9 or less."]
    assert complaints == [words for words in form.locator(".input-error").all_inner_texts() if words]
    browser_page.shot("modal-errors")
    form.get_by_role("textbox", name="E-mail").fill("")
    form.get_by_role("textbox", name="Count").fill("")
    reason.fill("because")
    form.get_by_role("button", name="Sign", exact=True).click()
    form.get_by_text("Say why, not because.").wait_for()
    assert "because" == reason.input_value()
    reason.fill("planned work")
    form.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("dialog", name="Signed").get_by_text("Signed: planned work").wait_for()
    page.keyboard.press("Escape")
    page.locator(MODAL).wait_for(state="detached")


def test_what_is_chosen_in_a_form_reaches_the_app(browser_page: Screen) -> None:
    """Menus open above the form; every value is in state.values, as Slack sends it."""
    page = browser_page.page
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("option", name="Sign off a session").click()
    form = page.get_by_role("dialog", name="Sign off")
    form.get_by_role("textbox", name="Reason").fill("planned work")
    form.get_by_role("button", name="Level: High").click()
    page.get_by_role("option", name="Critical").click()
    form.get_by_role("button", name="Inform").click()
    for name in ("Ben Okafor", "Rhea Santos"):
        page.get_by_role("option", name=name).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Inform: Ben Okafor, Rhea Santos").wait_for()
    form.get_by_role("checkbox", name="Low").check()
    form.get_by_role("radio", name="High").check()
    form.locator("input[type=date]").fill("2026-12-01")
    form.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("dialog", name="Signed").wait_for()
    values = {block: held["it"] for block, held in browser_page.stage.heard[-1]["view"]["state"]["values"].items()}
    assert values["reason"]["value"] == "planned work"
    assert values["level"]["selected_option"]["value"] == "critical"
    assert values["people"]["selected_users"] == ["U0BENOKAF1", "U0RHEASAN1"]
    assert [one["value"] for one in values["kinds"]["selected_options"]] == ["low"]
    assert values["verdict"]["selected_option"]["value"] == "high"
    assert (values["day"]["selected_date"], values["mail"]["value"]) == ("2026-12-01", None)


def test_views_stack_and_come_back_as_they_were(browser_page: Screen) -> None:
    """A pushed view covers the first; Back shows it again with what was typed; the cross closes all."""
    page = browser_page.page
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("option", name="Sign off a session").click()
    reason = page.get_by_role("textbox", name="Reason")
    reason.fill("half a sentence")
    page.get_by_role("button", name="Details").click()
    deeper = page.get_by_role("dialog", name="Details")
    deeper.get_by_text("One level deeper").wait_for()
    browser_page.shot("modal-stack")
    deeper.get_by_role("button", name="Back").first.click()
    reason.wait_for()
    assert "half a sentence" == reason.input_value()
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator(MODAL).wait_for(state="detached")


def test_the_app_has_a_home(browser_page: Screen) -> None:
    """Home is published when it is opened; its buttons work; Messages is the conversation; About says what it can do."""
    page = browser_page.page
    page.get_by_role("button", name="Countersign").click()
    page.get_by_role("tab", name="Home").click()
    page.get_by_role("heading", name="Open reviews").wait_for()
    browser_page.shot("home")
    page.get_by_role("button", name="Refresh").click()
    page.locator("[data-action='home:refresh']:not([aria-busy])").wait_for()
    assert "home:refresh" == browser_page.stage.heard[-1]["actions"][0]["action_id"]
    page.get_by_role("tab", name="About").click()
    assert page.get_by_text("Show what the page can draw").is_visible()
    page.get_by_role("tab", name="Messages").click()
    browser_page.say("hello there")
    browser_page.message("Direct: hello there").wait_for()
    browser_page.shot("direct-message")


def test_a_file_can_be_kept(browser_page: Screen, tmp_path: Path) -> None:
    """A CSV is a chip with its size; a click downloads the very bytes."""
    page = browser_page.page
    browser_page.box.fill("/toy file")
    browser_page.box.press("Escape")
    browser_page.box.press("Enter")
    chip = page.get_by_role("link", name="Download audit.csv, 20 bytes")
    chip.wait_for()
    browser_page.shot("file")
    with page.expect_download() as download:
        chip.click()
    download.value.save_as(tmp_path / "audit.csv")
    assert b"node,lines\nweb-1,42\n" == (tmp_path / "audit.csv").read_bytes()


def test_a_picture_is_shown_in_the_channel(browser_page: Screen) -> None:
    """An image file is drawn inline with its alternative text, from the workspace itself."""
    browser_page.box.fill("/toy picture")
    browser_page.box.press("Escape")
    browser_page.box.press("Enter")
    shown = browser_page.page.get_by_role("img", name="tunnels by day")
    shown.wait_for()
    browser_page.page.wait_for_function("() => document.images.length && [...document.images].every((image) => image.naturalWidth > 0)")
    assert str(shown.get_attribute("src")).startswith("/page/files/")


def test_a_message_shortcut_reaches_the_app(browser_page: Screen) -> None:
    """The message menu lists the app's shortcuts."""
    page = browser_page.page
    message = browser_page.say("odd words")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    page.get_by_role("option", name="Inspect message").click()
    browser_page.message("Inspected").wait_for()
    assert "odd words" == browser_page.stage.heard[-1]["message"]["text"]


def test_faults_can_be_ordered(browser_page: Screen) -> None:
    """The panel orders a fault that the workspace then has."""
    page = browser_page.page
    page.get_by_role("button", name="Faults on demand").click()
    page.get_by_role("radio", name="Server error").check()
    page.get_by_role("textbox", name="Only this method").fill("views.open")
    browser_page.shot("faults")
    page.get_by_role("button", name="Make it so").click()
    page.get_by_text("Fault set: server error for views.open").wait_for()
