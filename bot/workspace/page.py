"""The page's own endpoints: what a person sees, and what they do. Loopback only; never part of Slack's API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.workspace import page_shapes, stack, talk
from bot.workspace.acts import Acts
from bot.workspace.errors import SlackError
from bot.workspace.facts import Channel, Json, Message, Person, Value, View
from bot.workspace.modals import Modals
from bot.workspace.state import Workspace

Handler = Callable[[Json], Awaitable[Json]]


@dataclass(slots=True)
class Page:
    """The endpoints under `/page`."""

    workspace: Workspace
    acts: Acts
    modals: Modals

    def handlers(self) -> dict[str, Handler]:
        """POST endpoints by their last path segment."""
        return {
            "command": self.command,
            "message": self.message,
            "action": self.action,
            "submit": self.submit,
            "close": self.close,
            "shortcut": self.shortcut,
            "options": self.options,
            "home/open": self.open_home,
            "reset-ephemeral": self.reset_ephemeral,
            "faults": self.faults,
        }

    def reads(self) -> dict[str, Callable[[Json], Json]]:
        """GET endpoints by their last path segment."""
        return {"state": self.state, "messages": self.messages, "home": self.home}

    def state(self, args: Json) -> Json:
        """Everything for the page's frame; on a first visit nobody is chosen yet, and it is the first person's."""
        who = self.person(args) if args.get("as") else self.workspace.humans()[0]
        return page_shapes.state(self.workspace, who.id)

    def messages(self, args: Json) -> Json:
        """A channel or a thread, oldest first, with the viewer's ephemerals in place."""
        person, channel = self.person(args), self._channel(args)
        thread = str(args.get("thread") or "")
        said = [*self.workspace.messages[channel.id].values(), *self.workspace.ephemerals[person.id].values()]
        shown = sorted((item for item in said if item.channel == channel.id and _shown(item, thread)), key=lambda item: item.ts)
        if not thread and shown:
            self.workspace.read[person.id, channel.id] = shown[-1].ts
        return {"messages": [page_shapes.message(self.workspace, item) for item in shown]}

    def home(self, args: Json) -> Json:
        """The app's home tab for this person, if it has published one."""
        view = self.workspace.homes.get(self.person(args).id)
        return {"view": page_shapes.view(self.workspace, view) if view else None}

    async def command(self, args: Json) -> Json:
        """A slash command."""
        return await self.acts.command(self.person(args), self._channel(args), str(args.get("command")), str(args.get("text") or ""))

    async def message(self, args: Json) -> Json:
        """A message."""
        text = str(args.get("text") or "")
        if not text.strip():
            raise SlackError("no_text")
        return self.acts.message(self.person(args), self._channel(args), text, str(args.get("thread_ts") or ""))

    async def action(self, args: Json) -> Json:
        """A press or a choice."""
        forged = args.get("forged") is True
        return await self.acts.action(self.person(args), self._item(args), _dict(args, "action"), _dict(args, "state"), forged=forged)

    async def submit(self, args: Json) -> Json:
        """A form."""
        return await self.modals.submit(self.person(args), self._view(args), _dict(args, "state"))

    async def close(self, args: Json) -> Json:
        """A modal closed; `all` closes the stack."""
        return await self.modals.close(self.person(args), self._view(args), whole=args.get("all") is True)

    async def shortcut(self, args: Json) -> Json:
        """A shortcut."""
        item = self._item(args) if args.get("ts") else None
        return await self.acts.shortcut(self.person(args), str(args.get("callback_id")), item if isinstance(item, Message) else None)

    async def options(self, args: Json) -> Json:
        """What a menu offers for what was typed."""
        where = str(args.get("block_id") or ""), str(args.get("action_id") or "")
        return await self.acts.options(self.person(args), self._item(args), *where, str(args.get("value") or ""))

    async def open_home(self, args: Json) -> Json:
        """The home tab was opened."""
        self.acts.home(self.person(args))
        return {"ok": True}

    async def reset_ephemeral(self, args: Json) -> Json:
        """The page was loaded: what only this person saw is gone, and so are their open modals."""
        person = self.person(args)
        self.workspace.ephemerals[person.id].clear()
        stack.dropped(self.workspace, person.id)
        self.workspace.feed.forget_passing(person.id)
        return {"ok": True}

    async def faults(self, args: Json) -> Json:
        """Order a fault, or clear them with `{"kind": "none"}`."""
        if args.get("kind") == "none":
            self.workspace.faults.clear()
            return {"ok": True}
        try:
            wanted: Json = {name: kind(args[name]) for name, kind in (("method", str), ("times", int), ("seconds", float)) if name in args}
            self.workspace.faults.add(str(args.get("kind")), **wanted)
        except (TypeError, ValueError, OverflowError) as error:
            raise SlackError(str(error)) from None
        return {"ok": True}

    def person(self, args: Json) -> Person:
        """Who acts: one of the people, never the bot."""
        """The person that the page acts as: the first of the workspace until somebody is chosen."""
        first = next(person.id for person in self.workspace.people.values() if not person.is_bot)
        person = self.workspace.person(str(args.get("as") or first))
        if person.is_bot:
            raise SlackError("user_not_found")
        return person

    def _channel(self, args: Json) -> Channel:
        channel = self.workspace.channels.get(str(args.get("channel")))
        if channel is None or self.person(args).id not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def _view(self, args: Json) -> View:
        view = self.workspace.views.get(str(args.get("view_id")))
        if view is None or view.user != self.person(args).id:
            raise SlackError("view_not_found")
        return view

    def _item(self, args: Json) -> Message | View:
        if args.get("view_id"):
            return self._view(args)
        item = talk.find(self.workspace, self._channel(args).id, str(args.get("ts")), self.person(args).id)
        if item is None:
            raise SlackError("message_not_found")
        return item


def _shown(item: Message, thread: str) -> bool:
    if thread:
        return thread in (item.ts, item.thread_ts)
    return not item.thread_ts or item.thread_ts == item.ts or item.subtype == "thread_broadcast"


def _dict(args: Json, name: str) -> Value:
    value = args.get(name)
    return value if isinstance(value, dict) else {}
