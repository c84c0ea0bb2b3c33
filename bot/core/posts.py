"""What is to be posted, each part under its own idempotency key, and what can happen on the way.

A Message becomes a window's posts in their order: the picture that the parent shows, the parent, its thread, its files. Slack has no idempotency
keys of its own, so ours travels in the message's metadata, where it can be found again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.reply import Block, Blocks, File, Message

EVENT = "countersign_post"  # the event_type of our metadata
IMAGE = "image"  # the file id of an image block whose picture is not uploaded yet


class Later(Exception):
    """Slack did nothing, and says when to come back."""

    def __init__(self, seconds: float, why: str = "ratelimited") -> None:
        super().__init__(why)
        self.seconds, self.why = seconds, why


class Unsure(Exception):
    """No answer: it may have happened or not."""


class Undeliverable(Exception):
    """Slack refuses, and will until a person changes something; its own word for why."""


class NotLeading(Exception):
    """Another process holds the lease: this one must not begin a post."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a post stands: channel id and ts. A picture has neither, only its file id."""

    place: str = ""
    ts: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to post. `queue` is what keeps its order; `parent` is the key of the post whose thread it belongs to."""

    key: str
    queue: str
    channel: str
    kind: str  # text, picture, file
    body: Mapping[str, Any]
    parent: str = ""
    window: str = ""
    version: int = 1
    shown: int = 0
    tries: int = 0
    tried: datetime | None = None
    after: datetime | None = None
    sent: Sent = field(default_factory=Sent)
    error: str = ""


def posts(key: str, queue: str, channel: str, message: Message) -> tuple[Post, ...]:
    """The posts of a message, in the order in which they must stand."""
    picture = (Post(f"{key}/image", queue, channel, "picture", filed(message.image), window=key),) if message.image else ()
    top = f"{key}/0"
    threaded = (Post(f"{key}/{n}", queue, channel, "text", said(each), top, key) for n, each in enumerate(message.thread, 1))
    files = (Post(f"{key}/file{n}", queue, channel, "file", filed(each), top, key) for n, each in enumerate(message.files, 1))
    return (*picture, Post(top, queue, channel, "text", said(message), window=key), *threaded, *files)


def said(message: Message) -> Mapping[str, Any]:
    """A message as it is stored."""
    return {"text": message.text, "blocks": list(message.blocks)}


def filed(file: File) -> Mapping[str, Any]:
    """A file as it is stored."""
    return {"name": file.name, "title": file.title or file.name, "alt": file.alt, "body": base64.b64encode(file.body).decode()}


def digest(body: Mapping[str, Any]) -> str:
    """What tells two bodies apart."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:16]


def pictured(blocks: Blocks, file: str) -> Blocks:
    """The blocks with the picture in them, or without its block where there is none."""
    return tuple(_shown(block, file) for block in blocks if file or not _waits(block))


def picture(alt: str) -> Block:
    """The block that shows a message's `image`."""
    return {"type": "image", "slack_file": {"id": IMAGE}, "alt_text": alt[:2000] or "chart"}


def _waits(block: Block) -> bool:
    return bool(block.get("type") == "image" and (block.get("slack_file") or {}).get("id") == IMAGE)


def _shown(block: Block, file: str) -> Block:
    return {**block, "slack_file": {"id": file}} if _waits(block) else block
