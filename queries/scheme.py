"""The CloudTrail table's scheme, read from Glue: which columns are its partitions, and whether the others have AWS's types.

A day is one projected `timestamp` column, or year, month and day columns. In AWS's table requestparameters and
responseelements are strings of JSON; a table made from another recipe may have structs, and every question would fail or be
wrong, so it is refused with a sentence. Source: Athena User Guide, "Query AWS CloudTrail logs", "Partition projection"; Glue API GetTable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.model import Unavailable
from queries.scheme_model import Partition, PartitionKind, TableScheme
from queries.scopes import Scope, account_of

TYPES = {
    "eventid": "string", "eventtime": "string", "eventsource": "string", "eventname": "string", "awsregion": "string",
    "sourceipaddress": "string", "useragent": "string", "errorcode": "string", "errormessage": "string",
    "requestparameters": "string", "responseelements": "string", "useridentity": "struct",
}  # fmt: skip
KINDS: Sequence[tuple[re.Pattern[str], PartitionKind]] = (
    (re.compile(r"^(?:aws_?)?region$"), "region"),
    (re.compile(r"^(?:aws_?)?account(?:_?id)?$"), "account"),
    (re.compile(r"^year$"), "year"),
    (re.compile(r"^month$"), "month"),
    (re.compile(r"^day$"), "day"),
    (re.compile(r"^timestamp$"), "day-string"),
)
DAY = "yyyy/MM/dd"
WORD = re.compile(r"^(?P<name>\w+)(?:=(?P<kind>[a-z-]+))?(?::(?P<type>int|string))?$", re.ASCII)
USUAL = (Partition("timestamp", "day-string"),)  # the projected table of AWS's own DDL
SAME = {"varchar": "string", "char": "string"}
CURE = "Make the table as AWS documents it (Athena User Guide, “Query AWS CloudTrail logs”), or name another one for this scope."


def of_table(table: Mapping[str, Any], scope: Scope) -> TableScheme:
    """The scheme out of a Glue Table; Unavailable if no question could be right on it."""
    described = table.get("StorageDescriptor") or {}
    types = {str(c.get("Name", "")).lower(): str(c.get("Type", "")).lower() for c in described.get("Columns") or ()}
    check(types, f"{scope.database}.{scope.table}")
    keys = table.get("PartitionKeys") or ()
    found = scope.partitions if scope.partitions is not None else _partitions(keys, table.get("Parameters") or {}, scope)
    return TableScheme(scope.database, scope.table, found, types)


def configured(words: str) -> tuple[Partition, ...] | None:
    """Partitions as a configuration writes them: `timestamp`, or `account, region, year:int, month:int, day:int`, or `d=day-string`.

    `name=kind` says what an unusual name holds, `:int` that it is a number; `none` is a table without partitions; empty leaves
    it to Glue (None). Raises ValueError with a sentence for a word that says nothing.
    """
    parts = [part for part in re.split(r"[,\s]+", words.strip()) if part]
    return None if not parts else () if parts == ["none"] else tuple(map(_configured, parts))


def _configured(part: str) -> Partition:
    """One word of a configuration."""
    match = WORD.match(part)
    kinds: Sequence[PartitionKind] = [
        kind for pattern, kind in KINDS if match and (match["kind"] or "") in {"", kind} and _holds(match, pattern)
    ]
    if not match or not kinds:
        known = ", ".join(kind for _, kind in KINDS)
        raise ValueError(f"“{part}” does not say what a partition holds: write name=kind, where kind is one of {known}")
    return Partition(match["name"], kinds[0], match["type"] or "string")


def _holds(match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Whether a word's kind is the pattern's: because it says so, else by its name."""
    return bool(match["kind"]) or bool(pattern.match(match["name"].lower()))


def check(types: Mapping[str, str], name: str) -> None:
    """Raise Unavailable if a column is absent or has not the type that AWS gives it."""
    if absent := [column for column in TYPES if column not in types]:
        raise Unavailable(f"The table {name} has no column {', '.join(absent)}, so it is not a CloudTrail table as I know it. {CURE}")
    for column, wanted in TYPES.items():
        held = re.split(r"[<(]", types[column])[0].strip()
        if SAME.get(held, held) != wanted:
            raise Unavailable(f"In the table {name} the column {column} is {types[column][:40]}, but I need it as {wanted}. {CURE}")


def _partitions(keys: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], scope: Scope) -> tuple[Partition, ...]:
    """The partition columns that a question can be narrowed by; one of another meaning is left alone."""
    return tuple(filter(None, (_partition(key, parameters, scope) for key in keys)))


def _partition(key: Mapping[str, Any], parameters: Mapping[str, Any], scope: Scope) -> Partition | None:
    """One partition column by its projection, else by its name."""
    name, kind = str(key.get("Name", "")), None
    projected = _projection(name, parameters)
    if projected.get("type") == "date":
        kind = _day(name, projected, scope)
    kind = kind or next((kind for pattern, kind in KINDS if pattern.match(name.lower())), None)
    injected = projected.get("type") == "injected"
    if kind is None and injected:
        raise Unavailable(f"The table {scope.database}.{scope.table} wants a value for its column {name}, and I do not know which. {CURE}")
    values = _values(kind, scope) if injected else ()
    return Partition(name, kind, _type(key), values, injected) if kind else None


def _day(name: str, projected: Mapping[str, str], scope: Scope) -> PartitionKind | None:
    """A projected date: a whole day in AWS's own format, or a lone part of it."""
    held = projected.get("format", DAY)
    if held == DAY:
        return "day-string"
    if held in {"yyyy", "MM", "dd"}:
        return None
    raise Unavailable(f"The column {name} of {scope.database}.{scope.table} holds days as {held}; I can ask by {DAY} only. {CURE}")


def _projection(name: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """What the table's properties say of one projected column; empty if projection is off."""
    if str(parameters.get("projection.enabled", "")).lower() != "true":
        return {}
    start = f"projection.{name}."
    return {str(key)[len(start) :]: str(value) for key, value in parameters.items() if str(key).startswith(start)}


def _values(kind: PartitionKind | None, scope: Scope) -> tuple[str, ...]:
    """What to narrow an injected column by: the scope's own account or Regions."""
    account = account_of(scope)
    return {"region": scope.regions, "account": (account,) if account else ()}.get(str(kind), ())


def _type(key: Mapping[str, Any]) -> str:
    """Athena's type of a partition column: `int` for any whole number, else `string`."""
    return "int" if "int" in str(key.get("Type", "")).lower() else "string"


def absent(scope: Scope, place: object) -> str:
    """The sentence for a table that Glue does not know."""
    cure = f"Make it first, or correct database and table of the scope “{scope.name}”"
    return f"The table {scope.database}.{scope.table} does not exist in {place}. {cure}."
