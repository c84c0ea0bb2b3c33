"""A person's search, made safe: RE2 runs in linear time whatever is typed (github.com/google/re2, "Syntax")."""

from __future__ import annotations

import re

import re2

from bot.core.model import Refused
from bot.core.text import code

LONGEST = 500
MEMORY = 8 << 20  # bytes for one compiled pattern; a repeat like {1000}{1000} is refused instead of grown
BACKTRACKING = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|[*+?}]\+")


def checked(pattern: str) -> str:
    """The pattern, if RE2 takes it. Raises Refused with what is wrong and what to write instead."""
    if len(pattern) > LONGEST:
        raise Refused(f"That pattern is {len(pattern)} characters long; I take {LONGEST} at most.")
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        raise Refused(_why(pattern, _reason(error))) from error
    return pattern


def _why(pattern: str, said: str) -> str:
    if BACKTRACKING.search(pattern):
        return (
            f"{code('/' + pattern + '/', 80)} looks around or refers back, which could take forever. Use plain alternatives: `/sudo|su -/`."
        )
    if "too large" in said or "repetition size" in said:
        return f"{code('/' + pattern + '/', 80)} is too costly: its repeats multiply. Use smaller counts."
    return f"{code('/' + pattern + '/', 80)} is not a regular expression that I can read: {code(said, 100)}. To search for text as it is, write it in quotes."


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def found(pattern: str, text: str, *, regex: bool) -> bool:
    """Whether a text holds what is searched for, ignoring case."""
    if not regex:
        return pattern.lower() in text.lower()
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options).search(text) is not None
