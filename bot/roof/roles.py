"""Who may ask what: the highest role whose list names the person or one of their groups."""

from __future__ import annotations

from collections.abc import Collection

from bot.config import Settings
from bot.core.roles import Role


def role(settings: Settings, names: Collection[str], *, full_member: bool = True) -> Role:
    """The role of a person by their names: user id, `@handle` and user groups. `*` means every full member of the workspace."""
    lists = (
        (Role.ADMIN, settings.admins),
        (Role.REVIEWER, settings.reviewers),
        (Role.RESPONDER, settings.responders),
        (Role.VIEWER, settings.viewers),
    )
    known = {name.lower() for name in names}
    for level, people in lists:
        if any(person.lower() in known or (person == "*" and full_member) for person in people):
            return level
    return Role.NOBODY
