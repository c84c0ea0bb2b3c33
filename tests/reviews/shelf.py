"""Reviews in memory, by the same decisions as the store: for ledgers of tests."""

from __future__ import annotations

from dataclasses import replace

from bot.core.flags import joined
from bot.core.model import Refused
from bot.core.review.facts import CLOCK, Move, Review
from bot.core.review.steps import agreed, decide
from bot.core.review.table import Verb


class Shelf:
    """The reviews' part of a ledger in memory. `shelf` may be filled by hand."""

    @property
    def shelf(self):
        return self.__dict__.setdefault("_shelf", {})

    def open_review(self, flag, channel, card, owner, practice, at):
        found = self.review(flag.id)
        if found:
            self.shelf[found.id] = replace(found, flag=joined(found.flag, flag))
            return self.shelf[found.id]
        review = Review(f"r{len(self.shelf):07}", flag, at, at, owner=owner, channel=channel, card=card)
        self.shelf[review.id] = review
        return self.act(Move(review.id, Verb.ASK, CLOCK, at, owner=owner), practice).review if owner.id else review

    def act(self, move, practice):
        if move.review not in self.shelf:
            raise Refused("There is no such review.")
        outcome = decide(self.shelf[move.review], move, practice.on_call)
        self.shelf[move.review] = outcome.review
        return outcome

    def review(self, name):
        return self.shelf.get(name) or next((r for r in self.shelf.values() if name in (r.flag.id, r.flag.session.id)), None)

    def reviews(self, *, pending=True, since=None):
        found = [r for r in self.shelf.values() if not (pending and r.done) and (since is None or r.opened >= since)]
        return tuple(sorted(found, key=lambda r: r.opened, reverse=True))

    def agreed(self):
        return tuple(review for review in self.shelf.values() if agreed(review))

    def story(self, review):
        return ()
