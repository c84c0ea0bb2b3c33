"""A town for each test that wants one."""

from __future__ import annotations

import pytest

from bot.slack import hands
from tests.slack.town import Town


@pytest.fixture(name="every_answer_is_slow")
def _every_answer_is_slow(monkeypatch):
    """The line before an answer comes almost at once."""
    monkeypatch.setattr(hands, "PATIENCE", 0.01)


@pytest.fixture(name="every_answer_is_quick")
def _every_answer_is_quick(monkeypatch):
    """No machine is so slow that a test would see the line before an answer."""
    monkeypatch.setattr(hands, "PATIENCE", 60.0)


@pytest.fixture(name="town")
def _town():
    town = Town()
    yield town
    town.close()
