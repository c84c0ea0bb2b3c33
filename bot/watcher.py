"""The watch at work: looks every few minutes, turns what it sees into flags, and keeps each flag's message up to date.

Strategy: a look moves the watermark after its flags are stored. A part of the fleet that it could not read is held (`bot/core/parts.py`): it keeps
its own mark and is looked at by itself from there, and what is not held goes on. Nothing is skipped but what Session Manager itself has forgotten.
What looks cost is bounded by an hourly budget, what they say by an hourly number of new flags; both say so when they are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.core import flags, parts, watch
from bot.core.flags import Flag, Route
from bot.core.parts import Among, Held
from bot.core.posts import Post, said
from bot.core.reply import Message
from bot.core.text import escape, plural
from bot.core.watch import Begun, Look
from bot.watcher_ports import Eyes, Rows, Unread

log = structlog.get_logger("watch")
PATIENCE = timedelta(hours=1)  # how long a part may be silent, or a flag refuse to be stored, until the admins hear of it
RETRIES = 12  # held parts that are tried again beside one look
NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, for how much in an hour (US dollars), and how many new flags an hour and channel."""

    every: timedelta = timedelta(minutes=3)
    dollars: float = 0.5
    flags: int = 30


@dataclass(frozen=True, slots=True)
class Hour:
    """What this hour has cost, and whether its wide look, or the day's deep one, is still to come."""

    spent: float
    wide: bool
    deep: bool


