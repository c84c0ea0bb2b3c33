"""The validator draws each line where independent libraries draw it: slackblocks 3.0 (constructors) and slack_sdk's models."""

from __future__ import annotations

import warnings

import pytest
import slackblocks as sb
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slackblocks.errors import InvalidUsageError

from bot.workspace.limits import validate
from tests.workspace import payloads
from tests.workspace.payloads import button, mrkdwn, option, options, plain

FURTHEST = 1 << 15


def most(accepts):
    """The largest n up to which `accepts(n)` holds, by bisection."""
    low, high = 0, FURTHEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepts(middle) else (low, middle)
    return low


def built(make):
    """Whether a constructor takes n."""

    def accepts(n):
        try:
            make(n)
        except InvalidUsageError:
            return False
        return True

    return accepts


def valid(raw, surface="message"):
    """Whether the validator takes n."""
    return lambda n: not validate(raw(n), surface)


def words(n):
    return "x" * n


def section(accessory):
    return [{"type": "section", "text": plain(), "accessory": accessory}]


def modal(**more):
    return {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}], **more}


def of(count, item):
    return [item] * count


LIMITS = [
    ("section text", lambda n: sb.SectionBlock(words(n)), lambda n: [{"type": "section", "text": mrkdwn(words(n))}]),
    ("field", lambda n: sb.SectionBlock(fields=[words(n)]), lambda n: [{"type": "section", "fields": [mrkdwn(words(n))]}]),
    ("fields", lambda n: sb.SectionBlock(fields=of(n, "a")), lambda n: [{"type": "section", "fields": of(n, plain())}]),
    ("header", lambda n: sb.HeaderBlock(words(n)), lambda n: [{"type": "header", "text": plain(words(n))}]),
    ("block_id", lambda n: sb.DividerBlock(block_id=words(n)), lambda n: [{"type": "divider", "block_id": words(n)}]),
    ("markdown", lambda n: sb.MarkdownBlock(words(n)), lambda n: [{"type": "markdown", "text": words(n)}]),
    ("alert", lambda n: sb.AlertBlock(words(n)), lambda n: modal(blocks=[{"type": "alert", "text": plain(words(n))}])),
    ("actions", lambda n: sb.ActionsBlock([sb.Button("a", action_id=str(i)) for i in range(min(n, 99))]), lambda n: [{"type": "actions", "elements": [button(str(i)) for i in range(min(n, 99))]}]),
    ("context", lambda n: sb.ContextBlock(of(min(n, 99), sb.Text("a"))), lambda n: [{"type": "context", "elements": of(n, plain())}]),
    ("button text", lambda n: sb.Button(words(n), action_id="a"), lambda n: section(button(text=plain(words(n))))),
    ("button value", lambda n: sb.Button("a", action_id="a", value=words(n)), lambda n: section(button(value=words(n)))),
    ("action_id", lambda n: sb.Button("a", action_id=words(n)), lambda n: section(button(words(n)))),
    ("option text", lambda n: sb.Option(words(n), "1"), lambda n: section({"type": "static_select", "options": [option("1", words(n))]})),
    ("option value", lambda n: sb.Option("a", words(n)), lambda n: section({"type": "static_select", "options": [option(words(n))]})),
    ("options", lambda n: sb.StaticSelectMenu(action_id="a", options=[sb.Option(sb.PlainText(str(i)), str(i)) for i in range(min(n, 999))], placeholder="a"), lambda n: section({"type": "static_select", "options": options(min(n, 999))})),
    ("overflow", lambda n: sb.OverflowMenu("a", [sb.Option(str(i), str(i)) for i in range(min(n, 99))]), lambda n: section({"type": "overflow", "options": options(min(n, 99))})),
    ("checkboxes", lambda n: sb.CheckboxGroup("a", [sb.Option(str(i), str(i)) for i in range(min(n, 99))]), lambda n: section({"type": "checkboxes", "options": options(min(n, 99))})),
    ("radio buttons", lambda n: sb.RadioButtonGroup("a", [sb.Option(str(i), str(i)) for i in range(min(n, 99))]), lambda n: section({"type": "radio_buttons", "options": options(min(n, 99))})),
    ("confirm title", lambda n: sb.ConfirmationDialogue(words(n), "a", "a", "a"), lambda n: section(button(confirm={**payloads.CONFIRM, "title": plain(words(n))}))),
    ("confirm text", lambda n: sb.ConfirmationDialogue("a", words(n), "a", "a"), lambda n: section(button(confirm={**payloads.CONFIRM, "text": plain(words(n))}))),
    ("confirm button", lambda n: sb.ConfirmationDialogue("a", "a", words(n), "a"), lambda n: section(button(confirm={**payloads.CONFIRM, "confirm": plain(words(n))}))),
    ("alt text", lambda n: sb.ImageBlock("https://example.com/", words(n)), lambda n: [{"type": "image", "image_url": "https://example.com/", "alt_text": words(n)}]),
    ("table rows", lambda n: sb.TableBlock(of(min(n, 999), [sb.RawText("a")])), lambda n: [{"type": "table", "rows": of(min(n, 999), [payloads.CELL])}]),
    ("table cells", lambda n: sb.TableBlock([of(min(n, 999), sb.RawText("a"))]), lambda n: [{"type": "table", "rows": [of(min(n, 999), payloads.CELL)]}]),
    ("modal title", lambda n: sb.ModalView(words(n), [sb.DividerBlock()]), lambda n: modal(title=plain(words(n)))),
    ("modal submit", lambda n: sb.ModalView("a", [sb.DividerBlock()], submit=words(n)), lambda n: modal(submit=plain(words(n)))),
    ("private_metadata", lambda n: sb.ModalView("a", [sb.DividerBlock()], private_metadata=words(n)), lambda n: modal(private_metadata=words(n))),
    ("callback_id", lambda n: sb.ModalView("a", [sb.DividerBlock()], callback_id=words(n)), lambda n: modal(callback_id=words(n))),
    ("modal blocks", lambda n: sb.ModalView("a", of(min(n, 999), sb.DividerBlock())), lambda n: modal(blocks=of(min(n, 999), {"type": "divider"}))),
    ("chart title", lambda n: sb.DataVisualizationBlock(words(n), sb.PieChart([sb.ChartSegment("a", 1)])), lambda n: [{**payloads.ON_MESSAGES["pie"], "title": words(n)}]),
    ("data table page", lambda n: sb.DataTableBlock(of(2, [sb.RawText("a")]), "a", page_size=n), lambda n: [{**payloads.DATA, "page_size": n}]),
]  # fmt: skip


