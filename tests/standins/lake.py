"""The CloudTrail table behind the Athena stand-in: AWS's own columns and types over the records of an export, in DuckDB.

A query is checked before it runs: one SELECT, columns that exist, no path into a column of text; and, unless told otherwise,
a predicate on a partition of the table, whose files alone count as scanned.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError
from sqlglot.optimizer.qualify import qualify

from queries.duck import MACROS, transpiled
from tests.standins.folder import Export
from tests.standins.wire import AwsError

IDENTITY = (
    "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, accesskeyid VARCHAR, username VARCHAR,"
    " onbehalfof STRUCT(userid VARCHAR, identitystorearn VARCHAR), sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR,"
    " creationdate VARCHAR), sessionissuer STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR),"
    " ec2roledelivery VARCHAR, webidfederationdata STRUCT(federatedprovider VARCHAR, attributes MAP(VARCHAR, VARCHAR))))"
)
TEXT = (
    "eventversion", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
    "requestparameters", "responseelements", "additionaleventdata", "requestid", "eventid", "readonly", "eventtype", "apiversion",
    "recipientaccountid", "serviceeventdetails", "sharedeventid", "vpcendpointid", "vpcendpointaccountid", "eventcategory",
)  # fmt: skip
JSON_TEXT = {"requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"}
PARTITIONS: Mapping[str, Mapping[str, str]] = {
    "projected": {"timestamp": "string"},
    "dates": {"account": "string", "region": "string", "year": "string", "month": "string", "day": "string"},
    "numbers": {"region": "string", "year": "int", "month": "int", "day": "int"},
    "none": {},
}


class Lake:
    """One table, under one name, partitioned in one of AWS's ways."""

    def __init__(self, export: Export, database: str, table: str, layout: str = "projected") -> None:
        self.name, self.layout = (database, table), layout
        self.partitions = PARTITIONS[layout]
        self._lock = threading.Lock()
        self._db = duckdb.connect()
        for macro in MACROS:
            self._db.execute(macro)
        self._load(export)

    def _load(self, export: Export) -> None:
        columns = dict.fromkeys(TEXT, "VARCHAR") | {"useridentity": IDENTITY}
        kept = {name: "INTEGER" if kind == "int" else "VARCHAR" for name, kind in self.partitions.items()}
        with tempfile.TemporaryDirectory() as folder:
            rows, files = Path(folder, "rows.json"), Path(folder, "files.json")
            rows.write_text("\n".join(json.dumps(_row(r) | self._keys(p)) for p, _, records in export.trail for r in records) or "")
            files.write_text("\n".join(json.dumps(self._keys(p) | {"bytes": size}) for p, size, _ in export.trail) or "")
            self._db.execute(f'CREATE SCHEMA "{self.name[0]}"')
            self._table(f'"{self.name[0]}"."{self.name[1]}"', columns | kept, rows)
            self._table("files", kept | {"bytes": "BIGINT"}, files)

    def _table(self, name: str, columns: Mapping[str, str], file: Path) -> None:
        spec = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        read = f"read_json('{file}', columns={{{spec}}}, records=true, format='newline_delimited')"
        declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self._db.execute(f"CREATE TABLE {name} ({declared})")
        if file.stat().st_size:
            self._db.execute(f"INSERT INTO {name} SELECT * FROM {read}")

    def _keys(self, partition: Mapping[str, str]) -> dict[str, Any]:
        every = {**partition, "timestamp": "/".join(partition[part] for part in ("year", "month", "day"))}
        return {name: int(every[name]) if kind == "int" else every[name] for name, kind in self.partitions.items()}

    def glue(self, *, broken: bool = False) -> dict[str, Any]:
        """The table as Glue describes it; `broken` is what a crawler makes of it: structs where AWS has text."""
        types = dict.fromkeys(TEXT, "string") | {"useridentity": "struct<type:string,principalid:string,arn:string>"}
        if broken:
            types |= {"requestparameters": "struct<target:string,documentname:string>"}
        projection = {
            "projection.enabled": "true", "projection.timestamp.type": "date", "projection.timestamp.format": "yyyy/MM/dd",
            "projection.timestamp.range": "2020/01/01,NOW",
        }  # fmt: skip
        return {
            "Name": self.name[1],
            "StorageDescriptor": {"Columns": [{"Name": name, "Type": kind} for name, kind in types.items()]},
            "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in self.partitions.items()],
            "Parameters": projection if self.layout == "projected" else {},
        }

    def scanned(self, sql: str, *, need_partition: bool) -> int:
        """Bytes of the files that a query reads; refuses it as StartQueryExecution would, or as a failed query."""
        tree = _parsed(sql)
        narrowed = [
            c.sql(dialect="duckdb") for table in tree.find_all(exp.Table) if table.name == self.name[1] for c in self._narrowing(table)
        ]
        self._check(tree)
        if need_partition and self.partitions and not narrowed:
            raise Failed("CONSTRAINT_VIOLATION: the query reads the whole table: no predicate on a partition column")
        where = " AND ".join(narrowed) or "true"
        with self._lock:
            return int(self._db.execute(f"SELECT coalesce(sum(bytes), 0) FROM files WHERE {where}").fetchall()[0][0])

    def _narrowing(self, table: exp.Table) -> list[exp.Expression]:
        """The conditions of the table's own SELECT that speak of partition columns alone."""
        select = table.find_ancestor(exp.Select)
        where = select.args.get("where") if select else None
        parts = list(where.this.flatten() if isinstance(where.this, exp.And) else [where.this]) if where else []
        return [part for part in parts if (names := {c.name for c in part.find_all(exp.Column)}) and names <= set(self.partitions)]

    def _check(self, tree: exp.Expression) -> None:
        tables = {".".join((t.db, t.name)) for t in tree.find_all(exp.Table) if t.db}
        if wrong := sorted(tables - {".".join(self.name)}):
            raise Failed(f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{wrong[0]}' does not exist")
        for column in tree.find_all(exp.Column):
            if column.table in TEXT:
                raise Failed(f"TYPE_MISMATCH: line 1:1: Expression {column.table} is not of type ROW")
        types = dict.fromkeys(TEXT, "varchar") | dict(self.partitions) | {"useridentity": "struct"}
        try:
            qualify(tree.copy(), schema={self.name[0]: {self.name[1]: types}}, dialect="athena", quote_identifiers=False)
        except OptimizeError as error:
            raise Failed(f"COLUMN_NOT_FOUND: line 1:1: {error} cannot be resolved") from error

    def run(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names and rows."""
        with self._lock:
            try:
                found = self._db.execute(transpiled(sql))
            except duckdb.Error as error:
                raise Failed(f"GENERIC_USER_ERROR: {error}") from error
            return [column[0] for column in found.description], found.fetchall()


class Failed(Exception):
    """A query that ends as FAILED, with Athena's reason."""


def _parsed(sql: str) -> exp.Expression:
    try:
        trees = sqlglot.parse(sql, read="athena")
    except ParseError as error:
        raise AwsError("InvalidRequestException", f"line 1:1: mismatched input: {error.errors[0]['description']}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise AwsError("InvalidRequestException", "Only one sql statement is allowed, and it must be a SELECT here")
    return trees[0]


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    low = {key.lower(): value for key, value in record.items()}
    texts = {name: json.dumps(low[name]) if name in JSON_TEXT else _text(low[name]) for name in TEXT if low.get(name) is not None}
    return texts | {"useridentity": _lower(low.get("useridentity"))}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lower(value: Any) -> Any:
    return {key.lower(): _lower(inner) for key, inner in value.items()} if isinstance(value, dict) else value
