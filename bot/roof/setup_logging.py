"""What `setup logging` takes, and what it prepares: a plan that can be made again, and the same as other tools want it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable

from bot.core.emit_logging import cloudformation, terraform
from bot.core.grants import Unparsed
from bot.core.model import Refused
from bot.core.plan import Plan, pretty
from bot.core.plan_logging import SERVICE_NOTE, Wanted, logging_plan, node_policy, service_statement
from bot.core.plan_preferences import IDLE, LONGEST
from bot.roof.setup_run import Prepared
from queries.clients import Clients
from queries.estate.setup import found
from queries.scopes import Post

EMITS = ("cloudformation", "terraform", "node-policy", "service-statement")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[\w!.*'()/-]*", re.ASCII)
GROUP = re.compile(r"[\w./#-]{1,512}", re.ASCII)
ROLE = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
WRITER = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
KEY = re.compile(r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:(?:key|alias)/[\w/-]+|[0-9a-f-]{36}|alias/[\w/-]+", re.ASCII)
RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `setup logging`."""
    parser.add_argument(
        "--bucket",
        type=like(BUCKET, "a bucket's name, without s3:// or a path"),
        default="",
        help="where whole logs are kept; {account} and {region} in a name stand for the place's own",
    )
    parser.add_argument("--prefix", type=like(PREFIX, "a key prefix, as in ssm/prod"), default="", help="the key prefix of the logs")
    parser.add_argument("--log-group", type=like(GROUP, "a log group's name"), default="", help="where sessions stream to")
    parser.add_argument(
        "--kms-key", type=like(KEY, "a KMS key's ARN or id"), default="", help="encrypts the session's channel, not its logs"
    )
    parser.add_argument("--log-group-key", type=like(KEY, "a KMS key's ARN"), default="", help="encrypts the log group")
    parser.add_argument("--no-streaming", action="store_true", help="write the log group only when a session ends")
    parser.add_argument("--idle", type=_minutes(60), default=IDLE, help=f"minutes; default {IDLE}")
    parser.add_argument("--longest", type=_minutes(1440), default=LONGEST, help=f"minutes; default {LONGEST}")
    parser.add_argument("--retention", type=int, choices=RETENTION, metavar="DAYS", help="days that the log group keeps; default: as it is")
    parser.add_argument(
        "--node-role",
        type=like(ROLE, "a role's name"),
        action="append",
        default=[],
        help="a role of nodes in this account; may be repeated",
    )
    parser.add_argument(
        "--writer",
        type=like(WRITER, "a role's ARN"),
        action="append",
        default=[],
        help="a role of nodes in another account; may be repeated",
    )
    parser.add_argument("--keep-bucket", action="store_true", help="leave the settings of a bucket that exists, but for its policy")
    parser.add_argument(
        "--service-statement",
        action="store_true",
        help="the published recipe's statement for ssm.amazonaws.com; it has no effect on session logs",
    )


def like(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    """A reader of arguments of that form; empty is none. `{account}` and `{region}` stand for the place's own."""

    def read(text: str) -> str:
        if text and not pattern.fullmatch(text.replace("{account}", "111122223333").replace("{region}", "eu-west-1")):
            raise argparse.ArgumentTypeError(f"“{text}” is not {what}")
        return text

    return read


def _minutes(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"“{text}” is not 1 to {most} minutes")
        return int(text)

    return read


def prepared(given: argparse.Namespace, clients: Clients, post: Post) -> Prepared:
    """The setup of one place. Raises Refused where neither a bucket nor a log group is named."""
    wanted = _wanted(given, post)

    def plan() -> Plan:
        try:
            return logging_plan(wanted, found(clients, post, wanted))
        except Unparsed as error:
            raise Refused(f"The policy of {wanted.bucket} cannot be read ({error}), so nothing is added to it. Mend it first.") from error

    return Prepared(plan, lambda form: _emitted(form, wanted))


def _wanted(given: argparse.Namespace, post: Post) -> Wanted:
    scope = post.scope
    bucket, group = filled(given.bucket, post) or scope.bucket, filled(given.log_group, post) or next(iter(scope.log_groups), "")
    if not bucket and not group:
        raise Refused("Name a place for logs: `--bucket`, `--log-group`, or best both.")
    return Wanted(
        post.place.account, post.region, bucket, filled(given.prefix, post) or scope.prefix, group, given.kms_key, given.log_group_key,
        not given.no_streaming, given.idle, given.longest, given.retention, tuple(given.node_role), tuple(given.writer),
        given.keep_bucket, given.service_statement,
    )  # fmt: skip


def filled(text: str, post: Post) -> str:
    """A name with the place's own account and Region in it."""
    return text.replace("{account}", post.place.account).replace("{region}", post.region)


def _emitted(form: str, wanted: Wanted) -> str:
    if form == "service-statement":
        return f"# {SERVICE_NOTE}\n{pretty(service_statement(wanted))}"
    return {
        "cloudformation": lambda: json.dumps(cloudformation(wanted), indent=2),
        "terraform": lambda: terraform(wanted),
        "node-policy": lambda: pretty(node_policy(wanted)),
    }[form]()
