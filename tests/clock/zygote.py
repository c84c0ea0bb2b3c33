"""Forks clocks that may be killed: `python -m tests.clock.zygote API_URL` reads one JSON order a line and answers each child's end.

Everything is imported once; a child begins with what a fresh process would have: a store opened anew and nothing in memory.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import log
from bot.clock import Clock, Lease
from bot.core.posts import Unsure
from bot.core.reply import File, Message
from bot.core.schedule import line
from bot.outbox import Outbox, Pace
from bot.slack.client import clients
from bot.slack.courier import SlackCourier
from bot.slack.words import Wire
from bot.store.ledger import Store
from bot.workspace.facts import App

BEGAN = datetime(2025, 11, 24, 8, 0, tzinfo=UTC)  # long before the workspace's own clock: a look-up begins at the intent
FAST = 50  # simulated seconds a second: Slack's shortest Retry-After is one
LINES = ("0 * * * * UTC → #ssm-audit: digest 1h", "30 * * * * UTC → C0SECFLAG1: risky 1h")
PICTURE = {"type": "image", "slack_file": {"id": "image"}, "alt_text": "chart"}


def now():
    return BEGAN + timedelta(seconds=(time.time() - float(os.environ["CLOCK_ZERO"])) * FAST)


class Steps:
    """Counts every entry and exit of a call, and dies at one of them."""

    def __init__(self, inner, counter, lossy=None):
        self._inner, self._counter, self._lossy = inner, counter, lossy

    def __getattr__(self, name):
        inner = getattr(self._inner, name)
        if not callable(inner):
            return inner

        def call(*args, **kwargs):
            self._counter.step()
            if self._lossy and self._lossy.random() < 0.1:
                raise Unsure("the request was lost")
            result = inner(*args, **kwargs)
            if self._lossy and self._lossy.random() < 0.1:
                raise Unsure("the answer was lost")
            self._counter.step()
            return result

        return call


class Counter:
    def __init__(self, fatal):
        self.count, self.fatal = 0, fatal

    def step(self):
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def answer(window, at, _waited):
    said = f"{window.line.words} until {window.until:%H:%M}"
    chart = File("chart.png", b"\x89PNG\r\n\x1a\n", "chart", "image/png", "chart") if "digest" in window.line.words else None
    blocks = ({"type": "section", "text": {"type": "plain_text", "text": said}}, *([PICTURE] if chart else []))
    thread = (Message(f"{said}: details"),)
    return Message(said, blocks, (File("rows.csv", b"a,b\r\n"),), thread=thread, image=chart, counted=(said,))


def child(order):
    log.setup("error")
    counter = Counter(order.get("kill", 0))
    store = Steps(Store(order["db"]), counter)
    lossy = random.Random(order["seed"]) if order.get("lossy") else None
    courier = Steps(SlackCourier(clients(Wire(App().bot_token, api_url=sys.argv[1]))), counter, lossy)
    lease = Lease("clock", f"p{os.getpid()}", order["lease"]) if order.get("lease") else Lease()
    fence = (lease.name, lease.owner) if lease.name else ("", "")
    pace = Pace(now, apart=0.0, settle=timedelta(seconds=order.get("settle", 5)))
    clock = Clock(
        tuple(line(each) for each in LINES), store, Outbox(store, courier, pace, fence), answer, lambda: min(now(), _end(order)), lease
    )
    if order.get("die_in"):
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, order["die_in"])
    until = time.monotonic() + 30
    while time.monotonic() < until:
        clock.beat()
        if all(
            (mark := store.watermark(each.key)) and mark >= datetime.fromisoformat(order["goals"][place])
            for place, each in enumerate(clock.lines)
        ):
            break
        time.sleep(0.01)
    Path(order["steps"]).write_text(str(counter.count))


def _end(order):
    return datetime.fromisoformat(order["end"])


def main():
    for text in sys.stdin:
        order = json.loads(text)
        os.environ["CLOCK_ZERO"] = str(order["zero"])
        pids = []
        for _ in range(order.get("copies", 1)):
            pid = os.fork()
            if not pid:
                code = 1
                try:
                    child(order | ({"die_in": 0, "kill": 0} if pids else {}))
                    code = 0
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            pids.append(pid)
        print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]), flush=True)


if __name__ == "__main__":
    main()
