"""users.* and usergroups.*."""

from __future__ import annotations

from bot.workspace import directory
from bot.workspace.call import Call, Method, paged
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json


def users_info(call: Call) -> Json:
    """One person."""
    return {"user": directory.person(call.workspace, call.workspace.person(call.text("user")))}


def users_list(call: Call) -> Json:
    """Everyone, a page at a time."""
    people = [directory.person(call.workspace, item) for item in call.workspace.people.values()]
    return {**paged(call, "members", people, default=1000), "cache_ts": int(call.workspace.clock())}


def lookup_by_email(call: Call) -> Json:
    """The person with this address; strangers and the deleted are not found, as in Slack."""
    wanted = call.text("email").strip().lower()
    for item in call.workspace.people.values():
        if wanted and item.email.lower() == wanted and not item.is_stranger and not item.deleted:
            return {"user": directory.person(call.workspace, item)}
    raise SlackError("users_not_found")


def usergroups_list(call: Call) -> Json:
    """The user groups, with their people if asked."""
    with_users = call.flag("include_users")
    return {"usergroups": [directory.group(call.workspace, item, with_users=with_users) for item in call.workspace.groups]}


def usergroups_users_list(call: Call) -> Json:
    """The people of one user group."""
    for item in call.workspace.groups:
        if item.id == call.text("usergroup"):
            return {"users": list(item.users)}
    raise SlackError("no_such_subteam")


METHODS = {
    "users.info": Method(users_info, ("users:read",), tier=4, required=("user",)),
    "users.list": Method(users_list, ("users:read",), tier=2),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=3, required=("email",)),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",), tier=2),
    "usergroups.users.list": Method(usergroups_users_list, ("usergroups:read",), tier=2, required=("usergroup",)),
}
