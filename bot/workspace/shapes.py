"""How facts look from outside: a message, a file, a view, as the Web API returns them."""

from __future__ import annotations

from bot.workspace.facts import Json, Message, Upload, Value, View
from bot.workspace.state import Workspace

KINDS_OF_IMAGE = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
MIMES = {**KINDS_OF_IMAGE, "csv": "text/csv", "txt": "text/plain", "log": "text/plain", "json": "application/json", "md": "text/markdown"}


def kept(**fields: Value) -> Json:
    """The fields that say something: Slack leaves the others out."""
    return {name: value for name, value in fields.items() if value not in (None, "", (), [], {})}


def message(workspace: Workspace, item: Message) -> Json:
    """A message in history, in a response and in a payload."""
    replies = thread(workspace, item)
    return {
        "type": "message",
        "user": item.user,
        "ts": item.ts,
        "text": item.text,
        "team": workspace.team.id,
        **kept(
            subtype=item.subtype,
            bot_id=item.bot_id,
            app_id=workspace.app.id if item.bot_id else "",
            username=item.username,
            icons=dict(item.icons),
            bot_profile=bot_profile(workspace) if item.bot_id else None,
            blocks=list(item.blocks),
            attachments=list(item.attachments),
            files=[_shared(workspace, workspace.files[name]) for name in item.files],
            thread_ts=item.thread_ts,
            edited={"user": item.user, "ts": item.edited} if item.edited else None,
            reactions=[{"name": name, "count": len(users), "users": list(users)} for name, users in item.reactions],
        ),
        **(thread_summary(item, replies) if replies else {}),
    }


def _shared(workspace: Workspace, item: Upload) -> Json:
    """A file in a message; a deleted one leaves its tombstone, as in Slack."""
    return {"id": item.id, "mode": "tombstone"} if item.deleted else file(workspace, item)


def thread(workspace: Workspace, parent: Message) -> list[Message]:
    """The replies under a message, oldest first."""
    if parent.viewer or (parent.thread_ts and parent.thread_ts != parent.ts):
        return []
    return [item for item in workspace.messages[parent.channel].values() if item.thread_ts == parent.ts and item.ts != parent.ts]


def thread_summary(parent: Message, replies: list[Message]) -> Json:
    """What a parent message says of its thread."""
    users = list(dict.fromkeys(item.user for item in replies))
    return {
        "thread_ts": parent.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def bot_profile(workspace: Workspace) -> Json:
    """The bot behind a message."""
    app = workspace.app
    icons = {f"image_{size}": f"{workspace.base}/static/bot.svg" for size in (36, 48, 72)}
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "name": app.name,
        "icons": icons,
        "deleted": False,
        "updated": 0,
        "team_id": workspace.team.id,
    }


def mime(name: str) -> str:
    """The media type of a file by its name."""
    return MIMES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def file(workspace: Workspace, item: Upload) -> Json:
    """A file object, with `shares` once they have happened."""
    link = f"{workspace.base}/page/files/{item.id}"
    shares: dict[str, dict[str, list[Json]]] = {}
    for channel, ts in item.shares:
        side = "private" if workspace.channels[channel].is_private or channel.startswith("D") else "public"
        shares.setdefault(side, {}).setdefault(channel, []).append({"ts": ts, "channel_name": workspace.channels[channel].name})
    kind = mime(item.name)
    return {
        "id": item.id,
        "created": int(item.created),
        "timestamp": int(item.created),
        "name": item.name,
        "title": item.title or item.name,
        "mimetype": kind,
        "filetype": item.name.rpartition(".")[2].lower(),
        "user": item.user,
        "size": len(item.body or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": "public" in shares,
        "url_private": link,
        "url_private_download": link,
        "permalink": link,
        "channels": [channel for channel, _ in item.shares if channel.startswith("C")],
        "groups": [channel for channel, _ in item.shares if channel.startswith("G")],
        "ims": [channel for channel, _ in item.shares if channel.startswith("D")],
        "shares": shares,
        **kept(alt_txt=item.alt_txt, thumb_360=link if kind.startswith("image/") else ""),
    }


def view(workspace: Workspace, item: View) -> Json:
    """A view object in a response and in a payload."""
    return {
        "id": item.id,
        "team_id": workspace.team.id,
        **item.json,
        "state": {"values": dict(item.values)},
        "hash": item.hash,
        "previous_view_id": item.previous or None,
        "root_view_id": item.root or item.id,
        "app_id": workspace.app.id,
        "external_id": item.external_id,
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.app.bot_id,
    }
