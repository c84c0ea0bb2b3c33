"""views.*: modals and home tabs (docs.slack.dev/reference/methods/views.open and its siblings)."""

from __future__ import annotations

from bot.workspace import shapes, stack
from bot.workspace.call import Call, Method
from bot.workspace.content import checked_view
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, View

MODAL, HOME, EITHER = ("modal",), ("home",), ("modal", "home")


def opened(call: Call) -> Json:
    """A modal before the person whose click the trigger is."""
    json = checked_view(call.json("view"), MODAL)
    trigger = call.workspace.triggers.spend(_trigger(call))
    return _answer(call, stack.opened(call.workspace, trigger.user, json))


def pushed(call: Call) -> Json:
    """A modal on top of the one that was clicked in."""
    json = checked_view(call.json("view"), MODAL)
    trigger = call.workspace.triggers.spend(_trigger(call))
    below = call.workspace.views.get(trigger.view)
    if below is None:
        raise SlackError("not_found")
    return _answer(call, stack.opened(call.workspace, trigger.user, json, stack.stack(call.workspace, below)[-1]))


def updated(call: Call) -> Json:
    """New content for an open view."""
    json = checked_view(call.json("view"), EITHER)
    view = stack.by(call.workspace, call.text("view_id"), call.text("external_id"))
    return _answer(call, stack.updated(call.workspace, view, json, call.text("hash")))


def published(call: Call) -> Json:
    """The home tab of one person."""
    json = checked_view(call.json("view"), HOME)
    user = call.workspace.person(call.text("user_id")).id
    return _answer(call, stack.published(call.workspace, user, json, call.text("hash")))


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.text("interactivity_pointer")


def _answer(call: Call, view: View) -> Json:
    return {"view": shapes.view(call.workspace, view)}


METHODS = {
    "views.open": Method(opened, tier=4, required=("view",)),
    "views.push": Method(pushed, tier=4, required=("view",)),
    "views.update": Method(updated, tier=4, required=("view",)),
    "views.publish": Method(published, tier=4, required=("user_id", "view")),
}
