"""`setup` at work, in one place or in several: each with its own plan and way back.

Strategy: every plan is made and shown before anything is asked; after one yes each is made again, and applied if every step of it was shown. What
places share is done with the first and not there any more for the next. A place that fails is named; the others are done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.core.model import Refused, Unavailable
from bot.core.plan import Plan, Step, written
from bot.core.text import plural, visible
from bot.roof import way_back
from bot.roof.setup_show import Key, shared, show
from queries.apply import apply
from queries.clients import Clients
from queries.estate.setup import placed
from queries.scopes import Post

DONE, LEFT, FAILED = 0, 1, 2  # exit codes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A setup that is ready to be planned, as often as needed, and to be written down for another tool."""

    plan: Callable[[], Plan]
    emit: Callable[[str], str]


Prepare = Callable[[argparse.Namespace, Clients, Post], Prepared]


@dataclass(frozen=True, slots=True)
class Work:
    """One place with its plan as it was shown."""

    post: Post
    ready: Prepared
    plan: Plan


def run(
    given: argparse.Namespace, posts: Sequence[Post], clients: Clients, prepare: Prepare, agreed: Callable[[str], bool], at: str
) -> int:
    """Plans, asks once, applies, checks; gives the exit code: 0 as wanted, 1 not applied or not all as wanted, 2 a place failed."""
    codes: list[int] = []
    several = len(posts) > 1
    works = list(_planned(given, posts, clients, prepare, codes))
    _unlike(works)
    _show(works, several=several)
    todo = [work for work in works if work.plan.steps]
    if todo and not given.dry_run and (given.yes or agreed(_counted(todo))):
        codes += [_tried(work.post, partial(_applied, work, clients, _path(given, work, posts, at), several=several)) for work in todo]
    elif todo:
        print("Nothing was changed.")
        codes.append(LEFT)
    return max(codes, default=DONE)


def _unlike(works: Iterable[Work]) -> None:
    """Raises Refused where two places want the same bucket's policy to say different things: the later would undo the earlier."""
    wanted: dict[str, set[str]] = {}
    for step in (step for work in works for step in work.plan.steps if step.operation == "put_bucket_policy"):
        wanted.setdefault(str(step.parameters["Bucket"]), set()).add(str(step.parameters["Policy"]))
    for bucket, policies in wanted.items():
        if len(policies) > 1:
            raise Refused(
                f"These places want different statements in the policy of {bucket}. Set them up one after the other, or give each a bucket of its"
                " own: `--bucket NAME-{region}`."
            )


def _planned(given: argparse.Namespace, posts: Sequence[Post], clients: Clients, prepare: Prepare, codes: list[int]) -> Iterator[Work]:
    """A place whose plan cannot be made is named, and counts as failed. Alone it is the whole answer."""
    for post in posts:
        try:
            there = placed(clients, post)
            ready = prepare(given, clients, there)
            yield Work(there, ready, ready.plan())
        except (Unavailable, Refused) as error:
            if len(posts) == 1:
                raise
            codes.append(_failed(post, error))


def _failed(post: Post, error: Exception) -> int:
    print(f"{post.place}: {error}", file=sys.stderr)
    return FAILED


def _tried(post: Post, act: Callable[[], int]) -> int:
    try:
        return act()
    except (Unavailable, Refused) as error:
        return _failed(post, error)


def _show(works: Sequence[Work], *, several: bool) -> None:
    before: set[Key] = set()
    for work in works:
        if several:
            print(f"# {work.post.place}")
        show(work.plan, frozenset(before), work.post.place.account)
        before |= {key for step in work.plan.steps if (key := shared(step, work.post.place.account))}
        print() if several else None


def _counted(todo: Sequence[Work]) -> str:
    keys = [shared(step, work.post.place.account) for work in todo for step in work.plan.steps]
    steps = plural(len({key for key in keys if key}) + keys.count(()), "step")
    return f"Apply {steps}?" if len(todo) == 1 else f"Apply {steps} in {plural(len(todo), 'account-region')}?"


def _path(given: argparse.Namespace, work: Work, posts: Sequence[Post], at: str) -> Path:
    """Where a place's way back goes: a file of its own."""
    whole = given.way_back or Path(f"countersign-way-back-{at}.jsonl")
    return whole if len(posts) == 1 else whole.with_name(f"{whole.stem}-{work.post.place.account}-{work.post.region}{whole.suffix}")


def _applied(work: Work, clients: Clients, path: Path, *, several: bool) -> int:
    steps = work.ready.plan().steps
    shown = [written(step) for step in work.plan.steps]
    if not all(written(step) in shown for step in steps):
        raise Refused("AWS changed while you read the plan, so it was not applied. Run the same again.")
    if several:
        print(f"# {work.post.place}")
    take(steps, work.post, clients, lambda step: way_back.keep(path, step, work.post.place.account))
    print(f"Done. `countersign setup back {path}` undoes it." if path.exists() else "Done.")
    return _checked(work)


def take(steps: Iterable[Step], post: Post, clients: Clients, keep: Callable[[Step], None]) -> None:
    """Applies steps in one place, saying each."""

    def taking(step: Step) -> None:
        keep(step)
        print(f"→ {visible(step.about)}", flush=True)

    apply(steps, lambda service, region: clients.client(post.scope, service, region or post.region), taking, post.place)


def _checked(work: Work) -> int:
    """Read everything again: what is still not as wanted is said, and is an error."""
    left = work.ready.plan().steps
    print(f"Checked: {plural(len(left), 'step')} still to take: {left[0].about}." if left else "Checked: everything is as wanted.")
    return LEFT if left else DONE
