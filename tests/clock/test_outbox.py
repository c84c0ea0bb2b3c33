"""The outbox and the clock in simulated time: what Slack's refusals mean, and that one queue's trouble is its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock, Fires, Job, Lease, Running
from bot.core.model import Refused, Unavailable
from bot.core.posts import Later, NotLeading, Post, Sent, Undeliverable, Unsure
from bot.core.reply import File, Message
from bot.core.schedule import line
from bot.outbox import Outbox, Pace
from bot.store.ledger import Store

BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOURLY, HALF = line("0 * * * * UTC → #one: digest 1h"), line("30 * * * * UTC → #two: risky 1h")


@dataclass
class World:
    """Time that passes when somebody sleeps, and a Slack that does what `trouble` says before it obeys."""

    seconds: float = 0.0
    trouble: dict[str, list] = field(default_factory=dict)
    stands: list[tuple] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def now(self):
        return BEGAN + timedelta(seconds=self.seconds)

    def sleep(self, seconds):
        self.seconds += seconds

    def _obey(self, name, channel):
        self.calls.append(name)
        for key in (f"{name} {channel}", name):
            if self.trouble.get(key):
                found = self.trouble[key].pop(0)
                if isinstance(found, Exception):
                    raise found

    def say(self, channel, text, blocks, key, thread):
        self._obey("say", channel)
        self.stands.append((key, channel, text, thread, self.seconds))
        if self.trouble.get("lost"):
            raise self.trouble["lost"].pop(0)
        return Sent(channel, f"{len(self.stands)}.0")

    def edit(self, sent, text, blocks):
        self._obey("edit", sent.place)
        self.edits.append(text)

    def find(self, channel, key, thread, since):
        self._obey("find", channel)
        return next((Sent(channel, f"{n}.0") for n, each in enumerate(self.stands, 1) if each[0] == key), None)

    def begin(self, name, body, alt):
        self._obey("begin", name)
        return f"F{name}"

    def share(self, file, title, channel, thread):
        self._obey("share", channel)
        self.stands.append((file, channel, title, thread, self.seconds))
        return Sent(channel, "", file)

    def shared(self, file, channel, thread):
        return next((Sent(channel, "9.0", file) for each in self.stands if each[0] == file), None)


@pytest.fixture(name="world")
def _world():
    return World()


@pytest.fixture(name="store")
def _store():
    store = Store("sqlite://")
    yield store
    store.close()


@pytest.fixture(name="told")
def _told():
    return []


@pytest.fixture(name="outbox")
def _outbox(world, store, told):
    return Outbox(
        store, world, Pace(world.now, world.sleep, lambda: world.seconds), told=lambda post, why: told.append((post.channel, why))
    )


def hold(store, *names, channel="#one"):
    for name in names:
        store.hold(Post(name, f"q {channel}", channel, "text", {"text": name, "blocks": []}), BEGAN)


def clock(world, store, outbox, answer=None, lines=(HOURLY, HALF), lease=None):
    for each in lines:
        store.advance(each.key, BEGAN)
    said = answer or (lambda window, now, waited: Message(f"{window.until:%H:%M}"))
    return Clock(lines, store, outbox, said, world.now, lease or Lease())


def test_one_message_a_second_in_a_channel_and_no_wait_between_channels(world, store, outbox):
    hold(store, "a", "b", "c")
    hold(store, "d", channel="#two")
    outbox.flush()
    times = {each[0]: each[4] for each in world.stands}
    assert all(later - sooner >= 1.0 for sooner, later in zip((times["a"], times["b"]), (times["b"], times["c"]), strict=True))
    assert times["d"] - times["c"] < 0.1


def test_retry_after_is_waited_for_and_nothing_is_looked_up(world, store, outbox):
    world.trouble["say"] = [Later(30)]
    hold(store, "a")
    outbox.flush()
    world.seconds += 29
    outbox.flush()
    assert [] == world.stands
    world.seconds += 2
    outbox.flush()
    assert ["say", "say"] == world.calls


def test_a_lost_answer_is_looked_up_and_not_posted_again(world, store, outbox):
    world.trouble["lost"] = [Unsure("reset")]
    hold(store, "a", "b")
    outbox.flush()
    world.seconds += 21
    outbox.flush()
    assert ["a", "b"] == [each[0] for each in world.stands]
    assert ["say", "find", "say"] == world.calls


def test_a_look_up_that_is_refused_does_not_make_it_sure(world, store, outbox):
    """A 429 on the look says nothing of the post before it."""
    world.trouble |= {"lost": [Unsure("reset")], "find": [Later(5), Undeliverable("missing_scope"), Unsure("reset")]}
    hold(store, "a")
    for _ in range(8):
        outbox.flush()
        world.seconds += 400
    assert ["a"] == [each[0] for each in world.stands]
    assert 0 == store.backlog()


def test_an_archived_channel_holds_up_no_other_and_is_told(world, store, outbox, told):
    world.trouble["say #one"] = [Undeliverable("is_archived")] * 3
    hold(store, "a", "b")
    hold(store, "c", channel="#two")
    outbox.flush()
    assert ["c"] == [each[0] for each in world.stands]
    assert ([("#one", "is_archived")], ["is_archived"]) == (told, [post.error for post in store.stuck()])
    for _ in range(4):
        world.seconds += 301
        outbox.flush()
    assert ["c", "a", "b"] == [each[0] for each in world.stands]


def test_slack_down_for_hours_loses_nothing_and_keeps_the_order(world, store, outbox):
    """Every call fails for five hours; then each window stands once, in order."""
    world.trouble |= {"say": [Unsure("refused")] * 400, "find": [Unsure("refused")] * 400}
    ticking = clock(world, store, outbox)
    while world.seconds < 5 * 3600:
        ticking.beat()
        world.seconds += 60
    world.trouble.clear()
    for _ in range(40):
        ticking.beat()
        world.seconds += 30
    ones = [each[2] for each in world.stands if each[1] == "#one"]
    assert ["09:00", "10:00", "11:00", "12:00", "13:00"] == ones[:5]
    assert len(world.stands) == len({each[0] for each in world.stands})


def test_a_thread_waits_for_its_parent(world, store, outbox):
    store.hold(Post("child", "q2", "#two", "text", {"text": "child", "blocks": []}, parent="parent"), BEGAN)
    hold(store, "parent")
    world.trouble["say #one"] = [Later(10)]
    outbox.flush()
    assert [] == world.stands
    world.seconds += 11
    outbox.flush()
    assert [("parent", ""), ("child", "1.0")] == [(each[0], each[3]) for each in world.stands]


def test_an_edit_that_fails_is_edited_later_and_only_the_last_version_counts(world, store, outbox):
    hold(store, "a")
    outbox.flush()
    world.trouble["edit"] = [Later(5), Unsure("reset")]
    for words in ("second", "third"):
        store.hold(Post("a", "q #one", "#one", "text", {"text": words, "blocks": []}), BEGAN)
        outbox.flush()
    for _ in range(3):
        world.seconds += 30
        outbox.flush()
    assert ["third"] == world.edits
    assert 1 == len(world.stands)


def test_a_picture_is_uploaded_before_the_message_that_shows_it(world, store, outbox):
    blocks = ({"type": "image", "slack_file": {"id": "image"}, "alt_text": "chart"},)
    message = Message("x", blocks, (File("rows.csv", b"a"),), image=File("c.png", b"p"))
    clock(world, store, outbox, lambda window, now, waited: message, (HOURLY,))
    ticking = clock(world, store, outbox, lambda window, now, waited: message, (HOURLY,))
    world.seconds = 3601
    ticking.beat()
    assert ["begin", "share", "say", "begin", "share"] == world.calls


@pytest.mark.parametrize(
    ("error", "said"),
    [pytest.param(Refused("I can't read “24x”."), "24x", id="words"), pytest.param(ZeroDivisionError(), "ZeroDivisionError", id="poison")],
)
def test_a_line_that_cannot_be_answered_says_so_and_the_others_go_on(world, store, outbox, error, said):
    def answer(window, now, waited):
        if window.line is HOURLY:
            raise error
        return Message("well")

    ticking = clock(world, store, outbox, answer)
    world.seconds = 3601
    ticking.beat()
    assert [("#two", "well"), ("#one", True)] == sorted(
        ((each[1], each[2] if each[1] == "#two" else said in each[2]) for each in world.stands), reverse=True
    )


def test_evidence_that_does_not_answer_is_waited_for_and_after_an_hour_said(world, store, outbox):
    seen = []

    def answer(window, now, waited):
        seen.append(waited)
        raise Unavailable("nothing could be read")

    ticking = clock(world, store, outbox, answer, (HOURLY,))
    world.seconds = 3601
    while not world.stands:
        ticking.beat()
        world.seconds += 60
    assert (False, True) == (seen[0], True in seen)
    assert timedelta(minutes=60) < world.now() - BEGAN - timedelta(hours=1) < timedelta(minutes=65)
    assert "nothing could be read" in world.stands[0][2]


def test_a_line_that_is_new_begins_now(world, store, outbox):
    ticking = Clock((HOURLY,), store, outbox, lambda *_: Message("x"), world.now)
    ticking.beat()
    assert (BEGAN, []) == (store.watermark(HOURLY.key), world.stands)


def test_a_clock_that_was_set_back_posts_nothing_twice(world, store, outbox):
    ticking = clock(world, store, outbox, lines=(HOURLY,))
    for seconds in (3601, 60, 3601, 7201):
        world.seconds = seconds
        ticking.beat()
    assert ["09:00", "10:00"] == [each[2] for each in world.stands]


def test_who_wants_a_line_now_gets_it_once_and_the_schedule_stays(world, store, outbox):
    ticking = clock(world, store, outbox, lines=(HOURLY,))
    world.seconds = 600
    store.want(HOURLY.key, world.now())
    ticking.beat()
    ticking.beat()
    assert ["08:10"] == [each[2] for each in world.stands]
    assert BEGAN == store.watermark(HOURLY.key)


def test_who_does_not_lead_posts_nothing(world, store):
    """A second process takes the lease; the first, still awake, cannot even begin a post."""
    assert store.lead("clock", "other", 60)
    mine = Outbox(store, world, Pace(world.now, world.sleep, lambda: world.seconds), ("clock", "me"))
    hold(store, "a")
    assert 0 == mine.flush()
    ticking = clock(world, store, mine, lease=Lease("clock", "me"))
    world.seconds = 3601
    ticking.beat()
    assert [] == world.calls
    with pytest.raises(NotLeading):
        store.trying("a", BEGAN, ("clock", "me"))
    store.release("clock", "other")
    ticking.beat()
    assert world.stands


def test_apscheduler_wakes_at_each_firing_of_a_line():
    trigger, found, at = Fires(HOURLY), [], BEGAN
    for _ in range(3):
        found.append(at := trigger.get_next_fire_time(found[-1] if found else None, at))
    assert [BEGAN + timedelta(hours=n) for n in (1, 2, 3)] == found


def test_a_window_that_was_posted_long_ago_is_forgotten_and_its_watermark_is_not(world, store, outbox):
    ticking = clock(world, store, outbox, lines=(HOURLY,))
    world.seconds = 3601
    ticking.beat()
    old = f"{HOURLY.key}/20261123T0900Z/0"
    assert store.post(old)
    world.seconds = timedelta(days=31).total_seconds()
    store.advance(HOURLY.key, world.now() - timedelta(minutes=90))
    ticking.beat()
    assert store.post(old) is None
    assert store.watermark(HOURLY.key) > BEGAN + timedelta(days=30)


def test_a_clock_on_threads_posts_and_stops(world, store, outbox):
    """APScheduler's own threads: the beat that begins with the start posts what is due, and stop gives the lease back."""
    posted = threading.Event()
    ticking = clock(world, store, outbox, lines=(HOURLY,), lease=Lease("clock", "me"))
    world.seconds = 3601
    running = Running(ticking, (Job("look", 0.05, lambda: posted.set() if world.stands else None),), tick=0.05).start()
    try:
        assert posted.wait(10)
    finally:
        running.stop()
    assert ["09:00"] == [each[2] for each in world.stands]
    assert store.lead("clock", "other", 60)
