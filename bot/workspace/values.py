"""The state of a form: what each input holds, filled from its initial value, and what the client itself would refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.workspace import elements
from bot.workspace.facts import Json, Value

HOLDS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
INITIAL = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
INTERACTIVE = frozenset({*HOLDS, "button", "overflow"})
REQUIRED = "Please complete this required field."


def filled(blocks: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> Json:
    """`state.values` for these blocks: `{block_id: {action_id: {type, …}}}`; only elements that are there."""
    values: Json = {}
    for block_id, element in elements.inside(blocks):
        held = HOLDS.get(str(element.get("type")))
        if held is None:
            continue
        action_id = str(element.get("action_id"))
        value = _given(given, block_id, action_id, held, element)
        values.setdefault(block_id, {})[action_id] = {"type": element["type"], held: value}
    return values


def refused(blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, str]:
    """What Slack's own client says before it sends a form: `{block_id: sentence}`."""
    faults: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        held = values.get(str(block.get("block_id")), {}).get(element.get("action_id"), {}).get(HOLDS.get(element["type"], ""))
        fault = REQUIRED if held in (None, "", []) and not block.get("optional") else _fault(element, held)
        if fault:
            faults[str(block.get("block_id"))] = fault
    return faults


def _given(given: Mapping[str, Any], block_id: str, action_id: str, held: str, element: Json) -> Value:
    value = given.get(block_id, {}).get(action_id) if isinstance(given.get(block_id), dict) else None
    if isinstance(value, dict) and held in value:
        return value[held]
    empty: list[Any] | None = [] if held == "selected_options" else None
    return element.get(INITIAL.get(held, ""), empty)


def _fault(element: Json, held: Value) -> str:
    kind = element["type"]
    if held in (None, "", []):
        return ""
    if kind == "plain_text_input":
        return _length(element, str(held))
    if kind == "number_input":
        return _number(element, str(held))
    if kind == "email_text_input" and "@" not in str(held):
        return "Please enter a valid email address."
    if kind == "url_text_input" and "://" not in str(held):
        return "Please enter a valid URL."
    return ""


def _length(element: Json, held: str) -> str:
    if len(held) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(held) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return ""


def _number(element: Json, held: str) -> str:
    try:
        number = float(held)
    except ValueError:
        return "Please enter a valid number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    low, high = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return "" if low <= number <= high else f"Please enter a number between {low:g} and {high:g}."
