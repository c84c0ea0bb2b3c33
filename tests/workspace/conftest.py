"""A workspace for each test, with a clock that only the test moves."""

from __future__ import annotations

import os

import pytest

from bot.workspace import cast
from bot.workspace.facts import App
from bot.workspace.methods import METHODS
from bot.workspace.server import build, serve
from tests.workspace.asgi import Client
from tests.workspace.driver import Driver

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


#: every scope that some method asks for: these tests are not about scopes, but for those that say so
EVERY_SCOPE = tuple(
    sorted({scope for method in METHODS.values() if method.token == "bot" for scope in method.scopes} | {"users:read.email"})
)


class Clock:
    """Unix seconds that stand still until moved."""

    def __init__(self):
        self.now = 1_795_000_000.0

    def __call__(self):
        return self.now

    def forward(self, seconds):
        self.now += seconds


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """slack_sdk sends loopback calls to a proxy that the environment names."""
    for name in PROXIES:
        if name in os.environ:
            monkeypatch.delenv(name)


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="app")
def _app(clock):
    return build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=App(scopes=EVERY_SCOPE))


@pytest.fixture(name="client")
def _client(app):
    return Client(app)


@pytest.fixture(name="running")
def _running(clock):
    running = serve(build(cast.PEOPLE, cast.CHANNELS, clock, groups=cast.GROUPS, app=App(scopes=EVERY_SCOPE), retry_delays=(0, 0, 0)))
    yield running
    running.stop()


@pytest.fixture(name="driver")
def _driver(running):
    driver = Driver(running.url)
    yield driver
    driver.close()
