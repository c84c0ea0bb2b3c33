"""Slack's way into the office: who asks becomes a user with a role; App Home and the form are views of the same desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.config import Settings
from bot.core import blocks
from bot.core.model import Refused
from bot.core.reply import Message
from bot.core.roles import Role, User
from bot.roof import roles
from bot.roof.office import Office
from bot.slack import Asker

SESSION = re.compile(r"[\w+=,.@-]+-(?:[a-z0-9]{26}|[0-9a-f]{17})(?![\w-])")
NODE = re.compile(r"\b(?:i-[0-9a-f]{8,17}|mi-[0-9a-f]{17})\b")
HOME_BLOCKS = 100


class Reception:
    """The Office that the Slack side talks to."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self._office, self._settings = office, settings

    def answer(self, who: Asker, words: str, via: str, progress: Callable[[str], None]) -> Message:
        """The answer to typed words."""
        return self._office.ask(self._user(who), self._role(who), words, via, who.channel_id, progress)

    def press(self, who: Asker, action_id: str, value: str, values: Mapping[str, str], progress: Callable[[str], None]) -> Message:
        """The answer to a button."""
        return self._office.press(self._user(who), self._role(who), action_id, value, values, who.channel_id, progress)

    def view(self, who: Asker, action_id: str, value: str) -> Mapping[str, Any] | None:
        """The modal that a button opens first, if it opens one."""
        return self._office.form(self._user(who), self._role(who), action_id, value, who.channel_id)

    def check(self, action_id: str, value: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with a submitted form, by block id."""
        return self._office.check(action_id, value, values)

    def home(self, who: Asker) -> Mapping[str, Any]:
        """The person's own view: what `/ssm me` answers."""
        try:
            shown = self._office.ask(self._user(who), self._role(who), "me", "home").blocks
        except Refused as refused:
            shown = (blocks.section(str(refused)),)
        return {"type": "home", "blocks": list(shown[:HOME_BLOCKS])}

    def form(self, _who: Asker) -> Mapping[str, Any]:
        """The modal of the global shortcut: a line to type words into."""
        line = {"type": "plain_text_input", "action_id": "ssm:desk:words", "placeholder": blocks.plain("audit 7d --denied", 150)}
        hint = blocks.plain("What you would type after /ssm; “help” lists everything.", 150)
        ask = {"type": "input", "block_id": "words", "label": blocks.plain("Question", 50), "element": line, "hint": hint}
        return {
            "type": "modal",
            "callback_id": "ssm:ask",
            "title": blocks.plain("Ask Countersign", 24),
            "submit": blocks.plain("Ask", 24),
            "close": blocks.plain("Cancel", 24),
            "blocks": [ask],
        }

    def shortcut_words(self, message: Mapping[str, Any]) -> str:
        """The dossier of the first session that a message names, else the profile of its first node, else help."""
        said = _texts(message)
        session, node = SESSION.search(said), NODE.search(said)
        return f"session {session[0]}" if session else f"who {node[0]}" if node else "help"

    def _user(self, who: Asker) -> User:
        return User(who.user_id, who.user_name, who.zone or self._settings.zone, who.email, who.groups, who.is_guest)

    def _role(self, who: Asker) -> Role:
        if who.is_stranger:
            raise Refused("You belong to another organization's workspace; I answer members of this one only.")
        names = {who.user_id, f"@{who.user_name}", *who.groups}
        return roles.role(self._settings, names, full_member=not who.is_guest)


def _texts(node: object) -> str:
    if isinstance(node, Mapping):
        return " ".join(
            _texts(value)
            for key, value in node.items()
            if key in ("text", "blocks", "elements", "fields", "attachments", "value", "accessory")
        )
    if isinstance(node, (list, tuple)):
        return " ".join(map(_texts, node))
    return node if isinstance(node, str) else ""
