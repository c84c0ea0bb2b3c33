"""A plan applied, step by step. Before each step its way back is kept, so an interruption at any call can be undone or simply run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.core.model import Refused
from bot.core.plan import Step
from queries.faults import code_of, unavailable

Client = Callable[[str, str], Any]  # service, region → a boto3 client
Keep = Callable[[Step], None]  # told of a step before it is taken
DONE = frozenset(
    {
        "BucketAlreadyOwnedByYou",
        "ResourceAlreadyExistsException",
        "DuplicateDocumentContent",
        "AlreadyExistsException",
        "InvalidPermission.Duplicate",
    }
)  # the step was taken before: AWS answers so to a call that botocore repeats after a lost answer


def apply(steps: Iterable[Step], client: Client, keep: Keep, place: object) -> None:
    """Take every step in order. Raises Unavailable with AWS's reason at the first that fails; what was done before it stays done."""
    answer: Mapping[str, Any] = {}
    for step in steps:
        keep(step)
        answer = _taken(step, client(step.service, step.region), answer, place)


def _taken(step: Step, client: Any, before: Mapping[str, Any], place: object) -> Mapping[str, Any]:  # noqa: ANN401 - a boto3 client
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - light start: boto3 only when AWS is asked

    filled = {name: _at(before, path, step) for name, path in step.takes.items()}
    try:
        answer: Mapping[str, Any] = getattr(client, step.operation)(**step.parameters, **filled)
    except (BotoCoreError, ClientError) as error:
        if code_of(error) in DONE:
            return {}
        raise unavailable(error, place, step.service) from error
    return answer


def _at(answer: Mapping[str, Any], path: Iterable[str], step: Step) -> Any:  # noqa: ANN401 - whatever AWS gave
    found: Any = answer
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if found is None:
        raise Refused(f"AWS did not say what “{step.about}” needs. Run the same again: what is done is kept, and the rest follows.")
    return found
