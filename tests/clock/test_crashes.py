"""A process that dies at any step of posting: every window stands once and whole, none is lost, and the order holds.

CRASH_RUNS says how many seeded runs (16 unless told): `CRASH_RUNS=400 pytest tests/clock/test_crashes.py`.
"""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.core.schedule import fires, line
from bot.store.ledger import Store
from tests.clock.zygote import BEGAN, LINES

RUNS = int(os.environ.get("CRASH_RUNS", "16"))
DIED = -signal.SIGKILL
WEEK = timedelta(minutes=130)
SHAPE = {"digest": 3, "risky": 3}  # parent, thread, file


class Run:
    """One seeded run: begin, die, begin again, until all that was due stands."""

    def __init__(self, place, zygote, folder, url=""):
        self.place, self.zygote, self.steps = place, zygote, folder / "steps"
        self.url = url or f"sqlite:///{folder}/{uuid.uuid4().hex}.db"
        self.lines = [line(each) for each in LINES]
        self.end = BEGAN + WEEK
        self.due = [list(fires(each, BEGAN, self.end)) for each in self.lines]
        place.app.state.workspace.messages.clear()
        place.app.state.faults.clear()
        store = Store(self.url)
        for each in self.lines:
            store.advance(each.key, BEGAN)
        store.close()

    def go(self, **words):
        """One order to the zygote, at a time when everything is due."""
        zero = time.time() - WEEK.total_seconds() / 50
        goals = [each[-1].isoformat() for each in self.due]
        return self.zygote(db=self.url, zero=zero, end=self.end.isoformat(), goals=goals, steps=str(self.steps), **{"seed": 1, **words})

    def check(self):
        """Every window once, whole, in order; the watermark at its end; nothing waits."""
        workspace = self.place.app.state.workspace
        store = Store(self.url)
        for each, due, channel in zip(self.lines, self.due, ("C0SSMAUDT1", "C0SECFLAG1"), strict=True):
            messages = sorted(workspace.messages[channel].values(), key=lambda item: item.ts)
            keys = Counter(item.metadata.get("event_payload", {}).get("key") for item in messages if item.metadata)
            wanted = [f"{each.key}/{at:%Y%m%dT%H%MZ}/{n}" for at in due for n in (0, 1)]
            assert dict.fromkeys(wanted, 1) == dict(keys)
            parents = [item for item in messages if item.metadata and item.metadata["event_payload"]["key"].endswith("/0")]
            assert [f"{each.words} until {at:%H:%M}" for at in due] == [item.text for item in parents]
            threads = Counter(item.thread_ts for item in messages if item.files)
            assert {item.ts: 1 for item in parents} == dict(threads)
            if "digest" in each.words:
                assert all(item.blocks[1]["slack_file"]["id"] in workspace.files for item in parents)
            assert due[-1] == store.watermark(each.key)
            assert {f"{each.words} until {at:%H:%M}" for at in due} == store.counted_before(
                each.key, [f"{each.words} until {at:%H:%M}" for at in due]
            )
        assert 0 == store.backlog()
        store.close()


def trouble(place, dice):
    """What Slack does in a bad hour."""
    for kind, method in (
        ("429", "chat.postMessage"),
        ("429", "conversations.history"),
        ("500", "chat.postMessage"),
        ("slow", "chat.postMessage"),
        ("500", "files.completeUploadExternal"),
    ):
        if dice.random() < 0.4:
            place.app.state.faults.add(kind, method, times=dice.randint(1, 3), seconds=0.03 if kind == "slow" else 1)


@pytest.fixture(name="steps", scope="module")
def _steps(place, zygote, tmp_path_factory):
    """How many steps a run takes that nobody disturbs."""
    run = Run(place, zygote, tmp_path_factory.mktemp("clean"))
    assert [0] == run.go()
    run.check()
    return int(Path(run.steps).read_text())


def test_killed_at_every_step(place, zygote, steps, tmp_path):
    """SIGKILL before and after each call to the store and to Slack; the next process finishes."""
    dice = random.Random(5)
    fatal = list(range(1, steps + 1)) if steps < RUNS else sorted(dice.sample(range(1, steps + 1), RUNS // 2))
    for step in fatal:
        run = Run(place, zygote, tmp_path)
        assert [DIED] == run.go(kill=step), step
        assert [0] == run.go(), step
        run.check()


def test_killed_again_and_again_while_slack_is_unwell(place, zygote, steps, tmp_path):
    """429s, 500s, slow answers, lost requests and lost answers; up to three deaths a run."""
    for seed in range(RUNS // 2):
        dice = random.Random(seed)
        run = Run(place, zygote, tmp_path)
        trouble(place, dice)
        for _ in range(dice.randint(1, 3)):
            run.go(kill=dice.randint(1, steps), lossy=True, seed=dice.random(), die_in=dice.choice([0, dice.uniform(0.01, 0.3)]))
        assert [0] == run.go(lossy=True, seed=seed), seed
        run.check()


def test_the_leader_dies_and_the_other_finishes(place, zygote, postgres, tmp_path):
    """Two processes on one PostgreSQL: the first to lead is killed at a random moment."""
    for seed in range(max(2, RUNS // 12)):
        dice = random.Random(seed)
        name = f"crash{uuid.uuid4().hex}"
        engine = create_engine(make_url(f"{postgres}/postgres").set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        run = Run(place, zygote, tmp_path, f"{postgres}/{name}")
        trouble(place, dice)
        ends = run.go(copies=2, lease=1.0, die_in=dice.uniform(0.05, 0.5), kill=dice.choice([0, dice.randint(20, 120)]), seed=seed)
        assert 0 == ends[1], seed
        run.check()
