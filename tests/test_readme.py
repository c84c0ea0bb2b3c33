"""What the README and the docs show can be typed, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.roof import cli
from tests import dialogs
from tests.conftest import NOW

ROOT = Path(__file__).parents[1]
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
ASKED = [line.split("  ")[0] for line in README.splitlines() if line.startswith("/ssm ")]
TYPED = [line.split("#")[0].strip() for line in README.splitlines() if line.startswith("countersign ")]


@pytest.fixture(scope="module", name="answer")
def _answer(night_archive):
    return dialogs.office(night_archive, NOW)


@pytest.mark.parametrize("line", ASKED)
def test_a_question_of_the_readme_is_answered(line, answer):
    heard = answer(line.replace("@ana", "ana.ferreira@example.com"))
    assert not re.match(r"I (don't|can't|need)|There is no|What shall", heard), heard


@pytest.mark.parametrize("line", TYPED)
def test_a_command_line_of_the_readme_parses(line):
    assert cli.parser().parse_args(shlex.split(line)[1:]).verb


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_the_readme_asks_of_a_newcomer_no_more_than_two_commands():
    """`make run` and `make test` are in the Makefile and set up what they need."""
    makefile = (ROOT / "Makefile").read_text()
    assert "make run" in README
    assert "make test" in README
    assert re.search(r"^run: .*\.runs$", makefile, re.MULTILINE)
    assert re.search(r"^test: .*\.tests$", makefile, re.MULTILINE)
