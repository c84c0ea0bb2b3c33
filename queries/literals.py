r"""Literals for Logs Insights QL, which has no bind parameters: what people and rules say, made harmless.

A regex literal stands between slashes, and an unescaped slash would end it and let `|` begin a command. How Insights reads an
escaped slash is not documented, so none is written at all: a slash becomes `\x2F`, which is no delimiter to any reader, and
a double quote, `#` (a comment elsewhere) and control characters likewise become escapes. Case is ignored by `(?i)`, the documented form.

A streamed session is JSON in the log, where Go writes `<`, `>` and `&` as \u003c, \u003e, \u0026 and escapes quotes and
backslashes; patterns are widened to meet either form. Widening may match too much, never too little: what counts is matched
again on the decoded text. Source: encoding/json (HTMLEscape); CloudWatch Logs User Guide, "filter" command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.model import Refused

ROOM = 9_000  # characters of patterns in one query; Insights takes 10,000 for the whole of it
JSON_FORMS = {"&": r"\\u0026", "<": r"\\u003c", ">": r"\\u003e", '"': r"\\\x22", "\\": r"\\\\"}
HARMLESS = {"/": r"\x2F", '"': r"\x22", "#": r"\x23"}
TOKEN = re.compile(
    r"""\\Q.*?(?:\\E|$)                           # literal text
      | \\[pP]\{[^}]*\} | \\x\{[^}]*\} | \\x[0-9A-Fa-f]{2}
      | \\.                                       # an escape
      | \(\?(?:P?<\w+>|[a-zA-Z-]*[:)])            # the head of a group: a name, flags
      | \[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]   # a character class
      | .""",
    re.DOTALL | re.VERBOSE,
)


def compiled(pattern: str) -> Any:  # noqa: ANN401 - google-re2 ships no types
    """The RE2 pattern, ignoring case and in linear time; Refused with RE2's own reason if it does not compile."""
    import re2  # noqa: PLC0415 - light start

    options = re2.Options()
    options.case_sensitive, options.log_errors = False, False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        raise Refused(f"“{pattern[:80]}” is not a regular expression that I can use: {reason}.") from error


def quoted(text: str) -> str:
    """A pattern that matches the text itself and nothing else."""
    return "".join(char if char.isalnum() or char in " _" or ord(char) > 0x7F else "\\" + char for char in text)


def widened(pattern: str) -> str:
    """The pattern with no delimiter in it, matching a text also in the form that it has within JSON."""
    return "".join(_wide(token) for token in TOKEN.findall(pattern))


def _wide(token: str) -> str:
    """One token of a pattern in its harmless, wide form."""
    if token.startswith(r"\Q"):
        return widened(quoted(token[2:].removesuffix(r"\E")))
    if token.startswith("["):
        return _wide_class(token)
    if token.startswith(("(?P<", "(?<")):
        return "(?:"  # a name is of no use to the server
    form = JSON_FORMS.get(_sign(token))
    return f"(?:{_harmless(token)}|{form})" if form else _harmless(token)


def _sign(token: str) -> str:
    r"""The one sign that a token stands for, escaped or not; empty if it stands for more, or for an escape such as `\d`."""
    if len(token) == 2 and token[0] == "\\" and not token[1].isalnum():
        return token[1]
    return token if len(token) == 1 else ""


def _wide_class(token: str) -> str:
    """A character class; one that takes in a character which JSON escapes takes in its escaped form too."""
    held = compiled(token)
    forms = [form for char, form in JSON_FORMS.items() if held.fullmatch(char)]
    own = "[" + "".join(_harmless(part) for part in re.findall(r"\\.|.", token[1:-1], re.DOTALL)) + "]"
    return f"(?:{'|'.join([own, *forms])})" if forms else own


def _harmless(token: str) -> str:
    """A token without slash, quote or control character; an escape before one of them goes with it."""
    bare = token[1:] if len(token) == 2 and token[0] == "\\" and _escape(token[1]) != token[1] else token
    return "".join(map(_escape, bare))


def _escape(char: str) -> str:
    """A character as it may stand in a literal."""
    return HARMLESS.get(char) or (f"\\x{ord(char):02X}" if ord(char) < 0x20 or ord(char) == 0x7F else char)


def regex(patterns: Sequence[str]) -> str:
    """The literal `/(?i)…|…/` for patterns that `widened` has made harmless."""
    return "/(?i)" + "|".join(patterns if len(patterns) == 1 else (f"(?:{p})" for p in patterns)) + "/"


def batches(patterns: Sequence[str], room: int = ROOM) -> Iterator[tuple[str, ...]]:
    """Harmless patterns in groups that fit one query each; Refused if one alone does not."""
    batch: list[str] = []
    size = 0
    for pattern in dict.fromkeys(map(widened, patterns)):
        if len(pattern) + 5 > room:
            raise Refused(f"This pattern is too long for Logs Insights ({len(pattern):,} characters of {room:,}): {pattern[:60]}…")
        if batch and size + len(pattern) + 5 > room:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(pattern)
        size += len(pattern) + 5
    if batch:
        yield tuple(batch)
