"""Which places `setup` works in: one account-region, or several in one run; and where a way back belongs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.core.model import Refused
from bot.core.plan import Step
from bot.roof import house, way_back
from bot.roof.cli import Environment
from bot.roof.fleet import scoped
from queries.clients import Clients
from queries.estate.setup import placed
from queries.scopes import Post, Scope, account_of

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which places."""
    parser.add_argument("--scope", action="append", default=[], help="a scope of countersign.toml; may be repeated")
    parser.add_argument("--region", action="append", default=[], help="may be repeated; default: the scope's first")
    parser.add_argument("--everywhere", action="store_true", help="every Region of the scopes, and every scope unless some are named")


def chosen(given: argparse.Namespace, environment: Environment) -> tuple[Post, ...]:
    """The places that are meant, in the order of the configuration. Raises Refused where that is not clear."""
    scopes = scoped(house.settings(environment))
    unknown = sorted(set(given.scope) - {scope.name for scope in scopes})
    named = [scope for scope in scopes if scope.name in given.scope or not given.scope]
    if unknown or (len(named) > 1 and not given.scope and not given.everywhere):
        lost = f"There is no scope {', '.join(unknown)}. " if unknown else ""
        raise Refused(
            f"{lost}Name a scope with --scope, or several: {', '.join(scope.name for scope in scopes)}; `--everywhere` takes all."
        )
    for region in given.region:
        if not REGION.fullmatch(region):
            raise Refused(f"“{region}” is no AWS Region. For example `--region eu-west-1`.")
    return tuple(dict.fromkeys(Post(scope, region) for scope in named for region in _regions(scope, given)))


def _regions(scope: Scope, given: argparse.Namespace) -> Sequence[str]:
    return given.region or (scope.regions if given.everywhere else scope.regions[:1])


def one(posts: Sequence[Post]) -> Post:
    """The only place. Raises Refused where there are several."""
    if len(posts) != 1:
        raise Refused(
            f"A template is for one Region of one account: {', '.join(map(str, (p.place for p in posts)))} are several. Name one."
        )
    return posts[0]


def back(path: Path, posts: Sequence[Post], clients: Clients) -> Post:
    """Where a way back belongs: the only place that was named, else the scope of the account that the file speaks of. Raises Refused."""
    wanted = way_back.account(path)
    for post in posts:
        if not wanted or account_of(post.scope) == wanted or (len(posts) == 1 and placed(clients, post).account == wanted):
            return placed(clients, post)
    raise Refused(f"{path} undoes what was done in account {wanted}, and no scope that you named is of it. Name its scope with --scope.")


def homeward(found: Sequence[tuple[Post, Sequence[Step]]]) -> Iterator[tuple[Post, Sequence[Step]]]:
    """Several ways back in the order that is safe: everywhere first what points to a bucket, then the buckets."""
    cuts = [next((number for number, step in enumerate(steps) if step.service == "s3"), len(steps)) for _, steps in found]
    yield from ((post, steps[:cut]) for (post, steps), cut in zip(found, cuts, strict=True))
    yield from ((post, steps[cut:]) for (post, steps), cut in zip(found, cuts, strict=True))
