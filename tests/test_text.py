"""Foreign text can neither mention, link, format, reorder nor overflow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import blocks, text


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        pytest.param("<!channel>", "&lt;!channel&gt;", id="a mention of everybody"),
        pytest.param("<https://evil.example.com|ticket>", "&lt;https://evil.example.com|ticket&gt;", id="a disguised link"),
        pytest.param("a & b", "a &amp; b", id="an ampersand"),
        pytest.param("tab\there", "tab here", id="a tab"),
        pytest.param("\u202egnp.exe", "\\u202egnp.exe", id="text turned around"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="an escape sequence"),
    ],
)
def test_safe_text_says_what_it_was(foreign, shown):
    assert shown == text.safe(foreign)


def test_formatting_marks_are_disarmed_at_the_edge_of_words_only():
    assert "∗bold∗ a_b ＿x＿ ∼y∼ ˋzˋ" == text.safe("*bold* a_b _x_ ~y~ `z`")


def test_code_has_no_backtick_of_its_own():
    assert "`ˋrm -rfˋ`" == text.code("`rm -rf`")


@given(st.text(max_size=300), st.integers(2, 120))
def test_escaped_text_fits_and_ends_with_whole_entities(foreign, most):
    made = text.escaped(foreign, most)
    assert len(made) <= most
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", made)


@given(st.text(max_size=6000))
def test_a_section_takes_any_safe_text(foreign):
    made = blocks.section(text.code(foreign, 5000) + text.safe(foreign, 5000))["text"]["text"]
    assert 1 <= len(made) <= 3000
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", made)


def test_a_cut_never_leaves_half_a_date():
    long = "x" * 2990 + "<!date^1790000000^{date}|2026>"
    assert blocks.mrkdwn(long)["text"].endswith("x…")


@pytest.mark.parametrize(("count", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456, "123 kB"), (5_000_000_000, "5.0 GB")])
def test_sizes_in_words(count, shown):
    assert shown == text.size(count)


@pytest.mark.parametrize(
    ("words", "shown"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (list("abcdefg"), "a, b, c, d and 3 more")],
)
def test_lists_in_words(words, shown):
    assert shown == text.listed(words, 5)
