"""`countersign run`: the bot. Without a Slack token it opens a local workspace in the browser, on what it can read or a made-up night."""

from __future__ import annotations

import argparse
import signal
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from bot import log
from bot.config import Settings
from bot.roof import evidence, house, local
from bot.roof.cli import Environment, Verb
from bot.roof.works import begun


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `run`."""
    parser.add_argument("--archive", default="", metavar="PATH", help="answer from this archive instead of AWS")
    parser.add_argument("--no-clock", action="store_true", help="leave schedule and watch to `countersign clock`, run apart")
    parser.add_argument("--port", type=int, default=local.PORT, help=f"the port of the local workspace's page (default {local.PORT})")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Runs until it is told to stop; finishes what it has in hand."""
    of = house.settings(environment)
    of = replace(of, archive=given.archive) if given.archive else of
    if of.speaks_to_slack:
        log.setup(of.log_level)
        return _served(of, clock=not given.no_clock)
    log.setup("warning" if of.log_level == "info" else of.log_level)
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        return _local(of, given.port, Path(folder), clock=not given.no_clock)


def _served(of: Settings, *, clock: bool) -> int:
    stop = stopper()
    home = house.opened(of)
    works = begun(of, home, of.port, clock=clock)
    stop.wait()
    return works.ended()


def _local(of: Settings, port: int, folder: Path, *, clock: bool) -> int:
    stop = stopper()
    evidence.say(of)
    opener = evidence.opener(of)
    workspace = local.opened(port)
    settings = local.settled(of, workspace, folder)
    home = house.opened(settings, evidence=opener, directory=local.people().get)
    if clock:
        local.seeded(home)
        if evidence.source(of) == "night":
            local.looked(home)
    works = begun(settings, home, None, clock=clock)
    print(f"Open {workspace.url} in a browser. Ctrl-C ends it.", flush=True)
    stop.wait()
    code = works.ended()
    workspace.stop()
    return code


def stopper() -> threading.Event:
    """An event that is set when the process is told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


VERB = Verb("run", "run the bot; without a Slack token in a local workspace in the browser", arguments, run)
