"""Modals and home tabs: at most three modals on one stack, each with a hash that changes with it.

Source: docs.slack.dev/surfaces/modals, docs.slack.dev/reference/methods/views.update.
"""

from __future__ import annotations

from dataclasses import replace

from bot.workspace import page_shapes, talk
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, View
from bot.workspace.state import Workspace

DEEPEST = 3
DEFAULTS: Json = {
    "type": "modal",
    "callback_id": "",
    "private_metadata": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "title": None,
    "close": None,
    "submit": None,
    "submit_disabled": False,
}


def opened(workspace: Workspace, user: str, json: Json, below: View | None = None) -> View:
    """A new modal, on top of `below` if there is one; SlackError `push_limit_reached`, `duplicate_external_id`."""
    depth = len(stack(workspace, below)) if below else 0
    if depth >= DEEPEST:
        raise SlackError("push_limit_reached")
    view_id = workspace.ids.next("V")
    root = (below.root or below.id) if below else view_id
    view = View(view_id, user, {}, "", root, below.id if below else "")
    view = _kept(workspace, view, json)
    _tell(workspace, view, "view_pushed" if below else "view_opened")
    return view


def updated(workspace: Workspace, view: View, json: Json, seen: str = "") -> View:
    """New content for an open view; SlackError `hash_conflict` when `seen` is not its hash."""
    if seen and seen != view.hash:
        raise SlackError("hash_conflict")
    view = _kept(workspace, view, json)
    if json.get("type") == "home":
        return _at_home(workspace, view)
    _tell(workspace, view, "view_updated")
    return view


def published(workspace: Workspace, user: str, json: Json, seen: str = "") -> View:
    """The home tab of one person."""
    old = workspace.homes.get(user)
    if old and seen and seen != old.hash:
        raise SlackError("hash_conflict")
    view = old or View(workspace.ids.next("V"), user, {}, "")
    return _at_home(workspace, _kept(workspace, view, json))


def dropped(workspace: Workspace, user: str) -> None:
    """Close all modals of a person, top first; the app hears nothing of a reload."""
    for view in reversed([each for each in workspace.views.values() if each.user == user and each.json.get("type") == "modal"]):
        closed(workspace, view)


def closed(workspace: Workspace, view: View) -> None:
    """Take a modal off its stack."""
    workspace.views.pop(view.id, None)
    _tell(workspace, view, "view_closed")


def cleared(workspace: Workspace, view: View) -> None:
    """Close the whole stack that a modal is on, top first."""
    for each in reversed(stack(workspace, view)):
        closed(workspace, each)


def stack(workspace: Workspace, view: View) -> list[View]:
    """The open modals of one stack, bottom first."""
    root = view.root or view.id
    return [each for each in workspace.views.values() if each.json.get("type") == "modal" and (each.root or each.id) == root]


def by(workspace: Workspace, view_id: str, external_id: str) -> View:
    """An open view by either id, or `not_found`."""
    for view in workspace.views.values():
        if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
            return view
    raise SlackError("not_found")


def _at_home(workspace: Workspace, view: View) -> View:
    workspace.homes[view.user] = view
    workspace.feed.tell((view.user,), "home", view=page_shapes.view(workspace, view))
    return view


def _kept(workspace: Workspace, view: View, json: Json) -> View:
    external = str(json.get("external_id") or "")
    if external and any(other.external_id == external and other.id != view.id for other in workspace.views.values()):
        raise SlackError("duplicate_external_id")
    shape = {**DEFAULTS, **{name: value for name, value in json.items() if name != "external_id"}}
    shape["blocks"] = list(talk.named(workspace, tuple(json.get("blocks", ()))))
    whole = replace(view, json=shape, hash=f"{int(workspace.clock())}.{workspace.ids.next('', 8)}", external_id=external)
    workspace.views[view.id] = whole
    return whole


def _tell(workspace: Workspace, view: View, kind: str) -> None:
    workspace.feed.tell((view.user,), kind, view=page_shapes.view(workspace, view), root_view_id=view.root or view.id)
