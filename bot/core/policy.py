"""What a team has decided: the part of the configuration that commands need to think with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Policy:
    """Decisions of a team.

    `people` maps a principal (ARN, session name, user name or e-mail) to a Slack user id. `node_pattern` and the
    like are not here: what AWS says is evidence, not policy.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    stale_after: timedelta = timedelta(hours=24)
    longest_span: timedelta = timedelta(days=366)
    page_size: int = 10
    max_pages: int = 50
    rules: Rulebook | None = None
