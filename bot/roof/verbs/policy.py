"""`countersign policy`: the least-privilege IAM policy of what is configured."""

from __future__ import annotations

import argparse
import json

from bot.core.iam import Grant, policy, terminator
from bot.roof import house
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `policy`."""
    parser.add_argument("--scope", default="", help="one scope of countersign.toml; default: each in turn")
    parser.add_argument("--trail", default="", metavar="BUCKET/PREFIX", help="where CloudTrail writes, for the role that asks Athena")
    parser.add_argument("--no-doctor", action="store_true", help="leave out what only `doctor` looks at")
    parser.add_argument("--terminate", action="store_true", help="the separate role that may end sessions")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """A JSON policy a scope, each after a comment line with the scope's name when there are several."""
    of = house.settings(environment)
    scopes = [s for s in of.scopes if given.scope in ("", s.name)]
    if not scopes:
        raise FileNotFoundError(f"There is no scope {given.scope!r} in the configuration.")
    for scope in scopes:
        account = scope.account or (scope.role_arn.split(":")[4] if scope.role_arn else "")
        grant = Grant(
            account, scope.regions, scope.log_groups, scope.bucket, scope.prefix, scope.database, scope.table,
            scope.workgroup or "primary", scope.output, given.trail, () if scope.role_arn else _roles(environment),
            bool(of.people_tag), not given.no_doctor,
        )  # fmt: skip
        if len(scopes) > 1:
            print(f"# {scope.name}")
        print(json.dumps(terminator(account, scope.regions or ("*",)) if given.terminate else policy(grant), indent=2))
    return 0


def _roles(environment: Environment) -> tuple[str, ...]:
    return tuple(s.role_arn for s in house.settings(environment).scopes if s.role_arn)


VERB = Verb("policy", "print the IAM policy that the bot's role needs", arguments, run)
