"""What is asked of the desk, and the verbs that answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.policy import Policy
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Reply, View
from bot.core.roles import Role, User


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
