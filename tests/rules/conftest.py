"""The house's own rulebook, read once."""

from __future__ import annotations

import pytest

from bot.core.rules import Rulebook
from queries.rulebook import load


@pytest.fixture(scope="session", name="book")
def _book() -> Rulebook:
    """The house's own rules."""
    return load()
