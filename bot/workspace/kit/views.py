"""Views: modals and home tabs (docs.slack.dev/reference/views)."""

from __future__ import annotations

from bot.workspace.facts import Json
from bot.workspace.kit.blocks import LISTS
from bot.workspace.kit.grammar import Fault, Faults, Flag, Obj, Rule, Str
from bot.workspace.kit.objects import plain

SHARED: dict[str, Rule] = {"private_metadata": Str(3000, 0), "callback_id": Str(255, 0), "external_id": Str(255, 0)}


def _submits(view: Json, at: str) -> Faults:
    blocks = view.get("blocks")
    inputs = [block for block in blocks if isinstance(block, dict) and block.get("type") == "input"] if isinstance(blocks, list) else []
    if inputs and view.get("submit") is None:
        yield Fault(f"{at}/submit", "missing_field", "submit is required when an input block is within blocks", {"field": "submit"})


MODAL = Obj(
    {
        **SHARED,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "blocks": LISTS["modal"],
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    ("title", "blocks"),
    (_submits,),
)
HOME = Obj({**SHARED, "blocks": LISTS["home"]}, ("blocks",))
VIEWS: dict[str, Rule] = {"modal": MODAL, "home": HOME}
