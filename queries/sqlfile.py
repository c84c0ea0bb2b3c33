"""SQL in named files: one question a file, whose header is its sentence, parameters and columns.

Strategy: a file is read once into a Question. Rendering replaces every `:name` in one pass, so that a value can never be read
as a parameter, and drops each `[[ … ]]` whose parameter is not given. `:table` and `:partition` come from the table's scheme.
Values become literals (dates too, so that Athena can reuse results); nothing is ever pasted raw.

Parameter types: instant (aware datetime), text, contains (a LIKE pattern, case folded), list (of text), flag, count, and
watched and leading (the tables of bot/core/watched.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.core.model import Refused
from bot.core.watched import LEADING, WATCHED
from queries.partitions import predicate
from queries.scheme_model import TableScheme

CALLS = {"watched": WATCHED, "leading": LEADING}  # parameters that are tables of calls
FOLDER = Path(__file__).parent / "sql"
LONGEST_VALUE = 512  # characters; no ARN, id or name of AWS is longer
LONGEST_QUERY = 262_144  # bytes; Amazon Athena User Guide, "Service Quotas"
BUILT = frozenset({"table", "partition", *CALLS})

_PARAMETER = re.compile(r"^-- :(\w+) +(\w+) +(.+)$")
_USE = re.compile(r"(?<![:\w]):([a-z_]+)")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_HOSTILE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\]")
_NAME = re.compile(r"\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """One SQL file: its sentence, its parameters by type, its columns, its text, and where it stands."""

    name: str
    sentence: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    text: str
    place: str  # file:line of the first line of SQL


@cache
def load(name: str) -> Question:
    """The question in queries/sql/<name>.sql; ValueError with file:line when the file is malformed."""
    path = FOLDER / f"{name}.sql"
    return parse(name, path.read_text("utf-8"), path.name)


def parse(name: str, body: str, file: str) -> Question:
    """A file's text as a Question; ValueError with file:line when header and SQL do not agree."""
    lines = body.splitlines()
    start = next((n for n, line in enumerate(lines) if not line.startswith("--") and line.strip()), len(lines))
    found = [_PARAMETER.match(line) for line in lines[:start]]
    parameters = {match[1]: match[2] for match in found if match}
    text = "\n".join(lines[start:])
    if not text:
        raise ValueError(f"{file}:{len(lines)}: there is no SQL after the header")
    for number, line in enumerate(lines, 1):
        kind = parameters.get(match[1]) if (match := _PARAMETER.match(line)) else None
        if kind and kind not in LITERALS and kind not in CALLS:
            raise ValueError(f"{file}:{number}: {kind} is not a type of parameter ({', '.join(LITERALS)})")
        for used in _USE.findall(line) if number > start else ():
            if used not in parameters and used not in BUILT:
                raise ValueError(f"{file}:{number}: :{used} is used but the header does not declare it")
    if unused := sorted(set(parameters) - set(_USE.findall(text))):
        raise ValueError(f"{file}:1: the header declares :{unused[0]} but the SQL does not use it")
    if not {"table", "partition"} <= set(_USE.findall(text)):
        raise ValueError(f"{file}:{start + 1}: a question must read :table and narrow it by :partition")
    return Question(name, lines[0].removeprefix("-- "), parameters, _columns(lines[:start]), text, f"{file}:{start + 1}")


def _columns(header: Iterable[str]) -> tuple[str, ...]:
    after = " ".join(line.removeprefix("--").strip() for line in header).partition("columns:")[2]
    return tuple(column.strip() for column in after.split(",") if column.strip())


def render(question: Question, scheme: TableScheme, values: Mapping[str, object]) -> str:
    """The question as Athena SQL on one table.

    Empty values (None, "", False, ()) leave their `[[ … ]]` out. Raises ValueError with file:line for an unknown or a missing
    parameter, and Refused for a value that cannot stand in a query.
    """
    if unknown := sorted(set(values) - set(question.parameters)):
        raise ValueError(f"{question.place}: {question.name} knows no parameter {unknown[0]}")
    given = {name: value for name, value in values.items() if value not in (None, "", False, (), [])}
    literals = {name: LITERALS[question.parameters[name]](value) for name, value in given.items()}
    literals |= {"table": _table(scheme), "partition": _partition(scheme, values), **{name: _calls(name) for name in CALLS}}
    kept = _OPTIONAL.sub(lambda part: part[1].strip() if set(_USE.findall(part[1])) <= set(literals) else "", question.text)
    if missing := [name for name in _USE.findall(kept) if name not in literals]:
        raise ValueError(f"{question.place}: {question.name} needs a value for {missing[0]}")
    text = "\n".join(line.rstrip() for line in _USE.sub(lambda use: literals[use[1]], kept).splitlines() if line.strip())
    if len(text.encode()) > LONGEST_QUERY:
        raise Refused("That question is longer than Athena takes (262,144 bytes): name fewer documents.")
    return text


def quoted(value: object) -> str:
    """Text as a SQL string literal.

    Refuses what no AWS name holds: control characters, and the backslash, which engines and parsers read in different ways.
    """
    text = str(value)
    if len(text) > LONGEST_VALUE:
        raise Refused(f"That is too long to ask for ({len(text)} characters); AWS names have at most {LONGEST_VALUE}.")
    if hostile := _HOSTILE.search(text):
        raise Refused(f"A name in AWS holds no {hostile[0]!r}; please leave it out.")
    return "'" + text.replace("'", "''") + "'"


def _contains(value: object) -> str:
    escaped = re.sub(r"([!%_])", r"!\1", str(value).lower())
    return f"{quoted(f'%{escaped}%')} ESCAPE '!'"


def _instant(value: object) -> str:
    """CloudTrail's eventTime has whole seconds, so a fraction rounds up: `t >= since` and `t < until` stay exact."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{value!r} is not a moment in time with a zone")
    whole = value.astimezone(UTC) + (timedelta(seconds=1) if value.microsecond else timedelta())
    return quoted(whole.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _list(value: object) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{value!r} is not a list of names")
    return ", ".join(quoted(one) for one in sorted(set(map(str, value))))


def _count(value: object) -> str:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is not a number of rows")
    return str(int(value))


LITERALS: Mapping[str, Callable[[object], str]] = {
    "instant": _instant,
    "text": quoted,
    "contains": _contains,
    "list": _list,
    "flag": lambda value: "true" if value else "false",
    "count": _count,
}


@cache
def _calls(name: str) -> str:
    return "\n      OR ".join(
        f"(eventsource = {quoted(source)} AND eventname IN ({_list(names)}))" for source, names in sorted(CALLS[name].items())
    )


def _table(scheme: TableScheme) -> str:
    for name in (scheme.database, scheme.table):
        if not _NAME.fullmatch(name):
            raise Refused(f"{name!r} is not a name of an Athena database or table (letters, digits and _).")
    return f'"{scheme.database}"."{scheme.table}"'


def _partition(scheme: TableScheme, values: Mapping[str, object]) -> str:
    since, until = values.get("since"), values.get("closes") or values.get("until")
    if not isinstance(since, datetime) or not isinstance(until, datetime):
        raise TypeError("a question needs since and until, for its partition")
    account, region = (str(values.get(name) or "") for name in ("account", "region"))
    return predicate(scheme, since, until, account=account, region=region, quote=quoted)
