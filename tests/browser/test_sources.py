"""What the page's own files may contain: no way to turn data into markup, nobody else's address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "bot" / "workspace" / "static"
SCRIPTS = sorted(STATIC.glob("js/*.js"))
FILES = [STATIC / "index.html", *SCRIPTS, *sorted(STATIC.glob("css/*.css"))]
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|\beval\(|new Function|javascript:"
)
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
ALLOWED = {"//www.w3.org", "http://www.w3.org", "https://example.com"}  # SVG's namespace, and an example in a sentence


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_build_elements_and_never_parse_markup(path: Path) -> None:
    """None of the ways by which text could become markup or code is used."""
    assert [] == MARKUP.findall(path.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_name_no_other_host(path: Path) -> None:
    """The page needs no network: it names no address to load from."""
    assert set() == set(ADDRESS.findall(path.read_text())) - ALLOWED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_short(path: Path) -> None:
    """A file does one thing, in at most 250 lines."""
    assert len(path.read_text().splitlines()) <= 250


def test_the_page_has_no_inline_script_or_style() -> None:
    """A policy without 'unsafe-inline' holds: no inline scripts, styles or handlers."""
    page = (STATIC / "index.html").read_text()
    assert [] == re.findall(r"<style|style=|\son\w+=|<script(?![^>]*src=)", page)
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in page


def test_every_script_is_loaded_at_once() -> None:
    """The page names all its modules up front, so that no import waits for another to be read."""
    named = re.findall(r'(?:href|src)="/static/js/([\w.]+)"', (STATIC / "index.html").read_text())
    assert [path.name for path in SCRIPTS] == sorted(named)
