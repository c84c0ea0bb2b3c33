"""The trails that are seen from a Region, the Athena table and workgroup of the configuration, and the tries that cost nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from bot.core.doctor.facts import Expected, Table, Trail, Workgroup
from bot.core.doctor.trail import writes
from bot.core.model import Unavailable
from bot.core.records import mapping
from queries.estate.look import Look, missing
from queries.scheme import of_table

KINDS = ("EventSelectors", "AdvancedEventSelectors")
TRY = "countersign-doctor"  # a name that no log stream has


def trails(look: Look) -> tuple[Trail, ...]:
    """Every trail that covers or is seen from the Region. Whether it logs, and what, may be unknown by itself."""
    return tuple(_trail(look, item) for item in look.call("cloudtrail", "describe_trails").get("trailList") or ())


def _trail(look: Look, item: Mapping[str, Any]) -> Trail:
    arn, home = str(item.get("TrailARN") or ""), look.at(str(item.get("HomeRegion") or ""))
    status = home.part(lambda look: look.call("cloudtrail", "get_trail_status", Name=arn), "cloudtrail")
    chosen = home.part(lambda look: look.call("cloudtrail", "get_event_selectors", TrailName=arn), "cloudtrail")
    known = chosen if isinstance(chosen, Mapping) else {}
    return Trail(
        str(item.get("Name") or ""),
        arn,
        str(item.get("HomeRegion") or ""),
        bool(item.get("IsMultiRegionTrail")),
        bool(item.get("IsOrganizationTrail")),
        bool(status.get("IsLogging")) if isinstance(status, Mapping) else status,
        bool(item.get("LogFileValidationEnabled")),
        writes(chosen) if isinstance(chosen, Mapping) else chosen,
        str(item.get("S3BucketName") or ""),
        str(status.get("LatestDeliveryError") or "") if isinstance(status, Mapping) else "",
        {kind: known[kind] for kind in KINDS if known.get(kind)},
    )


def table(look: Look, name: str) -> Table:
    """The table by Glue's word."""
    database, _, held = name.partition(".")
    try:
        found = mapping(look.call("glue", "get_table", DatabaseName=database, Name=held).get("Table"))
    except ClientError as error:
        if missing(error, "EntityNotFoundException"):
            return Table(name, exists=False)
        raise
    parameters, described = mapping(found.get("Parameters")), mapping(found.get("StorageDescriptor"))
    try:
        scheme, wrong = of_table(found, look.post.scope), ""
    except Unavailable as error:
        scheme, wrong = None, str(error)
    return Table(
        name,
        wrong=wrong,
        partitions=tuple(partition.name for partition in scheme.partitions) if scheme else (),
        projected=str(parameters.get("projection.enabled", "")).lower() == "true",
        location=str(described.get("Location") or ""),
    )


def workgroup(look: Look, name: str) -> Workgroup:
    """The workgroup's limits and result location."""
    try:
        found = mapping(look.call("athena", "get_work_group", WorkGroup=name).get("WorkGroup"))
    except ClientError as error:
        if missing(error, "InvalidRequestException"):
            return Workgroup(name, exists=False)
        raise
    if not found:
        return Workgroup(name, exists=False)
    held = mapping(found.get("Configuration"))
    output = str(mapping(held.get("ResultConfiguration")).get("OutputLocation") or "")
    cutoff = held.get("BytesScannedCutoffPerQuery")
    return Workgroup(name, True, int(cutoff) if cutoff else None, output, bool(held.get("EnforceWorkGroupConfiguration")))


def tries(look: Look, expected: Expected, group: str, now: datetime) -> None:
    """Permissions that answers need and looking does not: a query over one second of logs, a stream that is not there, `SELECT 1`."""
    with contextlib.suppress(ClientError, BotoCoreError, Unavailable):
        next(look.pages("ssm", "describe_sessions", "Sessions", State="Active", MaxResults=1), None)
    if group:
        at = int((now - timedelta(hours=1)).timestamp())
        with contextlib.suppress(ClientError, BotoCoreError, Unavailable):
            look.call("logs", "get_log_events", logGroupName=group, logStreamName=TRY, limit=1)
        with contextlib.suppress(ClientError, BotoCoreError, Unavailable):
            begun = look.call("logs", "start_query", logGroupName=group, startTime=at, endTime=at, queryString="fields @message | limit 1")
            look.call("logs", "stop_query", queryId=begun["queryId"])
    if expected.table:
        location = {"ResultConfiguration": {"OutputLocation": expected.output}} if expected.output else {}
        with contextlib.suppress(ClientError, BotoCoreError, Unavailable):
            begun = look.call(
                "athena", "start_query_execution", QueryString="SELECT 1", WorkGroup=expected.workgroup or "primary", **location
            )
            look.call("athena", "stop_query_execution", QueryExecutionId=begun["QueryExecutionId"])
