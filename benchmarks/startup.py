"""Cold start: from `python` to a bot that Slack has greeted, and what it weighs, stage by stage. `python -m benchmarks.startup [rounds]`.

Each row is a fresh interpreter that does just that; rows share imports, so they do not add up. "ready" is the whole Slack side:
configuration, store, health pages, and Socket Mode greeted by the local workspace.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile

from bot.workspace.cast import CHANNELS, PEOPLE
from bot.workspace.server import build, serve

STAGES = {
    "python itself": "",
    "bot.config": "import bot.config",
    "bot.log": "import bot.log",
    "bot.health": "import bot.health",
    "bot.store (SQLAlchemy)": "import bot.store.ledger",
    "bot.slack (Bolt, websockets, uvicorn)": "import bot.slack",
    "all of the Slack side": "import bot.config, bot.log, bot.health, bot.store, bot.slack",
}
WEIGH = """
spent, cpu = time.perf_counter() - began, time.process_time()
import json, resource
pages = int(open("/proc/self/statm").read().split()[1])
print(json.dumps([spent * 1000, cpu * 1000, pages * resource.getpagesize() / 1e6]))
"""
READY = """
import sys
from bot.config import Settings
from bot.health import Metrics, routes
from bot.slack import Wire, start
from bot.store.ledger import Store
settings = Settings.from_env({"SLACK_BOT_TOKEN": "xoxb-local-workspace", "SLACK_APP_TOKEN": "xapp-local-workspace", "SLACK_API_URL": sys.argv[1],
                              "COUNTERSIGN_STORE": "sqlite:///" + sys.argv[2]})
store, metrics, bots = Store(settings.store), Metrics(), []
pages = routes(metrics, {"slack": lambda: bots[0].ready()})
wire = Wire(settings.bot_token, settings.app_token, api_url=settings.api_url, host="127.0.0.1", port=0)
bots.append(start(wire, object(), metrics, pages))
assert not bots[0].ready()
"""


def weigh(code, *arguments):
    """Milliseconds by the wall (less the interpreter's own start), milliseconds of CPU (all of it), and MB of a fresh interpreter."""
    program = f"import time\nbegan = time.perf_counter()\n{code}\n{WEIGH}\nimport os, sys\nsys.stdout.flush()\nos._exit(0)"
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    run = subprocess.run([sys.executable, "-c", program, *arguments], check=False, capture_output=True, text=True, env=environment)
    if run.returncode:
        raise SystemExit(run.stderr)
    return json.loads(run.stdout.splitlines()[-1])


def main(rounds=5):
    place = serve(build(PEOPLE, CHANNELS))
    print("| stage | ms, median | CPU ms | RSS MB |\n|---|---|---|---|")
    for name, code in STAGES.items():
        show(name, [weigh(code) for _ in range(rounds)])
    with tempfile.TemporaryDirectory() as folder:
        show("ready", [weigh(READY, place.api_url, f"{folder}/{n}.db") for n in range(rounds)])
    place.stop()


def show(name, found):
    print(f"| {name} | " + " | ".join(f"{statistics.median(column):.0f}" for column in zip(*found, strict=True)) + " |", flush=True)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
