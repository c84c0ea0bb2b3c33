"""Composition objects: text, option, confirmation, filters (docs.slack.dev/reference/block-kit/composition-objects)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.workspace.facts import Json
from bot.workspace.kit.between import listed, one_of, unique
from bot.workspace.kit.grammar import Enum, Fault, Faults, Flag, Items, Kinds, Number, Obj, Rule, Str

ID = Str(255)
URL = Str(3000, pattern=r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
IMAGE_URL = Str(3000, pattern=r"https?://\S+")


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object."""
    return Kinds({"plain_text": _plain(most, least)}, {"mrkdwn": _mrkdwn(most, least)}, "where plain_text is needed")


def text(most: int, least: int = 1) -> Rule:
    """A plain_text or mrkdwn object."""
    return Kinds({"plain_text": _plain(most, least), "mrkdwn": _mrkdwn(most, least)})


def _plain(most: int, least: int) -> Rule:
    return Obj({"text": Str(most, least), "emoji": Flag()}, ("text",))


def _mrkdwn(most: int, least: int) -> Rule:
    return Obj({"text": Str(most, least), "verbatim": Flag()}, ("text",))


STYLE = Enum(("primary", "danger"))
CONFIRM = Obj(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30), "style": STYLE}, ("title", "text", "confirm", "deny")
)
PLACEHOLDER = plain(150)
DISPATCH = Obj({"trigger_actions_on": Items(Enum(("on_enter_pressed", "on_character_entered")), 2)})
SLACK_FILE = Obj({"id": Str(), "url": Str()}, (), (one_of("id", "url"),))
FILTER = Obj(
    {
        "include": Items(Enum(("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)


def option(words: Rule, *, linked: bool = False) -> Rule:
    """An option whose text follows `words`; only an overflow menu's may link."""
    link: dict[str, Rule] = {"url": URL} if linked else {}
    return Obj({"text": words, "value": Str(150), "description": text(75), **link}, ("text", "value"))


OPTION = option(plain(75))
RICH_OPTION = option(text(75))
LINKED_OPTION = option(plain(75), linked=True)
GROUP = Obj({"label": plain(75), "options": Items(OPTION, 100)}, ("label", "options"), (unique("options", "value"),))
FEEDBACK = Obj({"text": plain(75), "value": Str(2000), "accessibility_label": Str(75)}, ("text", "value"))
SELECTED_ITEMS = Number(1)


def offered(element: Json) -> Iterator[Json]:
    """The options of an element, in groups or not, as far as they are well formed."""
    groups = [group.get("options") for group in listed(element.get("option_groups")) if isinstance(group, dict)]
    for options in (element.get("options"), *groups):
        yield from (each for each in listed(options) if isinstance(each, dict))


def initial_is_offered(element: Json, at: str) -> Faults:
    """What is chosen at first is one of the options, exactly."""
    chosen = listed(element.get("initial_options")) or [element.get("initial_option")]
    pairs = [(_words(each), each.get("value")) for each in offered(element)]
    for each in chosen:
        if isinstance(each, dict) and "value" in each and (_words(each), each["value"]) not in pairs:
            name = "initial_options" if "initial_options" in element else "initial_option"
            yield Fault(f"{at}/{name}", "not_an_option", f"{name} must match one of the options")


def _words(each: Json) -> object:
    words = each.get("text")
    return words.get("text") if isinstance(words, dict) else words
