"""A few reviews of the made-up night, so that the way through four eyes can be tried alone: open, answered and escalated ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.core.flags import Flag, flag_blocks, flag_text
from bot.core.model import Level
from bot.core.posts import Post, said
from bot.core.reply import Message, Role
from bot.core.review import Move, Person, Review, State, Verb
from bot.core.times import span
from bot.roof.clockwork import EXPLAIN, own, watching
from bot.roof.reviewing import Reviewing
from commands import _watch

MOST, OF_ONE = 6, 2
CHANNEL = "#sec-flags"
REASON = "Deploy of the orders service: its database needs a hand-made index, and the pipeline cannot reach it."


def seed(reviewing: Reviewing, channel: str = CHANNEL) -> tuple[Review, ...]:
    """Reviews of what the watch finds in the last day; the first that its owner can answer for is answered already."""
    home, now = reviewing.home, reviewing.home.office.clock()
    evidence = home.office.evidence(now, EXPLAIN)
    look = _watch.look(watching(home, now), evidence, span("24h", now), (), own(home.settings), frozenset, wide=True)
    made = tuple(_opened(reviewing, flag, channel) for flag in chosen(look.flags))
    for review in [r for r in made if r.state is State.ASKED and r.owner.sure == "likely"][1:2]:
        owner = Person(review.owner.id, Role.VIEWER)
        home.store.act(Move(review.id, Verb.MINE, owner, now, review.turn, REASON, "CHG-1042"), reviewing.practice)
    return made


def chosen(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """A few flagged sessions, the mildest first so that the worst stands last in the channel; not all of one person."""
    found: list[Flag] = []
    of: Counter[str] = Counter()
    for flag in flags:
        if flag.session.id and flag.level >= Level.MEDIUM and of[flag.session.owner] < OF_ONE and len(found) < MOST:
            of[flag.session.owner] += 1
            found.append(flag)
    return tuple(reversed(found))


def _opened(reviewing: Reviewing, flag: Flag, channel: str) -> Review:
    key = f"flag/{channel}/{flag.id}"[:200]
    post = Post(key, f"flags {channel}", channel, "text", said(Message(flag_text(flag), flag_blocks(flag))), window=f"flag {flag.id}"[:200])
    reviewing.watched().raise_flag(flag, [post], reviewing.home.office.clock())
    review = reviewing.home.store.review(flag.id)
    if review is None:  # raising a flag has opened it
        raise AssertionError(flag.id)
    return review
