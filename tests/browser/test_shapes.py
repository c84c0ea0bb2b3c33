"""The page in other clothes: dark, on a phone, by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Screen

pytestmark = pytest.mark.browser

DARK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "color_scheme": "dark",
    "locale": "en-US",
    "timezone_id": "UTC",
    "reduced_motion": "reduce",
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-US",
    "timezone_id": "UTC",
    "reduced_motion": "reduce",
}
LIGHTNESS = "() => { const [r, g, b] = getComputedStyle(document.querySelector('#main')).backgroundColor.match(/[0-9.]+/g).map(Number); return (r + g + b) / 3; }"


@pytest.mark.parametrize("browser_setting", [pytest.param(DARK, id="dark")])
def test_the_page_is_dark_where_the_system_is(browser_page: Screen) -> None:
    """By the system's word, until the toggle says otherwise; the choice is kept."""
    page = browser_page.page
    for verb in ("layout", "table", "controls"):
        browser_page.say(f"/toy {verb}")
        browser_page.shot(f"dark-{verb}")
    browser_page.say("/toy data")
    browser_page.shot("dark-data")
    assert page.evaluate(LIGHTNESS) < 64
    page.get_by_role("button", name="Theme: as the system").click()
    assert page.evaluate(LIGHTNESS) > 200
    browser_page.open()
    assert page.evaluate(LIGHTNESS) > 200


CONTRAST = """async () => {
  const lum = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const paper = (node) => { for (let at = node; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest(".spoken, svg, [disabled]")) continue;
    const [a, b] = [lum(rgba(getComputedStyle(node).color)), lum(paper(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName}.${node.className} "${node.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("browser_setting", [pytest.param(DARK, id="dark"), pytest.param({**DARK, "color_scheme": "light"}, id="light")])
def test_text_stands_out_from_its_paper(browser_page: Screen) -> None:
    """Every visible text has a contrast of at least 4.5 (WCAG 2.2, 1.4.3 AA)."""
    for verb in ("layout", "rich", "table", "data", "controls", "attachments"):
        browser_page.say(f"/toy {verb}")
    assert [] == browser_page.page.evaluate(CONTRAST)


@pytest.mark.parametrize("browser_setting", [pytest.param(PHONE, id="phone")])
def test_the_page_fits_a_phone(browser_page: Screen) -> None:
    """The rail is behind a button, nothing is wider than the screen, a form fills it, a thread covers the channel."""
    page = browser_page.page
    browser_page.shot("phone-first")
    rail = page.get_by_role("navigation", name="Channels and apps")
    assert not rail.is_visible()
    page.get_by_role("button", name="Channels", exact=True).click()
    rail.get_by_role("button", name="sec-flags").wait_for()
    browser_page.shot("phone-rail")
    rail.get_by_role("button", name="sec-flags").click()
    rail.wait_for(state="hidden")
    for verb in ("layout", "table", "data", "controls"):
        browser_page.say(f"/toy {verb}")
        browser_page.shot(f"phone-{verb}")
        assert 390 == page.evaluate("() => document.documentElement.scrollWidth")
        assert page.evaluate("() => document.querySelector('#messages').scrollWidth") <= 390
    browser_page.box.fill("/toy modal")
    browser_page.box.press("Escape")
    browser_page.box.press("Enter")
    page.get_by_role("dialog", name="Sign off").wait_for()
    browser_page.shot("phone-modal")


def test_everything_can_be_done_by_keyboard(browser_page: Screen) -> None:
    """Command, menu, button with a question, message menu, rooms and person: no pointer."""
    page, keys = browser_page.page, browser_page.page.keyboard
    browser_page.box.focus()
    keys.type("/toy con")
    keys.press("Tab")
    keys.press("Backspace")
    keys.press("Enter")
    message = browser_page.page.locator("#messages article").last
    message.get_by_role("button", name="Approve").wait_for()
    select = message.locator("[data-action=level]")
    select.focus()
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("Enter")
    page.locator(".menu").wait_for(state="detached")
    assert "Level: High" == select.get_attribute("aria-label")
    assert "level" == page.evaluate("() => document.activeElement.dataset.action")
    message.locator("[data-action=end]").focus()
    keys.press("Enter")
    page.get_by_role("dialog").wait_for()
    keys.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert "end" == page.evaluate("() => document.activeElement.dataset.action")
    message.focus()
    assert "2px" == message.evaluate("node => getComputedStyle(node).outlineWidth")
    page.get_by_role("button", name="ssm-audit").focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    page.get_by_role("heading", name="sec-flags", level=1).wait_for()
    page.get_by_role("button", name="You are: Ana Ferreira").focus()
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("Enter")
    page.get_by_role("button", name="You are: Ben Okafor").wait_for()


def test_f6_goes_round_the_parts_of_the_page(browser_page: Screen) -> None:
    """Composer, rail, messages, composer."""
    browser_page.say("a word")
    browser_page.box.focus()
    seen = []
    for _ in range(3):
        browser_page.page.keyboard.press("F6")
        seen.append(browser_page.page.evaluate("() => document.activeElement.tagName"))
    assert seen == ["BUTTON", "ARTICLE", "TEXTAREA"]


def test_arrows_walk_through_messages(browser_page: Screen) -> None:
    """One message is in the tab order; Up and Down move to its neighbours."""
    keys = browser_page.page.keyboard
    for words in ("one", "two", "three"):
        browser_page.say(words)
    browser_page.message("three").focus()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    assert "two" in browser_page.page.evaluate("() => document.activeElement.textContent")
    assert 1 == browser_page.page.locator("#messages article[tabindex='0']").count()


def test_the_page_asks_nobody_else(browser_page: Screen) -> None:
    """Every request goes to the workspace itself."""
    asked: list[str] = []
    browser_page.page.on("request", lambda request: asked.append(request.url))
    browser_page.open()
    browser_page.say("/toy layout")
    assert [] == [url for url in asked if not url.startswith(browser_page.stage.url)]
