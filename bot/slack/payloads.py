"""What Slack sends → Call. Foreign data is never whole: everything is read with a default, and nothing is trusted to be of its type.

Shapes: docs.slack.dev/interactivity (slash commands, block_actions, view_submission, shortcuts) and docs.slack.dev/apis/events-api.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.words import Call

Body = Mapping[str, Any]
MENTION = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^>]*)?>\s*")


def slash(body: Body) -> Call:
    """A slash command. It has no thread: Slack does not take commands in threads."""
    user, team, channel = _text(body, "user_id"), _text(body, "team_id"), _text(body, "channel_id")
    return Call(
        "slash",
        _text(body, "trigger_id"),
        user,
        team,
        channel,
        words=_text(body, "text"),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
    )


def event(body: Body) -> Call:
    """An app_mention, a direct message or app_home_opened."""
    inner = _map(body, "event")
    kind = {"app_mention": "mention", "app_home_opened": "home"}.get(_text(inner, "type"), "message")
    return Call(
        kind,
        _text(body, "event_id"),
        _text(inner, "user"),
        _text(inner, "user_team") or _text(inner, "team") or _text(body, "team_id"),
        _text(inner, "channel"),
        (_text(inner, "thread_ts") or _text(inner, "ts")) if kind == "mention" else _text(inner, "thread_ts"),
        words=_unmentioned(_text(inner, "text"), body),
        shared=bool(body.get("is_ext_shared_channel")),
    )


def _unmentioned(text: str, body: Body) -> str:
    """The words without the bot's own name, wherever it stands; without any leading name where Slack does not say who the bot is."""
    known = body.get("authorizations")
    bots = {_text(each, "user_id") for each in (known if isinstance(known, list) else ()) if isinstance(each, Mapping)}
    return MENTION.sub(lambda m: " " if m[1] in bots or (not bots and m.start() == 0) else m[0], text).strip()


def shortcut(body: Body) -> Call:
    """A message shortcut (`shortcut`) or the global one (`form`)."""
    about_message = _text(body, "type") == "message_action"
    return Call(
        "shortcut" if about_message else "form",
        _text(body, "trigger_id") or _text(body, "action_ts"),
        *_who(body),
        thread_ts=_text(_map(body, "message"), "thread_ts"),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        message=_map(body, "message"),
    )


def press(body: Body) -> Call:
    """A button or menu. A menu's value is its selected option's."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    return Call(
        "press",
        f"{_text(body, 'trigger_id')} {_text(action, 'action_id')} {_text(action, 'action_ts')}",
        *_who(body),
        thread_ts=_thread(body),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        action_id=_text(action, "action_id"),
        value=_value(action),
        values=_values(_map(body, "state") or _map(_map(body, "view"), "state")),
    )


def _thread(body: Body) -> str:
    """The thread that a pressed message stands in; a message that only begins one stands in the channel, and is answered there."""
    message = _map(body, "message")
    thread = _text(_map(body, "container"), "thread_ts") or _text(message, "thread_ts")
    return "" if thread == (_text(message, "ts") or _text(_map(body, "container"), "message_ts")) else thread


def view(body: Body) -> Call:
    """A submitted form: `ask` where it is the question's own, else a press with the view's private metadata as value."""
    shown = _map(body, "view")
    values = _values(_map(shown, "state"))
    ask = _text(shown, "callback_id") == "ssm:ask"
    return Call(
        "ask" if ask else "press",
        f"{_text(shown, 'id')} {_text(shown, 'hash')}",
        *_who(body),
        words=next((value for name, value in values.items() if name.endswith("words")), "") if ask else "",
        trigger_id=_text(body, "trigger_id"),
        action_id=_text(shown, "callback_id"),
        value=_text(shown, "private_metadata"),
        values=values,
        submitted=True,
    )


def _who(body: Body) -> tuple[str, str, str]:
    user = _map(body, "user")
    team = _text(user, "team_id") or _text(_map(body, "team"), "id")
    return _text(user, "id"), team, _text(_map(body, "channel"), "id") or _text(_map(body, "container"), "channel_id")


def _values(state: Body) -> dict[str, str]:
    return dict(_inputs(_map(state, "values")))


def _inputs(values: Body) -> Iterator[tuple[str, str]]:
    for block in values.values():
        for name, element in block.items() if isinstance(block, Mapping) else ():
            if isinstance(element, Mapping):
                yield str(name), _value(element)


def _value(element: Body) -> str:
    chosen = _text(_map(element, "selected_option"), "value")
    several = ",".join(_text(each, "value") for each in element.get("selected_options") or () if isinstance(each, Mapping))
    plain = (_text(element, key) for key in ("value", "selected_user", "selected_date", "selected_channel", "selected_conversation"))
    return chosen or several or next(filter(None, plain), "")


def _text(body: Body, key: str) -> str:
    found = body.get(key)
    return found if isinstance(found, str) else ""


def _map(body: Body, key: str) -> Body:
    found = body.get(key)
    return found if isinstance(found, Mapping) else {}
