"""Whether Slack would take a payload: slack_sdk's models, slackblocks, the workspace's own table of limits, and what those miss."""

from __future__ import annotations

import warnings
from collections import Counter

from bot.workspace.limits import validate


def faults(blocks, surface="message"):
    """Everything that is wrong with blocks on a surface, as sentences."""
    return [*(f"{f.pointer} {f.message}" for f in validate(list(blocks), surface)), *_sdk(blocks), *_repeats(blocks)]


def _sdk(blocks):
    from slack_sdk.models.blocks import Block

    found = []
    for number, block in enumerate(blocks):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                parsed = Block.parse(dict(block))
            except Exception as error:  # noqa: BLE001 - any refusal of the model is a fault
                found.append(f"/blocks/{number} {error}")
                continue
        if parsed is None:
            found.append(f"/blocks/{number} is not a block that slack_sdk knows")
        else:
            try:
                parsed.validate_json()
            except Exception as error:  # noqa: BLE001 - as above
                found.append(f"/blocks/{number} {error}")
    return found


def _repeats(blocks):
    found = []
    for number, block in enumerate(blocks):
        ids = Counter(e.get("action_id") for e in block.get("elements", ()) if isinstance(e, dict) and e.get("action_id"))
        found += [f"/blocks/{number} repeats the action {name}" for name, count in ids.items() if count > 1]
    return found
