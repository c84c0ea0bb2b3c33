"""What the desk answers; blocks are Slack's Block Kit dicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]
Blocks = tuple[Block, ...]
View = Mapping[str, Any]  # a modal, as Slack takes it


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a reply."""

    name: str
    body: bytes
    title: str = ""
    mime: str = "text/csv"
    alt: str = ""  # what a picture shows, for who does not see it


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `text` carries the whole meaning: a screen reader and a phone show nothing else.

    `items` are the entries of a long answer, each its own few blocks; the desk pages them between `head` and `tail`. Posted by
    the clock, `first` of them stand in the channel and the rest in the thread; `image` stands under the head, and `counted` are
    the ids that a later answer must not count again.
    """

    text: str
    head: Blocks = ()
    items: tuple[Blocks, ...] = ()
    tail: Blocks = ()
    files: tuple[File, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    public: bool = False
    first: int | None = None
    image: File | None = None
    counted: tuple[str, ...] = ()
    brief: bool = False  # a word about what was done: not kept, not shared


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves the desk: one Slack message within Slack's limits, and what goes with it.

    `public` asks for a message that the channel sees (Share); otherwise it replaces the "Asking…" line of the person who
    asked. `files` are uploaded where that person alone sees them, or into the channel when `public`. A scheduled post has a
    `thread`, and an `image` that its image block shows; `counted` is remembered once all of it is posted.
    """

    text: str
    blocks: Blocks = ()
    files: tuple[File, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    public: bool = False
    replaces: bool = False  # a button's answer that takes the place of the message it was pressed in
    thread: tuple[Message, ...] = ()
    image: File | None = None
    counted: tuple[str, ...] = ()
