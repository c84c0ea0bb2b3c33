"""The toy bot's home and modals."""

from __future__ import annotations

from typing import Any

from tests.browser.gallery import LEVELS, Block, button, mrkdwn, plain

HOME: Block = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Open reviews")},
        {"type": "section", "text": mrkdwn("2 sessions wait for you"), "accessory": button("Refresh", "home:refresh")},
    ],
}


def field(block_id: str, label: str, element: Block, **more: Any) -> Block:
    """An input block."""
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": {"action_id": "it", **element}, **more}


def form() -> Block:
    """The first modal: every kind of field."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Sign off"),
        "submit": plain("Sign"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "alert", "text": plain("This session ran as root."), "level": "warning"},
            field(
                "reason",
                "Reason",
                {
                    "type": "plain_text_input",
                    "multiline": True,
                    "min_length": 5,
                    "max_length": 200,
                    "placeholder": plain("Why is this fine?"),
                },
                hint=plain("Kept in the audit trail"),
            ),
            field("mail", "E-mail", {"type": "email_text_input"}, optional=True),
            field(
                "count", "Count", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}, optional=True
            ),
            field("link", "Ticket", {"type": "url_text_input"}, optional=True),
            field("level", "Level", {"type": "static_select", "options": LEVELS, "initial_option": LEVELS[1]}),
            field("people", "Inform", {"type": "multi_users_select"}, optional=True),
            field("kinds", "Kinds", {"type": "checkboxes", "options": LEVELS[:2]}, optional=True),
            field("verdict", "Verdict", {"type": "radio_buttons", "options": LEVELS[:2]}, optional=True),
            field("day", "Until", {"type": "datepicker"}, optional=True),
            {"type": "actions", "elements": [button("Details", "push")]},
        ],
    }


def deeper() -> Block:
    """The second modal on the stack."""
    return {
        "type": "modal",
        "callback_id": "deeper",
        "title": plain("Details"),
        "close": plain("Back"),
        "blocks": [{"type": "section", "text": mrkdwn("One level deeper")}],
    }


def done(words: str) -> Block:
    """What a form becomes."""
    return {"type": "modal", "callback_id": "done", "title": plain("Signed"), "blocks": [{"type": "section", "text": plain(words)}]}
