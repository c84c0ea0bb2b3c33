"""Every rule of the house holds what it says: it fires and is silent on its own examples, and is described whole."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from bot.core.model import Level
from bot.core.rules import Rule, Rulebook
from bot.core.rules.docs import coverage, reference
from bot.core.rules.literals import GATE
from bot.core.rules.prefilter import Prefilter, fold
from queries.rulebook import OWN, load
from tests.rules.examples import spoke

RULES = load().rules
DOCS = Path(__file__).parents[2] / "docs"


def _fires() -> list[object]:
    return [pytest.param(rule, each, id=f"{rule.name} {number}") for rule in RULES for number, each in enumerate(rule.fires_on)]


def _silent() -> list[object]:
    return [pytest.param(rule, each, id=f"{rule.name} {number}") for rule in RULES for number, each in enumerate(rule.silent_on)]


@pytest.mark.parametrize(("rule", "example"), _fires())
def test_fires(book: Rulebook, rule: Rule, example: object) -> None:
    """A rule fires on each of its fires_on examples."""
    assert spoke(book, rule, example)


@pytest.mark.parametrize(("rule", "example"), _silent())
def test_is_silent(book: Rulebook, rule: Rule, example: object) -> None:
    """A rule is silent on each of its silent_on examples."""
    assert not spoke(book, rule, example)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
def test_is_described_whole(rule: Rule) -> None:
    """A rule has examples both ways, a sentence, techniques, an author, a UUID and a file of its own name."""
    assert rule.fires_on
    assert rule.silent_on
    assert rule.description.endswith(".")
    assert rule.techniques
    assert rule.falsepositives
    assert rule.author == "Countersign"
    assert str(UUID(rule.id)) == rule.id
    assert Path(rule.where.rpartition(":")[0]).stem == rule.name


def test_names_ids_and_titles_are_unique() -> None:
    """No two rules share a name, an id or a title on one platform."""
    for key in (lambda rule: rule.name, lambda rule: rule.id, lambda rule: (rule.title, rule.platform, rule.kind)):
        assert len(RULES) == len({key(rule) for rule in RULES})


def test_all_of_them_apply(book: Rulebook) -> None:
    """Each of the house's files is a rule that a session can feed."""
    assert () == book.not_applicable
    assert len(list(OWN.rglob("*.yml"))) == len(book.rules)


def test_each_can_be_found_fast() -> None:
    """Each rule for typed text names what it needs, so that it is not tried on every line."""
    assert [] == [rule.name for rule in RULES if rule.kind in ("command", "script") and not rule.literals]


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_the_quick_filter_misses_nothing(book: Rulebook, platform: str) -> None:
    """Every plain example stands the quick filter of its own rule; hidden words may need the parser."""
    quick = Prefilter(book.of(platform), platform)
    lost = [
        (rule.name, example)
        for rule in book.of(platform)
        for example in rule.fires_on
        if isinstance(example, str)
        if rule not in quick.candidates(example)
        if "base64" not in fold(example, platform) and not set("\\'\"`+{^$%") & set(example)
    ]
    assert [] == lost


def test_levels_are_used_from_end_to_end() -> None:
    """Rules use every level of Sigma."""
    assert set(Level) == {rule.level for rule in RULES}


@pytest.mark.parametrize("number", ["T1562.001", "T1685", "T1562.004", "T1686", "T1562.003", "T1690"])
def test_both_numberings_of_attack(number: str) -> None:
    """Techniques that MITRE renumbered are tagged by both numbers."""
    assert any(number in rule.techniques for rule in RULES)


@pytest.mark.parametrize(("page", "write"), [("rules.md", reference), ("rules-coverage.md", coverage)])
def test_pages_are_current(book: Rulebook, page: str, write: object) -> None:
    """The pages say what the rules say; `python -m benchmarks.judging --write` writes them."""
    assert write(book) == (DOCS / page).read_text(encoding="utf-8")


def test_gates_are_marked() -> None:
    """A regular expression among the literals carries its mark, so that no text is mistaken for one."""
    assert any(text.startswith(GATE) for rule in RULES for text in rule.literals)
