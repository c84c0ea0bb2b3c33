"""The generated pages are current: `make docs` would change nothing."""

from __future__ import annotations

import pytest

from tests.pages import PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_generated_page_is_current(path):
    assert PAGES[path]() == path.read_text()
