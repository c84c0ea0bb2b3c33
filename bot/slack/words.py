"""The words of the Slack side, and its seam with the rest of the house: an Office answers, a Meter counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.core.reply import Message

View = Mapping[str, Any]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where, as Slack vouches for it. `zone` is an IANA name; `groups` are user group ids and @handles.

    A guest is restricted to some channels; a stranger belongs to another workspace, or Slack does not know them any more.
    """

    user_id: str
    user_name: str = ""
    zone: str = ""
    email: str = ""
    team_id: str = ""
    channel_id: str = ""
    thread_ts: str = ""
    is_guest: bool = False
    is_stranger: bool = False
    groups: frozenset[str] = frozenset()


class Office(Protocol):
    """What answers. Each call may raise Refused or Unavailable: their sentence (mrkdwn, already escaped) is shown as it stands."""

    def answer(self, who: Asker, words: str, via: str, progress: Progress) -> Message:
        """The answer to typed words; `via` is slash, mention, message, shortcut or form.

        The words are as Slack gives them: `&<>` escaped, people as `<@U…>` (a form's are as typed). The bot's own mention is gone.
        """
        ...

    def press(self, who: Asker, action_id: str, value: str, values: Mapping[str, str], progress: Progress) -> Message:
        """The answer to a button, or to a form that is not the question's; `values` are the inputs by action id."""
        ...

    def view(self, who: Asker, action_id: str, value: str) -> View | None:
        """The modal that a button opens before anything is done, if it opens one. Quick: Slack gives three seconds."""
        ...

    def check(self, action_id: str, value: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with a submitted form: a sentence for each block id. Quick, and it asks nobody."""
        ...

    def home(self, who: Asker) -> View:
        """The person's own App Home."""
        ...

    def form(self, who: Asker) -> View:
        """The modal of the global shortcut: callback_id `ssm:ask`, and an input whose action_id ends in `words`."""
        ...

    def shortcut_words(self, message: Mapping[str, Any]) -> str:
        """The words that a message's shortcut stands for."""
        ...


class Meter(Protocol):
    """What counts."""

    def acked(self, kind: str, seconds: float) -> None:
        """An envelope or request was acknowledged, so long after it arrived."""
        ...

    def asked(self, verb: str, outcome: str, seconds: float) -> None:
        """A question was answered, refused, unavailable or failed."""
        ...

    def failed(self, service: str, error: str) -> None:
        """Slack answered with this error word."""
        ...

    def watch(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Show a number that is read whenever it is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Wire:
    """How Slack is reached. Times are seconds; `port` None serves no pages, 0 takes a free port; `sockets` is connections."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    mode: str = "socket"
    api_url: str = "https://slack.com/api/"
    port: int | None = None
    host: str = "0.0.0.0"  # noqa: S104 - a server in a container is asked from outside
    workers: int = 32
    waiting: int = 256
    sockets: int = 2
    ping: float = 2.0
    pong: float = 2.0
    patience: float = 60.0
    groups: frozenset[str] = frozenset()  # the user groups whose members matter: ids and @handles


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a person did in Slack, parsed once. `key` tells two deliveries of the same thing."""

    kind: str  # slash, mention, message, shortcut, form, ask, press, home
    key: str
    user_id: str
    team_id: str = ""
    channel_id: str = ""
    thread_ts: str = ""
    words: str = ""
    response_url: str = ""
    trigger_id: str = ""
    action_id: str = ""
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, Any] = field(default_factory=dict)
    submitted: bool = False  # a form, not the button that opened it
    shared: bool = False  # the channel reaches into another organisation
