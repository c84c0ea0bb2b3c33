"""A town for each test that wants one."""

from __future__ import annotations

import pytest

from tests.slack.town import Town


@pytest.fixture(name="town")
def _town():
    town = Town()
    yield town
    town.close()
