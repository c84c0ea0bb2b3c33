"""How a CloudTrail table is partitioned and typed: what SQL must know of it to be right and cheap.

AWS documents several tables: one projected `timestamp` string partition (yyyy/MM/dd), or region/year/month/day columns,
or account before them for an organization's trail; the table that the console makes has no partition at all.
Source: Amazon Athena User Guide, "Query AWS CloudTrail logs" (create-cloudtrail-table*).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PartitionKind = Literal["day-string", "year", "month", "day", "region", "account"]


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition column.

    `kind` is what it holds: a whole day as text (`yyyy/MM/dd`), a part of the date, a Region or an account.
    `type` is Athena's (`string`, `int`): an int part is compared bare, a string part is quoted and zero-padded.
    `values` narrows a region or account column; empty does not narrow. An injected column must be narrowed to be readable.
    """

    name: str
    kind: PartitionKind
    type: str = "string"
    values: tuple[str, ...] = ()
    injected: bool = False


@dataclass(frozen=True, slots=True)
class TableScheme:
    """A CloudTrail table: where it is, its partitions in order, and each column's Athena type in lower case."""

    database: str
    table: str
    partitions: tuple[Partition, ...] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
