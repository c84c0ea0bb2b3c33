"""Block elements (docs.slack.dev/reference/block-kit/block-elements), and which may stand in which block."""

from __future__ import annotations

from bot.workspace.kit.between import in_order, one_of, unique
from bot.workspace.kit.grammar import Enum, Flag, Items, Number, Obj, Rule, Str
from bot.workspace.kit.objects import (
    CONFIRM,
    DISPATCH,
    FEEDBACK,
    FILTER,
    GROUP,
    ID,
    IMAGE_URL,
    LINKED_OPTION,
    OPTION,
    PLACEHOLDER,
    RICH_OPTION,
    SELECTED_ITEMS,
    SLACK_FILE,
    STYLE,
    URL,
    initial_is_offered,
    plain,
)
from bot.workspace.kit.rich import RICH_TEXT

FIELDS = dict[str, Rule]
COMMON: FIELDS = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": Flag()}
SELECT: FIELDS = {**COMMON, "placeholder": PLACEHOLDER}
MANY: FIELDS = {**SELECT, "max_selected_items": SELECTED_ITEMS}
TYPED: FIELDS = {"action_id": ID, "focus_on_load": Flag(), "placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH}
STATIC: FIELDS = {"options": Items(OPTION, 100), "option_groups": Items(GROUP, 100)}
CHOICE = (one_of("options", "option_groups"), unique("options", "value"), initial_is_offered)
DATE = Str(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = Str(pattern=r"([01]\d|2[0-3]):[0-5]\d")
DECIMAL = Str(pattern=r"-?\d+(\.\d+)?")
SOME_IDS = Items(Str(), 1000, 0)
CONVERSATIONS: FIELDS = {"filter": FILTER, "default_to_current_conversation": Flag()}
TEN_OPTIONS = Items(RICH_OPTION, 10)

ELEMENTS: dict[str, Rule] = {
    "button": Obj(
        {
            "action_id": ID,
            "confirm": CONFIRM,
            "text": plain(75),
            "url": URL,
            "value": Str(2000, 0),
            "style": STYLE,
            "accessibility_label": Str(75),
        },
        ("text",),
    ),
    "workflow_button": Obj(
        {
            "action_id": ID,
            "text": plain(75),
            "workflow": Obj(
                {
                    "trigger": Obj(
                        {
                            "url": URL,
                            "customizable_input_parameters": Items(Obj({"name": Str(), "value": Str(0, 0)}, ("name", "value")), 100, 0),
                        },
                        ("url",),
                    )
                },
                ("trigger",),
            ),
            "style": STYLE,
            "accessibility_label": Str(75),
        },
        ("text", "workflow"),
    ),
    "overflow": Obj({"action_id": ID, "confirm": CONFIRM, "options": Items(LINKED_OPTION, 5)}, ("options",), (unique("options", "value"),)),
    "checkboxes": Obj({**COMMON, "options": TEN_OPTIONS, "initial_options": TEN_OPTIONS}, ("options",), CHOICE[1:]),
    "radio_buttons": Obj({**COMMON, "options": TEN_OPTIONS, "initial_option": RICH_OPTION}, ("options",), CHOICE[1:]),
    "static_select": Obj({**SELECT, **STATIC, "initial_option": OPTION}, (), CHOICE),
    "external_select": Obj({**SELECT, "min_query_length": Number(0), "initial_option": OPTION}),
    "users_select": Obj({**SELECT, "initial_user": Str()}),
    "conversations_select": Obj({**SELECT, **CONVERSATIONS, "initial_conversation": Str(), "response_url_enabled": Flag()}),
    "channels_select": Obj({**SELECT, "initial_channel": Str(), "response_url_enabled": Flag()}),
    "multi_static_select": Obj({**MANY, **STATIC, "initial_options": Items(OPTION, 100)}, (), CHOICE),
    "multi_external_select": Obj({**MANY, "min_query_length": Number(0), "initial_options": Items(OPTION, 100)}),
    "multi_users_select": Obj({**MANY, "initial_users": SOME_IDS}),
    "multi_conversations_select": Obj({**MANY, **CONVERSATIONS, "initial_conversations": SOME_IDS}),
    "multi_channels_select": Obj({**MANY, "initial_channels": SOME_IDS}),
    "datepicker": Obj({**SELECT, "initial_date": DATE}),
    "timepicker": Obj({**SELECT, "initial_time": TIME, "timezone": Str()}),
    "datetimepicker": Obj({**COMMON, "initial_date_time": Number(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": Obj(
        {**TYPED, "initial_value": Str(3000, 0), "multiline": Flag(), "min_length": Number(0, 3000), "max_length": Number(1, 3000)},
        (),
        (in_order("min_length", "max_length"),),
    ),
    "number_input": Obj(
        {**TYPED, "is_decimal_allowed": Flag(), "initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        ("is_decimal_allowed",),
        (in_order("min_value", "max_value"), in_order("min_value", "initial_value"), in_order("initial_value", "max_value")),
    ),
    "email_text_input": Obj({**TYPED, "initial_value": Str(3000, 0)}),
    "url_text_input": Obj({**TYPED, "initial_value": Str(3000, 0)}),
    "rich_text_input": Obj(
        {**TYPED, "initial_value": RICH_TEXT, "min_lines": Number(1, 100), "max_lines": Number(1, 100)},
        (),
        (in_order("min_lines", "max_lines"),),
    ),
    "file_input": Obj({"action_id": ID, "filetypes": Items(Str(), 100, 0), "max_files": Number(1, 10)}),
    "image": Obj(
        {"image_url": IMAGE_URL, "slack_file": SLACK_FILE, "alt_text": Str(2000)}, ("alt_text",), (one_of("image_url", "slack_file"),)
    ),
    "feedback_buttons": Obj(
        {"action_id": ID, "positive_button": FEEDBACK, "negative_button": FEEDBACK}, ("positive_button", "negative_button")
    ),
    "icon_button": Obj(
        {
            "action_id": ID,
            "confirm": CONFIRM,
            "icon": Enum(("trash",)),
            "text": plain(75),
            "value": Str(2000),
            "accessibility_label": Str(75),
            "visible_to_user_ids": Items(Str(), 10),
        },
        ("icon", "text"),
    ),
}

ONE_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
SELECTS = (*ONE_SELECTS, *(f"multi_{name}" for name in ONE_SELECTS))
PICKERS = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
IN_SECTION = ("button", "workflow_button", "overflow", "image", *PICKERS, *SELECTS)
IN_ACTIONS = ("button", "workflow_button", "overflow", "rich_text_input", "datetimepicker", *PICKERS, *SELECTS)
INPUTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input", "file_input")
IN_INPUT = (*INPUTS, "datetimepicker", *PICKERS, *SELECTS)
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")


def some(names: tuple[str, ...]) -> dict[str, Rule]:
    """The rules of these elements."""
    return {name: ELEMENTS[name] for name in names}
