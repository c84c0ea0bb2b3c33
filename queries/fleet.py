"""Many places asked side by side: what answered, and what did not and why. Nothing is dropped in silence.

The order of the answers is the order of the parts, whatever came back first. A part that is still out at the deadline is
named as unread and left to its own time-outs; errors of this program are not swallowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.core.model import Unavailable, Unread
from queries.budget import Budget, Stopped
from queries.faults import unavailable

Part = TypeVar("Part")
Answer = TypeVar("Answer")

WIDTH = 16
BEAT = 0.05  # seconds between looks at the cancel switch while parts are out
GRACE = 0.5  # seconds after a cancel or the deadline in which parts stop their queries and hand in what they have


@dataclass(frozen=True, slots=True)
class Gathered(Generic[Part, Answer]):
    """What the fleet said: each part that answered with its answer, and those that did not."""

    answers: tuple[tuple[Part, Answer], ...]
    read: tuple[str, ...]
    unread: tuple[Unread, ...]


def gather(
    parts: Sequence[Part],
    ask: Callable[[Part], Answer],
    budget: Budget,
    *,
    name: Callable[[Part], str] = str,
    service: str = "",
    width: int = WIDTH,
) -> Gathered[Part, Answer]:
    """Ask every part, at most `width` at once."""
    if not parts:
        return Gathered((), (), ())
    pool = ThreadPoolExecutor(max_workers=min(width, len(parts)), thread_name_prefix="fleet")
    futures = [pool.submit(_ask, ask, part, budget, name, service) for part in parts]
    try:
        _await(futures, budget)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return _sorted(parts, [_result(future, budget) for future in futures], name)


def _ask(ask: Callable[[Part], Answer], part: Part, budget: Budget, name: Callable[[Part], str], service: str) -> Answer | Unavailable:
    """One part's answer, or the sentence that says why there is none."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - light start: boto3 only when AWS is asked

    try:
        budget.check()
        return ask(part)
    except (Unavailable, BotoCoreError, ClientError) as error:
        return unavailable(error, name(part), service)


def _await(futures: Sequence[Future[Answer | Unavailable]], budget: Budget) -> None:
    """Until all are done, the person cancels, or the time is up."""
    pending = set(futures)
    while pending and not budget.cancel.is_set() and budget.left() > 0:
        pending = wait(pending, timeout=min(BEAT, budget.left())).not_done
    wait(pending, timeout=GRACE)


def _result(future: Future[Answer | Unavailable], budget: Budget) -> Answer | Unavailable:
    """What a part gave; a part that is still out is a part that did not answer."""
    if future.done() and not future.cancelled():
        return future.result()
    try:
        budget.check()
    except Stopped as stopped:
        return stopped
    return future.result()


def _sorted(parts: Sequence[Part], results: Sequence[Answer | Unavailable], name: Callable[[Part], str]) -> Gathered[Part, Answer]:
    """Answers and failures apart, both in the order of the parts."""
    answers = tuple((part, result) for part, result in zip(parts, results, strict=True) if not isinstance(result, Unavailable))
    failed = tuple((part, result) for part, result in zip(parts, results, strict=True) if isinstance(result, Unavailable))
    return Gathered(answers, tuple(name(part) for part, _ in answers), tuple(Unread(name(part), str(why)) for part, why in failed))
