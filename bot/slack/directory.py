"""Slack's members as reviews look them up: by e-mail, their zone, and who is in a user group now."""

from __future__ import annotations

from bot.core.model import Unavailable
from bot.slack.client import Clients, SlackError, word

ABSENT = frozenset({"users_not_found", "user_not_found", "user_not_visible"})


class Members:
    """The members of one workspace. Raises Unavailable where Slack does not say: nobody is taken for absent because of that."""

    def __init__(self, clients: Clients) -> None:
        self._client = clients.steady

    def by_email(self, email: str) -> str:
        """The user id of a full member with this address; empty for nobody, guests, bots and people who left."""
        try:
            user = self._client.users_lookupByEmail(email=email).get("user") or {}
        except SlackError as error:
            return self._absent(error)
        odd = any(user.get(key) for key in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"))
        return "" if odd else str(user.get("id") or "")

    def zone(self, user: str) -> str:
        """A member's own time zone (IANA name); empty where Slack knows none."""
        try:
            return str((self._client.users_info(user=user).get("user") or {}).get("tz") or "")
        except SlackError as error:
            return self._absent(error)

    def among(self, names: frozenset[str]) -> frozenset[str]:
        """The user ids behind user ids, user group ids and group @handles."""
        groups = {n for n in names if n[:1] in "S@"}
        try:
            listed = (self._client.usergroups_list().get("usergroups") or ()) if groups else ()
            wanted = [str(g["id"]) for g in listed if {str(g["id"]), f"@{g.get('handle')}"} & groups]
            members = {str(m) for g in wanted for m in self._client.usergroups_users_list(usergroup=g).get("users") or ()}
        except SlackError as error:
            raise Unavailable(f"Slack did not tell me who is in the user groups ({word(error)}).") from error
        return frozenset(n for n in names if n[:1] in "UW") | members

    def group_ids(self, names: frozenset[str]) -> frozenset[str]:
        """The same names with group @handles as ids, which is what notifies a group."""
        try:
            listed = (self._client.usergroups_list().get("usergroups") or ()) if any(n[:1] == "@" for n in names) else ()
        except SlackError as error:
            raise Unavailable(f"Slack did not tell me which user groups there are ({word(error)}).") from error
        ids = {f"@{g.get('handle')}": str(g["id"]) for g in listed}
        return frozenset(ids.get(name, name) for name in names)

    @staticmethod
    def _absent(error: Exception) -> str:
        if word(error) in ABSENT:
            return ""
        raise Unavailable(f"Slack did not tell me whose address that is ({word(error)}).") from error
