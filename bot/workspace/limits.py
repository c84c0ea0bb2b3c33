"""Slack's rules for Block Kit payloads: what is wrong with one, and where. Pure; the rules are the tables in `kit`.

Sources: docs.slack.dev/reference/block-kit and reference/views; the sentences are those that Slack's Web API answers.
"""

from __future__ import annotations

from bot.workspace.facts import Json, Value
from bot.workspace.kit import whole
from bot.workspace.kit.blocks import LISTS
from bot.workspace.kit.grammar import Fault
from bot.workspace.kit.views import VIEWS

__all__ = ["Fault", "validate"]

MOST_ATTACHMENTS = 100


def validate(part: Value, surface: str) -> list[Fault]:
    """Every fault of `part`: a list of blocks, a message (`blocks`, `attachments`) or a view, on a `message`, `modal` or `home`.

    Pointers start at the part: `/blocks/0/text/text`.
    """
    if isinstance(part, list):
        return _message({"blocks": part}, surface)
    if not isinstance(part, dict):
        return [Fault("", "invalid_type", "must provide an object")]
    if surface in VIEWS:
        return [*VIEWS[surface].check(part, ""), *whole.check(whole.placed(part.get("blocks"), "/blocks"))]
    return _message(part, surface)


def _message(message: Json, surface: str) -> list[Fault]:
    if surface not in LISTS:
        return [Fault("/type", "unknown_type", f"unsupported type: {surface}", {"expected": sorted(LISTS)})]
    faults: list[Fault] = []
    everything = whole.placed(message.get("blocks"), "/blocks")
    if message.get("blocks") is not None:
        faults += LISTS[surface].check(message["blocks"], "/blocks")
    attachments = message.get("attachments") or []
    if not isinstance(attachments, list) or len(attachments) > MOST_ATTACHMENTS:
        faults.append(Fault("/attachments", "too_many_items", f"no more than {MOST_ATTACHMENTS} items allowed", MOST_ATTACHMENTS))
        attachments = []
    for place, attachment in enumerate(attachments):
        blocks = attachment.get("blocks") if isinstance(attachment, dict) else None
        if blocks is not None:
            faults += LISTS[surface].check(blocks, f"/attachments/{place}/blocks")
            everything += whole.placed(blocks, f"/attachments/{place}/blocks")
    return [*faults, *whole.check(everything)]
