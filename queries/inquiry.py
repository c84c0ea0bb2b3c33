"""What the questions of one Ask share: the fleet, the time there is, the record of what was asked, and whether to ask at all.

`Shared` lives as long as the bot (clients, documents, schemes, rates); an `Inquiry` lives for one Ask.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from bot.core.model import Place, Source, Span
from bot.core.parts import Among
from queries import athena, insights
from queries.budget import Budget
from queries.clients import Clients
from queries.documents import Library
from queries.fleet import Gathered, gather
from queries.rate import Bucket, Rates
from queries.scheme_model import TableScheme
from queries.scopes import Post, Scope, posts
from queries.sessions import RATE
from queries.sources import Asked

Part = TypeVar("Part")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost: rows it gives, bytes that one query of Athena (`scan`) and of Logs Insights (`search`) may read,
    minutes a result may be old, bytes of a transcript, places asked at once.
    """

    rows: int = 5_000
    scan: int = athena.CEILING
    search: int = insights.CEILING
    reuse: int = athena.REUSE
    transcript: int = 64 * 1024 * 1024
    width: int = 16


@dataclass(slots=True)
class Shared:
    """What outlives an Ask. Making one costs nothing: everything in it is made when first needed."""

    clients: Clients = field(default_factory=Clients)
    limits: Limits = field(default_factory=Limits)
    library: Library = field(default_factory=lambda: Library(time.monotonic))
    schemes: dict[Hashable, TableScheme] = field(default_factory=dict)
    rates: Rates = field(default_factory=lambda: Rates(lambda: Bucket(RATE, RATE)))
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Asking(Generic[Part]):
    """One question before it is asked: whom it is put to, in which words, and how a part is named in the foot."""

    backend: str
    question: str
    query: str
    parts: Sequence[Part]
    name: Callable[[Part], str] = str
    span: Span | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One Ask's way to the fleet."""

    scopes: tuple[Scope, ...]
    shared: Shared
    budget: Budget
    asked: Asked
    explain: bool = False
    among: Among = field(default_factory=Among)
    _posts: list[Post] = field(default_factory=list)

    def posts(self, kind: str = "") -> tuple[Post, ...]:
        """Every scope in every Region, with its account's number if that can be known without failing; those only whose evidence of a kind is asked."""
        if self.explain:
            return posts(self.scopes)
        if not self._posts:
            accounts = self._accounts()
            self._posts.extend(replace(post, account=accounts.get(post.scope, "")) for post in posts(self.scopes))
        return tuple(post for post in self._posts if not kind or self.takes(kind, post))

    def takes(self, kind: str, post: Post) -> bool:
        """Whether a kind of evidence is asked there; before its account is known, a post goes by its scope's name."""
        return self.among.takes(kind, str(post.place), f"{post.scope.name}/{post.region}")

    def post(self, place: Place) -> Post | None:
        """Where a place is read from; None if no scope covers it."""
        return next((post for post in self.posts() if post.place == place), None)

    def put(self, asking: Asking[Part], ask: Callable[[Part], Answer]) -> tuple[Gathered[Part, Answer], Source]:
        """Ask all parts side by side; gives what they said and a Source to complete and add. With `explain` nothing is asked."""
        source = Source(asking.backend, asking.question, asking.query, asking.span)
        if self.explain:
            return Gathered((), (), ()), replace(source, read=tuple(map(asking.name, asking.parts)), note="planned, not asked")
        begun = self.budget.clock()
        said = gather(asking.parts, ask, self.budget, name=asking.name, service=asking.service, width=self.shared.limits.width)
        took = self.budget.clock() - begun
        return said, replace(source, read=said.read, unread=said.unread, seconds=round(took, 3))

    def _accounts(self) -> dict[Scope, str]:
        """Each scope's account number. One that cannot tell is left out: whoever asks it next will say why."""
        return dict(gather(self.scopes, self.shared.clients.account, self.budget, service="sts").answers)


def place_name(post: Post) -> str:
    """How a post is named in the foot of a reply."""
    return str(post.place)
