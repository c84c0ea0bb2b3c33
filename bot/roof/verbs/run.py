"""`countersign run`: the bot. Without a Slack token it opens a local workspace in the browser, on what it can read or a made-up night."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot import log
from bot.config import Settings
from bot.health import Metrics, routes
from bot.roof import evidence, house, local
from bot.roof.cli import Environment, Verb
from bot.roof.reception import Reception
from bot.slack import Running, Wire, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    parser.add_argument("--archive", default="", metavar="PATH", help="answer from this archive instead of AWS")
    parser.add_argument("--port", type=int, default=local.PORT, help=f"the port of the local workspace's page (default {local.PORT})")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Runs until it is told to stop; finishes what it has in hand."""
    of = house.settings(environment)
    of = replace(of, archive=given.archive) if given.archive else of
    if of.speaks_to_slack:
        log.setup(of.log_level)
        return _served(of)
    log.setup("warning" if of.log_level == "info" else of.log_level)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        return _local(of, given.port, Path(folder))


def _served(of: Settings) -> int:
    stop = stopper()
    home = house.opened(of)
    running = begun(of, home, port=of.port)
    stop.wait()
    return ended(running, home, of)


def _local(of: Settings, port: int, folder: Path) -> int:
    stop = stopper()
    evidence.say(of)
    opener = evidence.opener(of)
    workspace = local.opened(port)
    settings = local.settled(of, workspace, folder)
    home = house.opened(settings, evidence=opener, directory=local.people().get)
    running = begun(settings, home, port=None)
    print(f"Open {workspace.url} in a browser. Ctrl-C ends it.", flush=True)
    stop.wait()
    code = ended(running, home, settings)
    workspace.stop()
    return code


def stopper() -> threading.Event:
    """An event that is set when the process is told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


def begun(of: Settings, home: house.House, port: int | None) -> Running:
    """The Slack side, answering."""
    metrics = Metrics(sorted(home.office.desk.commands))
    groups = frozenset(name for names in (of.viewers, of.responders, of.reviewers, of.admins, of.on_call) for name in names if name[:1] in "S@")
    wire = Wire(
        of.bot_token, of.app_token, of.signing_secret, of.mode, of.api_url, port, workers=of.workers, waiting=of.waiting, groups=groups
    )
    ready: list[Callable[[], str]] = []
    running = start(wire, Reception(home.office, of), metrics, routes(metrics, {"slack": lambda: ready[0]() if ready else "starting"}))
    ready.append(running.ready)
    return running


def ended(running: Running, home: house.House, of: Settings) -> int:
    """Stops in the other order; 0 if nobody was left without an answer."""
    left = running.stop(of.drain.total_seconds())
    home.close()
    if left:
        print(f"{left} questions were told to come back later.", file=sys.stderr)
    return 0


VERB = Verb("run", "run the bot; without a Slack token in a local workspace in the browser", arguments, run)
