"""What `setup` must know before it plans: the same readers as the doctor's, each of them strict."""

from __future__ import annotations

from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from bot.core.doctor.facts import Bucket, Role
from bot.core.model import Refused
from bot.core.plan_logging import Found, Wanted
from bot.core.plan_trail import TrailFound, TrailWanted
from queries.budget import Budget
from queries.clients import Clients
from queries.estate import destinations, documents, roles, trail
from queries.estate.look import Look, missing
from queries.faults import unavailable
from queries.scopes import Post


def found(clients: Clients, post: Post, wanted: Wanted) -> Found:
    """What is there now. Raises Unavailable where a part cannot be read: a plan from half the facts could break what it does not see."""
    look = Look(post, clients, Budget())
    try:
        return Found(
            documents.preferences(look),
            destinations.bucket(look, wanted.bucket) if wanted.bucket else None,
            destinations.group(look, wanted.group) if wanted.group else None,
            {name: _role(look, name) for name in wanted.roles},
        )
    except (BotoCoreError, ClientError) as error:
        raise unavailable(error, post.place) from error


def trail_found(clients: Clients, post: Post, wanted: TrailWanted) -> TrailFound:
    """What of the trail's table, workgroup and results is there. Raises Unavailable as `found` does."""
    look = Look(
        replace(post, scope=replace(post.scope, partitions=None, database=wanted.table.database, table=wanted.table.name)),
        clients,
        Budget(),
    )
    try:
        return TrailFound(
            _database(look, wanted.table.database),
            trail.table(look, f"{wanted.table.database}.{wanted.table.name}"),
            trail.workgroup(look, wanted.workgroup),
            destinations.bucket(look, wanted.results) or Bucket(wanted.results, exists=False),
        )
    except (BotoCoreError, ClientError) as error:
        raise unavailable(error, post.place) from error


def _database(look: Look, name: str) -> bool:
    try:
        look.call("glue", "get_database", Name=name)
    except ClientError as error:
        if missing(error, "EntityNotFoundException"):
            return False
        raise
    return True


def _role(look: Look, name: str) -> Role:
    try:
        return roles.role(look, name)
    except ClientError as error:
        if missing(error, "NoSuchEntity"):
            raise Refused(f"There is no role {name} in {look.post.place}. Name the role, not its instance profile.") from error
        raise


def placed(clients: Clients, post: Post) -> Post:
    """The post with its account's number, which ARNs need. Raises Unavailable."""
    try:
        return replace(post, account=clients.account(post.scope))
    except (BotoCoreError, ClientError) as error:
        raise unavailable(error, post.place, "sts") from error
