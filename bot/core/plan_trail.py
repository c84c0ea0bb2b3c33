"""The plan of `setup trail`: a table that can be asked cheaply, a workgroup that cannot run away, a bucket for results.

A table or a result location that exists is never replaced: other people's questions rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.core.doctor.facts import Bucket, Table, Workgroup
from bot.core.plan import Plan, Step
from bot.core.plan_places import block_public, create_bucket, encrypt_bucket
from bot.core.text import size
from bot.core.trail_table import TrailTable, ddl, glue


@dataclass(frozen=True, slots=True)
class TrailWanted:
    """What an administrator asks for. `results` is a bucket's name, `cutoff` in bytes."""

    region: str
    table: TrailTable
    workgroup: str
    results: str
    cutoff: int

    @property
    def output(self) -> str:
        """Where results go."""
        return f"s3://{self.results}/athena/"


@dataclass(frozen=True, slots=True)
class TrailFound:
    """What is there now."""

    database: bool
    table: Table
    workgroup: Workgroup
    results: Bucket


def trail_plan(wanted: TrailWanted, found: TrailFound) -> Plan:
    """The steps from what is there to what is wanted."""
    return Plan(
        (*_results(wanted, found.results), *_workgroup(wanted, found.workgroup), *_table(wanted, found)), tuple(_notes(wanted, found))
    )


def _results(wanted: TrailWanted, held: Bucket) -> Iterator[Step]:
    """Results hold rows of the trail: the bucket is encrypted and closed, whoever made it."""
    if not held.exists:
        yield from create_bucket(wanted.results, wanted.region, versions=False)
        return
    yield from () if held.algorithm else encrypt_bucket(held.name, held.region)
    yield from () if held.blocked else block_public(held.name, held.region)


def configuration(wanted: TrailWanted) -> dict[str, Any]:
    """A new workgroup's configuration: its limits hold for everyone who uses it."""
    return {
        "BytesScannedCutoffPerQuery": wanted.cutoff,
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "ResultConfiguration": {"OutputLocation": wanted.output, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}},
    }


def _workgroup(wanted: TrailWanted, held: Workgroup) -> Iterator[Step]:
    limit = f"{size(wanted.cutoff)} a question"
    if not held.exists:
        back = Step(
            "athena",
            "delete_work_group",
            {"WorkGroup": wanted.workgroup},
            "remove the workgroup (AWS refuses once it was used)",
            region=wanted.region,
        )
        parameters = {"Name": wanted.workgroup, "Configuration": configuration(wanted)}
        yield Step(
            "athena",
            "create_work_group",
            parameters,
            f"make the workgroup {wanted.workgroup}",
            "",
            f"{limit}, results to {wanted.output}",
            wanted.region,
            (back,),
        )
        return
    if not held.cutoff:
        yield _update(wanted, {"BytesScannedCutoffPerQuery": wanted.cutoff}, {"RemoveBytesScannedCutoffPerQuery": True}, "no limit", limit)
    if not held.output:
        before = {"ResultConfigurationUpdates": {"RemoveOutputLocation": True}}
        yield _update(wanted, {"ResultConfigurationUpdates": {"OutputLocation": wanted.output}}, before, "results nowhere", wanted.output)


def _update(wanted: TrailWanted, after: dict[str, Any], before: dict[str, Any], was: str, becomes: str) -> Step:
    named = {"WorkGroup": wanted.workgroup}
    back = Step(
        "athena", "update_work_group", {**named, "ConfigurationUpdates": before}, "bring the former setting back", region=wanted.region
    )
    about = f"set {becomes} for the workgroup {wanted.workgroup}"
    return Step("athena", "update_work_group", {**named, "ConfigurationUpdates": after}, about, was, becomes, wanted.region, (back,))


def _table(wanted: TrailWanted, found: TrailFound) -> Iterator[Step]:
    database, table = wanted.table.database, wanted.table.name
    if not found.database:
        back = Step("glue", "delete_database", {"Name": database}, "remove the database", region=wanted.region)
        yield Step(
            "glue",
            "create_database",
            {"DatabaseInput": {"Name": database}},
            f"make the database {database}",
            "",
            database,
            wanted.region,
            (back,),
        )
    if not found.table.exists:
        back = Step(
            "glue", "delete_table", {"DatabaseName": database, "Name": table}, "remove the table (not its files)", region=wanted.region
        )
        parameters = {"DatabaseName": database, "TableInput": glue(wanted.table)}
        yield Step("glue", "create_table", parameters, f"make the table {database}.{table}", "", ddl(wanted.table), wanted.region, (back,))


def _notes(wanted: TrailWanted, found: TrailFound) -> Iterator[str]:
    if found.table.exists and (found.table.wrong or not found.table.partitions):
        why = found.table.wrong or "It has no partitions, so every question reads the whole trail."
        yield f"The table {found.table.name} exists and is left as it is. {why} Name another with --table."
    elif found.table.exists:
        yield f"The table {found.table.name} exists and is left as it is."
    if found.workgroup.exists and found.workgroup.output and found.workgroup.output != wanted.output:
        yield f"The workgroup {wanted.workgroup} keeps its results in {found.workgroup.output}, and goes on doing so."
    if not wanted.table.organization and len(wanted.table.accounts) > 1:
        yield "Several accounts need an organization's trail (--organization o-…); the table covers the first alone."
