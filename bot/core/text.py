"""Foreign text made safe for people: nothing in it can mention, link, format, reorder or overflow.

Slack's own rules: mrkdwn gives meaning to `&`, `<` and `>` only through entities, and formats `*_~` and backticks at the
edge of a word (docs.slack.dev, "Formatting message text"). Unicode controls are shown, never obeyed.
"""

from __future__ import annotations

import re
import unicodedata

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
EDGE = re.compile(r"(?<!\w)[*_~`]|[*_~`](?!\w)")
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
ALIKE = {"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"}  # at the edge of a word the marks themselves would format


def visible(text: str, *, lines: bool = False) -> str:
    """The text with control, format and surrogate characters written as escapes (`x1b`, `u202e`); newlines kept if `lines`."""
    return "".join(c if c.isprintable() or (lines and c == "\n") else _written(c) for c in text)


def _written(char: str) -> str:
    if char in "\n\t":
        return " "
    if unicodedata.category(char) in UNSEEN:
        return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"
    return char


def clip(text: str, most: int) -> str:
    """At most that many characters, an ellipsis where something was cut."""
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"


def escape(text: str) -> str:
    """Slack's three entities."""
    return text.translate(ENTITIES)


def escaped(text: str, most: int) -> str:
    """Escaped text of at most `most` characters, cut between characters and never inside an entity."""
    whole = escape(text)
    if len(whole) <= most:
        return whole
    room, kept = most - 1, []
    for char in text:
        piece = escape(char)
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
    return "".join(kept) + "…"


def safe(text: str, most: int = 200) -> str:
    """Foreign text for mrkdwn prose: one line, escaped, and its formatting marks replaced by look-alikes where they would format."""
    return EDGE.sub(lambda m: ALIKE[m.group()], escaped(visible(text), most))


def code(text: str, most: int = 200) -> str:
    """Foreign text as inline code: one line, escaped, its backticks replaced by a look-alike."""
    inner = escaped(visible(text).replace("`", "ˋ"), most).strip()
    return f"`{inner}`" if inner else ""


def plural(count: int, one: str, many: str = "") -> str:
    """`1 session`, `2 sessions`, `12,345 sessions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: list[str], most: int = 5, between: str = ", ") -> str:
    """`a, b and c`; past `most`, `a, b and 7 more`."""
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return " and ".join(filter(None, [between.join(words[:-1]), words[-1]])) if words else ""


def sentence(said: str) -> str:
    """The words as a sentence: a capital first, a full stop last."""
    said = said.strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?", "…")) else ".")


def size(count: float) -> str:
    """Bytes in the unit that a person would choose: `512 B`, `4.2 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
