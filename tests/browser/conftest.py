"""A real browser on a real workspace. Screenshots are kept in build/screenshots.

`workspace` runs the server with the bot of `start_bot` and the app of `installed`; a test module overrides those two to
bring its own bot. `browser_page` is a page that shows it, and fails the test on any script error or policy violation.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.workspace import cast
from bot.workspace.facts import App
from bot.workspace.server import Running, build, serve
from tests.browser import toybot

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
REQUIRED = os.environ.get("COUNTERSIGN_REQUIRE_BROWSER") == "1"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def _missing(why: str) -> None:
    if REQUIRED:
        pytest.fail(f"COUNTERSIGN_REQUIRE_BROWSER=1, but {why}")
    pytest.skip(why)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; without one the test is skipped, or fails where COUNTERSIGN_REQUIRE_BROWSER=1."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        _missing(f"no Chromium was found (looked for {', '.join(NAMES)}): install the package chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("the Python package playwright is not installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(slots=True)
class Stage:
    """A running workspace and what its bot heard."""

    running: Running
    heard: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.running.url


StartBot = Callable[[Running], tuple[list[dict[str, Any]], Callable[[], None]]]


@pytest.fixture(scope="module")
def installed() -> App:
    """The app that the workspace knows: its commands, shortcuts and hints."""
    return toybot.INSTALLED


@pytest.fixture(scope="module")
def start_bot() -> StartBot:
    """What connects the bot: a running workspace in, what the bot hears and how to stop it out."""
    return toybot.start


@pytest.fixture(scope="module")
def ack_seconds() -> float:
    """How long the workspace waits for an acknowledgement; Slack waits 3 seconds."""
    return 3.0


@pytest.fixture(scope="module")
def workspace(chromium: Any, installed: App, start_bot: StartBot, ack_seconds: float) -> Iterator[Stage]:
    """A workspace with its bot, on a free loopback port, kept for a whole module: messages of earlier tests stay."""
    running = serve(build(cast.PEOPLE, cast.CHANNELS, groups=cast.GROUPS, app=installed, ack_seconds=ack_seconds))
    heard, stop = start_bot(running)
    yield Stage(running, heard)
    stop()
    running.stop()


class Screen:
    """A page of the workspace and the few gestures that tests repeat."""

    def __init__(self, page: Any, stage: Stage) -> None:
        self.page = page
        self.stage = stage
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def open(self, person: str = cast.ANA.id, channel: str = "C0SSMAUDT1") -> Screen:
        """Load the page as a person in a channel."""
        self.page.goto(f"{self.stage.url}/?as={person}&channel={channel}")
        self.page.locator("body.ready").wait_for()
        return self

    @property
    def box(self) -> Any:
        """The composer."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def say(self, words: str) -> Any:
        """Type into the composer and send; gives the newest message."""
        before = self.page.locator("#messages article").count()
        self.box.fill(words)
        self.box.press("Escape")
        self.box.press("Enter")
        newest = self.page.locator("#messages article").nth(before)
        newest.wait_for()
        return newest

    def message(self, words: str) -> Any:
        """The newest message in the channel that holds these words."""
        return self.page.locator("#messages article", has_text=words).last

    def be(self, name: str) -> None:
        """Become another person by the switcher."""
        self.page.get_by_role("button", name=re.compile("^You are:")).click()
        self.page.get_by_role("option", name=re.compile(name)).click()
        self.page.get_by_role("button", name=f"You are: {name}").wait_for()
        self.page.locator("#messages:not([aria-busy])").wait_for(state="attached")

    def shot(self, name: str) -> Path:
        """Keep a screenshot."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path


@pytest.fixture
def browser_setting() -> dict[str, Any]:
    """The browser context: size, colour scheme, zone."""
    return {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", "timezone_id": "UTC", "reduced_motion": "reduce"}


@pytest.fixture
def browser_page(chromium: Any, workspace: Stage, browser_setting: dict[str, Any]) -> Iterator[Screen]:
    """An opened page as Ana in #ssm-audit. At the end of the test no script error and no policy violation may have occurred."""
    context = chromium.new_context(**browser_setting)
    context.set_default_timeout(8000)
    screen = Screen(context.new_page(), workspace)
    workspace.heard.clear()
    yield screen.open()
    context.close()
    assert [] == screen.faults


@pytest.fixture(scope="module")
def page_alone(chromium: Any) -> Iterator[Any]:
    """A page of a workspace without a bot, kept for a whole module: for tests that only run the page's own functions."""
    running = serve(build(cast.PEOPLE, cast.CHANNELS, groups=cast.GROUPS, app=toybot.INSTALLED))
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{running.url}/?as={cast.ANA.id}&channel=C0SSMAUDT1")
    page.locator("body.ready").wait_for()
    yield page
    context.close()
    running.stop()
