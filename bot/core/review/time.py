"""Silence: when somebody is reminded, when a review goes on without them, and when it is closed unsigned.

Deadlines are working time (Monday to Friday, nine to five, by the clock of whoever must act), except for what is critical: an attacker
keeps no hours. `tick` is a function of reviews and the moment, so a restart or a late clock loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.model import Level
from bot.core.review.facts import CLOCK, Move, Review
from bot.core.review.table import DUE, State, Verb
from bot.core.times import zone

HOURS = (time(9), time(17))
DAY = timedelta(hours=8)  # of work


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each waits for its person: the owner's answer, the second person's signature, the on-call group's."""

    answer: timedelta
    sign: timedelta
    on_call: timedelta
    any_hour: bool = False


PATIENCE: Mapping[Level, Patience] = {
    Level.CRITICAL: Patience(timedelta(minutes=30), timedelta(hours=1), timedelta(hours=24), any_hour=True),
    Level.HIGH: Patience(timedelta(hours=4), timedelta(hours=4), 2 * DAY),
    Level.MEDIUM: Patience(DAY, 2 * DAY, 5 * DAY),
    Level.LOW: Patience(2 * DAY, 5 * DAY, 10 * DAY),
    Level.INFORMATIONAL: Patience(2 * DAY, 5 * DAY, 10 * DAY),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What is due: the verb, since when, and a sentence why."""

    review: Review
    verb: Verb
    due: datetime
    why: str = ""

    def move(self, at: datetime) -> Move:
        """The act as the bot does it."""
        return Move(self.review.id, self.verb, CLOCK, at, note=self.why)


def after(start: datetime, length: timedelta, zone_name: str) -> datetime:
    """The moment when so much working time has passed since the start. Aware in, UTC out; exact across changes of the clock."""
    where, at, left = zone(zone_name), start.astimezone(UTC), length
    while True:
        opens, closes = _day(at, where)
        begin = max(at, opens)
        if closes is not None and begin < closes:
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        at = _next_midnight(at, where)


def _day(at: datetime, where: ZoneInfo) -> tuple[datetime, datetime | None]:
    day = at.astimezone(where).date()
    opens, closes = (datetime.combine(day, hour, where).astimezone(UTC) for hour in HOURS)
    return opens, closes if day.weekday() < 5 else None


def _next_midnight(at: datetime, where: ZoneInfo) -> datetime:
    day = at.astimezone(where).date() + timedelta(days=1)
    return datetime.combine(day, time(), where).astimezone(UTC)


def patience(review: Review) -> Patience:
    """What the review's level grants."""
    return PATIENCE[review.flag.level]


def deadline(review: Review, zone_name: str = "UTC") -> datetime | None:
    """When the person who must act now must have; None where nobody must. `zone_name` is the reviewers' zone."""
    if review.state is State.SNOOZED:
        return review.until
    return _passed(review, WAIT[review.state](patience(review)), zone_name) if review.state in WAIT else None


WAIT: Mapping[State, Callable[[Patience], timedelta]] = {
    State.OPEN: lambda p: p.answer,
    State.ASKED: lambda p: p.answer,
    State.ANSWERED: lambda p: p.sign,
    State.ESCALATED: lambda p: p.on_call,
}


def _passed(review: Review, length: timedelta, zone_name: str) -> datetime:
    if patience(review).any_hour:
        return review.since + length
    whose = review.owner.zone if review.state is State.ASKED and review.owner.id else zone_name
    return after(review.since, length, whose)


def overdue(review: Review, now: datetime, zone_name: str = "UTC") -> bool:
    """Whether somebody should have acted, and whether it was closed because nobody did."""
    due = deadline(review, zone_name)
    silent = any(step.verb is Verb.LAPSE for step in review.steps) and not review.done
    return review.state is State.EXPIRED or silent or (due is not None and due < now)


def tick(reviews: Iterable[Review], now: datetime, zone_name: str = "UTC", reviewers: frozenset[str] | None = None) -> tuple[Act, ...]:
    """Every act that is due, in the order in which it fell due. `reviewers` are those who still may sign; None: not known."""
    found = [act for review in reviews for act in _due(review, now, zone_name, reviewers)]
    return tuple(sorted(found, key=lambda act: (act.due, act.review.id)))


def _due(review: Review, now: datetime, zone_name: str, reviewers: frozenset[str] | None) -> Iterable[Act]:
    if reviewers is not None and review.reviewer and review.reviewer not in reviewers and not review.done:
        yield Act(review, Verb.HAND_ON, review.since, "who had it may not sign any more")
    if review.state is State.OPEN and review.owner.id:
        yield Act(review, Verb.ASK, review.since)
        return
    due = deadline(review, zone_name)
    if due is None:
        return
    if due <= now:
        yield Act(review, _late(review), due)
    elif review.state in DUE and not _reminded(review):
        half = _passed(review, WAIT[review.state](patience(review)) / 2, zone_name)
        if half <= now:
            yield Act(review, Verb.REMIND, half)


def _late(review: Review) -> Verb:
    if review.state is State.SNOOZED:
        return Verb.RESUME if review.reason else Verb.WAKE
    return Verb.EXPIRE if review.state is State.ESCALATED else Verb.LAPSE


def _reminded(review: Review) -> bool:
    return any(step.verb is Verb.REMIND and step.at >= review.since for step in review.steps)
