"""What a person can act on in a message or view, and what acting on it may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.workspace.facts import Json

OWN = ("action_id", "block_id", "type", "text", "value", "style", "placeholder", "confirm")
SELECTED = (
    "value",
    "selected_option",
    "selected_options",
    "selected_user",
    "selected_users",
    "selected_conversation",
    "selected_conversations",
    "selected_channel",
    "selected_channels",
    "selected_date",
    "selected_date_time",
    "selected_time",
    "rich_text_value",
    "files",
)


def inside(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with the id of its block, in nested blocks too."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        for place in ("accessory", "element"):
            if isinstance(block.get(place), dict):
                yield block_id, block[place]
        for element in block.get("elements") or ():
            if isinstance(element, dict):
                yield block_id, element
        for button in block.get("actions") or ():
            if isinstance(button, dict):
                yield block_id, button
        for nested in ("child_blocks", "blocks"):
            yield from inside(block.get(nested) or ())
        if block.get("type") == "carousel":
            yield from inside(block.get("elements") or ())


def find(blocks: Sequence[Mapping[str, Any]], block_id: str, action_id: str) -> Json | None:
    """The element with these ids, if it is there; an empty block_id finds the first with the action_id."""
    for block, element in inside(blocks):
        if element.get("action_id") == action_id and block_id in ("", block):
            return {**element, "block_id": block}
    return None


def acted(element: Json, action: Json, action_ts: str) -> Json:
    """The action as Slack reports it: what the element says of itself, and from the person only the choice."""
    own: Json = {name: element[name] for name in OWN if name in element}
    chosen = {name: action[name] for name in SELECTED if name in action and not (name == "value" and element["type"] == "button")}
    return {**own, **chosen, "action_ts": action_ts}


def chooses_from(element: Json, action: Json) -> bool:
    """True when the chosen options are among the element's own; open-ended elements accept anything."""
    if "options" not in element and "option_groups" not in element:
        return True
    offered = {str(option.get("value")) for option in options(element)}
    chosen = list(action.get("selected_options") or ()) + [action[name] for name in ("selected_option",) if action.get(name)]
    return all(str(option.get("value")) in offered for option in chosen if isinstance(option, dict))


def options(element: Json) -> Iterator[Json]:
    """All options of a choice, in groups or not."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group.get("options") or ()
