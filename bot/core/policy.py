"""What a team has decided: the part of the configuration that commands need to think with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.review.practice import Practice

if TYPE_CHECKING:
    from bot.core.doctor.result import Check
    from bot.core.just_in_time import Expected
    from bot.core.rules import Rulebook, Suppression
    from bot.core.schedule import Line


@dataclass(frozen=True, slots=True)
class Policy:
    """Decisions of a team.

    `people` maps a principal (ARN, session name, user name or e-mail) to a Slack user id. `zones` gives people's own time zones by
    AWS name, where they are not `zone`. `networks` (CIDR) and `destinations` (`host:port`, with `*`) are what is usual; empty means
    that nothing is said of it.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    stale_after: timedelta = timedelta(hours=24)
    longest_span: timedelta = timedelta(days=366)
    page_size: int = 10
    max_pages: int = 50
    rules: Rulebook | None = None
    zone: str = "UTC"
    zones: Mapping[str, str] = field(default_factory=dict)
    hours: tuple[int, int] = (7, 20)
    networks: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    just_in_time: tuple[Expected, ...] = ()  # where a standard session goes past the rule
    concurrent: int = 5  # sessions of one person at a time
    baseline: timedelta = timedelta(days=14)
    suppressions: tuple[Suppression, ...] = ()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schedule: tuple[Line, ...] = ()
    watching: bool = False
    watch_every: timedelta = timedelta(minutes=3)
    watch_budget: float = 0.5  # US dollars an hour
    practice: Practice = field(default_factory=Practice)
    workspace: Callable[[], Iterable[Check]] | None = None  # the doctor's checks of the Slack side
    charts: str = "png"  # png, slack (its own chart block), none
