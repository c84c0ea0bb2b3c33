"""The workspace's one memory: facts by id, replaced whole, touched only on the server's event loop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.workspace.errors import SlackError
from bot.workspace.facts import App, Channel, Group, Message, Person, Team, Upload, View
from bot.workspace.faults import Faults
from bot.workspace.feed import Feed
from bot.workspace.ids import Ids
from bot.workspace.triggers import Triggers


@dataclass(frozen=True, slots=True)
class Hook:
    """A response_url: where it answers, for whom, until when, and what it has posted or was born on."""

    id: str
    channel: str
    user: str
    born: float
    used: int = 0
    message: str = ""
    thread_ts: str = ""


@dataclass
class Workspace:
    """Everything the workspace remembers. Restarting forgets it."""

    app: App
    team: Team
    clock: Callable[[], float]
    people: dict[str, Person]
    channels: dict[str, Channel]
    groups: tuple[Group, ...]
    ids: Ids
    triggers: Triggers
    base: str = ""
    feed: Feed = field(default_factory=Feed)
    faults: Faults = field(default_factory=Faults)
    messages: dict[str, dict[str, Message]] = field(default_factory=lambda: defaultdict(dict))
    ephemerals: dict[str, dict[str, Message]] = field(default_factory=lambda: defaultdict(dict))
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    read: dict[tuple[str, str], str] = field(default_factory=dict)

    def visible(self, channel: str) -> Channel:
        """A channel that the bot can see, by id, name or a person's id; else `channel_not_found`."""
        found = self.channels.get(channel) or self._by_name(channel.removeprefix("#"))
        if found is None and channel in self.people:
            found = self.direct(channel)
        if found is None or (found.is_private and self.app.bot_user not in found.members):
            raise SlackError("channel_not_found")
        return found

    def writable(self, channel: str) -> Channel:
        """A visible channel that the bot may post to: not archived, and it is a member."""
        found = self.visible(channel)
        if found.is_archived:
            raise SlackError("is_archived")
        if self.app.bot_user not in found.members and "chat:write.public" not in self.app.scopes:
            raise SlackError("not_in_channel")
        return found

    def direct(self, user: str) -> Channel:
        """The bot's direct messages with a person, opened at need."""
        for channel in self.channels.values():
            if channel.is_im and channel.user == user:
                return channel
        channel_id = "D" + user[1:]
        self.channels[channel_id] = Channel(channel_id, "directmessage", members=(user, self.app.bot_user), is_im=True, user=user)
        self.feed.tell((user,), "channel", channel=channel_id)
        return self.channels[channel_id]

    def join(self, channel: Channel, *users: str) -> Channel:
        """The channel with these people in it."""
        self.channels[channel.id] = replace(channel, members=tuple(dict.fromkeys((*channel.members, *users))))
        self.feed.tell(users, "channel", channel=channel.id)
        return self.channels[channel.id]

    def seen_by(self, user: str) -> Iterator[Channel]:
        """The channels a person has in the sidebar."""
        return (channel for channel in self.channels.values() if user in channel.members)

    def humans(self) -> Sequence[Person]:
        """Everyone who is not a bot."""
        return [person for person in self.people.values() if not person.is_bot]

    def person(self, user: str) -> Person:
        """A person by id, or `user_not_found`."""
        if user not in self.people:
            raise SlackError("user_not_found")
        return self.people[user]

    def _by_name(self, name: str) -> Channel | None:
        named = (channel for channel in self.channels.values() if name and channel.name == name and not channel.is_im)
        return next(named, None)


def found(
    app: App, team: Team, people: Sequence[Person], channels: Sequence[Channel], groups: Sequence[Group], clock: Callable[[], float]
) -> Workspace:
    """A fresh workspace, with a direct conversation between the bot and each person."""
    ids = Ids(clock)
    named = {person.id: person for person in people}
    named.setdefault(app.bot_user, Person(app.bot_user, app.name.lower(), app.name, is_bot=True))
    workspace = Workspace(app, team, clock, named, {channel.id: channel for channel in channels}, tuple(groups), ids, Triggers(ids, clock))
    for person in workspace.humans():
        if not person.is_stranger:
            workspace.direct(person.id)
    return workspace
