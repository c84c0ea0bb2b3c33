"""The validator accepts what Slack accepts and points at what it would refuse."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.workspace.limits import validate
from tests.workspace import payloads

MUTANTS = payloads.mutants()


@pytest.mark.parametrize(
    ("part", "surface"),
    [(payloads.MESSAGE, "message"), (payloads.MODAL, "modal"), (payloads.HOME, "home")],
    ids=["message", "modal", "home"],
)
def test_accepts_good_payloads(part, surface):
    """A payload that uses every block within its limits has no faults."""
    assert [] == validate(part, surface)


@pytest.mark.parametrize(("part", "surface", "pointer"), [pytest.param(*m[:3], id=m[3]) for m in MUTANTS])
def test_points_at_each_fault(part, surface, pointer):
    """Every mutant is refused at the place that was spoilt."""
    assert pointer in {fault.pointer for fault in validate(part, surface)}


@pytest.mark.parametrize(
    ("length", "faults"),
    [pytest.param(3000, [], id="as long as allowed"), pytest.param(3001, ["must be less than 3001 characters"], id="one too long")],
)
def test_says_it_as_slack_does(length, faults):
    """A section's text has at most 3,000 characters, and the sentence is Slack's."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}
    assert faults == [fault.message for fault in validate([block], "message")]


def test_text_is_enough():
    """A message may have no blocks at all."""
    assert [] == validate({"text": "hello"}, "message")


def test_names_an_unknown_surface():
    """A surface that does not exist is one fault, not a crash."""
    assert ["unknown_type"] == [fault.code for fault in validate([], "billboard")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(part=JSON, surface=st.sampled_from(["message", "modal", "home"]))
def test_survives_any_json(part, surface):
    """Whatever JSON arrives, there is a list of faults and no exception."""
    assert all("" == fault.pointer or fault.pointer.startswith("/") for fault in validate(part, surface))


def _places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


PARTS = {"message": payloads.MESSAGE, "modal": payloads.MODAL, "home": payloads.HOME}
PLACES = [path for path in _places(payloads.MODAL) if path]
EVERYWHERE = [(surface, path) for surface, part in PARTS.items() for path in _places(part) if path]


@settings(max_examples=300, deadline=None)
@given(place=st.sampled_from(EVERYWHERE), junk=JSON)
def test_survives_junk_anywhere(place, junk):
    """Junk at any place of a good payload never makes the validator raise."""
    surface, path = place
    assert isinstance(validate(payloads.spoilt(PARTS[surface], payloads.put(*path, junk)), surface), list)


@settings(max_examples=100, deadline=None)
@given(path=st.sampled_from([path for path in PLACES if path[-1] == "type"]), word=st.text("abcdef_", min_size=1, max_size=12))
def test_refuses_any_unknown_type(path, word):
    """A type that Slack does not know is refused wherever it stands."""
    spoilt = payloads.spoilt(payloads.MODAL, payloads.put(*path, f"x{word}"))
    surface = "modal" if path != ("type",) else spoilt["type"]
    assert validate(spoilt, surface)


def test_a_payload_is_not_changed():
    """The validator only looks."""
    before = json.dumps(payloads.MODAL)
    validate(payloads.MODAL, "modal")
    assert before == json.dumps(payloads.MODAL)
