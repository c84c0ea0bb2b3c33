"""The clock's wiring: lines → the desk → the outbox → Slack. `start_clock` runs it beside the bot, `countersign clock` alone."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from bot import clock
from bot.clock import Clock, Job, Lease, Running
from bot.config import Settings
from bot.core import watch
from bot.core.ask import Ask
from bot.core.doctor.drift import due
from bot.core.flags import Flag, route
from bot.core.foot import missing
from bot.core.model import Source, Span, Unavailable
from bot.core.parts import LOG, Among, session_of
from bot.core.ports import Evidence
from bot.core.posts import Post, said
from bot.core.reply import Message
from bot.core.roles import Role, User
from bot.core.schedule import Window, following, line
from bot.core.text import escape
from bot.core.watch import Look, Own
from bot.health import Metrics
from bot.outbox import Courier, Fence, Outbox, Pace
from bot.roof.house import House
from bot.slack.client import clients
from bot.slack.courier import SlackCourier
from bot.slack.words import Wire
from bot.watcher import Limits, Watcher
from bot.watcher_ports import Unread
from commands import _drift, _watch

QUEUE = "trouble"
NUMBERS = re.compile(r"\d+")
EXPLAIN = False
SILENT = timedelta(minutes=2)
VISITS = timedelta(minutes=10)  # between the questions whether the doctor is due
BEFORE_DIGEST = timedelta(hours=1)
ONCE_A = timedelta(hours=6)  # the same trouble is told once in so long


def start_clock(home: House, courier: Courier, *, alone: bool | None = None, more: tuple[Job, ...] = ()) -> Running:
    """The clock of a house, running, with `more` to do where it leads. `alone` says that no other process shares the store; unless told, an SQLite store is not shared."""
    lease = Lease() if (alone if alone is not None else not home.settings.store.startswith("postgres")) else Lease("clock", owner())
    clockwork = made(home, courier, lease)
    of = home.settings
    jobs = (Job("watch", of.watch_every.total_seconds(), watcher(home).once),) if of.flags else ()
    visits = (Job("doctor", VISITS.total_seconds(), visitor(home)),) if of.doctor == "daily" else ()
    return Running(clockwork, (*jobs, *visits, *more)).start()


def beside(home: House, wire: Wire, metrics: Metrics, more: tuple[Job, ...] = ()) -> Running:
    """The clock beside a bot that speaks to Slack by this wire, with its numbers among the bot's."""
    running = start_clock(home, SlackCourier(clients(wire), metrics.failed), more=more)
    metrics.watch("countersign_posts_waiting", "Posts that wait in the outbox.", home.store.backlog)
    metrics.watch("countersign_clock_leading", "1 where this process leads.", lambda: float(running.clock.leading))
    metrics.watch(
        "countersign_watch_held_parts", "Parts of the fleet that the watch could not read.", lambda: float(len(home.store.held()))
    )
    metrics.watch("countersign_watch_lag_seconds", "How long ago the watch last looked; 0 where nothing is watched.", lambda: lag(home))
    return running


def lag(home: House) -> float:
    """How far the watch is behind, in seconds."""
    mark = home.store.watermark(watch.NAME) if home.settings.flags else None
    return (home.office.clock() - mark).total_seconds() if mark else 0.0


def checks(home: House, running: Running) -> Mapping[str, Callable[[], str]]:
    """For /readyz: why the clock or the watch is not well. A follower is well while somebody leads."""

    def beaten() -> str:
        at = home.store.beats().get("clock", (None, {}))[0]
        late = at is None or home.office.clock() - at > SILENT
        return "the clock is silent" if late and (home.settings.schedule or home.settings.flags) else ""

    def looked() -> str:
        mark = home.store.watermark(watch.NAME) if home.settings.flags else None
        return watch.behind(mark, home.office.clock(), home.settings.watch_every) if running.clock.leading else ""

    return {"clock": beaten, "watch": looked}


