"""`countersign clock`: the scheduler and the watch as a process of their own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from bot import log
from bot.core.model import Refused
from bot.roof import house
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `clock`."""
    parser.add_argument("--once", action="store_true", help="post what is due now, and end")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Runs until it is told to stop. Raises Refused without a token: the clock has nobody to post to."""
    from bot.health import Metrics, routes  # noqa: PLC0415 - the Slack side and its libraries only where it is used
    from bot.roof.clockwork import checks  # noqa: PLC0415 - as above
    from bot.roof.reviewing import notifying  # noqa: PLC0415 - as above
    from bot.roof.works import clocked, wired  # noqa: PLC0415 - as above
    from bot.slack.web import Pages  # noqa: PLC0415 - as above

    of = house.settings(environment)
    if not of.speaks_to_slack:
        raise Refused(
            "The clock posts to Slack, and SLACK_BOT_TOKEN is not set. `countersign run` without a token opens the local workspace, clock included."
        )
    log.setup(of.log_level)
    home = house.opened(of)
    metrics = Metrics(tuple(home.office.desk.commands))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    wire = wired(of, None)
    running = clocked(notifying(home, wire), wire, metrics)
    pages = Pages("0.0.0.0", of.port, routes(metrics, checks(home, running)))  # noqa: S104 - health is asked from outside a container
    pages.start()
    print(f"The clock runs: {len(of.schedule)} scheduled line(s), {len(of.flags)} route(s) for flags.", file=sys.stderr)
    if not given.once:
        stopped.wait()
    pages.stop()
    running.stop()
    home.close()
    return 0


VERB = Verb("clock", "post what is scheduled and watch for flags", arguments, run)
