"""What a message says, taken from arguments and checked as Slack checks it before it accepts any of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, Value
from bot.workspace.kit.whole import letters
from bot.workspace.limits import Fault, validate
from bot.workspace.wire import decoded

MOST_ATTACHMENTS = 100
LARGEST_VIEW = 250_000
MOST_BLOCK_TEXT, PER_BLOCK = 13_422, 125  # fits both measurements of bolt-js #2509: 13,297 in one markdown block, 125 less beside a divider
MEASURED_ELSEWHERE = frozenset({"table", "data_table"})  # these have limits of their own


def content(text: str, blocks: Value, attachments: Value, *, required: bool = True) -> Json:
    """`text`, `blocks` and `attachments` of a message; SlackError `no_text`, `invalid_blocks`, `too_many_attachments` …"""
    blocks, attachments = _list(blocks, "invalid_blocks_format"), _list(attachments, "invalid_attachments")
    if required and not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    refuse(validate({"blocks": blocks, "attachments": attachments}, "message"), "invalid_blocks")
    return {"text": text, "blocks": tuple(blocks), "attachments": tuple(attachments)}


def refuse_too_long(blocks: Sequence[Json]) -> None:
    """SlackError `msg_blocks_too_long`, as chat.* answers for much text in many blocks; a response_url takes the same blocks."""
    measured = [block for block in blocks if block.get("type") not in MEASURED_ELSEWHERE]
    if letters(measured) + PER_BLOCK * len(measured) > MOST_BLOCK_TEXT:
        raise SlackError("msg_blocks_too_long")


def checked_view(view: Value, kinds: tuple[str, ...]) -> Json:
    """A view that may be opened or published; SlackError `invalid_arguments` or `view_too_large`."""
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", **_told([Fault("/view", "invalid_type", "must provide an object")]))
    if view.get("type") not in kinds:
        raise SlackError("invalid_arguments", **_told([Fault("/view/type", "invalid_enum", f"must be one of: {', '.join(kinds)}")]))
    if len(json.dumps(view)) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    faults = [Fault("/view" + fault.pointer, fault.code, fault.message) for fault in validate(view, str(view["type"]))]
    refuse(faults, "invalid_arguments")
    return view


def refuse(faults: Sequence[Fault], word: str) -> None:
    """SlackError with every fault and the place of each; nothing when there are none."""
    if faults:
        raise SlackError(word, **_told(faults))


def _told(faults: Sequence[Fault]) -> Json:
    lines = [f"{fault.message} [json-pointer:{fault.pointer}]" for fault in faults]
    return {"errors": lines, "response_metadata": {"messages": [f"[ERROR] {line}" for line in lines]}}


def _list(value: Value, error: str) -> list[Json]:
    if isinstance(value, str) and value:
        try:
            value = decoded(value)
        except ValueError:
            raise SlackError(error) from None
    if not value:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SlackError(error)
    return value
