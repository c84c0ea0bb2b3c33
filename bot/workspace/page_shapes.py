"""How facts look to the page in the browser."""

from __future__ import annotations

from bot.workspace import shapes
from bot.workspace.facts import Channel, Json, Message, Person, Upload, View
from bot.workspace.state import Workspace


def message(workspace: Workspace, item: Message) -> Json:
    """A message as the page draws it."""
    whole = shapes.message(workspace, item)
    author = workspace.people.get(item.user)
    files = [file(workspace, workspace.files[name]) for name in item.files if not workspace.files[name].deleted]
    return {
        **{name: value for name, value in whole.items() if name != "files"},
        "channel": item.channel,
        "username": item.username or (author.real_name or author.name if author else "Slackbot"),
        **({"files": files} if files else {}),
        **shapes.kept(
            ephemeral=bool(item.viewer) or None, response_type=item.response_type, metadata=dict(item.metadata), command=item.command
        ),
    }


def file(workspace: Workspace, item: Upload) -> Json:
    """A file as the page links it."""
    whole = shapes.file(workspace, item)
    link = f"/page/files/{item.id}"  # from the page's own origin, whichever loopback name it was opened by
    thumb = {"thumb": link} if "thumb_360" in whole else {}
    return {
        **{name: whole[name] for name in ("id", "name", "title", "mimetype", "size")},
        "url": link,
        **thumb,
        **shapes.kept(alt_txt=item.alt_txt),
    }


def person(item: Person) -> Json:
    """A person as the page shows them."""
    initials = "".join(word[0] for word in (item.real_name or item.name).split()[:2]).upper()
    return {
        "id": item.id,
        "name": item.name,
        "real_name": item.real_name,
        "tz": item.zone,
        "title": item.title,
        "role": item.role,
        "is_bot": item.is_bot,
        "initials": initials,
        "color": item.color,
    }


def channel(workspace: Workspace, item: Channel, viewer: str) -> Json:
    """A line of the sidebar; `unread` counts what others said since the viewer last looked."""
    since = workspace.read.get((viewer, item.id), "")
    unread = sum(1 for said in workspace.messages[item.id].values() if said.ts > since and said.user != viewer and not said.thread_ts)
    name = workspace.people[item.user].real_name if item.is_im and viewer != item.user else item.name
    return {
        "id": item.id,
        "name": workspace.app.name if item.is_im and viewer == item.user else name,
        "is_im": item.is_im,
        "is_private": item.is_private,
        "topic": item.topic,
        "unread": unread,
        **({"user": workspace.app.bot_user} if item.is_im else {}),
    }


def view(workspace: Workspace, item: View) -> Json:
    """A modal or home tab."""
    return shapes.view(workspace, item)


def state(workspace: Workspace, viewer: str) -> Json:
    """Everything the page needs to draw its frame for one person."""
    app, me = workspace.app, workspace.people[viewer]
    return {
        "team": {"id": workspace.team.id, "name": workspace.team.name, "domain": workspace.team.domain},
        "me": person(me),
        "people": [person(item) for item in workspace.people.values()],
        "channels": [channel(workspace, item, viewer) for item in workspace.seen_by(viewer)],
        "commands": [
            {
                "command": item.command,
                "usage_hint": item.usage_hint,
                "description": item.description,
                "subcommands": [{"name": verb.name, "usage": verb.usage, "about": verb.about} for verb in item.subcommands],
            }
            for item in app.commands
        ],
        "shortcuts": [{"callback_id": item.callback_id, "name": item.name, "type": item.type} for item in app.shortcuts],
        "usergroups": [{"id": item.id, "handle": item.handle, "name": item.name} for item in workspace.groups],
        "app": {"id": app.id, "name": app.name, "bot_user": app.bot_user},
        "hint": [{"say": item.say, "why": item.why} for item in app.hints],
        "now": workspace.clock(),
    }
