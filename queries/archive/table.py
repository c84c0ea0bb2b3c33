"""The tables of an archive: CloudTrail with the Athena table's columns, session logs, snapshots, and the files that were read.

Source: Amazon Athena User Guide, "Create a table for CloudTrail logs in Athena" (column names and types).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from queries.archive.trail import LARGEST
from queries.duck import MACROS
from queries.scheme_model import Partition, TableScheme

VERSION = 1
TEXT = "VARCHAR"
ISSUER = "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, username VARCHAR)"
ATTRIBUTES = "STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR)"
IDENTITY = (
    "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, accesskeyid VARCHAR, username VARCHAR, "
    f"sessioncontext STRUCT(attributes {ATTRIBUTES}, sessionissuer {ISSUER}))"
)
COLUMNS = {
    "eventversion": TEXT, "useridentity": IDENTITY, "eventtime": TEXT, "eventsource": TEXT, "eventname": TEXT, "awsregion": TEXT,
    "sourceipaddress": TEXT, "useragent": TEXT, "errorcode": TEXT, "errormessage": TEXT, "requestparameters": TEXT,
    "responseelements": TEXT, "additionaleventdata": TEXT, "requestid": TEXT, "eventid": TEXT, "readonly": TEXT, "eventtype": TEXT,
    "apiversion": TEXT, "recipientaccountid": TEXT, "serviceeventdetails": TEXT, "sharedeventid": TEXT, "vpcendpointid": TEXT,
    "vpcendpointaccountid": TEXT, "eventcategory": TEXT, "account": TEXT, "region": TEXT, "timestamp": TEXT,
}  # fmt: skip
SCHEME = TableScheme(
    "main",
    "cloudtrail",
    (Partition("account", "account"), Partition("region", "region"), Partition("timestamp", "day-string")),
    {name: kind.lower() for name, kind in COLUMNS.items()},
)
FILES = {"path": TEXT, "size": "BIGINT", "changed": "BIGINT", "role": TEXT, "fault": TEXT}
LOGS = {
    "session": TEXT, "location": TEXT, "grp": TEXT, "account": TEXT, "region": TEXT, "form": TEXT, "first": "TIMESTAMP",
    "last": "TIMESTAMP", "events": "BIGINT", "owner": TEXT, "complete": "BOOLEAN", "body": "BLOB", "text": "BLOB", "marks": "BLOB",
}  # fmt: skip
SNAPSHOTS = {"account": TEXT, "region": TEXT, "name": TEXT, "location": TEXT, "taken": "TIMESTAMP", "body": "BLOB"}
TABLES = {"cloudtrail": COLUMNS, "files": FILES, "logs": LOGS, "snapshots": SNAPSHOTS, "meta": {"version": "INTEGER"}}
LOAD = (  # noqa: S608 - the names are this module's own
    "INSERT INTO cloudtrail SELECT {names} FROM read_json(?, format = 'newline_delimited', records = true, columns = {{{columns}}}, "
    "maximum_object_size = {largest}) new WHERE NOT EXISTS (SELECT 1 FROM cloudtrail old WHERE old.eventid = new.eventid) "
    "QUALIFY row_number() OVER (PARTITION BY eventid ORDER BY eventtime) = 1"
).format(
    names=", ".join(f'"{name}"' for name in COLUMNS),
    columns=", ".join(f"\"{name}\": '{kind}'" for name, kind in COLUMNS.items()),
    largest=4 * LARGEST,
)


def _columns(columns: Mapping[str, str]) -> str:
    return ", ".join(f'"{column}" {kind}' for column, kind in columns.items())


def prepare(connection: Any) -> None:  # noqa: ANN401 - duckdb ships partial types
    """Make the tables and macros that are not there yet."""
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({_columns(columns)})")
    for macro in MACROS:
        connection.execute(macro)
    if not connection.execute("SELECT count(*) FROM meta").fetchone()[0]:
        connection.execute("INSERT INTO meta VALUES (?)", [VERSION])


def write(connection: Any, name: str, key: str, rows: Sequence[Sequence[Any]]) -> None:  # noqa: ANN401 - as above
    """Put rows into a table in place of those with the same key; the names are this module's own."""
    if not rows:
        return
    columns = TABLES[name]
    lists = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"DELETE FROM {name} WHERE {key} IN (SELECT unnest(?))", [lists[list(columns).index(key)]])  # noqa: S608
    unnested = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
    connection.execute(f"INSERT INTO {name} SELECT {unnested}", lists)


def load(connection: Any, lines: Iterable[bytes], folder: Path) -> int:  # noqa: ANN401 - as above
    """Add CloudTrail rows, given as lines of JSON; gives how many were new. A record that is already there is left as it is."""
    before = connection.execute("SELECT count(*) FROM cloudtrail").fetchone()[0]
    with NamedTemporaryFile(dir=folder, suffix=".ndjson") as made:
        made.write(b"\n".join(lines))
        made.flush()
        connection.execute(LOAD, [made.name])
    return int(connection.execute("SELECT count(*) FROM cloudtrail").fetchone()[0]) - int(before)
