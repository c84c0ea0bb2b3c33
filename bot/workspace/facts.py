"""What a workspace is made of: people, channels, the app, messages, views, files. Frozen; the store replaces them.

Names follow Slack's object types (docs.slack.dev/reference/objects). Times are Unix seconds; a `ts` is Slack's string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Value = Any  # what JSON may hold where its shape is not known yet

SCOPES = (  # what a bot needs to answer; an app that asks for more says so
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the workspace, or the bot's own user. `zone` is an IANA name; `team` is set for Slack Connect strangers."""

    id: str
    name: str
    real_name: str = ""
    email: str = ""
    zone: str = "UTC"
    title: str = ""
    role: str = ""
    color: str = "4a154b"
    team: str = ""
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, a direct message (`is_im`, with `user`) or a group message (`is_mpim`)."""

    id: str
    name: str = ""
    topic: str = ""
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    is_mpim: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, as `@handle`."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One verb of a slash command, for the page's autocompletion."""

    name: str
    usage: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command as the manifest declares it, with its verbs."""

    command: str
    usage_hint: str = ""
    description: str = ""
    subcommands: tuple[Subcommand, ...] = ()
    should_escape: bool = True


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut as the manifest declares it; `type` is `global` or `message`."""

    callback_id: str
    name: str
    type: str = "message"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to try on a first visit: what to say, and why."""

    say: str
    why: str


@dataclass(frozen=True, slots=True)
class App:
    """The app that is installed: its ids, tokens, scopes and what its manifest declares.

    With `request_url` payloads go there signed with `signing_secret`; without, through Socket Mode.
    """

    id: str = "A0COUNTER1"
    name: str = "Countersign"
    bot_id: str = "B0COUNTER1"
    bot_user: str = "U0COUNTER1"
    bot_token: str = "xoxb-local-workspace"  # noqa: S105 - known to all on purpose: loopback only
    app_token: str = "xapp-local-workspace"  # noqa: S105 - as bot_token
    scopes: tuple[str, ...] = SCOPES
    commands: tuple[SlashCommand, ...] = (SlashCommand("/ssm", "[command]", "Ask who opened sessions, and what they did"),)
    shortcuts: tuple[Shortcut, ...] = ()
    hints: tuple[Hint, ...] = ()
    events: tuple[str, ...] = ("app_mention", "message.im", "app_home_opened")
    request_url: str = ""
    signing_secret: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace itself."""

    id: str = "T0WORKSP01"
    name: str = "Example Corp"
    domain: str = "example-corp"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `viewer` is set on an ephemeral one: the only person who sees it."""

    ts: str
    channel: str
    user: str
    text: str = ""
    bot_id: str = ""
    username: str = ""
    icons: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    files: tuple[str, ...] = ()
    thread_ts: str = ""
    subtype: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    edited: str = ""
    viewer: str = ""
    response_type: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file: asked for, then its bytes arrive, then it is completed and (later) shared."""

    id: str
    name: str
    user: str
    length: int
    created: float
    title: str = ""
    alt_txt: str = ""
    body: bytes | None = None
    completed: bool = False
    channels: tuple[str, ...] = ()
    shares: tuple[tuple[str, str], ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A modal or home tab that someone has open. `json` is the view as Slack would send it in a payload, less its state."""

    id: str
    user: str
    json: Json
    hash: str
    root: str = ""
    previous: str = ""
    external_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
