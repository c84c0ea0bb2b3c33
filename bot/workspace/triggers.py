"""trigger_id: a person's click lets the app open one modal, once, within three seconds.

Source: docs.slack.dev/interactivity/handling-user-interaction (trigger_id expires in 3 seconds, single use).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.workspace.errors import SlackError
from bot.workspace.ids import Ids

LIFE = 3.0


@dataclass(frozen=True, slots=True)
class Trigger:
    """Whose click it was, when, and in which modal (empty outside one)."""

    user: str
    at: float
    view: str = ""
    spent: bool = False


class Triggers:
    """Issues trigger ids and takes them back once."""

    def __init__(self, ids: Ids, clock: Callable[[], float]) -> None:
        self._ids, self._clock = ids, clock
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view: str = "") -> str:
        """A new trigger id for this person."""
        trigger_id = self._ids.next("1337.", 12)
        self._issued[trigger_id] = Trigger(user, self._clock(), view)
        return trigger_id

    def spend(self, trigger_id: str) -> Trigger:
        """The click behind the id; SlackError when it is unknown, used or older than 3 s."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.spent:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.at > LIFE:
            raise SlackError("expired_trigger_id")
        self._issued[trigger_id] = replace(trigger, spent=True)
        return trigger