@dataclass(slots=True)
class Watcher:
    """Looks and flags. `glance` costs nothing and sees less; `told` hears what is wrong."""

    routes: tuple[Route, ...]
    rows: Rows
    look: Eyes
    glance: Callable[[datetime, tuple[Flag, ...]], Look]
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    told: Callable[[str, str], None] = lambda about, why: None
    strides: dict[str, timedelta] = field(default_factory=dict)  # how far a look goes on, where it was cut; "" is that of all
    refused: dict[str, datetime] = field(default_factory=dict)  # flags that could not be stored, and since when

    def once(self) -> None:
        """One look, and one at each held part that is due. An error is told when the watch falls behind."""
        now = self.now()
        mark = self.rows.watermark(watch.NAME)
        if mark is None:
            self.rows.advance(watch.NAME, mark := now)
        if late := watch.behind(mark, now, self.limits.every):
            self.told("the watch", late)
        hour, known, held = self._hour(now), self.rows.open_flags(now), self.rows.held()
        if hour.spent >= self.limits.dollars:
            self.told(
                "the watch",
                f"Its budget of ${self.limits.dollars:.2f} an hour is spent; until {_next_hour(now):%H:%M} UTC it sees open sessions only.",
            )
            self._raised(self.glance(now, known), now)
            return
        seen = self._looked(mark, now, known, held, hour)
        spent, hour = hour.spent + seen.spent, self._done(mark, now, hour)
        self._beat(now, hour, seen, spent)
        for each in sorted(self.rows.held(), key=lambda one: one.tried or one.since)[:RETRIES]:
            if each.due(now, self.limits.every) and spent < self.limits.dollars:
                spent += self._tried(each, now, known)
        self._beat(now, hour, seen, spent)

    def _looked(self, mark: datetime, now: datetime, known: tuple[Flag, ...], held: tuple[Held, ...], hour: Hour) -> Look:
        """A look at all that is not held. The mark moves when everything that was asked was read, or is held from now on."""
        stride = self.strides.get("", watch.STRIDE)
        without, until = frozenset(each.part for each in held), watch.reached(mark, now, stride)
        span = watch.span(mark, now, watch.WIDE if hour.wide else watch.OVERLAP, stride)
        trail = watch.span(mark, now, watch.DEEP, stride) if hour.deep else span
        seen = self.look(now, span, trail, known, self._unread(held), Among(without=without), wide=hour.wide)
        stored = self._raised(seen, now)
        for trouble in seen.troubles:
            self.told("the watch", trouble)
        fresh = parts.to_hold(seen.reach, held, mark, now)
        for each in (*fresh, *self._lost(seen, without, now), *_waiting(seen, held, mark)):
            self.rows.hold_part(each)
        everything = seen.reach.unread.keys() <= {each.part for each in (*held, *fresh)}
        if stored:
            self._read(seen, now)
        if stored and everything and not seen.more and self._fits("", seen, mark, until, now):
            self.rows.advance(watch.NAME, until)
        return seen

    def _tried(self, each: Held, now: datetime, known: tuple[Flag, ...]) -> float:
        """One held part looked at by itself, from its own mark; what that cost."""
        stride, held = self.strides.get(each.part, watch.STRIDE), self.rows.held()
        late = parts.parted(each.part)[0] == parts.TRAIL and each.part not in self.strides  # the deep looks went on without it
        span = watch.span(each.until, now, watch.OVERLAP, stride)
        trail = watch.span(each.until, now, watch.DEEP, stride) if late else span
        try:
            seen = self.look(now, span, trail, known, self._unread(held), Among(each.part, frozenset(one.part for one in held)), wide=False)
        except Exception as error:  # whatever it is, it must not keep the other parts from being tried
            log.exception("held part not looked at", part=each.part[:120])
            self.rows.hold_part(each.failed(now, f"{type(error).__name__}, see the log"))
            return 0.0
        stored = self._raised(seen, now)
        if stored:
            self._read(seen, now)
        self._settled(each, seen, now, stride, stored=stored)
        return seen.spent

    def _settled(self, each: Held, seen: Look, now: datetime, stride: timedelta, *, stored: bool) -> None:
        """What becomes of a held part: released, caught up with in part, tried again later, or given up. What failed beside it is held by itself."""
        before = {one.part for one in self.rows.held()}
        others = (Held(name, each.until, now, why, 1, now) for name, why in seen.reach.unread.items() if name not in before)
        for one in (*others, *self._lost(seen, before, now)):
            self.rows.hold_part(one)
        until = watch.reached(each.until, now, stride)
        asked = seen.reach.read or seen.reach.unread
        if why := seen.reach.unread.get(each.part) or seen.lost.get(each.part) or ("" if asked else self._absent(each)):
            self._failed(each.failed(now, why), now)
        elif not stored or seen.more or not self._fits(each.part, seen, each.until, until, now):
            self.rows.hold_part(replace(each, tries=0, why=""))
        elif until < now and not each.part.startswith(parts.LOG):
            self.rows.hold_part(replace(each, until=until, tries=0, why=""))
        else:
            self.rows.release_part(each.part)

    def _failed(self, each: Held, now: datetime) -> None:
        """Try again later, and tell when it takes long. A log is given up when Session Manager has forgotten its session."""
        if each.part.startswith(parts.LOG) and now - each.since > watch.OLDEST:
            self.told(each.part, f"{each.part} is given up after {watch.OLDEST.days} days: {each.why}")
            self.rows.release_part(each.part)
            return
        self.rows.hold_part(each)
        if now - each.since > PATIENCE:
            self.told(each.part, f"{parts.sentence(each, now)} It is tried again from there, and nothing is skipped.")

    def _absent(self, each: Held) -> str:
        """Why nothing was asked: its place waits for Session Manager; empty where it is no longer configured, and then it is let go."""
        kind, place = parts.parted(each.part)
        if kind != parts.SESSIONS and any(one.part == parts.part(parts.SESSIONS, place) for one in self.rows.held()):
            return f"It waits for Session Manager of {place}."
        self.told(
            each.part, f"{each.part} is not configured any more; what it held since {each.until:%Y-%m-%d %H:%M} UTC was not looked at."
        )
        return ""

    def _fits(self, name: str, seen: Look, mark: datetime, until: datetime, now: datetime) -> bool:
        """Whether a look took everything in. One that did not is repeated in strides half as long, as far as that goes."""
        if not seen.cut:
            longer = self.strides.pop(name, watch.STRIDE) * 2
            if longer < watch.STRIDE:
                self.strides[name] = longer
            return True
        if until - mark > watch.SHORTEST:
            self.strides[name] = max((until - mark) / 2, watch.SHORTEST)
            return False
        self.told(
            "the watch", f"There is more up to {until:%H:%M} UTC than one look can take; `/ssm digest` of that time shows what it left out."
        )
        return True

    def _lost(self, seen: Look, before: Collection[str], now: datetime) -> tuple[Held, ...]:
        """Logs that no place handed out just now."""
        return tuple(Held(name, now, now, why, 1, now) for name, why in seen.lost.items() if name not in before)

    def _read(self, seen: Look, now: datetime) -> None:
        """Logs that were judged are not read again, and no longer waited for."""
        self.rows.count(watch.NAME, seen.logs, now)
        read = set(seen.logs)
        for each in self.rows.held():
            if each.part.startswith(parts.LOG) and parts.session_of(each.part)[0] in read:
                self.rows.release_part(each.part)

    def _done(self, mark: datetime, now: datetime, hour: Hour) -> Hour:
        """What is still to come after a look: a wide or deep one that did not move the mark is made again."""
        settled = self.rows.watermark(watch.NAME) != mark or mark >= now
        return replace(hour, wide=hour.wide and not settled, deep=hour.deep and not settled)

    def _beat(self, now: datetime, hour: Hour, seen: Look, spent: float) -> None:
        looks = {"wide": "" if hour.wide else _hour(now), "deep": "" if hour.deep else f"{now:%Y%m%d}"}
        saw = {"sessions": seen.sessions, "events": seen.events, "flags": len(seen.flags)}
        self.rows.beat(watch.NAME, now, {"hour": _hour(now), "spent": spent, **looks, **saw})

    def _hour(self, now: datetime) -> Hour:
        """What this hour has cost so far, and whether its wide look, or the day's deep one, is still to come. A new store begins without a deep one."""
        _, last = self.rows.beats().get(watch.NAME, (now, {}))
        spent = float(last.get("spent", 0.0)) if last.get("hour") == _hour(now) else 0.0
        return Hour(spent, wide=last.get("wide") != _hour(now), deep=bool(last) and last.get("deep") != f"{now:%Y%m%d}")

    def _unread(self, held: tuple[Held, ...]) -> Unread:
        waited = {parts.session_of(each.part)[0] for each in held if each.part.startswith(parts.LOG)}

        def unread(names: Iterable[str]) -> frozenset[str]:
            wanted = frozenset(names) - waited
            return wanted - self.rows.counted_before(watch.NAME, wanted)

        return unread

    def _raised(self, seen: Look, now: datetime) -> bool:
        """Store the flags. False where one could not be and may yet: then the look is repeated."""
        whole = True
        for new in seen.flags:
            try:
                self._raise(new, now)
            except Exception:  # a flag that cannot be stored must not hide the others
                log.exception("flag not raised", flag=new.id[:80])
                first = self.refused.setdefault(new.id, now)
                whole = whole and now - first > PATIENCE
                if now - first > PATIENCE:
                    self.told(
                        "the watch",
                        f"The flag of {new.id[:100]} cannot be stored; the log says why. `/ssm session {new.id[:100]}` shows it.",
                    )
            else:
                self.refused.pop(new.id, None)
        return whole

    def _raise(self, new: Flag, now: datetime) -> None:
        old = self.rows.flag(new.id)
        flag = flags.joined(old, new) if old else new
        channels = sorted({route.channel for route in self.routes if route.takes(flag)})
        if flag == old or not (old or channels):
            return
        self.rows.raise_flag(flag, [self._post(flag, channel, now) for channel in channels], now)

    def _post(self, flag: Flag, channel: str, now: datetime) -> Post:
        key, queue = f"flag/{channel}/{flag.id}"[:200], f"flags {channel}"
        message = Message(flags.flag_text(flag), flags.flag_blocks(flag))
        post = Post(key, queue, channel, "text", said(message), window=f"flag {flag.id}"[:200])
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self.rows.post(key) or self.rows.new_since(queue, hour) < self.limits.flags:
            return post
        self._notice(channel, now)
        return replace(post, after=_next_hour(now))

    def _notice(self, channel: str, now: datetime) -> None:
        said_ = (
            f"{plural(self.limits.flags, 'flag')} have come in this hour, which is all that I post in one. Further ones wait until"
            f" {_next_hour(now):%H:%M} UTC, and none is lost; `/ssm risky 1h` and `/ssm ports 1h` show them now."
        )
        self.rows.hold(
            Post(f"{NOTICES}/{channel}/{_hour(now)}", f"{NOTICES} {channel}", channel, "text", said(Message(escape(said_)))), now
        )


def _waiting(seen: Look, held: tuple[Held, ...], mark: datetime) -> tuple[Held, ...]:
    """Held parts with the sessions that began there since the last look, as far as the others know them."""
    fresh = [each for each in seen.begun if each.at > mark]
    counted = [(each, sum(_missed(each.part, one) for one in fresh)) for each in held if not each.part.startswith(parts.LOG)]
    return tuple(replace(each, waiting=each.waiting + more) for each, more in counted if more)


def _missed(name: str, session: Begun) -> bool:
    kind, place = parts.parted(name)
    return not session.in_trail if kind == parts.TRAIL else session.place == place


def _hour(now: datetime) -> str:
    return f"{now:%Y%m%dT%H}"


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
