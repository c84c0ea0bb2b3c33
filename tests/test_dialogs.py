"""The conversations of `tests/dialogs` go as they are written. `make docs` writes what is heard anew; the diff is the review."""

from __future__ import annotations

import pytest

import commands
from bot.core.registry import discover
from tests import dialogs
from tests.conftest import NOW


@pytest.fixture(scope="module", name="answer")
def _answer(night_archive):
    return dialogs.office(night_archive, NOW)


@pytest.mark.parametrize("path", dialogs.files(), ids=lambda path: path.stem)
def test_a_conversation_goes_as_it_is_written(path, answer):
    page = path.read_text()
    assert [line for line, _ in dialogs.said(page)]
    for line, heard in dialogs.said(page):
        assert heard == answer(line), line


@pytest.mark.parametrize("name", sorted(discover(commands)))
def test_every_command_has_a_conversation(name):
    page = (dialogs.HERE / f"{name}.md").read_text()
    assert any(line.startswith(f"/ssm {name}") for line, _ in dialogs.said(page))
