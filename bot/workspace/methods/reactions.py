"""reactions.add."""

from __future__ import annotations

from bot.workspace import talk
from bot.workspace.call import Call, Method
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json


def add(call: Call) -> Json:
    """A reaction of the bot's on a message."""
    workspace = call.workspace
    channel = workspace.visible(call.text("channel"))
    item = workspace.messages[channel.id].get(call.text("timestamp"))
    if item is None:
        raise SlackError("message_not_found")
    name, reactions = call.text("name").strip(":"), dict(item.reactions)
    if workspace.app.bot_user in reactions.get(name, ()):
        raise SlackError("already_reacted")
    reactions[name] = (*reactions.get(name, ()), workspace.app.bot_user)
    changed = talk.edit(workspace, item, reactions=tuple(reactions.items()))
    workspace.feed.tell(channel.members, "reaction", channel=channel.id, ts=changed.ts, name=name, user=workspace.app.bot_user)
    return {}


METHODS = {"reactions.add": Method(add, ("reactions:write",), tier=3, required=("channel", "timestamp", "name"))}
