"""How people, conversations and user groups look from outside, as the Web API returns them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.workspace.facts import Channel, Group, Json, Person
from bot.workspace.shapes import kept
from bot.workspace.state import Workspace


def person(workspace: Workspace, item: Person) -> Json:
    """A user object; the e-mail only with `users:read.email`."""
    email = item.email if "users:read.email" in workspace.app.scopes else ""
    profile = {
        "real_name": item.real_name,
        "real_name_normalized": item.real_name,
        "display_name": item.name,
        "display_name_normalized": item.name,
        "title": item.title,
        "team": item.team or workspace.team.id,
        **kept(email=email, bot_id=workspace.app.bot_id if item.is_bot else ""),
    }
    return {
        "id": item.id,
        "team_id": item.team or workspace.team.id,
        "name": item.name,
        "real_name": item.real_name,
        "deleted": item.deleted,
        "color": item.color,
        "tz": item.zone,
        "tz_label": item.zone,
        "tz_offset": _offset(item.zone, workspace.clock()),
        "profile": profile,
        "is_admin": item.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": item.is_restricted,
        "is_ultra_restricted": item.is_ultra_restricted,
        "is_bot": item.is_bot,
        "is_app_user": False,
        "updated": 0,
        **({"is_stranger": True} if item.is_stranger else {}),
    }


def _offset(zone: str, now: float) -> int:
    """Seconds east of UTC, now."""
    offset = datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def channel(workspace: Workspace, item: Channel) -> Json:
    """A conversation object as the bot sees it."""
    shared = {
        "id": item.id,
        "created": 0,
        "is_archived": item.is_archived,
        "is_im": item.is_im,
        "is_mpim": item.is_mpim,
        "is_private": item.is_private,
        "is_org_shared": False,
        "context_team_id": workspace.team.id,
    }
    if item.is_im:
        return {**shared, "user": item.user, "is_open": True}
    topic = {"value": item.topic, "creator": "", "last_set": 0}
    return {
        **shared,
        "name": item.name,
        "name_normalized": item.name,
        "is_channel": not item.is_private,
        "is_group": item.is_private,
        "is_member": workspace.app.bot_user in item.members,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "creator": workspace.app.bot_user,
        "topic": topic,
        "purpose": topic,
        "num_members": len(item.members),
    }


def group(workspace: Workspace, item: Group, *, with_users: bool = False) -> Json:
    """A user group object."""
    return {
        "id": item.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "name": item.name,
        "description": "",
        "handle": item.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "user_count": len(item.users),
        "prefs": {"channels": [], "groups": []},
        **({"users": list(item.users)} if with_users else {}),
    }
