"""The wiring by hand: settings → rules, store, evidence, desk → office. Nothing here decides; it only connects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import commands
from bot.config import Settings
from bot.core.desk import Desk
from bot.core.doctor.result import Check
from bot.core.just_in_time import expected
from bot.core.model import Session
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.review.practice import Ended, Practice
from bot.core.roles import User
from bot.core.schedule import line
from bot.roof.evidence import Opener, opener
from bot.roof.office import Office
from bot.store.ledger import Store
from queries.rulebook import load, suppressions

CONFIG = "countersign.toml"


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is open while the bot runs; `close` closes it."""

    settings: Settings
    office: Office
    store: Store

    def close(self) -> None:
        """Closes what was opened."""
        self.store.close()


def settings(environment: Mapping[str, str]) -> Settings:
    """The configuration of the environment and of the TOML file that it names, or of countersign.toml where that exists."""
    named = environment.get("COUNTERSIGN_CONFIG", "")
    path = Path(named or CONFIG)
    return Settings.from_env(environment, path if named or path.is_file() else "")


def now() -> datetime:
    """The clock of the house."""
    return datetime.now(UTC)


def nobody(_user: str) -> User | None:
    """The directory where there is no Slack: it knows nobody."""
    return None


def policy(of: Settings) -> Policy:
    """The team's decisions as commands think with them."""
    return Policy(
        people=of.people,
        stale_after=of.stale_after,
        rules=load(of.rules),
        suppressions=suppressions(of.suppressions) if of.suppressions else (),
        schedule=tuple(line(each, of.zone) for each in of.schedule),
        charts=of.charts,
        teams=of.teams,
        watching=bool(of.flags),
        watch_every=of.watch_every,
        watch_budget=of.watch_budget,
        zone=of.zone,
        zones=of.zones,
        hours=of.hours,
        networks=of.networks,
        destinations=of.destinations,
        just_in_time=tuple(map(expected, of.just_in_time)),
        concurrent=of.concurrent,
        practice=practice(of),
        workspace=_workspace(of) if of.speaks_to_slack else None,
    )


def _workspace(of: Settings) -> Callable[[], Iterable[Check]]:
    def checked() -> Iterable[Check]:
        from bot.roof.slack_side import workspace  # noqa: PLC0415 - slack_sdk only where Slack is asked

        return workspace(of)

    return checked


def practice(of: Settings) -> Practice:
    """How this team reviews."""
    return Practice(frozenset(of.on_call), of.zone, end=_ender(of))


def _ender(of: Settings) -> Callable[[Session], Ended] | None:
    if not of.terminate_role:
        return None
    from bot.roof.fleet import ender  # noqa: PLC0415 - boto3 takes 150 ms to import, and few may end sessions

    return ender(of)


def opened(
    of: Settings,
    *,
    evidence: Opener | None = None,
    clock: Callable[[], datetime] = now,
    directory: Callable[[str], User | None] = nobody,
) -> House:
    """The house of these settings. Raises Unavailable or Malformed with what is wrong."""
    store = Store(_made(of.store), of.keep_answers, clock)
    desk = Desk(discover(commands))
    return House(of, Office(desk, policy(of), store, evidence or opener(of), clock, directory), store)


def _made(url: str) -> str:
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return url
