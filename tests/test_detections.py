"""The page of detections: every name on it exists, and every rule and detector stands on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.core.unusual import CATALOGUE
from bot.core.watched import concerns
from queries.rulebook import load

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "detections.md").read_text()
NAMED = set(re.findall(r"`([a-z_]+)`", PAGE))
RULES = {rule.name for rule in load().rules if rule.name.startswith("ct_")}
DETECTORS = {each.__name__.lstrip("_") for each in CATALOGUE} | {"preferences_window", "self_approved", "stray_log"}
CATALOGUED = [
    f"{letter}{number}" for letter, last in (("S", 21), ("P", 11), ("T", 7), ("L", 5), ("J", 3), ("O", 6)) for number in range(1, last + 1)
]


def test_every_rule_and_detector_stands_on_the_page():
    assert set() == (RULES | DETECTORS) - NAMED


def test_every_name_on_the_page_exists():
    assert set() == NAMED - RULES - DETECTORS


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\btest_\w+", PAGE))))
def test_every_test_on_the_page_exists(name):
    assert list((ROOT / "tests").rglob(f"{name}.py"))


@pytest.mark.parametrize("name", CATALOGUED)
def test_every_entry_of_the_catalogue_is_there(name):
    assert re.search(rf"\| (?:[A-Z]\d+ )*{name} ", PAGE)


def calls(example):
    """The calls of an example of a rule or a correlation."""
    if isinstance(example, list):
        return [call for each in example for call in calls(each)]
    return [(example.get("eventSource", ""), example["eventName"])] if "eventName" in example else []


@pytest.mark.parametrize("path", sorted((ROOT / "queries" / "rules" / "cloudtrail").glob("*.yml")), ids=lambda path: path.stem)
def test_what_a_rule_fires_on_is_asked_for(path):
    """A rule on a call that no question reads would never speak."""
    assert [] == [call for call in calls(yaml.safe_load(path.read_text())["fires_on"]) if not concerns(*call)]
