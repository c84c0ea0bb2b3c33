"""Logs Insights QL, as far as it is used: fields, filter, stats, sort, limit. Anything else is a MalformedQueryException.

A `/`, `"` or `#` inside a regex is refused even when escaped, because how Insights reads it is not documented; so is `/…/i`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import re2

from tests.standins.wire import AwsError

TOKENS = re.compile(
    r"""(?P<skip>[ \t\n]+|\#[^\n]*)
      | (?P<regex>/[^/\n\#"]*/)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\d+)
      | (?P<name>@?[A-Za-z_][\w.]*)
      | (?P<sign>!=|=|\||,|\(|\)|\*)""",
    re.VERBOSE,
)
Row = dict[str, Any]
Step = Callable[[list[Row]], list[Row]]
MOST = 10_000


@dataclass(slots=True)
class Tokens:
    """A query's words, one after the other."""

    text: str
    words: list[tuple[str, str, int]]
    at: int = 0

    def peek(self) -> tuple[str, str, int]:
        return self.words[self.at] if self.at < len(self.words) else ("end", "", len(self.text))

    def take(self, *kinds: str, value: str = "") -> str:
        kind, word, at = self.peek()
        if kind not in kinds or (value and word != value):
            raise malformed(f"unexpected {word or 'end of query'!r}", at)
        self.at += 1
        return word

    def skips(self, value: str) -> bool:
        """Whether the next word is this one; if so it is taken."""
        if self.peek()[1] != value or self.peek()[0] in {"string", "regex"}:
            return False
        self.at += 1
        return True


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its steps, what it shows, and how many rows."""

    steps: tuple[Step, ...]
    shown: tuple[str, ...] = ("@timestamp", "@message")
    limit: int = MOST
    aggregated: bool = field(default=False)


def malformed(message: str, at: int = 0) -> AwsError:
    location = {"startCharOffset": at, "endCharOffset": at + 1}
    return AwsError("MalformedQueryException", message, extra={"queryCompileError": {"location": location, "message": message}})


def tokens(text: str) -> Tokens:
    words, at = [], 0
    while at < len(text):
        match = TOKENS.match(text, at)
        if not match:
            raise malformed(f"unexpected symbol {text[at]!r}", at)
        if match.lastgroup != "skip":
            words.append((str(match.lastgroup), match[0], at))
        at = match.end()
    return Tokens(text, words)


def parse(text: str) -> Query:
    """The query; raises a MalformedQueryException for all that is not known here."""
    if len(text) > 10_000:
        raise AwsError("InvalidParameterException", "queryString must have length less than or equal to 10000")
    words, steps, shown, limit, aggregated = tokens(text), [], ("@timestamp", "@message"), MOST, False
    while True:
        command, at = words.take("name"), words.peek()[2]
        if command == "fields":
            shown = tuple(names(words))
        elif command == "filter":
            steps.append(filtering(words))
        elif command == "stats" and not aggregated:
            step, shown = stats(words)
            aggregated = True
            steps.append(step)
        elif command == "sort":
            steps.append(sorting(words))
        elif command == "limit":
            limit = int(words.take("number"))
        else:
            raise malformed(f"unknown command {command!r}", at)
        if words.peek()[0] == "end":
            return Query(tuple(steps), shown, limit, aggregated)
        words.take("sign", value="|")


def names(words: Tokens) -> Iterator[str]:
    yield words.take("name")
    while words.skips(","):
        yield words.take("name")


def filtering(words: Tokens) -> Step:
    """`field like /re/`, `field like "text"`, `field = "text"`."""
    name = words.take("name")
    if words.skips("="):
        wanted = string(words.take("string"))
        return lambda rows: [row for row in rows if row.get(name) == wanted]
    words.take("name", value="like")
    kind, word, at = words.peek()
    words.take("regex", "string")
    if words.peek()[0] == "name":
        raise malformed(f"unexpected {words.peek()[1]!r} after a pattern", words.peek()[2])
    if kind == "string":
        part = string(word)
        return lambda rows: [row for row in rows if part in str(row.get(name, ""))]
    pattern = regex(word[1:-1], at)
    return lambda rows: [row for row in rows if pattern.search(str(row.get(name, "")))]


def string(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1])


def regex(text: str, at: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise malformed(f"Invalid regular expression: {error}", at) from error


AGGREGATES: Mapping[str, Callable[[Sequence[Any]], Any]] = {"min": min, "max": max, "count": len}


def stats(words: Tokens) -> tuple[Step, tuple[str, ...]]:
    """`stats min(@f) as a, count(*) as n by @x, @y`."""
    made: list[tuple[str, str, str]] = []
    while True:
        name = words.take("name")
        if name not in AGGREGATES:
            raise malformed(f"unknown function {name!r}", words.peek()[2])
        words.take("sign", value="(")
        source = words.take("sign", value="*") if words.peek()[1] == "*" else words.take("name")
        words.take("sign", value=")")
        words.take("name", value="as")
        made.append((words.take("name"), name, source))
        if not words.skips(","):
            break
    by = tuple(names(words)) if words.skips("by") else ()

    def step(rows: list[Row]) -> list[Row]:
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row.get(name) for name in by), []).append(row)
        return [
            dict(zip(by, key, strict=True)) | {alias: AGGREGATES[name]([row.get(source) for row in some]) for alias, name, source in made}
            for key, some in groups.items()
        ]

    return step, (*by, *(alias for alias, _, _ in made))


def sorting(words: Tokens) -> Step:
    name = words.take("name")
    down = words.skips("desc") or not words.skips("asc")
    return lambda rows: sorted(rows, key=lambda row: row.get(name, 0), reverse=down)


def shown(value: Any, name: str) -> str:
    """A value as GetQueryResults gives it: @timestamp as text in UTC, aggregates of it as epoch milliseconds."""
    if name == "@timestamp":
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{value % 1000:03d}"
    return str(value)


def run(query: Query, rows: list[Row]) -> list[Row]:
    for step in query.steps:
        rows = step(rows)
    return rows[: query.limit]
