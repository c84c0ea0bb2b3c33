"""JSON as it may come from anyone: strictly JSON, so that what was read can always be written again."""

from __future__ import annotations

import msgspec

from bot.workspace.facts import Value


def decoded(text: bytes | str) -> Value:
    """The value; ValueError on anything that is not JSON: NaN, Infinity and lone surrogates too."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
