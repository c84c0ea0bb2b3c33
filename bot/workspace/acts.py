"""People do things: they type, press, choose and open. Each act becomes a payload, and its acknowledgement an effect.

A person cannot press a button that is not there: the element is looked up in the message or view, and everything but the
choice is taken from it. `forged` skips that, to test what the app does with a payload that no client would send.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from bot.workspace import elements, envelopes, hooks, shapes, talk, values
from bot.workspace.delivery import Fate, Outcome, Post
from bot.workspace.errors import SlackError
from bot.workspace.facts import Channel, Json, Message, Person, View
from bot.workspace.state import Hook, Workspace
from bot.workspace.typed import escaped

SLACKBOT = "USLACKBOT"


@dataclass(slots=True)
class Acts:
    """What people can do, but for modals."""

    workspace: Workspace
    post: Post
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def command(self, person: Person, channel: Channel, name: str, text: str) -> Json:
        """Type a slash command. It is not allowed in threads, and nobody else sees it."""
        declared = next((each for each in self.workspace.app.commands if each.command == name), None)
        if declared is None:
            self._whisper(person, channel, f"{name} is not a valid command.")
            return {"error": "unknown_command"}
        words = escaped(self.workspace, text, with_names=True) if declared.should_escape else text
        hook = hooks.born(self.workspace, person.id, channel.id)
        outcome = await self.post.send(
            envelopes.command(self.workspace, person, channel, name, words.strip(), hooks.url(self.workspace, hook))
        )
        if outcome.fate is not Fate.ACKED:
            self._whisper(person, channel, f'{name} failed with the error "{outcome.fate.value}"')
            return self._failed(person, outcome)
        return self._answered(person, channel, hook, outcome, typed=f"{name} {text}".strip())

    def message(self, person: Person, channel: Channel, text: str, thread_ts: str = "") -> Json:
        """Say something; the bot hears it when mentioned in a channel it is in, and always in its own conversation."""
        if channel.is_archived:
            raise SlackError("is_archived")
        words = escaped(self.workspace, text, with_names=False)
        item = talk.post(self.workspace, Message(self.workspace.ids.ts(), channel.id, person.id, words, thread_ts=thread_ts))
        kind = self._heard(channel, item)
        if kind:
            self.publish(envelopes.said(self.workspace, item, kind))
        return {"ts": item.ts}

    async def action(self, person: Person, item: Message | View, action: Json, state: Json, *, forged: bool) -> Json:
        """Press or choose something in a message or view."""
        blocks = list(item.json.get("blocks", ())) if isinstance(item, View) else [*item.blocks, *_attached(item)]
        done = _done(self.workspace, blocks, action, forged=forged)
        given = state.get("values") or {}
        if isinstance(item, View):
            item = self._with_values(item, values.filled(blocks, given))
        place = self._place(person, item, values.filled(blocks, given))
        outcome = await self.post.send(envelopes.interaction(self.workspace, person, "block_actions", actions=[done], **place))
        return {"ok": True} if outcome.fate is Fate.ACKED else self._failed(person, outcome)

    async def shortcut(self, person: Person, callback_id: str, item: Message | None) -> Json:
        """Use a global shortcut, or one on a message."""
        kind = "message" if item else "global"
        declared = any(each.callback_id == callback_id and each.type == kind for each in self.workspace.app.shortcuts)
        if not declared:
            raise SlackError("shortcut_not_found")
        if item is None:
            envelope = envelopes.interaction(self.workspace, person, "shortcut", callback_id=callback_id, action_ts=self.workspace.ids.ts())
        else:
            envelope = envelopes.interaction(self.workspace, person, "message_action", callback_id=callback_id, **self._on(person, item))
        outcome = await self.post.send(envelope)
        return {"ok": True} if outcome.fate is Fate.ACKED else self._failed(person, outcome)

    async def options(self, person: Person, item: Message | View, block_id: str, action_id: str, value: str) -> Json:
        """Type into a menu whose options the app supplies."""
        blocks = list(item.json.get("blocks", ())) if isinstance(item, View) else list(item.blocks)
        element = elements.find(blocks, block_id, action_id)
        if element is None:
            raise SlackError("that menu is not there")
        place = {"view": item} if isinstance(item, View) else self._on(person, item)
        about: Json = {"block_id": element["block_id"], "action_id": action_id, "value": value}
        outcome = await self.post.send(envelopes.interaction(self.workspace, person, "block_suggestion", **about, **place))
        if outcome.fate is not Fate.ACKED:
            return self._failed(person, outcome)
        answer = outcome.payload or {}
        return {"options": answer.get("options", []), **shapes.kept(option_groups=answer.get("option_groups"))}

    def home(self, person: Person) -> None:
        """Open the app's home tab."""
        seen = self.workspace.homes.get(person.id)
        view = {"view": shapes.view(self.workspace, seen)} if seen else {}
        about = {"user": person.id, "channel": self.workspace.direct(person.id).id, "tab": "home", "event_ts": self.workspace.ids.ts()}
        self.publish({"type": "app_home_opened", **about, **view})

    def publish(self, body: Json) -> None:
        """Send an event without keeping the person waiting, if the app subscribed to it."""
        name = "message.im" if body["type"] == "message" else body["type"]
        if name in self.workspace.app.events:
            task = asyncio.create_task(self.post.publish(envelopes.event(self.workspace, body)))
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    def _heard(self, channel: Channel, item: Message) -> str:
        bot = self.workspace.app.bot_user
        if bot not in channel.members:
            return ""
        if channel.is_im:
            return "message"
        return "app_mention" if f"<@{bot}>" in item.text else ""

    def _answered(self, person: Person, channel: Channel, hook: Hook, outcome: Outcome, typed: str) -> Json:
        payload = outcome.payload or {}
        if payload.get("response_type") == "in_channel":
            talk.post(self.workspace, Message(self.workspace.ids.ts(), channel.id, person.id, typed, command=typed))
        if payload:
            try:
                hooks.answer(self.workspace, hook, payload)
            except SlackError as error:
                self._whisper(person, channel, f'{typed.partition(" ")[0]} failed with the error "{error.word}"')
                return {"error": error.word, **error.more}
        return {"ok": True}

    def _place(self, person: Person, item: Message | View, held: Json) -> Json:
        if isinstance(item, View):
            return {"view": item, "container": {"type": "view", "view_id": item.id}}
        return {**self._on(person, item), "state": {"values": held}}

    def _on(self, person: Person, item: Message) -> Json:
        hook = hooks.born(self.workspace, person.id, item.channel, item)
        return envelopes.on_message(self.workspace, item, hooks.url(self.workspace, hook))

    def _with_values(self, view: View, held: Json) -> View:
        filled = replace(view, values=held)
        if view.id in self.workspace.views:
            self.workspace.views[view.id] = filled
        return filled

    def _failed(self, person: Person, outcome: Outcome) -> Json:
        words = {Fate.TIMED_OUT: "The app did not answer within 3 seconds (operation_timeout).", Fate.NOBODY: "The app is not connected."}
        self.workspace.feed.tell((person.id,), "toast", level="error", text=words[outcome.fate])
        return {outcome.fate.value: True}

    def _whisper(self, person: Person, channel: Channel, text: str) -> None:
        talk.post(
            self.workspace,
            Message(self.workspace.ids.ts(), channel.id, SLACKBOT, text, username="Slackbot", viewer=person.id, response_type="ephemeral"),
        )


def _attached(item: Message) -> list[Json]:
    return [block for attachment in item.attachments for block in attachment.get("blocks") or ()]


def _done(workspace: Workspace, blocks: list[Json], action: Json, *, forged: bool) -> Json:
    now = workspace.ids.ts()
    if forged:
        return {**action, "action_ts": now}
    element: Any = elements.find(blocks, str(action.get("block_id") or ""), str(action.get("action_id")))
    if element is None or element.get("type") not in values.INTERACTIVE:
        raise SlackError("that button is not there")
    if not elements.chooses_from(element, action):
        raise SlackError("that option is not there")
    return elements.acted(element, action, now)
