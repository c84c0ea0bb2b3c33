"""What is asked of the desk and what it answers; blocks are Slack's Block Kit dicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.core.policy import Policy
    from bot.core.ports import Evidence, Ledger

Block = Mapping[str, Any]
Blocks = tuple[Block, ...]
View = Mapping[str, Any]  # a modal, as Slack takes it


class Role(IntEnum):
    """Who may ask what. A role includes those below it."""

    NOBODY = 0
    VIEWER = 1
    RESPONDER = 2
    REVIEWER = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """The role as configuration writes it: `viewer` … `admin`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class User:
    """A person (or the bot's own clock) who asks. `zone` is an IANA name."""

    id: str
    name: str = ""
    zone: str = "UTC"
    email: str = ""
    groups: frozenset[str] = frozenset()  # user group ids and @handles, as far as they matter
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: who, where, the words as typed, when, and what they may."""

    user: User
    words: str
    now: datetime
    role: Role
    policy: Policy
    channel: str = ""
    via: str = "cli"  # slash, mention, shortcut, button, home, cli, clock
    values: Mapping[str, str] = field(default_factory=dict)
    mentions: Mapping[str, User] = field(default_factory=dict)  # Slack user id → person, for `@user` in the words


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
class Command:
    """A verb: everything that help, the docs and the desk need to know of it.

    A button in `forms` opens a modal first, whose submission is then the button's press; a form that gives None opens nothing. They are
    quick: Slack takes a modal within three seconds. `checks` say what is wrong with a submission, by the input's block id.
    """

    name: str
    usage: str
    about: str
    examples: tuple[str, ...]
    run: Callable[[Ask, Evidence, Ledger], Reply]
    role: Role = Role.VIEWER
    buttons: Mapping[str, Callable[[Ask, Evidence, Ledger], Reply]] = field(default_factory=dict)
    forms: Mapping[str, Callable[[Ask, Ledger], View | None]] = field(default_factory=dict)
    checks: Mapping[str, Callable[[Ask], Mapping[str, str]]] = field(default_factory=dict)


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
