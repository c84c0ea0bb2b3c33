"""The doctor: what is wrong with session logging in each account-region, why it matters, and the exact fix. Pure: estates in, checks out."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.doctor import access, destinations, documents, groups, network, nodes, preferences, shells, trail
from bot.core.doctor.facts import Estate
from bot.core.doctor.result import About, Check, examined

CHECKS: tuple[About, ...] = (
    *preferences.CHECKS,
    *shells.CHECKS,
    *documents.CHECKS,
    *access.CHECKS,
    *destinations.CHECKS,
    *groups.CHECKS,
    *nodes.CHECKS,
    *network.CHECKS,
    *trail.CHECKS,
)


def examine(estates: Iterable[Estate]) -> tuple[Check, ...]:
    """Every check on every estate, in the order of the catalogue."""
    return tuple(check for estate in estates for about in CHECKS for check in examined(about, estate))
