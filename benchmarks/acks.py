"""How fast 200 commands at once are acknowledged when every question takes 10 s. `python -m benchmarks.acks [commands] [seconds]`.

The strict local workspace and the people run in this process, the bot in another, over real WebSockets. An acknowledgement's time is from the
moment the workspace sends the envelope until its answer is there; Slack gives up after 3 s, and then the person sees `operation_timeout`.
The bot has its default 32 workers and room for 256 that wait; "plain Bolt" is `App()` with `ack()` and then the work, as its guide shows.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time

from slack_bolt import App as Bolt
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot import log
from bot.core.reply import Message
from bot.health import Metrics
from bot.slack import Wire, start
from bot.workspace.acts import Acts
from bot.workspace.cast import ANA, CHANNELS, PEOPLE
from bot.workspace.delivery import Fate, Post
from bot.workspace.facts import App
from bot.workspace.server import build, serve


class Bench:
    """The office: every question takes so many seconds."""

    def __init__(self, seconds):
        self.seconds = seconds

    def answer(self, who, words, via, progress):
        time.sleep(0 if words == "warm" else self.seconds)
        return Message(f"answer to {words}")


def ours(url, seconds):
    log.setup("error")
    start(Wire(App().bot_token, App().app_token, api_url=url), Bench(seconds), Metrics())


def plain(url, seconds):
    app = Bolt(client=WebClient(App().bot_token, base_url=url))

    @app.command("/ssm")
    def listener(ack, command, respond):
        ack()
        time.sleep(0 if command["text"] == "warm" else seconds)
        respond(f"answer to {command['text']}")

    SocketModeHandler(app, App().app_token).connect()


BOTS = {"plain Bolt": plain, "countersign": ours}


def run(name, commands, seconds):
    """Acknowledgement times, how many were acknowledged in time, how many answered, and how long all took."""
    place = serve(build(PEOPLE, CHANNELS))
    workspace, hub = place.app.state.workspace, place.app.state.hub
    acts, times = Acts(workspace, Post(hub, place.app.state.faults)), []
    carry = hub.carry

    async def timed(envelope):
        began = time.perf_counter()
        outcome = await carry(envelope)
        times.append((time.perf_counter() - began, outcome.fate))
        return outcome

    hub.carry = timed

    async def everyone():
        await asyncio.wait_for(hub.connected.wait(), 30)
        await asyncio.sleep(1)  # both connections
        await acts.command(ANA, CHANNELS[0], "/ssm", "warm")
        await asyncio.sleep(1)
        times.clear()
        await asyncio.gather(*(acts.command(ANA, CHANNELS[0], "/ssm", f"audit {n}") for n in range(commands)))

    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    bot = subprocess.Popen([sys.executable, "-m", "benchmarks.acks", "--bot", name, place.api_url, str(seconds)], env=environment)
    try:
        place.call(everyone())
        acked = [spent for spent, fate in times if fate is Fate.ACKED]
        began, answered = time.monotonic(), 0
        while name != "plain Bolt" and answered < commands and time.monotonic() - began < seconds * (commands / 32 + 3):
            time.sleep(0.2)
            answered = sum(item.text.startswith("answer to audit") for item in tuple(workspace.ephemerals[ANA.id].values()))
        return acked, answered, time.monotonic() - began
    finally:
        bot.kill()
        bot.wait()
        place.stop()


def main(commands=200, seconds=10.0):
    print(f"{commands} commands at once, each question takes {seconds:g} s\n")
    print(
        "| bot | acknowledged in 3 s | lost | median ms | p99 ms | most ms | answered | all answered after s |\n|---|---|---|---|---|---|---|---|"
    )
    p99 = {}
    for name in BOTS:
        acked, answered, spent = run(name, commands, seconds)
        milliseconds = sorted(each * 1000 for each in acked)
        p99[name] = statistics.quantiles(milliseconds, n=100)[98] if len(milliseconds) > 1 else float("nan")
        told = (f"{answered}", f"{spent:.1f}") if name != "plain Bolt" else ("not waited for", "")
        numbers = f"{statistics.median(milliseconds):.1f} | {p99[name]:.1f} | {milliseconds[-1]:.1f}"
        print(f"| {name} | {len(acked)} | {commands - len(acked)} | {numbers} | {told[0]} | {told[1]} |", flush=True)
    print(f"\nTarget: p99 ≤ 100 ms, none lost: {'met' if p99['countersign'] <= 100 and len(acked) == commands == answered else 'MISSED'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bot"]:
        BOTS[sys.argv[2]](sys.argv[3], float(sys.argv[4]))
        time.sleep(3600)
    main(*(kind(text) for kind, text in zip((int, float), sys.argv[1:], strict=False)))
