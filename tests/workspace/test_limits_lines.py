"""Every number of Slack's limits is where its pages put it: that much is accepted, one more is not.

The numbers are those of docs.slack.dev/reference/block-kit and reference/views, written out once more by hand.
"""

from __future__ import annotations

import pytest

from bot.workspace.limits import validate
from tests.workspace.payloads import CELL, button, mrkdwn, option, options, plain, rich

IMAGE = {"type": "image", "image_url": "https://example.com/", "alt_text": "A"}


def x(n):
    return "x" * n


def url(n):
    return "https://example.com/".ljust(n, "x")


def section(accessory):
    return [{"type": "section", "text": plain(), "accessory": accessory}]


def entry(element, **more):
    return {
        "type": "modal",
        "title": plain(),
        "submit": plain(),
        "blocks": [{"type": "input", "label": plain(), "element": element, **more}],
    }


def card(**fields):
    return [{"type": "card", "title": plain(), **fields}]


def chart(categories=("a",), series=("s",), **axes):
    data = [{"label": label, "value": 1} for label in categories]
    body = {
        "type": "bar",
        "series": [{"name": name, "data": data} for name in series],
        "axis_config": {"categories": list(categories), **axes},
    }
    return [{"type": "data_visualization", "title": "A", "chart": body}]


def names(n, width=2):
    return [str(number).rjust(width, "0") for number in range(n)]


def video(**fields):
    whole = {"type": "video", "alt_text": "A", "title": plain(), "thumbnail_url": url(30), "video_url": url(30)}
    return [{**whole, **fields}]


def data_table(rows):
    return [{"type": "data_table", "caption": "A", "rows": rows}]


def cell(n):
    return {"type": "raw_text", "text": x(n)}


def group(n):
    return [{"label": plain(), "options": options(1)}] * n


def select(**more):
    return {"type": "static_select", "options": options(1), **more}


