"""Rich text: sections, lists, quotes and preformatted text (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from __future__ import annotations

from bot.workspace.kit.grammar import Enum, Flag, Items, Kinds, Number, Obj, Rule, Str
from bot.workspace.kit.objects import ID, URL

MOST = 10_000  # no documented count; a bound that keeps hostile input small
STYLED = Obj({name: Flag() for name in ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink")})
INLINE: dict[str, Rule] = {
    "text": Obj({"text": Str(), "style": STYLED}, ("text",)),
    "link": Obj({"url": URL, "text": Str(), "unsafe": Flag(), "style": STYLED}, ("url",)),
    "user": Obj({"user_id": Str(), "style": STYLED}, ("user_id",)),
    "usergroup": Obj({"usergroup_id": Str(), "style": STYLED}, ("usergroup_id",)),
    "team": Obj({"team_id": Str(), "style": STYLED}, ("team_id",)),
    "channel": Obj({"channel_id": Str(), "style": STYLED}, ("channel_id",)),
    "emoji": Obj({"name": Str(), "unicode": Str(), "skin_tone": Number(1, 6), "style": STYLED}, ("name",)),
    "broadcast": Obj({"range": Enum(("here", "channel", "everyone")), "style": STYLED}, ("range",)),
    "color": Obj({"value": Str(), "style": STYLED}, ("value",)),
    "date": Obj({"timestamp": Number(), "format": Str(), "url": URL, "fallback": Str(), "style": STYLED}, ("timestamp", "format")),
}
BORDER = Number(0, 1)
INLINES = Items(Kinds(INLINE), MOST)
SECTION = Obj({"elements": INLINES}, ("elements",))
PLAIN_INLINES = Items(Kinds({name: INLINE[name] for name in ("text", "link")}, INLINE, "in preformatted text"), MOST)
PARTS: dict[str, Rule] = {
    "rich_text_section": SECTION,
    "rich_text_list": Obj(
        {
            "style": Enum(("bullet", "ordered")),
            "elements": Items(Kinds({"rich_text_section": SECTION}), MOST),
            "indent": Number(0, 8),
            "offset": Number(0),
            "border": BORDER,
        },
        ("style", "elements"),
    ),
    "rich_text_preformatted": Obj({"elements": PLAIN_INLINES, "border": BORDER, "language": Str()}, ("elements",)),
    "rich_text_quote": Obj({"elements": INLINES, "border": BORDER}, ("elements",)),
}
RICH_BODY = Obj({"block_id": ID, "elements": Items(Kinds(PARTS), MOST)}, ("elements",))
RICH_TEXT = Kinds({"rich_text": RICH_BODY})
