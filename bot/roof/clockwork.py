"""The clock's wiring: lines → the desk → the outbox → Slack. `start_clock` runs it beside the bot, `countersign clock` alone."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from bot import clock
from bot.clock import Clock, Lease, Running
from bot.core.model import Source, Unavailable
from bot.core.ports import Evidence
from bot.core.posts import Post, said
from bot.core.reply import Ask, Message, Role, User
from bot.core.schedule import Window, line
from bot.core.text import escape
from bot.outbox import Courier, Fence, Outbox, Pace
from bot.roof.house import House

QUEUE = "trouble"
ONCE_A = timedelta(hours=6)  # the same trouble is told once in so long


def start_clock(home: House, courier: Courier, *, alone: bool | None = None) -> Running:
    """The clock of a house, running. `alone` says that no other process shares the store; unless told, an SQLite store is not shared."""
    lease = Lease() if (alone if alone is not None else not home.settings.store.startswith("postgres")) else Lease("clock", owner())
    return Running(made(home, courier, lease)).start()


def made(home: House, courier: Courier, lease: Lease) -> Clock:
    """The clock, not running yet."""
    fence: Fence = (lease.name, lease.owner) if lease.name else ("", "")
    now, tell = home.office.clock, teller(home)
    outbox = Outbox(
        home.store,
        courier,
        Pace(now),
        fence,
        lambda post, why: tell(post.queue, f"{post.channel}: Slack refuses a post ({why}).", post.queue),
    )
    lines = tuple(line(each, home.settings.zone) for each in home.settings.schedule)
    return Clock(lines, home.store, outbox, answerer(home), now, lease, lambda about, why: tell(about, why, about))


def owner() -> str:
    """What this process is called among replicas."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def answerer(home: House) -> clock.Answer:
    """A window's words, asked of the desk by the bot itself. Raises Unavailable where nothing at all could be read, unless that must do."""
    role = Role[home.settings.clock_role.upper()]
    office = home.office

    def answered(window: Window, now: datetime, waited: bool) -> Message:
        asked: list[Evidence] = []

        def kept(explain: bool) -> Evidence:
            asked.append(office.evidence(window.until, explain))
            return asked[-1]

        user = User("clock", "schedule", window.line.zone)
        ask = Ask(user, window.line.words, window.until, role, office.policy, window.line.channel, "clock", values(window, now))
        message = office.desk.answer(ask, kept, office.ledger)
        if not waited and blind(source for one in asked for source in one.asked):
            raise Unavailable(f"Nothing could be read for “{window.line.words}”; I try again.")
        return message

    return answered


def values(window: Window, now: datetime) -> Mapping[str, str]:
    """What a window tells its command: how far back it reaches, and whether it is late."""
    late = {"late": window.until.isoformat()} if now - window.until > clock.LATE else {}
    return {"since": window.since.isoformat(), "until": window.until.isoformat(), "line": window.line.key, **late}


def blind(sources: Iterable[Source]) -> bool:
    """Whether something was asked and no part of it could be read."""
    known = tuple(sources)
    return any(source.unread for source in known) and not any(source.read for source in known)


def teller(home: House) -> Callable[[str, str, str], None]:
    """Tells the admins, or the alerts channel, each trouble once in six hours. Through the outbox, which is not told of its own trouble."""
    of = home.settings
    places = (of.alerts,) if of.alerts else tuple(name for name in of.admins if name.startswith(("U", "W")))

    def tell(about: str, why: str, queue: str) -> None:
        if queue.startswith(QUEUE):
            return
        now = home.office.clock()
        slot = int(now.timestamp() // ONCE_A.total_seconds())
        for place in places:
            key = f"{QUEUE}/{place}/{sha256(f'{about} {why}'.encode()).hexdigest()[:12]}/{slot}"
            text = escape(
                f"Something is wrong with me: {why} This concerns “{about}”. Nothing is lost; I keep trying. `/ssm status` says more."
            )
            home.store.hold(Post(key, f"{QUEUE} {place}", place, "text", said(Message(text))), now)
        home.store.note(now, "clock", "trouble", {"about": about, "why": why})

    return tell
