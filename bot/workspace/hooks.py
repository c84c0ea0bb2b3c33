"""response_url: five answers in thirty minutes to where a person acted, whether or not the bot is in the channel.

Source: docs.slack.dev/interactivity/handling-user-interaction#message_responses. A dead address answers 404.
"""

from __future__ import annotations

from dataclasses import replace

from bot.workspace import talk
from bot.workspace.content import content
from bot.workspace.facts import Json, Message
from bot.workspace.state import Hook, Workspace

USES = 5
LIFE = 30 * 60.0


class Gone(Exception):
    """The address no longer answers; the word is Slack's body of the 404."""


def born(workspace: Workspace, user: str, channel: str, on: Message | None = None) -> Hook:
    """A new response_url for what a person did, perhaps on a message."""
    hook = Hook(workspace.ids.next("H", 23), channel, user, workspace.clock())
    if on is not None:
        hook = replace(hook, message=on.ts, thread_ts=on.thread_ts)
    workspace.hooks[hook.id] = hook
    return hook


def url(workspace: Workspace, hook: Hook) -> str:
    """Its address."""
    return f"{workspace.base}/actions/{workspace.team.id}/{hook.id}"


def use(workspace: Workspace, hook_id: str, body: Json) -> None:
    """Answer through it: a new message, or the replacement or removal of the one it was born on. Gone or SlackError."""
    hook = workspace.hooks.get(hook_id)
    if hook is None or workspace.clock() - hook.born > LIFE:
        raise Gone("expired_url")
    if hook.used >= USES:
        raise Gone("used_url")
    answer(workspace, hook, body)
    workspace.hooks[hook_id] = replace(workspace.hooks[hook_id], used=hook.used + 1)


def answer(workspace: Workspace, hook: Hook, body: Json) -> None:
    """What a response_url or the body of an acknowledgement may say; SlackError when it may not."""
    original = talk.find(workspace, hook.channel, hook.message, hook.user) if hook.message else None
    if body.get("delete_original"):
        if original is not None:
            talk.remove(workspace, original)
        return
    said = content(str(body.get("text") or ""), body.get("blocks"), body.get("attachments"))
    if body.get("replace_original") and original is not None:
        talk.edit(workspace, original, **said, edited="" if original.viewer else workspace.ids.ts())
        return
    _post(workspace, hook, body, said)


def _post(workspace: Workspace, hook: Hook, body: Json, said: Json) -> None:
    public = body.get("response_type") == "in_channel"
    app = workspace.app
    thread_ts = str(body.get("thread_ts") or (hook.thread_ts if body.get("replace_original") is False else ""))
    item = Message(
        workspace.ids.ts(),
        hook.channel,
        app.bot_user,
        bot_id=app.bot_id,
        viewer="" if public else hook.user,
        thread_ts=thread_ts,
        response_type="in_channel" if public else "ephemeral",
        **said,
    )
    posted = talk.post(workspace, item)
    if not hook.message and not workspace.faults.take("no_replace"):
        workspace.hooks[hook.id] = replace(workspace.hooks[hook.id], message=posted.ts)