def made(home: House, courier: Courier, lease: Lease) -> Clock:
    """The clock, not running yet."""
    fence: Fence = (lease.name, lease.owner) if lease.name else ("", "")
    now, tell = home.office.clock, teller(home)
    outbox = Outbox(
        home.store,
        courier,
        Pace(now),
        fence,
        lambda post, why: tell(post.channel, f"Slack takes no post for {post.channel}: {why}. It waits, and nothing is lost.", post.queue),
        halt := threading.Event(),
    )
    lines = tuple(line(each, home.settings.zone) for each in home.settings.schedule)
    return Clock(lines, home.store, outbox, answerer(home), now, lease, lambda about, why: tell(about, why, about), halt=halt)


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
        ask = Ask(user, window.line.words, window.until, role, office.decided(), window.line.channel, "clock", values(window, now))
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
        same = sha256(NUMBERS.sub("#", f"{about} {why}").encode()).hexdigest()[:12]  # “3 h behind” is the same trouble as “2 h behind”
        told = [Post(f"{QUEUE}/{place}/{same}/{slot}", f"{QUEUE} {place}", place, "text", said(_trouble(about, why))) for place in places]
        if any(home.store.post(post.key) for post in told):
            return
        for post in told:
            home.store.hold(post, now)
        home.store.note(now, "clock", "trouble", {"about": about, "why": why})

    return tell


def _trouble(about: str, why: str) -> Message:
    return Message(escape(f"Something needs an admin: {why} (About: {about}.) `/ssm status` says more."))


def watcher(home: House) -> Watcher:
    """The watch of a house, not running yet."""
    of, office, tell = home.settings, home.office, teller(home)
    limits = Limits(of.watch_every, of.watch_budget, of.watch_flags)

    def look(now: datetime, span: Span, trail: Span, known: tuple[Flag, ...], unread: Unread, among: Among, *, wide: bool) -> Look:
        evidence, ask = office.evidence(now, EXPLAIN), watching(home, now)
        if among.only.startswith(LOG):
            return _watch.again(ask, evidence, *session_of(among.only))
        return _watch.look(ask, evidence.among(among), span, trail, known, own(of), unread, wide=wide, papers=home.store.papers)

    def glance(now: datetime, known: tuple[Flag, ...]) -> Look:
        return _watch.glance(watching(home, now), office.evidence(now, EXPLAIN), known)

    routes = tuple(route(each) for each in of.flags)
    return Watcher(routes, home.store, look, glance, office.clock, limits, lambda about, why: tell(about, why, about))


def visitor(home: House) -> Callable[[], None]:
    """The doctor's visit, where it is due: once a day, and anew in the hour before a digest. It has a thread of its own: no digest waits for it."""
    digests = tuple(line(each, home.settings.zone) for each in home.settings.schedule)
    digests = tuple(each for each in digests if each.words.partition(" ")[0] == "digest")

    tell = teller(home)

    def visit() -> None:
        now = home.office.clock()
        last = home.store.visited(now)
        soon = any((at := following(each, now)) is not None and at - now <= BEFORE_DIGEST for each in digests)
        if due(last, now) or (soon and last is not None and now - last.at > BEFORE_DIGEST):
            evidence = home.office.evidence(now, EXPLAIN)
            if _drift.look(watching(home, now), evidence, home.store) is None:
                why = f"The doctor could look at nothing, so no digest can say what changed. {missing(evidence.asked)}"
                tell("session logging", why.strip(), "session logging")

    return visit


def watching(home: House, now: datetime) -> Ask:
    """The ask behind a look: the bot's own, and no words."""
    return Ask(User("clock", "watch", home.settings.zone), "watch", now, Role.VIEWER, home.office.decided(), via="clock")


def own(of: Settings) -> Own:
    """What the bot stands on, as it is configured."""
    scopes = of.scopes
    return Own(
        tuple(scope.role_arn.rpartition("/")[2] for scope in scopes),
        tuple(scope.table for scope in scopes),
        tuple(scope.workgroup for scope in scopes),
        tuple(group for scope in scopes for group in scope.log_groups),
        tuple(scope.bucket for scope in scopes),
    )
