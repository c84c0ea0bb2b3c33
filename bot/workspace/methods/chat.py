"""chat.*: what the bot says, changes and takes back (docs.slack.dev/reference/methods/chat.postMessage and its siblings)."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.workspace import shapes, talk
from bot.workspace.call import Call, Method, said
from bot.workspace.content import content, refuse_too_long
from bot.workspace.errors import SlackError
from bot.workspace.facts import Channel, Json, Message

BARE = re.compile(r"&(?!amp;|lt;|gt;)")
FURTHEST = 120 * 86_400  # seconds ahead that a message may be scheduled
LONGEST_UPDATE = 4_000  # bytes, once &, < and > are escaped; chat.update refuses more, chat.postMessage does not


def post_message(call: Call) -> Json:
    """A message in a channel, a thread or a person's direct messages."""
    channel = call.workspace.writable(call.text("channel"))
    _check_thread(call, channel)
    item = _written(call, channel)
    posted = talk.post(call.workspace, replace(item, metadata=_metadata(call)))
    _broadcast(call, posted)
    return {"channel": channel.id, "ts": posted.ts, "message": shapes.message(call.workspace, posted)}


def post_ephemeral(call: Call) -> Json:
    """A message that one person in the channel sees, until they reload."""
    channel = call.workspace.writable(call.text("channel"))
    if call.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    posted = talk.post(call.workspace, replace(_written(call, channel), viewer=call.text("user"), response_type="ephemeral"))
    return {"message_ts": posted.ts}


def update(call: Call) -> Json:
    """New words for a message of the bot's own. `text` without `blocks` takes the blocks away; metadata stays unless given."""
    item = _own(call, "cant_update_message")
    new = content(call.text("text"), call.json("blocks", "invalid_blocks_format"), call.json("attachments", "invalid_attachments"))
    refuse_too_long(new["blocks"])
    if len(BARE.sub("&amp;", new["text"]).encode()) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    text = new["text"] or item.text
    metadata = _metadata(call) if call.args.get("metadata") is not None else item.metadata
    changed = talk.edit(call.workspace, item, **{**new, "text": text}, metadata=metadata, edited=call.workspace.ids.ts())
    return {"channel": changed.channel, "ts": changed.ts, "text": changed.text, "message": shapes.message(call.workspace, changed)}


def delete(call: Call) -> Json:
    """Take back a message of the bot's own."""
    item = _own(call, "cant_delete_message")
    talk.remove(call.workspace, item)
    return {"channel": item.channel, "ts": item.ts}


def permalink(call: Call) -> Json:
    """A link to a message."""
    channel = call.workspace.visible(call.text("channel"))
    item = talk.find(call.workspace, channel.id, call.text("message_ts"))
    if item is None:
        raise SlackError("message_not_found")
    link = f"{call.workspace.base}/archives/{channel.id}/p{item.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def schedule_message(call: Call) -> Json:
    """A message for later: checked and accepted, at most 120 days ahead. The workspace does not outlive a run, so it never falls due."""
    channel = call.workspace.writable(call.text("channel"))
    at = call.number("post_at", 0, 10**11)
    if at <= call.workspace.clock():
        raise SlackError("time_in_past")
    if at > call.workspace.clock() + FURTHEST:
        raise SlackError("time_too_far")
    item = _written(call, channel)
    return {
        "channel": channel.id,
        "scheduled_message_id": call.workspace.ids.next("Q"),
        "post_at": at,
        "message": shapes.message(call.workspace, item),
    }


def _written(call: Call, channel: Channel) -> Message:
    app = call.workspace.app
    new = content(call.text("text"), call.json("blocks", "invalid_blocks_format"), call.json("attachments", "invalid_attachments"))
    refuse_too_long(new["blocks"])
    custom = "chat:write.customize" in app.scopes
    return Message(
        call.workspace.ids.ts(),
        channel.id,
        app.bot_user,
        bot_id=app.bot_id,
        thread_ts=call.text("thread_ts"),
        username=call.text("username") if custom else "",
        **new,
    )


def _check_thread(call: Call, channel: Channel) -> None:
    thread_ts = call.text("thread_ts")
    if thread_ts and thread_ts not in call.workspace.messages[channel.id]:
        raise SlackError("thread_not_found")


def _broadcast(call: Call, posted: Message) -> None:
    if posted.thread_ts and call.flag("reply_broadcast"):
        talk.edit(call.workspace, posted, subtype="thread_broadcast")


def _metadata(call: Call) -> Json:
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return {}
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_schema", **said("metadata must have `event_type` (text) and `event_payload` (object)"))
    return metadata


def _own(call: Call, refusal: str) -> Message:
    channel = call.workspace.visible(call.text("channel"))
    item = call.workspace.messages[channel.id].get(call.text("ts"))
    if item is None:
        raise SlackError("message_not_found")
    if item.bot_id != call.workspace.app.bot_id:
        raise SlackError(refusal)
    return item


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, _WRITE, tier=5, required=("channel",)),
    "chat.postEphemeral": Method(post_ephemeral, _WRITE, tier=4, required=("channel", "user")),
    "chat.update": Method(update, _WRITE, tier=3, required=("channel", "ts")),
    "chat.delete": Method(delete, _WRITE, tier=3, required=("channel", "ts")),
    "chat.getPermalink": Method(permalink, tier=5, required=("channel", "message_ts")),
    "chat.scheduleMessage": Method(schedule_message, _WRITE, tier=3, required=("channel", "post_at")),
}
