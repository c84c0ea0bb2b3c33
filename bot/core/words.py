"""Typed words → arguments. Order does not matter: each word is known by its shape.

Phones turn `--` into a dash and quotes into curly ones; that is undone in `read`. Slack turns `@ana` into `<@U…|ana>` and
escapes `&<>` (manifest: `should_escape`); `unslack` undoes that, for words that came through Slack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.model import Refused
from bot.core.times import looks_like_span

QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " "})
DASHED = re.compile(r"^[-–—−]+(?=[A-Za-z])")
SLACK_LINK = re.compile(r"<(?:mailto:|tel:)?(?P<url>[^<>|@#!][^<>|]*)(?:\|(?P<label>[^<>]*))?>")
MENTION = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>")
TOKEN = re.compile(
    r"""(?P<flag>[-–—−]+[A-Za-z][A-Za-z-]*=)?(?:"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<regex>/(?:\\.|[^/\\])+/)(?=\s|$)|(?P<bare>\S+))""",
    re.VERBOSE,
)
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mention", re.compile(r"@[UW][A-Z0-9]{5,}$")),
    ("node", re.compile(r"(i|mi)-[0-9a-f]{8,17}$|ecs:\S+$|(codebuild|sagemaker-cluster):\S+$")),
    ("arn", re.compile(r"arn:[a-z-]*:\S+$")),
    ("account", re.compile(r"\d{12}$")),
    ("ip", re.compile(r"\d{1,3}(\.\d{1,3}){3}$|[0-9a-f]*:[0-9a-f:]+:[0-9a-f.]*$")),
    ("region", re.compile(r"[a-z]{2}(-[a-z]+)+-\d$")),
    ("number", re.compile(r"\d{1,6}$")),
    ("session", re.compile(r"\S+-([0-9a-f]{17}|[a-z0-9]{26})$")),
    ("email", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+$")),
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its shape (`span`, `node`, `flag`, `regex`, `quoted`, `word`, …) and its text."""

    shape: str
    text: str
    value: str | None = None  # of a flag written `--name=value`


@dataclass(frozen=True, slots=True)
class Words:
    """The verb and what stands behind it."""

    verb: str
    tokens: tuple[Token, ...] = field(default=())

    @property
    def rest(self) -> str:
        """What stands behind the verb, as one text."""
        return " ".join(token.text for token in self.tokens)


def read(typed: str) -> Words:
    """The typed line as a verb and its tokens."""
    verb, _, rest = typed.strip().translate(QUOTES).partition(" ")
    return Words(verb.lower().lstrip("/"), tuple(_token(match) for match in TOKEN.finditer(rest)))


def _token(match: re.Match[str]) -> Token:
    flag, bare = match["flag"], match["bare"] or ""
    if flag:
        return Token(
            "flag",
            DASHED.sub("", flag[:-1]).lower(),
            next(g for g in (match["quoted"], match["single"], match["regex"], bare) if g is not None),
        )
    if match["regex"]:
        return Token("regex", match["regex"][1:-1])
    if match["quoted"] is not None or match["single"] is not None:
        return Token("quoted", match["quoted"] if match["quoted"] is not None else match["single"])
    if DASHED.match(bare):
        return Token("flag", DASHED.sub("", bare).lower())
    return Token(_shape(bare), bare)


def _shape(bare: str) -> str:
    for name, pattern in SHAPES:
        if pattern.match(bare):
            return name
    return "span" if looks_like_span(bare) else "word"


def unslack(text: str) -> str:
    """A text that Slack wrote, as the person typed it: names as `@U…`, links as their label, `&<>` unescaped once."""
    text = SLACK_LINK.sub(lambda m: m["label"] or m["url"], MENTION.sub(r"@\g<id>", text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True, slots=True)
class Takes:
    """What a verb takes: shapes that narrow (shape → argument name), flags (name → whether a value follows), a span, free text."""

    shapes: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)  # word → argument name
    free: str = ""  # the argument that unknown words fill


def take(words: Words, takes: Takes, usage: str) -> dict[str, str]:
    """The arguments by name. Raises Refused, naming the word that does not belong and the usage that would."""
    found: dict[str, str] = {}
    tokens = list(words.tokens)
    while tokens:
        token = tokens.pop(0)
        name, value = _flag(token, tokens, takes, usage) if token.shape == "flag" else _place(token, takes, usage)
        if name in found and name != takes.free:
            raise Refused(f"“{found[name]}” and “{value}” are both given as {name}; I can take one. Usage: `{usage}`")
        found[name] = f"{found[name]} {value}" if name in found else value
    return found


def _flag(token: Token, tokens: list[Token], takes: Takes, usage: str) -> tuple[str, str]:
    if token.text not in takes.flags:
        known = " ".join(f"`--{flag}`" for flag in takes.flags) or "none"
        raise Refused(f"I don't know `--{token.text}` here. Flags: {known}. Usage: `{usage}`")
    if not takes.flags[token.text]:
        return token.text, "yes"
    if token.value is not None:
        return token.text, token.value
    if not tokens or tokens[0].shape == "flag":
        raise Refused(f"`--{token.text}` needs a value, as in `--{token.text}=…`. Usage: `{usage}`")
    return token.text, tokens.pop(0).text


def _place(token: Token, takes: Takes, usage: str) -> tuple[str, str]:
    chosen = takes.choices.get(token.text.lower()) if token.shape == "word" else None
    name = chosen or takes.shapes.get(token.shape) or takes.free
    if not name:
        raise Refused(f"I don't know what “{token.text}” means here. Usage: `{usage}`")
    return name, token.text.lower() if chosen else token.text
