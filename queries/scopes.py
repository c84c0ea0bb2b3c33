"""What the fleet is: a list of scopes, each one account with its Regions and where its evidence lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.model import Place
from queries.scheme_model import Partition


@dataclass(frozen=True, slots=True)
class Scope:
    """One account to read, and how.

    Without `role_arn` the standard credential chain speaks. Without `log_groups`, `bucket` or `table` that kind of evidence
    is not asked here (an organization's trail is read by the one scope that names its table). `table_region` is where
    Athena and Glue hold the table: the first Region unless said. `partitions` overrides what Glue would tell.
    """

    name: str
    regions: tuple[str, ...]
    account: str = ""
    role_arn: str = ""
    external_id: str = ""
    log_groups: tuple[str, ...] = ()
    bucket: str = ""
    prefix: str = ""
    database: str = ""
    table: str = ""
    table_region: str = ""
    workgroup: str = "primary"
    output: str = ""
    partitions: tuple[Partition, ...] | None = None

    @property
    def home(self) -> str:
        """The Region that holds the CloudTrail table."""
        return self.table_region or (self.regions[0] if self.regions else "us-east-1")


@dataclass(frozen=True, slots=True)
class Post:
    """A scope in one of its Regions: what one question is asked of."""

    scope: Scope
    region: str
    account: str = ""

    @property
    def place(self) -> Place:
        """The account-region, by the account's number if it is known, else by the scope's name."""
        return Place(self.account or account_of(self.scope) or self.scope.name, self.region)


def account_of(scope: Scope) -> str:
    """The account's number as configured, or as the role's ARN tells it; empty when only AWS can tell."""
    parts = scope.role_arn.split(":")
    return scope.account or (parts[4] if len(parts) > 4 else "")


def posts(scopes: Iterable[Scope]) -> tuple[Post, ...]:
    """Every scope in every one of its Regions, in the order of the configuration, each once."""
    return tuple(dict.fromkeys(Post(scope, region) for scope in scopes for region in scope.regions))