@pytest.mark.parametrize(("make", "raw"), [pytest.param(*limit[1:], id=limit[0]) for limit in LIMITS])
def test_the_line_is_where_slackblocks_draws_it(make, raw):
    """Both accept the same largest size."""
    raw_of_one = raw(1)
    surface = "modal" if isinstance(raw_of_one, dict) else "message"
    line = most(built(make))
    assert 0 < line < FURTHEST - 1
    assert line == most(valid(raw, surface))


@pytest.mark.parametrize("name", [*payloads.BLOCKS, *payloads.INPUTS])
def test_the_sdk_accepts_what_is_accepted(name):
    """slack_sdk's model of a good block raises no objection either, so the samples are no private dialect."""
    Block.parse({**payloads.BLOCKS, **payloads.INPUTS}[name]).validate_json()


def test_others_see_less():
    """slack_sdk's models refuse some of the mutants of single blocks; every one of them is refused here."""
    single = [(part[0], what) for part, _, _, what in payloads.mutants() if isinstance(part, list)]
    refused = [block for block, _ in single if _sdk_refuses(block)]
    assert len(refused) >= 20
    assert all(validate([block], "message") for block in refused)


def _sdk_refuses(block):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parsed = Block.parse(block)
            if parsed is not None:
                parsed.validate_json()
        except (SlackObjectFormationError, TypeError, AttributeError, KeyError, ValueError):
            return True
    return False
