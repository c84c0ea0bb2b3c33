"""Literals for Logs Insights: nothing that a person types can leave its literal, and nothing that JSON escapes is missed."""

from __future__ import annotations

import json

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Refused
from queries import literals
from tests.standins import insights_ql

HOSTILE = [
    "/ | limit 1",
    "a/| fields @message",
    'x" or 1=1',
    "back\\slash",
    "\\/",
    "[/]",
    "a\\\\/b",
    "${x}",
    "# no comment",
    "a|b",
    "{limit}",
]


def go_json(line):
    """A line as Go's encoder writes it in an event."""
    plain = json.dumps({"sessionData": [line]}, ensure_ascii=False)
    return plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def matches(pattern, text):
    options = re2.Options()
    options.case_sensitive = False
    return bool(re2.compile(pattern, options).search(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_one_literal(text):
    """The stand-in's parser refuses a slash within a regex even when it is escaped; the query has one filter all the same."""
    literal = literals.regex([literals.widened(literals.quoted(text))])
    query = insights_ql.parse(f"filter @message like {literal}\n| limit 5")
    assert 1 == len(query.steps)
    assert 2 == literal.count("/")


@given(st.text(max_size=40))
def test_any_text_is_found_in_plain_output(text):
    """A quoted text matches itself, whatever it is made of."""
    assert matches(literals.widened(literals.quoted(text)), f"before {text} after")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_is_found_in_a_streamed_event(text):
    """A quoted text matches itself also within the JSON that the agent streams."""
    assert matches(literals.widened(literals.quoted(text)), go_json(f"$ {text}"))


@given(st.text(max_size=60))
def test_no_text_makes_a_delimiter_or_a_second_line(text):
    """Neither a slash, a quote nor a control character is left in a literal."""
    widened = literals.widened(literals.quoted(text))
    assert not set(widened) & {"/", '"', "\n", "\r", "\t", "\x00"}


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        pytest.param(r"a\s*&&\s*b", "a && b", id="ampersands"),
        pytest.param(r">\s*/etc/", "echo x > /etc/passwd", id="redirect into a path"),
        pytest.param(r"[&;|]\s*nc\b", "true & nc 192.0.2.1 4444", id="class with an escaped character"),
        pytest.param(r"echo [^|]*\| base64", 'echo "a<b" | base64 -d', id="negated class over escaped characters"),
        pytest.param(r'-c "import', 'python -c "import os"', id="double quote"),
        pytest.param(r"\\\\192\.0\.2\.1\\share", r"\\192.0.2.1\share", id="backslashes"),
        pytest.param(r"\Q<&>/\E", "x <&>/", id="literal text in a pattern"),
        pytest.param(r"(?P<tool>curl|wget)\s+http", "WGET http://example.com", id="named group, other case"),
    ],
)
def test_a_pattern_meets_both_forms(pattern, line):
    """A pattern matches a line as it is in a file, and as it is in a streamed event."""
    widened = literals.widened(pattern)
    assert (True, True) == (matches(widened, line), matches(widened, go_json(line)))
    assert "/" not in widened


def test_a_bad_pattern_is_refused_with_its_reason():
    """The sentence names the pattern and says what RE2 found wrong."""
    with pytest.raises(Refused, match=r"“\(a” is not a regular expression that I can use: missing \): \(a"):
        literals.compiled("(a")


def test_lookaround_is_refused():
    """RE2 has no lookaround, because it would not be linear."""
    with pytest.raises(Refused, match="invalid perl operator"):
        literals.compiled("a(?=b)")


def test_long_sets_are_split_and_nothing_is_lost():
    """Every pattern is in exactly one batch, and each batch fits."""
    patterns = [f"tool{number:04d}" + "x" * 90 for number in range(300)]
    batches = list(literals.batches(patterns))
    assert patterns == [pattern for batch in batches for pattern in batch]
    assert all(len(literals.regex(batch)) <= 10_000 for batch in batches)
    assert len(batches) > 1


def test_one_pattern_that_is_too_long_is_refused():
    """A pattern cannot be cut in two."""
    with pytest.raises(Refused, match="too long for Logs Insights"):
        list(literals.batches(["x" * 9_001]))
