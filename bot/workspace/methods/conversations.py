"""conversations.*: where the bot can be and what was said there."""

from __future__ import annotations

from collections.abc import Iterable

from bot.workspace import directory, shapes
from bot.workspace.call import Call, Method, paged
from bot.workspace.errors import SlackError
from bot.workspace.facts import Channel, Json, Message

SCOPE_OF = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
MOST_PEOPLE = 8


def kind(channel: Channel) -> str:
    """Slack's word in `types`."""
    if channel.is_im:
        return "im"
    if channel.is_mpim:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


def listed(call: Call) -> Json:
    """The conversations of the asked types that the bot can see."""
    kinds = call.words("types") or ["public_channel"]
    for asked in kinds:
        if asked not in SCOPE_OF:
            raise SlackError("invalid_types")
        if SCOPE_OF[asked] not in call.workspace.app.scopes:
            raise SlackError("missing_scope", needed=SCOPE_OF[asked], provided=",".join(call.workspace.app.scopes))
    seen = [channel for channel in call.workspace.channels.values() if kind(channel) in kinds and _seen(call, channel)]
    wanted = [channel for channel in seen if not (channel.is_archived and call.flag("exclude_archived"))]
    return paged(call, "channels", [directory.channel(call.workspace, channel) for channel in wanted])


def info(call: Call) -> Json:
    """One conversation."""
    return {"channel": directory.channel(call.workspace, call.workspace.visible(call.text("channel")))}


def opened(call: Call) -> Json:
    """The direct conversation with one person, or the group conversation with several."""
    workspace = call.workspace
    channel = workspace.visible(call.text("channel")) if call.text("channel") else _with(call, call.words("users"))
    return {"channel": directory.channel(workspace, channel) if call.flag("return_im") else {"id": channel.id}}


def join(call: Call) -> Json:
    """Let the bot into a public channel; a private one needs an invitation."""
    workspace = call.workspace
    channel = workspace.visible(call.text("channel"))
    if kind(channel) != "public_channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    already = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    was_in = workspace.app.bot_user in channel.members
    return {"channel": directory.channel(workspace, workspace.join(channel, workspace.app.bot_user)), **(already if was_in else {})}


def members(call: Call) -> Json:
    """Who is in a conversation."""
    channel = call.workspace.visible(call.text("channel"))
    start = paged(call, "members", [{"id": user} for user in channel.members])
    return {**start, "members": [item["id"] for item in start["members"]]}


def history(call: Call) -> Json:
    """What was said in a conversation, newest first; threads and ephemerals are not in it."""
    channel = _readable(call)
    said = [item for item in call.workspace.messages[channel.id].values() if _on_top(item)]
    return _told(call, sorted(_between(call, said), key=lambda item: item.ts, reverse=True))


def replies(call: Call) -> Json:
    """A thread: its parent and the replies, oldest first."""
    channel = _readable(call)
    parent = call.workspace.messages[channel.id].get(call.text("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    return _told(call, [parent, *_between(call, shapes.thread(call.workspace, parent))])


def _with(call: Call, users: list[str]) -> Channel:
    workspace = call.workspace
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_PEOPLE:
        raise SlackError("too_many_users")
    if not all(user in workspace.people for user in users):
        raise SlackError("user_not_found")
    return workspace.direct(users[0]) if len(users) == 1 else _group(call, users)


def _group(call: Call, users: list[str]) -> Channel:
    workspace = call.workspace
    together = {*users, workspace.app.bot_user}
    for channel in workspace.channels.values():
        if channel.is_mpim and set(channel.members) == together:
            return channel
    name = "mpdm-" + "--".join(workspace.people[user].name for user in users) + "-1"
    channel = Channel(workspace.ids.next("G"), name, members=(*users, workspace.app.bot_user), is_private=True, is_mpim=True)
    return workspace.join(channel, *users)


def _seen(call: Call, channel: Channel) -> bool:
    return (not channel.is_private and not channel.is_im) or call.workspace.app.bot_user in channel.members


def _readable(call: Call) -> Channel:
    channel = call.workspace.visible(call.text("channel"))
    if call.workspace.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _on_top(item: Message) -> bool:
    return not item.thread_ts or item.thread_ts == item.ts or item.subtype == "thread_broadcast"


def _between(call: Call, said: Iterable[Message]) -> list[Message]:
    oldest, latest = _time(call, "oldest", 0.0), _time(call, "latest", float("inf"))
    edge = call.flag("inclusive")
    return [item for item in said if oldest < float(item.ts) < latest or (edge and float(item.ts) in (oldest, latest))]


def _time(call: Call, name: str, default: float) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _told(call: Call, items: list[Message]) -> Json:
    metadata = call.flag("include_all_metadata")
    whole = [
        {**shapes.message(call.workspace, item), **({"metadata": dict(item.metadata)} if metadata and item.metadata else {})}
        for item in items
    ]
    page = paged(call, "messages", whole, default=100, most=999)
    more = bool(page["response_metadata"]["next_cursor"])
    return {
        "messages": page["messages"],
        "has_more": more,
        "pin_count": 0,
        **({"response_metadata": page["response_metadata"]} if more else {}),
    }


_READ, _HISTORY = (
    ("channels:read", "groups:read", "im:read", "mpim:read"),
    ("channels:history", "groups:history", "im:history", "mpim:history"),
)
METHODS = {
    "conversations.list": Method(listed, _READ, tier=2),
    "conversations.info": Method(info, _READ, tier=3, required=("channel",)),
    "conversations.open": Method(opened, ("im:write", "mpim:write"), tier=3),
    "conversations.join": Method(join, ("channels:join",), tier=3, required=("channel",)),
    "conversations.members": Method(members, _READ, tier=4, required=("channel",)),
    "conversations.history": Method(history, _HISTORY, tier=3, required=("channel",)),
    "conversations.replies": Method(replies, _HISTORY, tier=3, required=("channel", "ts")),
}
