"""Submitting and closing a modal, and what the app's answer does to the stack.

Source: docs.slack.dev/surfaces/modals (response_action: errors, update, push, clear).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.workspace import envelopes, hooks, page_shapes, stack, values
from bot.workspace.acts import Acts
from bot.workspace.content import checked_view
from bot.workspace.delivery import Fate
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json, Person, View

TROUBLE = "We had some trouble connecting. Try again?"  # what Slack's client says when a submission is not acknowledged


@dataclass(slots=True)
class Modals:
    """What people can do in a modal."""

    acts: Acts

    async def submit(self, person: Person, view: View, state: Json) -> Json:
        """Send the form: the faults that the client or the app finds, or what happened."""
        workspace = self.acts.workspace
        blocks = view.json.get("blocks", ())
        held = values.filled(blocks, state.get("values") or {})
        faults = values.refused(blocks, held)
        if faults:
            return {"errors": faults}
        view = replace(view, values=held)
        workspace.views[view.id] = view
        outcome = await self.acts.post.send(
            envelopes.interaction(workspace, person, "view_submission", view=view, response_urls=self._urls(person, view, held))
        )
        if outcome.fate is not Fate.ACKED:
            workspace.feed.tell((person.id,), "toast", level="error", text=TROUBLE)
            return {outcome.fate.value: True}
        try:
            return self._answered(view, outcome.payload or {})
        except SlackError as error:
            workspace.feed.tell((person.id,), "toast", level="error", text=f"{TROUBLE} ({error.word})")
            return {"error": error.word, **error.more}

    async def close(self, person: Person, view: View, *, whole: bool) -> Json:
        """Close one modal, or the whole stack; the app hears of those that it asked to (`notify_on_close`)."""
        workspace = self.acts.workspace
        everything = whole or bool(view.json.get("clear_on_close"))
        closing = stack.stack(workspace, view)[::-1] if everything else [view]
        for each in closing:
            stack.closed(workspace, each)
        for each in closing:
            if each.json.get("notify_on_close"):
                await self.acts.post.send(envelopes.interaction(workspace, person, "view_closed", view=each, is_cleared=everything))
        return {"ok": True}

    def _answered(self, view: View, answer: Json) -> Json:
        workspace, kind = self.acts.workspace, answer.get("response_action")
        current = workspace.views.get(view.id, view)
        if kind == "errors":
            return {"errors": _errors(current, answer.get("errors"))}
        if kind == "clear":
            stack.cleared(workspace, current)
            return {"ok": True, "clear": True}
        if kind == "update":
            changed = stack.updated(workspace, current, checked_view(answer.get("view"), ("modal",)))
            return {"ok": True, "update": page_shapes.view(workspace, changed)}
        if kind == "push":
            pushed = stack.opened(workspace, view.user, checked_view(answer.get("view"), ("modal",)), current)
            return {"ok": True, "push": page_shapes.view(workspace, pushed)}
        if kind is not None or answer:
            raise SlackError("invalid_response_action")
        stack.closed(workspace, current)
        return {"ok": True}

    def _urls(self, person: Person, view: View, held: Json) -> list[Json]:
        urls = []
        for block in view.json.get("blocks", ()):
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            chosen = held.get(block["block_id"], {}).get(element.get("action_id"), {})
            channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
            if channel in self.acts.workspace.channels:
                hook = hooks.born(self.acts.workspace, person.id, channel)
                address = hooks.url(self.acts.workspace, hook)
                urls.append(
                    {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel, "response_url": address}
                )
        return urls


def _errors(view: View, errors: object) -> dict[str, str]:
    """The app's errors; they must be on input blocks of the view, or Slack shows none of them."""
    inputs = {str(block.get("block_id")) for block in view.json.get("blocks", ()) if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_response_errors")
    return {str(block): str(sentence) for block, sentence in errors.items()}
