"""Slack as the doctor asks it: by the bot's own token, with reads only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar

from bot.config import Settings
from bot.core.doctor.result import WORKSPACE, Check
from bot.core.doctor.slack import SlackWanted, examine_slack
from bot.core.model import Unavailable
from bot.manifest import SCOPES
from bot.slack.client import SlackError, clients, word
from bot.slack.words import Wire

CHANNEL = re.compile(r"(?:^|[\s→>])(#[\w.-]{1,80}|[CG][A-Z0-9]{7,20})(?=\s*(?::|$))")
GONE = frozenset({"user_not_found", "users_not_found", "user_not_visible", "channel_not_found"})
PAGE, PAGES = 200, 20
Answer = TypeVar("Answer")


def workspace(of: Settings) -> tuple[Check, ...]:
    """The doctor's checks of the Slack side."""
    return tuple(examine_slack(WebSide(of), slack_wanted(of), WORKSPACE))


def slack_wanted(of: Settings) -> SlackWanted:
    """What the configuration rests on in Slack. `*` is everyone, and needs no look."""
    channels = [name for text in (*of.schedule, *of.flags, of.alerts) for name in CHANNEL.findall(text)]
    named = [*of.viewers, *of.responders, *of.reviewers, *of.admins, *of.on_call, *of.people.values()]
    return SlackWanted(SCOPES, tuple(dict.fromkeys(channels)), tuple(dict.fromkeys(name for name in named if name and name != "*")))


class WebSide:
    """Slack's Web API. Lists are read once."""

    def __init__(self, of: Settings) -> None:
        self._client = clients(Wire(of.bot_token, api_url=of.api_url)).steady

    def granted(self) -> frozenset[str]:
        """The scopes, as the header of auth.test names them."""
        answer = _asked(self._client.auth_test)
        headers = {key.lower(): value for key, value in answer.headers.items()}
        said = headers.get("x-oauth-scopes", "")
        return frozenset(scope.strip() for scope in (said if isinstance(said, str) else ",".join(said)).split(",") if scope.strip())

    def channel(self, name: str) -> bool | None:
        """Whether the bot is in it."""
        found = [held for held in self._channels if name in (held.get("id"), f"#{held.get('name')}")]
        return bool(found[0].get("is_member")) if found else None

    def group(self, name: str) -> bool:
        """Whether there is such a user group."""
        return any(name in (held.get("id"), f"@{held.get('handle')}") for held in self._groups)

    def person(self, name: str) -> bool:
        """Whether there is such a person, and they are still here."""
        if name.startswith("@"):
            return any(f"@{held.get('name')}" == name and not held.get("deleted") for held in self._users)
        ask: Callable[[], Any] = (
            (lambda: self._client.users_lookupByEmail(email=name)) if "@" in name else (lambda: self._client.users_info(user=name))
        )
        try:
            found = ask().get("user") or {}
        except SlackError as error:
            if word(error) in GONE:
                return False
            raise _unavailable(error) from error
        return bool(found) and not found.get("deleted")

    @cached_property
    def _channels(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(
            self._pages("channels", self._client.conversations_list, types="public_channel,private_channel", exclude_archived=True)
        )

    @cached_property
    def _users(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self._pages("members", self._client.users_list))

    @cached_property
    def _groups(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(_asked(self._client.usergroups_list).get("usergroups") or ())

    def _pages(self, key: str, ask: Callable[..., Any], **parameters: object) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        for _ in range(PAGES):
            answer = _asked(partial(ask, limit=PAGE, cursor=cursor, **parameters))
            yield from answer.get(key) or ()
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def _asked(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except SlackError as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"Slack did not answer ({word(error)}).")
