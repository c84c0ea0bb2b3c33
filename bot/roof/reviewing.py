"""The wiring of reviews: a flag opens one, its owner is found in Slack, silence moves it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import structlog

from bot.config import Settings
from bot.core.flags import Flag
from bot.core.model import Unavailable
from bot.core.posts import Post
from bot.core.review.facts import Known, Review
from bot.core.review.practice import Practice
from bot.core.review.time import tick
from bot.core.review.who import Directory, known, nobody
from bot.roof.evidence import source
from bot.roof.house import House
from bot.slack.client import clients
from bot.slack.directory import Members
from bot.slack.words import Wire
from bot.store.ledger import Store

log = structlog.get_logger("reviews")
EVERY = 30.0  # seconds between looks at what fell due
Reviewers = Callable[[], frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Opens reviews and moves them on. `directory` looks people up; `reviewers` gives who may sign now, None where nobody says."""

    home: House
    directory: Directory
    reviewers: Reviewers = lambda: None

    @property
    def practice(self) -> Practice:
        """How this team reviews."""
        return self.home.office.policy.practice

    def opened(self, flag: Flag, channel: str, card: str) -> Review:
        """The review of a flag whose message has the key `card`; an owner who cannot be looked up now is asked in the channel."""
        return self.home.store.open_review(flag, channel, card, self.owner(flag), self.practice, self.home.office.clock())

    def owner(self, flag: Flag) -> Known:
        """Who owns the flagged session."""
        try:
            return known(flag.session.owner, self.directory)
        except Unavailable as fault:
            log.warning("owner not looked up", why=str(fault))
            return Known("", str(fault), "")

    def watched(self) -> Store:
        """The store as the watch should see it: a flag that is raised opens its review, in the first channel that shows it."""
        return cast("Store", _Watched(self.home.store, self))

    def moved(self) -> int:
        """Everything that fell due; gives how many acts were done. What somebody did meanwhile is left alone."""
        now, done = self.home.office.clock(), 0
        for act in tick(self.home.store.reviews(), now, self.practice.zone, self._reviewers()):
            done += self.home.store.act(act.move(now), self.practice).done
        return done

    def _reviewers(self) -> frozenset[str] | None:
        try:
            return self.reviewers()
        except Unavailable as fault:
            log.warning("reviewers not known", why=str(fault))
            return None


class _Watched:
    def __init__(self, store: Store, reviewing: Reviewing) -> None:
        self._store, self._reviewing = store, reviewing

    def raise_flag(self, flag: Flag, shown: Sequence[Post], at: datetime) -> None:
        self._store.raise_flag(flag, shown, at)
        if shown:
            self._reviewing.opened(flag, shown[0].channel, shown[0].key)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has by that name
        return getattr(self._store, name)


def reviewing(home: House, wire: Wire) -> Reviewing:
    """The reviews of a house that speaks to Slack by this wire."""
    members, of = Members(clients(wire)), home.settings
    signers = frozenset((*of.reviewers, *of.admins, *of.on_call))
    return Reviewing(home, directory(of, members), lambda: members.among(signers))


def notifying(home: House, wire: Wire) -> House:
    """The house with its on-call groups known by id too: Slack notifies nobody of a @handle. Without Slack's word, as it was."""
    office = home.office
    practice = office.policy.practice
    try:
        ids = Members(clients(wire)).group_ids(practice.on_call)
    except Unavailable as fault:
        log.warning("on-call groups not known by id", why=str(fault))
        return home
    known_ = replace(practice, on_call=practice.on_call | ids)
    return replace(home, office=replace(office, policy=replace(office.policy, practice=known_)))


def directory(of: Settings, members: Members) -> Directory:
    """Where people are looked up, in the configured order."""
    from bot.roof.fleet import tagger  # noqa: PLC0415 - boto3 only where AWS is read

    tagged = tagger(of) if of.people_tag and source(of) == "aws" else nobody
    return Directory(members.by_email, tagged, members.zone, of.people, of.people_pattern, of.people_by)
