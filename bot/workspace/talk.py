"""Messages come, change and go: the one place that touches them and tells the pages."""

from __future__ import annotations

from dataclasses import replace

from bot.workspace import page_shapes
from bot.workspace.facts import Json, Message, Value
from bot.workspace.state import Workspace
from bot.workspace.values import INTERACTIVE

HOLDERS = frozenset({"elements", "accessory", "element"})
LONGEST_TEXT = 40_000  # Slack truncates beyond (docs.slack.dev/reference/methods/chat.postMessage)


def post(workspace: Workspace, item: Message) -> Message:
    """Put a message into its channel, for everyone in it, or before its one viewer if it is ephemeral."""
    item = replace(item, text=item.text[:LONGEST_TEXT], blocks=named(workspace, item.blocks))
    shelf = workspace.ephemerals[item.viewer] if item.viewer else workspace.messages[item.channel]
    shelf[item.ts] = item
    _tell(workspace, item, "ephemeral" if item.viewer else "message")
    _tell_parent(workspace, item)
    return item


def edit(workspace: Workspace, item: Message, **changes: Value) -> Message:
    """Replace parts of a message in place."""
    if "blocks" in changes:
        changes["blocks"] = named(workspace, changes["blocks"])
    item = replace(item, **changes)
    shelf = workspace.ephemerals[item.viewer] if item.viewer else workspace.messages[item.channel]
    shelf[item.ts] = item
    _tell(workspace, item, "ephemeral_changed" if item.viewer else "message_changed")
    return item


def remove(workspace: Workspace, item: Message) -> None:
    """Take a message away."""
    shelf = workspace.ephemerals[item.viewer] if item.viewer else workspace.messages[item.channel]
    shelf.pop(item.ts, None)
    _tell(workspace, item, "ephemeral_deleted" if item.viewer else "message_deleted")
    _tell_parent(workspace, item)


def find(workspace: Workspace, channel: str, ts: str, viewer: str = "") -> Message | None:
    """A message by channel and ts; an ephemeral one only for its viewer."""
    ephemeral = workspace.ephemerals[viewer].get(ts) if viewer else None
    if ephemeral is not None and ephemeral.channel == channel:
        return ephemeral
    return workspace.messages[channel].get(ts)


def named(workspace: Workspace, blocks: tuple[Json, ...]) -> tuple[Json, ...]:
    """The blocks, each with a block_id; Slack makes one up where the app gave none, and keeps none on `markdown`."""
    return tuple(_named(workspace, block) for block in blocks)


def _named(workspace: Workspace, block: Json) -> Json:
    if block.get("type") == "markdown":
        block = {name: value for name, value in block.items() if name != "block_id"}
    named_block = block if block.get("block_id") else {**block, "block_id": workspace.ids.next("b", 5)}
    return {name: _inside(workspace, value) if name in HOLDERS else value for name, value in named_block.items()}


def _inside(workspace: Workspace, value: Value) -> Value:
    if isinstance(value, list):
        return [_inside(workspace, item) for item in value]
    acts = isinstance(value, dict) and value.get("type") in INTERACTIVE and not value.get("action_id")
    return {**value, "action_id": workspace.ids.next("a", 5)} if acts else value


def _tell(workspace: Workspace, item: Message, kind: str) -> None:
    people = (item.viewer,) if item.viewer else workspace.channels[item.channel].members
    workspace.feed.tell(people, kind, channel=item.channel, message=page_shapes.message(workspace, item))


def _tell_parent(workspace: Workspace, item: Message) -> None:
    parent = workspace.messages[item.channel].get(item.thread_ts) if item.thread_ts and not item.viewer else None
    if parent is not None and parent.ts != item.ts:
        _tell(workspace, parent, "message_changed")
