"""Payloads that Slack accepts, and one hundred ways to spoil them.

A mutant is (part, surface, what to do to it, the pointer of the fault that must be found).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any


def plain(text="Hello"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="*Hello*"):
    return {"type": "mrkdwn", "text": text}


def option(value="1", text="One"):
    return {"text": plain(text), "value": value}


def button(action_id="go", **more):
    return {"type": "button", "action_id": action_id, "text": plain("Go"), "value": "7", **more}


def rich(*texts):
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text} for text in texts]}],
    }


def options(count):
    return [option(str(number), f"Option {number}") for number in range(count)]


CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("Really?"), "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}
SELECT = {
    "type": "static_select",
    "action_id": "pick",
    "placeholder": plain("Pick"),
    "options": options(3),
    "initial_option": option("0", "Option 0"),
}
CHART = {
    "type": "bar",
    "series": [{"name": "Tunnels", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 4.5}]}],
    "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day", "y_label": "Sessions"},
}

BLOCKS: dict[str, Any] = {
    "section": {
        "type": "section",
        "block_id": "s",
        "text": mrkdwn(),
        "fields": [mrkdwn("a"), plain("b")],
        "accessory": button("acc", confirm=CONFIRM),
    },
    "section with a menu": {"type": "section", "text": plain(), "accessory": SELECT, "expand": True},
    "section with an image": {
        "type": "section",
        "text": plain(),
        "accessory": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"},
    },
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": plain()},
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart", "title": plain()},
    "context": {
        "type": "context",
        "elements": [mrkdwn(), plain(), {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}],
    },
    "actions": {
        "type": "actions",
        "elements": [
            button("a", style="primary"),
            button("b", url="https://example.com/"),
            {"type": "overflow", "action_id": "more", "options": [option("1"), {**option("2"), "url": "https://example.com/"}]},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
            {"type": "timepicker", "action_id": "time", "initial_time": "09:30", "timezone": "Europe/Lisbon"},
            {"type": "datetimepicker", "action_id": "at", "initial_date_time": 1_795_000_000},
            {"type": "checkboxes", "action_id": "check", "options": [option("1"), option("2", "Two")], "initial_options": [option("1")]},
            {
                "type": "radio_buttons",
                "action_id": "radio",
                "options": [option("1"), option("2", "Two")],
                "initial_option": option("2", "Two"),
            },
            {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
            {"type": "conversations_select", "action_id": "where", "filter": {"include": ["public"], "exclude_bot_users": True}},
            {"type": "external_select", "action_id": "ext", "min_query_length": 0},
        ],
    },
    "rich_text": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "sudo -i"}], "border": 0},
            {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://example.com/"}]},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": rich("a")["elements"]},
        ],
    },
}
ON_MESSAGES: dict[str, Any] = {
    "markdown": {"type": "markdown", "text": "# Hello"},
    "table": {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": "Node"}, {"type": "raw_text", "text": "Count"}],
            [rich("web"), {"type": "raw_number", "value": 3, "text": "3"}],
        ],
        "column_settings": [{"align": "right", "is_wrapped": True}, None],
    },
    "data_table": {
        "type": "data_table",
        "caption": "Sessions",
        "rows": [[{"type": "raw_text", "text": "Node"}], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
        "page_size": 5,
    },
    "data_visualization": {"type": "data_visualization", "title": "Tunnels", "chart": CHART},
    "pie": {"type": "data_visualization", "title": "Kinds", "chart": {"type": "pie", "segments": [{"label": "Shell", "value": 3}]}},
    "container": {
        "type": "container",
        "title": plain(),
        "child_blocks": [{"type": "divider"}],
        "is_collapsible": True,
        "default_collapsed": True,
    },
    "card": {"type": "card", "title": mrkdwn(), "body": mrkdwn(), "actions": [button("card")]},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": plain()}]},
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "bin"}],
    },
    "task_card": {"type": "task_card", "task_id": "1", "title": "Reading", "status": "in_progress", "details": rich("a")},
    "plan": {"type": "plan", "title": "Plan", "tasks": [{"task_id": "1", "title": "Read", "status": "pending"}]},
}
INPUTS: dict[str, Any] = {
    name: {
        "type": "input",
        "block_id": name,
        "label": plain("Label"),
        "hint": plain("Hint"),
        "optional": True,
        "element": {"action_id": "in", **element},
    }
    for name, element in {
        "plain_text_input": {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 10, "placeholder": plain()},
        "number_input": {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9", "initial_value": "5"},
        "email_text_input": {"type": "email_text_input"},
        "url_text_input": {"type": "url_text_input"},
        "rich_text_input": {"type": "rich_text_input", "initial_value": rich("x")},
        "file_input": {"type": "file_input", "filetypes": ["csv"], "max_files": 1},
        "multi_static_select": {
            "type": "multi_static_select",
            "option_groups": [{"label": plain(), "options": options(2)}],
            "max_selected_items": 2,
        },
        "multi_users_select": {"type": "multi_users_select", "initial_users": ["U1"]},
    }.items()
}
MODAL: dict[str, Any] = {
    "type": "modal",
    "title": plain("Flag"),
    "submit": plain("Send"),
    "close": plain("Cancel"),
    "callback_id": "flag",
    "private_metadata": "7",
    "notify_on_close": True,
    "blocks": [*BLOCKS.values(), *INPUTS.values(), {"type": "alert", "text": mrkdwn("Careful"), "level": "warning"}],
}
HOME: dict[str, Any] = {"type": "home", "blocks": [*BLOCKS.values(), *(ON_MESSAGES[name] for name in ("table", "data_table", "container"))]}
MESSAGE: dict[str, Any] = {
    "blocks": [*BLOCKS.values(), *ON_MESSAGES.values()],
    "attachments": [{"color": "#a00000", "blocks": [{"type": "divider"}]}],
}

Change = Callable[[Any], None]


def put(*path: Any) -> Change:
    """Set the value at a path: the last argument is the value."""
    *steps, last, value = path

    def change(part: Any) -> None:
        for step in steps:
            part = part[step]
        part[last] = copy.deepcopy(value)

    return change


def drop(*path: Any) -> Change:
    """Take a key away."""

    def change(part: Any) -> None:
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]

    return change


TABLE, DATA, VIZ = ON_MESSAGES["table"], ON_MESSAGES["data_table"], ON_MESSAGES["data_visualization"]
CELL = {"type": "raw_text", "text": "x"}
RICH_LIST = 3

#: block, change, pointer below the block, what it is
IN_BLOCK: list[tuple[str, Change, str, str]] = [
    ("section", put("text", "text", "x" * 3001), "/text/text", "section text of 3,001"),
    ("section", put("text", "text", ""), "/text/text", "empty section text"),
    ("section", put("text", "Hello"), "/text", "a string where a text object belongs"),
    ("section", put("text", "type", "markdown"), "/text/type", "unknown text type"),
    ("section", put("text", "emoji", True), "/text/emoji", "emoji on mrkdwn"),
    ("section", drop("text", "type"), "/text", "text without a type"),
    ("section", put("fields", [mrkdwn()] * 11), "/fields", "11 fields"),
    ("section", put("fields", 0, "text", "x" * 2001), "/fields/0/text", "field of 2,001"),
    ("section", put("block_id", "x" * 256), "/block_id", "block_id of 256"),
    ("section", put("colour", "red"), "/colour", "unknown key"),
    ("section", put("accessory", "type", "plain_text_input"), "/accessory/type", "input as accessory"),
    ("section", put("accessory", "action_id", "x" * 256), "/accessory/action_id", "action_id of 256"),
    ("section", put("accessory", "text", "text", "x" * 76), "/accessory/text/text", "button text of 76"),
    ("section", put("accessory", "text", mrkdwn()), "/accessory/text/type", "mrkdwn on a button"),
    ("section", put("accessory", "value", "x" * 2001), "/accessory/value", "button value of 2,001"),
    ("section", put("accessory", "value", 7), "/accessory/value", "a number as button value"),
    ("section", put("accessory", "url", "https://example.com/" + "x" * 3000), "/accessory/url", "button url of 3,020"),
    ("section", put("accessory", "style", "warning"), "/accessory/style", "unknown button style"),
    ("section", put("accessory", "accessibility_label", "x" * 76), "/accessory/accessibility_label", "accessibility label of 76"),
    ("section", drop("accessory", "text"), "/accessory", "button without text"),
    ("section", put("accessory", "confirm", "title", "text", "x" * 101), "/accessory/confirm/title/text", "confirm title of 101"),
    ("section", put("accessory", "confirm", "text", "text", "x" * 301), "/accessory/confirm/text/text", "confirm text of 301"),
    ("section", put("accessory", "confirm", "confirm", "text", "x" * 31), "/accessory/confirm/confirm/text", "confirm button of 31"),
    ("section", put("accessory", "confirm", "deny", "text", "x" * 31), "/accessory/confirm/deny/text", "deny button of 31"),
    ("section", drop("accessory", "confirm", "title"), "/accessory/confirm", "confirm without title"),
    ("section with a menu", put("accessory", "options", options(101)), "/accessory/options", "101 options"),
    ("section with a menu", put("accessory", "options", []), "/accessory/options", "no options"),
    ("section with a menu", put("accessory", "options", 1, "value", "0"), "/accessory/options/1/value", "the same option value twice"),
    ("section with a menu", put("accessory", "options", 0, "text", "text", "x" * 76), "/accessory/options/0/text/text", "option text of 76"),
    ("section with a menu", put("accessory", "options", 0, "value", "x" * 151), "/accessory/options/0/value", "option value of 151"),
    ("section with a menu", put("accessory", "options", 0, "description", plain("x" * 76)), "/accessory/options/0/description/text", "description of 76"),
    ("section with a menu", put("accessory", "options", 0, "url", "https://example.com/"), "/accessory/options/0/url", "a link in a select option"),
    ("section with a menu", put("accessory", "placeholder", "text", "x" * 151), "/accessory/placeholder/text", "placeholder of 151"),
    ("section with a menu", put("accessory", "initial_option", option("9", "Nine")), "/accessory/initial_option", "initial option that is not offered"),
    ("section with a menu", put("accessory", "option_groups", [{"label": plain(), "options": options(1)}]), "/accessory", "options and option groups"),
    ("section with an image", drop("accessory", "alt_text"), "/accessory", "image without alt text"),
    ("section with an image", put("accessory", "image_url", "file:///a.png"), "/accessory/image_url", "image url that is not http"),
    ("header", put("text", "text", "x" * 151), "/text/text", "header of 151"),
    ("header", put("text", mrkdwn()), "/text/type", "mrkdwn header"),
    ("header", drop("text"), "", "header without text"),
    ("image", put("alt_text", ""), "/alt_text", "empty alt text"),
    ("image", put("alt_text", "x" * 2001), "/alt_text", "alt text of 2,001"),
    ("image", put("title", "text", "x" * 2001), "/title/text", "image title of 2,001"),
    ("image", put("image_url", "https://example.com/" + "x" * 3000), "/image_url", "image url of 3,020"),
    ("image", put("slack_file", {"id": "F1"}), "", "image url and slack file"),
    ("image", drop("image_url"), "", "image without a source"),
    ("context", put("elements", [plain()] * 11), "/elements", "11 context elements"),
    ("context", put("elements", []), "/elements", "empty context"),
    ("context", put("elements", 0, button()), "/elements/0/type", "button in a context block"),
    ("actions", put("elements", [button(str(number)) for number in range(26)]), "/elements", "26 actions"),
    ("actions", put("elements", 1, "action_id", "a"), "/elements/1/action_id", "the same action_id twice"),
    ("actions", put("elements", 0, {"type": "image", "image_url": "https://example.com/", "alt_text": "A"}), "/elements/0/type", "image in actions"),
    ("actions", put("elements", 2, "options", options(6)), "/elements/2/options", "6 overflow options"),
    ("actions", put("elements", 3, "initial_date", "23.11.2026"), "/elements/3/initial_date", "a date in another form"),
    ("actions", put("elements", 4, "initial_time", "9:30am"), "/elements/4/initial_time", "a time in another form"),
    ("actions", put("elements", 5, "initial_date_time", 5), "/elements/5/initial_date_time", "a date and time of one digit"),
    ("actions", put("elements", 6, "options", options(11)), "/elements/6/options", "11 checkboxes"),
    ("actions", put("elements", 7, "options", options(11)), "/elements/7/options", "11 radio buttons"),
    ("actions", put("elements", 9, "filter", "include", ["secret"]), "/elements/9/filter/include/0", "unknown conversation filter"),
    ("rich_text", put("elements", 0, "elements", 0, "text", ""), "/elements/0/elements/0/text", "empty rich text"),
    ("rich_text", put("elements", 0, "type", "rich_text_poem"), "/elements/0/type", "unknown rich text part"),
    ("rich_text", put("elements", 0, "elements", 0, "style", "bold"), "/elements/0/elements/0/style", "style as a word"),
    ("rich_text", put("elements", 1, "elements", 0, {"type": "user", "user_id": "U1"}), "/elements/1/elements/0/type", "user in preformatted text"),
    ("rich_text", put("elements", RICH_LIST, "style", "roman"), "/elements/3/style", "unknown list style"),
    ("rich_text", put("elements", RICH_LIST, "indent", 9), "/elements/3/indent", "indent of 9"),
    ("markdown", put("text", "x" * 12_001), "/text", "markdown of 12,001"),
    ("table", put("rows", 1, 0, CELL | {"text": ""}), "/rows/1/0/text", "empty table cell"),
    ("table", put("rows", 1, 0, rich("")), "/rows/1/0/elements/0/elements/0/text", "empty rich table cell"),
    ("table", put("rows", 1, 0, plain()), "/rows/1/0/type", "plain_text table cell"),
    ("table", put("rows", [[CELL]] * 101), "/rows", "101 table rows"),
    ("table", put("rows", [[CELL] * 21]), "/rows/0", "21 table cells"),
    ("table", put("rows", [[CELL | {"text": "x" * 1001}] * 10]), "/rows", "table of 10,010 characters"),
    ("table", put("column_settings", [{}] * 21), "/column_settings", "21 column settings"),
    ("table", put("column_settings", 0, "align", "middle"), "/column_settings/0/align", "unknown alignment"),
    ("data_table", drop("caption"), "", "data table without caption"),
    ("data_table", put("rows", [[CELL]] * 102), "/rows", "102 data table rows"),
    ("data_table", put("rows", [[CELL]]), "/rows", "data table with a header only"),
    ("data_table", put("rows", 1, [CELL, CELL]), "/rows/1", "unequal data table rows"),
    ("data_table", put("rows", 0, 0, rich("x")), "/rows/0/0/type", "rich text in a data table header"),
    ("data_table", put("page_size", 101), "/page_size", "page size of 101"),
    ("data_table", put("rows", 1, 0, CELL | {"text": "x" * 20_001}), "/rows", "data table of 20,001 characters"),
    ("data_visualization", put("title", "x" * 51), "/title", "chart title of 51"),
    ("data_visualization", put("chart", "type", "radar"), "/chart/type", "unknown chart"),
    ("data_visualization", put("chart", "series", 0, "name", "x" * 21), "/chart/series/0/name", "series name of 21"),
    ("data_visualization", put("chart", "series", CHART["series"] * 2), "/chart/series/1/name", "the same series twice"),
    ("data_visualization", put("chart", "axis_config", "categories", ["Mon"]), "/chart/series/0/data", "points that are no categories"),
    ("pie", put("chart", "segments", 0, "value", 0), "/chart/segments/0/value", "a segment of nothing"),
    ("pie", put("chart", "segments", [{"label": str(n), "value": 1} for n in range(13)]), "/chart/segments", "13 segments"),
    ("container", put("child_blocks", [{"type": "divider"}] * 11), "/child_blocks", "11 child blocks"),
    ("container", put("child_blocks", 0, {"type": "alert", "text": plain()}), "/child_blocks/0/type", "alert in a container"),
    ("container", put("is_collapsible", False), "", "collapsed but not collapsible"),
    ("card", put("title", "text", "x" * 151), "/title/text", "card title of 151"),
    ("card", put("body", "text", "x" * 201), "/body/text", "card body of 201"),
    ("card", put("actions", [button(str(n)) for n in range(4)]), "/actions", "4 card buttons"),
    ("carousel", put("elements", [{"type": "card", "title": plain()}] * 11), "/elements", "11 cards"),
    ("context_actions", put("elements", [ON_MESSAGES["context_actions"]["elements"][0] | {"action_id": str(n)} for n in range(6)]), "/elements", "6 context actions"),
    ("context_actions", put("elements", 0, "icon", "bin"), "/elements/0/icon", "unknown icon"),
    ("task_card", put("status", "pending"), "/status", "a pending task outside a plan"),
    ("task_card", put("status", "done"), "/status", "unknown task status"),
    ("plan", put("tasks", [ON_MESSAGES["plan"]["tasks"][0] | {"task_id": str(n)} for n in range(51)]), "/tasks", "51 tasks"),
    ("divider", put("type", "line"), "/type", "unknown block type"),
    ("divider", drop("type"), "", "block without a type"),
]  # fmt: skip

#: input, change, pointer below the block, what it is
IN_INPUT: list[tuple[str, Change, str, str]] = [
    ("plain_text_input", put("label", "text", "x" * 2001), "/label/text", "label of 2,001"),
    ("plain_text_input", put("label", mrkdwn()), "/label/type", "mrkdwn label"),
    ("plain_text_input", put("hint", "text", "x" * 2001), "/hint/text", "hint of 2,001"),
    ("plain_text_input", drop("element"), "", "input without element"),
    ("plain_text_input", put("element", button()), "/element/type", "button in an input"),
    ("plain_text_input", put("element", "max_length", 3001), "/element/max_length", "max_length of 3,001"),
    ("plain_text_input", put("element", "min_length", 11), "/element", "min_length above max_length"),
    ("plain_text_input", put("element", "placeholder", "text", "x" * 151), "/element/placeholder/text", "placeholder of 151"),
    ("plain_text_input", put("optional", "yes"), "/optional", "a word where a boolean belongs"),
    ("number_input", drop("element", "is_decimal_allowed"), "/element", "number without is_decimal_allowed"),
    ("number_input", put("element", "min_value", 1), "/element/min_value", "a number where Slack wants its digits"),
    ("number_input", put("element", "initial_value", "10"), "/element", "initial value above the most"),
    ("file_input", put("element", "max_files", 11), "/element/max_files", "11 files"),
    ("multi_static_select", put("element", "max_selected_items", 0), "/element/max_selected_items", "at most nothing"),
    ("multi_static_select", put("element", "option_groups", [{"label": plain(), "options": options(1)}] * 101), "/element/option_groups", "101 option groups"),
    ("multi_static_select", put("element", "option_groups", 0, "label", "text", "x" * 76), "/element/option_groups/0/label/text", "group label of 76"),
]  # fmt: skip

#: part, surface, change, pointer, what it is
WHOLE: list[tuple[Any, str, Change, str, str]] = [
    (MODAL, "modal", put("title", "text", "x" * 25), "/title/text", "modal title of 25"),
    (MODAL, "modal", put("submit", "text", "x" * 25), "/submit/text", "submit of 25"),
    (MODAL, "modal", put("close", "text", "x" * 25), "/close/text", "close of 25"),
    (MODAL, "modal", put("title", mrkdwn()), "/title/type", "mrkdwn title"),
    (MODAL, "modal", drop("title"), "", "modal without title"),
    (MODAL, "modal", drop("submit"), "/submit", "inputs without submit"),
    (MODAL, "modal", drop("blocks"), "", "modal without blocks"),
    (MODAL, "modal", put("private_metadata", "x" * 3001), "/private_metadata", "private_metadata of 3,001"),
    (MODAL, "modal", put("callback_id", "x" * 256), "/callback_id", "callback_id of 256"),
    (MODAL, "modal", put("external_id", "x" * 256), "/external_id", "external_id of 256"),
    (MODAL, "modal", put("state", {}), "/state", "unknown key in a view"),
    (MODAL, "modal", put("blocks", [{"type": "divider"}] * 101), "/blocks", "101 blocks in a modal"),
    (MODAL, "modal", put("blocks", 0, TABLE), "/blocks/0/type", "table in a modal"),
    (MODAL, "modal", put("blocks", 0, ON_MESSAGES["markdown"]), "/blocks/0/type", "markdown in a modal"),
    (MODAL, "modal", put("blocks", 0, VIZ), "/blocks/0/type", "chart in a modal"),
    (MODAL, "modal", put("blocks", -1, "text", "text", "x" * 201), "/blocks/17/text/text", "alert of 201"),
    (MODAL, "modal", put("blocks", -1, "level", "loud"), "/blocks/17/level", "unknown alert level"),
    (HOME, "home", put("title", plain()), "/title", "home with a title"),
    (HOME, "home", put("blocks", [{"type": "divider"}] * 101), "/blocks", "101 blocks in a home"),
    (HOME, "home", put("blocks", 0, {"type": "alert", "text": plain()}), "/blocks/0/type", "alert in a home"),
    (HOME, "home", put("blocks", 0, ON_MESSAGES["markdown"]), "/blocks/0/type", "markdown in a home"),
    (MESSAGE, "message", put("blocks", [{"type": "divider"}] * 51), "/blocks", "51 blocks in a message"),
    (MESSAGE, "message", put("blocks", 0, {"type": "alert", "text": plain()}), "/blocks/0/type", "alert in a message"),
    (MESSAGE, "message", put("blocks", [{"type": "divider", "block_id": "d"}] * 2), "/blocks/1/block_id", "the same block_id twice"),
    (MESSAGE, "message", put("blocks", [TABLE, TABLE]), "/blocks/1", "two tables"),
    (MESSAGE, "message", put("blocks", [VIZ] * 3), "/blocks/2", "three charts"),
    (MESSAGE, "message", put("blocks", [{"type": "markdown", "text": "x" * 6001}] * 2), "/blocks/1/text", "markdown of 12,002 in all"),
    (MESSAGE, "message", put("blocks", "hello"), "/blocks", "blocks that are no list"),
    (MESSAGE, "message", put("attachments", [{}] * 101), "/attachments", "101 attachments"),
    (MESSAGE, "message", put("attachments", 0, "blocks", 0, "type", "line"), "/attachments/0/blocks/0/type", "unknown block in an attachment"),
]  # fmt: skip


def spoilt(part: Any, change: Change) -> Any:
    """A copy with the change."""
    copied = copy.deepcopy(part)
    change(copied)
    return copied


def mutants() -> list[tuple[Any, str, str, str]]:
    """(part, surface, pointer, what it is) for every mutant."""
    blocks = {**BLOCKS, **ON_MESSAGES}
    in_blocks = [([spoilt(blocks[name], change)], "message", f"/blocks/0{at}", what) for name, change, at, what in IN_BLOCK]
    in_inputs = [([spoilt(INPUTS[name], change)], "modal", f"/blocks/0{at}", f"{what} ({name})") for name, change, at, what in IN_INPUT]
    modals = [({**MODAL, "blocks": blocks}, surface, at, what) for blocks, surface, at, what in in_inputs]
    return [*in_blocks, *modals, *((spoilt(part, change), surface, at, what) for part, surface, change, at, what in WHOLE)]
