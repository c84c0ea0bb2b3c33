"""Blocks, and the surfaces that each may stand on (docs.slack.dev/reference/block-kit/blocks)."""

from __future__ import annotations

from bot.workspace.facts import Json
from bot.workspace.kit.between import one_of, some_of, unique
from bot.workspace.kit.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from bot.workspace.kit.elements import ELEMENTS, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION, some
from bot.workspace.kit.grammar import Also, Enum, Fault, Faults, Flag, Items, Kinds, Obj, Rule, Str
from bot.workspace.kit.objects import ID, IMAGE_URL, SLACK_FILE, URL, plain, text
from bot.workspace.kit.rich import RICH_BODY, RICH_TEXT

PICTURE = Kinds({"image": ELEMENTS["image"]})
ICON = Obj({"name": Str()}, ("name",))
STATUS = Enum(("pending", "in_progress", "complete", "error"))


def _block(fields: dict[str, Rule], required: tuple[str, ...] = (), *also: Also) -> Obj:
    return Obj({"block_id": ID, **fields}, required, also)


def _collapses(container: Json, at: str) -> Faults:
    if container.get("default_collapsed") and not container.get("is_collapsible"):
        yield Fault(at, "missing_field", "default_collapsed needs is_collapsible")
    if container.get("has_header_divider") and container.get("is_collapsible"):
        yield Fault(at, "mutually_exclusive", "has_header_divider is not for collapsible containers")


def _one_icon(card: Json, at: str) -> Faults:
    if card.get("icon") is not None and card.get("slack_icon") is not None:
        yield Fault(at, "mutually_exclusive", "must define only one of `icon`, `slack_icon`")


def _not_pending(task: Json, at: str) -> Faults:
    if task.get("status") == "pending":
        yield Fault(f"{at}/status", "invalid_enum", "only a task in a plan may be pending")


def _elements(names: tuple[str, ...], most: int, here: str) -> Items:
    return Items(Kinds(some(names), ELEMENTS, here), most)


TASK: dict[str, Rule] = {
    "task_id": Str(),
    "title": Str(),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": Items(Kinds({"url": Obj({"url": URL, "text": Str()}, ("url", "text"))}), 100, 0),
    "status": STATUS,
}
CARD = _block(
    {
        "hero_image": PICTURE,
        "icon": PICTURE,
        "slack_icon": ICON,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": _elements(("button",), 3, "in a card"),
    },
    (),
    some_of("hero_image", "title", "body", "actions"),
    _one_icon,
)
BLOCKS: dict[str, Rule] = {
    "section": _block(
        {
            "text": text(3000),
            "fields": Items(text(2000), 10),
            "accessory": Kinds(some(IN_SECTION), ELEMENTS, "in a section"),
            "expand": Flag(),
        },
        (),
        some_of("text", "fields"),
    ),
    "divider": _block({}),
    "header": _block({"text": plain(150)}, ("text",)),
    "image": _block(
        {"image_url": IMAGE_URL, "slack_file": SLACK_FILE, "alt_text": Str(2000), "title": plain(2000)},
        ("alt_text",),
        one_of("image_url", "slack_file"),
    ),
    "actions": _block({"elements": _elements(IN_ACTIONS, 25, "in an actions block")}, ("elements",)),
    "context": _block(
        {
            "elements": Items(
                Kinds({"image": ELEMENTS["image"], "plain_text": text(2000), "mrkdwn": text(2000)}, ELEMENTS, "in a context block"), 10
            )
        },
        ("elements",),
    ),
    "context_actions": _block({"elements": _elements(IN_CONTEXT_ACTIONS, 5, "in a context_actions block")}, ("elements",)),
    "input": _block(
        {
            "label": plain(2000),
            "hint": plain(2000),
            "element": Kinds(some(IN_INPUT), ELEMENTS, "in an input block"),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
        ("label", "element"),
    ),
    "rich_text": RICH_BODY,
    "markdown": _block({"text": Str(12_000)}, ("text",)),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "alert": _block({"text": text(200), "level": Enum(("default", "info", "warning", "error", "success"))}, ("text",)),
    "card": CARD,
    "carousel": _block({"elements": Items(Kinds({"card": CARD}), 10)}, ("elements",)),
    "task_card": _block(TASK, ("task_id", "title", "status"), _not_pending),
    "plan": _block(
        {"title": Str(), "tasks": Items(Obj(TASK, ("task_id", "title", "status")), 50, 0)}, ("title", "tasks"), unique("tasks", "task_id")
    ),
    "video": _block(
        {
            "alt_text": Str(2000),
            "title": plain(200),
            "title_url": Str(2000),
            "thumbnail_url": IMAGE_URL,
            "video_url": Str(3000, pattern=r"https://\S+"),
            "author_name": Str(50),
            "description": plain(200),
            "provider_name": Str(50),
            "provider_icon_url": Str(2000),
        },
        ("alt_text", "title", "thumbnail_url", "video_url"),
    ),
    "file": _block({"external_id": Str(), "source": Enum(("remote",))}, ("external_id", "source")),
}
CHILDREN = ("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video")
BLOCKS["container"] = _block(
    {
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "child_blocks": Items(Kinds({name: BLOCKS[name] for name in CHILDREN}, BLOCKS, "in a container"), 10),
        "width": Enum(("narrow", "standard", "wide", "full")),
        "icon": PICTURE,
        "is_collapsible": Flag(),
        "default_collapsed": Flag(),
        "has_header_divider": Flag(),
    },
    ("child_blocks",),
    some_of("title", "rich_text_title"),
    _collapses,
)

EVERYWHERE = ("actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
WIDE = ("carousel", "container", "data_table", "data_visualization", "table")
SURFACES = {
    "message": (*EVERYWHERE, *WIDE, "context_actions", "file", "markdown", "plan", "task_card"),
    "home": (*EVERYWHERE, *WIDE),
    "modal": (*EVERYWHERE, "alert"),
}
MOST_BLOCKS = {"message": 50, "home": 100, "modal": 100}


def on(surface: str) -> Items:
    """The rule for the list of blocks of a surface."""
    allowed = {name: BLOCKS[name] for name in SURFACES[surface]}
    return Items(Kinds(allowed, BLOCKS, f"on a {surface}"), MOST_BLOCKS[surface], 0)


LISTS = {surface: on(surface) for surface in SURFACES}
