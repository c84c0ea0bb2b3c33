"""Who asks, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """Who may ask what. A role includes those below it."""

    NOBODY = 0
    VIEWER = 1
    RESPONDER = 2
    REVIEWER = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """The role as configuration writes it: `viewer` … `admin`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class User:
    """A person (or the bot's own clock) who asks. `zone` is an IANA name."""

    id: str
    name: str = ""
    zone: str = "UTC"
    email: str = ""
    groups: frozenset[str] = frozenset()  # user group ids and @handles, as far as they matter
    guest: bool = False
