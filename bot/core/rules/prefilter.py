"""The quick look: which rules could fire on a text at all, by one linear pass of an RE2 set over its folded form.

Folding lowers the case, drops the characters that split words without changing them (quotes, carets, backticks; on
Linux backslashes too) and makes blanks one. It can only bring more rules to be tried, never fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce

import re2

from bot.core.rules.literals import GATE
from bot.core.rules.seek import encoded
from bot.core.rules.words import Rule

_BLANKS = re.compile(r"\s+")
_DROPPED = {"linux": str.maketrans("", "", "\\'\"`^"), "windows": str.maketrans("", "", "'\"`^")}
_HIDES = {
    "linux": re.compile(r"[$`]|\\x|base64|xxd|printf|\brev\b|openssl|\{[a-z/]+,", re.IGNORECASE),
    "windows": re.compile(r"[%$`^]|base64|\[char|[\"']\s*\+|-f\b|[-/]e[nc\w]*\s|\bset\b", re.IGNORECASE),
}
MOST = 10_000  # characters of an Insights query (CloudWatch Logs Insights quotas)
WORD = "(?:^|[^0-9a-z_])(?:{})(?:$|[^0-9a-z_])"  # a literal between blanks stands for a whole word


def family(platform: str) -> str:
    """Which language's habits apply: `windows` or `linux`."""
    return "windows" if platform.lower().startswith("win") else "linux"


def fold(text: str, platform: str) -> str:
    """The form of a text in which words can't hide behind quotes and escapes."""
    return _BLANKS.sub(" ", text.lower().translate(_DROPPED[family(platform)]))


def hides(text: str, platform: str) -> bool:
    """Whether a text may hold words that only parsing brings out."""
    return _HIDES[family(platform)].search(text) is not None


def whole(literal: str) -> bool:
    """Whether a literal must stand as a word of its own: it is written between blanks."""
    return literal[:1] == literal[-1:] == " "


def bounded(literal: str) -> str:
    """A literal as a regular expression."""
    word = literal.strip()
    pattern = re.escape(word)
    if not whole(literal):
        return pattern
    return (r"\b" if word[0].isalnum() else "") + pattern + (r"\b" if word[-1].isalnum() else "")


class Matcher:
    """Which of many owners' patterns stand in a text: one linear pass."""

    def __init__(self, owners: dict[str, list[Rule]]) -> None:
        self.owners: list[list[Rule]] = []
        options = re2.Options()
        options.log_errors, options.never_capture, options.max_mem = False, True, 1 << 28
        self._set = re2.Set.SearchSet(options)
        for pattern, rules in owners.items():
            self._set.Add(pattern)
            self.owners.append(rules)
        if owners:
            self._set.Compile()

    def __call__(self, text: str) -> set[Rule]:
        """The owners of the patterns that stand in a text."""
        hit = self._set.Match(encoded(text)) if self.owners else None
        return {rule for number in hit for rule in self.owners[number]} if hit else set()


class Prefilter:
    """Rules by the texts that they need; rules that need none are always tried."""

    def __init__(self, rules: Sequence[Rule], platform: str) -> None:
        self.platform = platform
        plain: dict[str, list[Rule]] = {}
        gates: dict[str, list[Rule]] = {}
        always = []
        for rule in rules:
            folded = self._folded(rule)
            if not folded:
                always.append(rule)
            for literal in folded:
                if literal.startswith(GATE):
                    gates.setdefault(literal[1:], []).append(rule)
                else:
                    plain.setdefault(bounded(literal), []).append(rule)
        self.always = tuple(always)
        self._plain, self._gates = Matcher(plain), Matcher(gates)

    def _folded(self, rule: Rule) -> tuple[str, ...]:
        found = (self._seen(text) for text in rule.literals)
        kept = tuple(text if whole(text) or text.startswith(GATE) else text.strip() for text in found)
        return kept if all(text.strip() for text in kept) else ()

    def _seen(self, literal: str) -> str:
        """A literal as the folded text shows it; one that folding drops is sought in the text as typed."""
        if literal.startswith(GATE):
            return literal
        return fold(literal, self.platform) if fold(literal, self.platform).strip() else GATE + re.escape(literal)

    def candidates(self, text: str) -> set[Rule]:
        """Rules that could fire on a text, besides those always tried."""
        return self._plain(fold(text, self.platform)) | self._gates(text)


def patterns(rules: Iterable[Rule], most: int = MOST) -> tuple[str, ...]:
    """Regular expressions for a server-side `like /(?i)…/` filter, together no longer than `most` characters.

    They over-approximate: a line with one of the texts a rule needs is kept, whether or not the rule would fire, and
    output counts like typed text. Where all texts would be too long, the longest are cut to their first characters.
    Rules that look for the very act of hiding words have no such text; they are left to the local judgement.
    """
    literals = {_plain(literal) for rule in rules for literal in rule.literals if literal[:1] != GATE}
    found: tuple[str, ...] = ()
    for longest in (60, 24, 16, 12, 10, 8, 7, 6, 5, 4, 3):
        found = tuple(_joined(_fewest({_cut(literal, longest) for literal in literals})))
        if sum(map(len, found)) <= most:
            break
    return found


def _plain(literal: str) -> str:
    middle = " ".join(literal.split())
    return f" {middle} " if whole(literal) else middle


def _cut(literal: str, longest: int) -> str:
    return literal if len(literal.strip()) <= longest else literal.strip()[:longest].strip()


def _fewest(words: set[str]) -> list[str]:
    """Without the words that hold another free one."""
    kept: list[str] = []
    for word in sorted(words, key=lambda word: (whole(word), len(word))):
        if not any(other in word for other in kept if not whole(other)):
            kept.append(word)
    return sorted(kept)


def _joined(words: Sequence[str]) -> list[str]:
    short = [re.escape(word.strip()).replace("\\-", "-") for word in words if whole(word)]
    free = [_escaped(word) for word in words if not whole(word)]
    bounded_rows = [WORD.format("|".join(short))] if short else []
    rows: list[str] = []
    return [*bounded_rows, *reduce(_grow, free, rows)]


def _escaped(word: str) -> str:
    return re.escape(word).replace("/", "\\/").replace("\\ ", "\\s+").replace("\\-", "-")


def _grow(rows: list[str], word: str) -> list[str]:
    if rows and len(rows[-1]) + len(word) < 1_500:
        return [*rows[:-1], f"{rows[-1]}|{word}"]
    return [*rows, word]