#: what it is, how much Slack takes, a payload of that size
LINES = [
    ("action_id", 255, lambda n: section(button(x(n)))),
    ("button text", 75, lambda n: section(button(text=plain(x(n))))),
    ("button value", 2000, lambda n: section(button(value=x(n)))),
    ("button url", 3000, lambda n: section(button(url=url(n)))),
    ("button label", 75, lambda n: section(button(accessibility_label=x(n)))),
    ("select options", 100, lambda n: section(select(options=options(n)))),
    ("select groups", 100, lambda n: section({"type": "static_select", "option_groups": group(n)})),
    ("options of a group", 100, lambda n: section({"type": "static_select", "option_groups": [{"label": plain(), "options": options(n)}]})),
    ("group label", 75, lambda n: section({"type": "static_select", "option_groups": [{"label": plain(x(n)), "options": options(1)}]})),
    ("placeholder", 150, lambda n: section(select(placeholder=plain(x(n))))),
    ("option description", 75, lambda n: section(select(options=[{**option(), "description": plain(x(n))}]))),
    ("checkbox text", 75, lambda n: section({"type": "checkboxes", "options": [{"text": mrkdwn(x(n)), "value": "1"}]})),
    ("overflow text", 75, lambda n: section({"type": "overflow", "options": [option(text=x(n))]})),
    ("overflow url", 3000, lambda n: section({"type": "overflow", "options": [{**option(), "url": url(n)}]})),
    ("checkboxes", 10, lambda n: section({"type": "checkboxes", "options": options(n)})),
    ("radio buttons", 10, lambda n: section({"type": "radio_buttons", "options": options(n)})),
    ("overflow", 5, lambda n: section({"type": "overflow", "options": options(n)})),
    ("element alt text", 2000, lambda n: section({**IMAGE, "alt_text": x(n)})),
    ("element image url", 3000, lambda n: section({**IMAGE, "image_url": url(n)})),
    ("block image url", 3000, lambda n: [{**IMAGE, "image_url": url(n)}]),
    ("block alt text", 2000, lambda n: [{**IMAGE, "alt_text": x(n)}]),
    ("image title", 2000, lambda n: [{**IMAGE, "title": plain(x(n))}]),
    ("context", 10, lambda n: [{"type": "context", "elements": [plain()] * n}]),
    ("actions", 25, lambda n: [{"type": "actions", "elements": [button(name) for name in names(n)]}]),
    ("fields", 10, lambda n: [{"type": "section", "fields": [plain()] * n}]),
    ("label", 2000, lambda n: entry({"type": "plain_text_input"}, label=plain(x(n)))),
    ("hint", 2000, lambda n: entry({"type": "plain_text_input"}, hint=plain(x(n)))),
    ("max_length", 3000, lambda n: entry({"type": "plain_text_input", "max_length": n})),
    ("min_length", 3000, lambda n: entry({"type": "plain_text_input", "min_length": n})),
    ("initial value", 3000, lambda n: entry({"type": "plain_text_input", "initial_value": x(n)})),
    ("initial e-mail", 3000, lambda n: entry({"type": "email_text_input", "initial_value": x(n)})),
    ("initial url", 3000, lambda n: entry({"type": "url_text_input", "initial_value": x(n)})),
    ("lines at least", 100, lambda n: entry({"type": "rich_text_input", "min_lines": n})),
    ("lines at most", 100, lambda n: entry({"type": "rich_text_input", "max_lines": n})),
    ("files of an input", 10, lambda n: entry({"type": "file_input", "max_files": n})),
    ("date and time", 9_999_999_999, lambda n: entry({"type": "datetimepicker", "initial_date_time": n})),
    ("dispatch", 2, lambda n: entry({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"] * n}})),
    ("conversation kinds", 4, lambda n: section({"type": "conversations_select", "filter": {"include": ["im"] * n}})),
    ("rich text indent", 8, lambda n: [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "indent": n, "elements": rich("a")["elements"]}]}]),
    ("skin tone", 6, lambda n: [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji", "name": "a", "skin_tone": n}]}]}]),
    ("card title", 150, lambda n: card(title=plain(x(n)))),
    ("card subtitle", 150, lambda n: card(subtitle=plain(x(n)))),
    ("card body", 200, lambda n: card(body=plain(x(n)))),
    ("card subtext", 200, lambda n: card(subtext=plain(x(n)))),
    ("card buttons", 3, lambda n: card(actions=[button(name) for name in names(n)])),
    ("cards", 10, lambda n: [{"type": "carousel", "elements": card() * n}]),
    ("container title", 150, lambda n: [{"type": "container", "title": plain(x(n)), "child_blocks": [{"type": "divider"}]}]),
    ("container subtitle", 150, lambda n: [{"type": "container", "title": plain(), "subtitle": plain(x(n)), "child_blocks": [{"type": "divider"}]}]),
    ("child blocks", 10, lambda n: [{"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}] * n}]),
    ("markdown", 12_000, lambda n: [{"type": "markdown", "text": x(n)}]),
    ("markdown in all", 12_000, lambda n: [{"type": "markdown", "text": "x"}, {"type": "markdown", "text": x(n - 1)}]),
    ("table rows", 100, lambda n: [{"type": "table", "rows": [[CELL]] * n}]),
    ("table cells", 20, lambda n: [{"type": "table", "rows": [[CELL] * n]}]),
    ("column settings", 20, lambda n: [{"type": "table", "rows": [[CELL]], "column_settings": [{}] * n}]),
    ("table text", 10_000, lambda n: [{"type": "table", "rows": [[cell(n - 1), CELL]]}]),
    ("data table rows", 101, lambda n: data_table([[CELL]] * n)),
    ("data table columns", 20, lambda n: data_table([[CELL] * n] * 2)),
    ("data table text", 20_000, lambda n: data_table([[cell(n - 1)], [CELL]])),
    ("data table page", 100, lambda n: [{**data_table([[CELL]] * 2)[0], "page_size": n}]),
    ("header column", 19, lambda n: [{**data_table([[CELL]] * 2)[0], "row_header_column_index": n}]),
    ("charts", 2, lambda n: chart() * n),
    ("chart categories", 20, lambda n: chart(names(n))),
    ("chart label", 20, lambda n: chart(names(1, n))),
    ("chart series", 12, lambda n: chart(series=names(n))),
    ("series name", 20, lambda n: chart(series=names(1, n))),
    ("x label", 50, lambda n: chart(x_label=x(n))),
    ("y label", 50, lambda n: chart(y_label=x(n))),
    ("segments", 12, lambda n: [{"type": "data_visualization", "title": "A", "chart": {"type": "pie", "segments": [{"label": name, "value": 1} for name in names(n)]}}]),
    ("video alt text", 2000, lambda n: video(alt_text=x(n))),
    ("video title", 200, lambda n: video(title=plain(x(n)))),
    ("video title url", 2000, lambda n: video(title_url=url(n))),
    ("video url", 3000, lambda n: video(video_url=url(n))),
    ("video thumbnail", 3000, lambda n: video(thumbnail_url=url(n))),
    ("video author", 50, lambda n: video(author_name=x(n))),
    ("video description", 200, lambda n: video(description=plain(x(n)))),
    ("video provider", 50, lambda n: video(provider_name=x(n))),
    ("video icon", 2000, lambda n: video(provider_icon_url=url(n))),
    ("tasks", 50, lambda n: [{"type": "plan", "title": "A", "tasks": [{"task_id": name, "title": "A", "status": "error"} for name in names(n)]}]),
    ("context actions", 5, lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "action_id": name} for name in names(n)]}]),
    ("icon text", 75, lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain(x(n))}]}]),
    ("icon value", 2000, lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "value": x(n)}]}]),
    ("icon label", 75, lambda n: [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain(), "accessibility_label": x(n)}]}]),
    ("message blocks", 50, lambda n: [{"type": "divider"}] * n),
    ("modal title", 24, lambda n: {"type": "modal", "title": plain(x(n)), "blocks": []}),
    ("modal submit", 24, lambda n: {"type": "modal", "title": plain(), "submit": plain(x(n)), "blocks": []}),
    ("modal close", 24, lambda n: {"type": "modal", "title": plain(), "close": plain(x(n)), "blocks": []}),
    ("external_id", 255, lambda n: {"type": "modal", "title": plain(), "external_id": x(n), "blocks": []}),
    ("callback_id", 255, lambda n: {"type": "modal", "title": plain(), "callback_id": x(n), "blocks": []}),
    ("private_metadata", 3000, lambda n: {"type": "modal", "title": plain(), "private_metadata": x(n), "blocks": []}),
    ("modal blocks", 100, lambda n: {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}] * n}),
    ("home blocks", 100, lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}),
    ("alert", 200, lambda n: {"type": "modal", "title": plain(), "blocks": [{"type": "alert", "text": plain(x(n))}]}),
]  # fmt: skip


@pytest.mark.parametrize(("most", "payload"), [pytest.param(*line[1:], id=line[0]) for line in LINES])
def test_the_line(most, payload):
    """The most is accepted, one more is refused."""
    full, over = payload(most), payload(most + 1)
    surface = full["type"] if isinstance(full, dict) else "message"
    assert [] == validate(full, surface)
    assert validate(over, surface)
