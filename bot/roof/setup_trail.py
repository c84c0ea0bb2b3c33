"""What `setup trail` takes, and what it prepares."""

from __future__ import annotations

import argparse
import json
import re

from bot.core.emit_trail import trail_cloudformation, trail_terraform
from bot.core.model import Refused
from bot.core.plan_trail import TrailWanted, trail_plan
from bot.core.trail_table import TrailTable, ddl
from bot.roof.setup_logging import BUCKET, PREFIX, filled, like
from bot.roof.setup_run import Prepared
from queries.clients import Clients
from queries.estate.setup import trail_found
from queries.scopes import Post

EMITS = ("cloudformation", "terraform", "ddl")
NAME = re.compile(r"[a-z_][a-z0-9_]{0,127}", re.ASCII)
WORKGROUP = re.compile(r"[a-zA-Z0-9._-]{1,128}", re.ASCII)
ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
ACCOUNT = re.compile(r"\d{12}", re.ASCII)
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d", re.ASCII)
DAY = re.compile(r"20\d\d/(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])", re.ASCII)
GB = 10**9
LEAST = 10_000_000  # bytes: the lowest limit that Athena takes


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `setup trail`."""
    parser.add_argument("--bucket", type=like(BUCKET, "a bucket's name"), default="", help="where the trail writes")
    parser.add_argument("--prefix", type=like(PREFIX, "a key prefix"), default="", help="the trail's key prefix, before AWSLogs/")
    parser.add_argument(
        "--organization",
        type=like(ORGANIZATION, "an organization's id, as in o-exampleorgid"),
        default="",
        help="for an organization's trail",
    )
    parser.add_argument(
        "--accounts",
        type=like(ACCOUNT, "an account's twelve digits"),
        nargs="+",
        default=[],
        help="the accounts of an organization's trail",
    )
    parser.add_argument("--regions", type=like(REGION, "an AWS Region"), nargs="+", default=[], help="default: those of the scope")
    parser.add_argument("--since", type=like(DAY, "a day as 2026/01/31"), default="2023/01/01", help="the first day that is asked for")
    parser.add_argument("--database", type=like(NAME, "a name in lower case"), default="", help="default: the scope's, else countersign")
    parser.add_argument("--table", type=like(NAME, "a name in lower case"), default="", help="default: the scope's, else cloudtrail")
    parser.add_argument(
        "--workgroup", type=like(WORKGROUP, "a workgroup's name"), default="", help="default: the scope's, else countersign"
    )
    parser.add_argument("--results", type=like(BUCKET, "a bucket's name"), default="", help="the bucket for results")
    parser.add_argument("--limit-gb", type=float, default=100.0, help="gigabytes that one question may read; default 100")


def prepared(given: argparse.Namespace, clients: Clients, post: Post) -> Prepared:
    """The setup of one place. Raises Refused for what is missing."""
    wanted = _wanted(given, post)
    forms = {"ddl": lambda: ddl(wanted.table), "cloudformation": lambda: json.dumps(trail_cloudformation(wanted), indent=2)}
    return Prepared(
        lambda: trail_plan(wanted, trail_found(clients, post, wanted)),
        lambda form: forms.get(form, lambda: trail_terraform(wanted))(),
    )


def _wanted(given: argparse.Namespace, post: Post) -> TrailWanted:
    scope = post.scope
    results = filled(given.results, post) or scope.output.removeprefix("s3://").partition("/")[0]
    if not given.bucket:
        raise Refused("Say where the trail writes: `--bucket`. `aws cloudtrail describe-trails` names it as S3BucketName.")
    if not results:
        raise Refused("Say where results go: `--results BUCKET`.")
    cutoff = int(given.limit_gb * GB)
    if cutoff < LEAST:
        raise Refused("Athena takes no limit below 0.01 GB.")
    table = TrailTable(
        given.database or scope.database or "countersign", given.table or scope.table or "cloudtrail", filled(given.bucket, post),
        tuple(given.accounts) or (post.place.account,), tuple(given.regions) or scope.regions, given.since, given.prefix, given.organization,
    )  # fmt: skip
    workgroup = given.workgroup or ("countersign" if scope.workgroup == "primary" else scope.workgroup)
    return TrailWanted(post.region, table, workgroup, results, cutoff)
