"""Who asks. Slack's word for it (users.info, usergroups.users.list) is kept for five minutes, so a busy hour costs few calls.

What is not known is not assumed: a person whom Slack does not know is a stranger, and without a word about a user group nobody is in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.core.model import Unavailable
from bot.slack.client import Clients, SlackError, word
from bot.slack.words import Asker, Call

log = structlog.get_logger("slack")
FRESH = 300.0
GONE = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
Facts = Mapping[str, Any]


class People:
    """The people of one workspace, as far as they have asked. `groups` are the ids and @handles that matter."""

    def __init__(self, clients: Clients, identity: Facts, groups: frozenset[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._wanted, self._clock = clients.steady, groups, clock
        self._team_id, self._enterprise = str(identity.get("team_id") or ""), str(identity.get("enterprise_id") or "")
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def asker(self, call: Call) -> Asker:
        """The person behind a call. Raises Unavailable where Slack does not say."""
        user = self._remember(f"user {call.user_id}", lambda: self._user(call.user_id))
        profile = user.get("profile") or {}
        return Asker(
            call.user_id,
            str(user.get("name") or call.user_id),  # unique in the workspace; display names are anybody's choice
            str(user.get("tz") or ""),
            str(profile.get("email") or ""),
            call.team_id,
            call.channel_id,
            call.thread_ts,
            bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            self._strange(user, call),
            frozenset(group for group, members in self._members().items() if call.user_id in members),
        )

    def _strange(self, user: Facts, call: Call) -> bool:
        """Not one of us: Slack says so, or does not know them, or they are of another team and not of our organization."""
        theirs = str((user.get("enterprise_user") or {}).get("enterprise_id") or "")
        elsewhere = {str(user.get("team_id") or ""), call.team_id} - {"", self._team_id} and not (theirs and theirs == self._enterprise)
        return bool(not user or user.get("is_stranger") or user.get("deleted") or user.get("is_bot") or elsewhere)

    def _user(self, user_id: str) -> Facts:
        try:
            return self._client.users_info(user=user_id).get("user") or {}
        except SlackError as error:
            if word(error) in GONE:
                return {}
            raise Unavailable(f"Slack did not tell me who you are ({word(error)}), so I cannot say what you may ask. Try again.") from error

    def _members(self) -> Mapping[str, frozenset[str]]:
        return self._remember("groups", self._groups) if self._wanted else {}

    def _groups(self) -> Mapping[str, frozenset[str]]:
        try:
            found = self._client.usergroups_list().get("usergroups") or ()
            groups = {
                name: str(group["id"]) for group in found for name in (str(group["id"]), f"@{group.get('handle')}") if name in self._wanted
            }
            members = {group: self._client.usergroups_users_list(usergroup=group).get("users") or () for group in set(groups.values())}
        except SlackError as error:
            log.warning("user groups cannot be read", error=word(error))
            raise Unavailable(
                f"Slack did not tell me who is in the user groups ({word(error)}), so I cannot say what you may ask."
            ) from error
        return {name: frozenset(members[group]) for name, group in groups.items()}

    def _remember(self, key: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - gives what it asks for
        now = self._clock()
        with self._lock:
            at, value = self._kept.get(key, (now - FRESH, None))
        if now - at < FRESH:
            return value
        value = ask()
        with self._lock:
            self._kept = {k: v for k, v in self._kept.items() if now - v[0] < FRESH} | {key: (now, value)}
        return value
