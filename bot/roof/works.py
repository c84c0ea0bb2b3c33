"""The bot at work: the Slack side, the clock beside it, and the reviews that both bring forth. Started in order, ended in the other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.clock import Job
from bot.clock import Running as Clock
from bot.config import Settings
from bot.health import Metrics, routes
from bot.roof import clockwork
from bot.roof.house import House
from bot.roof.reception import Reception
from bot.roof.reviewing import EVERY, notifying, reviewing
from bot.slack import Running as Slack
from bot.slack import Wire, start


@dataclass(frozen=True, slots=True)
class Works:
    """What runs, and the house it runs in."""

    home: House
    slack: Slack
    clock: Clock | None

    def ended(self) -> int:
        """Stops; people whose question was in hand are answered or told. Gives the exit code."""
        if self.clock:
            self.clock.stop()
        left = self.slack.stop(self.home.settings.drain.total_seconds())
        self.home.close()
        if left:
            print(f"{left} questions were told to come back later.", file=sys.stderr)
        return 0


def begun(of: Settings, home: House, port: int | None, *, clock: bool = False) -> Works:
    """Everything running. With `clock` this process schedules, watches and moves reviews on; else `countersign clock` does."""
    metrics = Metrics(sorted(home.office.desk.commands))
    wire = wired(of, port)
    checks: dict[str, Callable[[], str]] = {}
    home = notifying(home, wire)
    slack = start(wire, Reception(home.office, of), metrics, routes(metrics, checks))
    checks["slack"] = slack.ready
    if not clock:
        return Works(home, slack, None)
    beat = clocked(home, wire, metrics)
    checks.update(clockwork.checks(home, beat))
    return Works(home, slack, beat)


def clocked(home: House, wire: Wire, metrics: Metrics) -> Clock:
    """The clock, with reviews: a flag that the watch raises opens one, and what falls due is done."""
    reviews = reviewing(home, wire)
    watched = replace(home, store=reviews.watched())
    return clockwork.beside(watched, wire, metrics, (Job("reviews", EVERY, lambda: _moved(reviews.moved)),))


def _moved(move: Callable[[], int]) -> None:
    move()


def wired(of: Settings, port: int | None) -> Wire:
    """How Slack is reached."""
    named = (of.viewers, of.responders, of.reviewers, of.admins, of.on_call)
    groups = frozenset(name for names in named for name in names if name[:1] in "S@")
    return Wire(
        of.bot_token, of.app_token, of.signing_secret, of.mode, of.api_url, port, workers=of.workers, waiting=of.waiting, groups=groups
    )
