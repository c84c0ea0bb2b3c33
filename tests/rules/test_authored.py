"""Commands written for this set without a look at the rules: what must be found at which level, and what must not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.model import Level
from bot.core.rules import Rulebook

FOLDER = Path(__file__).parent / "authored"  # risky: level, technique, command; quiet: a command a line
PLATFORMS = ("linux", "windows")


def _rows(platform: str, kind: str) -> list[str]:
    (file,) = FOLDER.glob(f"{platform}.{kind}.*")
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]


def _risky() -> list[object]:
    every = [(platform, number, row.split("\t", 2)) for platform in PLATFORMS for number, row in enumerate(_rows(platform, "risky"))]
    return [pytest.param(platform, Level[row[0].upper()], row[2], id=f"{platform} {number}") for platform, number, row in every]


def _quiet() -> list[object]:
    every = [(platform, number, text) for platform in PLATFORMS for number, text in enumerate(_rows(platform, "quiet"))]
    return [pytest.param(platform, text, id=f"{platform} {number}") for platform, number, text in every]


@pytest.mark.parametrize(("platform", "least", "text"), _risky())
def test_risky_is_found_at_its_level(book: Rulebook, platform: str, least: Level, text: str) -> None:
    """A risky command is found at least at the level that it deserves."""
    assert least <= max((found.level for found in book.judge(text, platform)), default=-1)


@pytest.mark.parametrize(("platform", "text"), _quiet())
def test_daily_work_is_quiet(book: Rulebook, platform: str, text: str) -> None:
    """Daily work with words that sound risky gives nothing above informational."""
    assert [] == [found.rule for found in book.judge(text, platform) if found.level > Level.INFORMATIONAL]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_techniques_of_the_set_are_covered(book: Rulebook, platform: str) -> None:
    """Every technique that the set names is spoken of by a rule, itself or as its parent."""
    known = {technique for rule in book.rules for technique in rule.techniques}
    known |= {technique.partition(".")[0] for technique in known}
    assert set() == {row.split("\t")[1] for row in _rows(platform, "risky")} - known
