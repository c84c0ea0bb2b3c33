"""files.*: the three steps of an upload, and what becomes of a file.

Source: docs.slack.dev/messaging/working-with-files#upload. Sharing happens after the answer, so `shares` may still be
missing: here at once, or `seconds` later with the switch `share_delay`.
"""

from __future__ import annotations

from dataclasses import replace

from bot.workspace import shapes, talk
from bot.workspace.call import Call, Method
from bot.workspace.content import content
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, Message, Upload

LARGEST = 1_000_000_000  # bytes


def upload_url(call: Call) -> Json:
    """Where to send the bytes of a file of this name and length."""
    workspace = call.workspace
    length = call.number("length", 0, LARGEST)
    if length < 1:
        raise SlackError("invalid_arguments")
    item = Upload(
        workspace.ids.next("F"), call.text("filename"), workspace.app.bot_user, length, workspace.clock(), alt_txt=call.text("alt_txt")
    )
    workspace.files[item.id] = item
    return {"upload_url": f"{workspace.base}/upload/v1/{item.id}", "file_id": item.id}


def complete(call: Call) -> Json:
    """Finish uploads whose bytes have arrived, and share them in a channel if one is named."""
    workspace = call.workspace
    asked = call.json("files") or []
    if not isinstance(asked, list) or not asked or not all(isinstance(item, dict) for item in asked):
        raise SlackError("invalid_arguments")
    uploads = [_arrived(call, item) for item in asked]
    channels = [workspace.writable(name).id for name in (call.words("channels") or call.words("channel_id"))]
    for item in uploads:
        workspace.files[item.id] = item
    for channel in channels:
        _share(call, channel, uploads)
    return {"files": [shapes.file(workspace, workspace.files[item.id]) for item in uploads]}


def info(call: Call) -> Json:
    """A completed file."""
    return {"file": shapes.file(call.workspace, settled(call, _there(call))), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(call: Call) -> Json:
    """Take a file away, also from the messages it was shared in."""
    item = _there(call)
    call.workspace.files[item.id] = replace(item, deleted=True)
    for channel, ts in item.shares:
        message = talk.find(call.workspace, channel, ts)
        if message is not None:
            talk.edit(call.workspace, message)
    return {}


def settled(call: Call, item: Upload) -> Upload:
    """The file with its shares, or without while the switch says that they have not happened yet."""
    delay = call.workspace.faults.take("share_delay")
    late = delay is not None and call.workspace.clock() < item.created + delay.seconds
    return replace(item, shares=()) if late else item


def _arrived(call: Call, asked: Json) -> Upload:
    item = call.workspace.files.get(str(asked.get("id")))
    if item is None or item.body is None or item.completed:
        raise SlackError("file_not_found")
    return replace(item, title=str(asked.get("title") or item.name), completed=True)


def _share(call: Call, channel: str, uploads: list[Upload]) -> None:
    workspace, app = call.workspace, call.workspace.app
    said = content(call.text("initial_comment"), call.json("blocks", "invalid_blocks_format"), None, required=False)
    item = Message(
        workspace.ids.ts(),
        channel,
        app.bot_user,
        bot_id=app.bot_id,
        files=tuple(upload.id for upload in uploads),
        thread_ts=call.text("thread_ts"),
        **said,
    )
    for upload in uploads:
        now = workspace.files[upload.id]
        workspace.files[upload.id] = replace(now, shares=(*now.shares, (channel, item.ts)))
    talk.post(workspace, item)
    workspace.feed.tell(workspace.channels[channel].members, "file", channel=channel, ids=[upload.id for upload in uploads])


def _there(call: Call) -> Upload:
    item = call.workspace.files.get(call.text("file"))
    if item is None or not item.completed:
        raise SlackError("file_not_found")
    if item.deleted:
        raise SlackError("file_deleted")
    return item


_WRITE = ("files:write",)
METHODS = {
    "files.getUploadURLExternal": Method(upload_url, _WRITE, tier=4, required=("filename", "length")),
    "files.completeUploadExternal": Method(complete, _WRITE, tier=4, required=("files",)),
    "files.info": Method(info, ("files:read",), tier=4, required=("file",)),
    "files.delete": Method(delete, _WRITE, tier=3, required=("file",)),
}
