"""Start and stop: tokens are tried, connections opened, pools filled; and in the end everything is given back in the other order."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.routing import BaseRoute

from bot.core.model import Refused, Unavailable
from bot.slack.client import Clients, SlackError, clients, transient, word
from bot.slack.front import Front
from bot.slack.listeners import build
from bot.slack.people import People
from bot.slack.pool import Pool
from bot.slack.post import Post
from bot.slack.socket import Sockets
from bot.slack.web import Pages, slack_route
from bot.slack.words import Meter, Office, Wire

log = structlog.get_logger("slack")
QUICK = 16
INVALID = "Slack does not accept SLACK_BOT_TOKEN ({error}): copy the bot token (xoxb-…) of OAuth & Permissions, and install the app again."
UNSIGNED = "HTTP mode needs SLACK_SIGNING_SECRET (Basic Information): without it anybody could speak in Slack's name."
SILENT = "Slack did not answer auth.test within {seconds:.0f} s ({error}): check the network, its proxy and SLACK_API_URL."


@dataclass(slots=True)
class Running:
    """A bot that answers Slack. `identity` is the answer of auth.test: team_id, user_id, bot_id, team, url."""

    identity: dict[str, Any]
    client: WebClient
    front: Front
    sockets: Sockets | None
    pages: Pages | None

    def ready(self) -> str:
        """Why it cannot answer now; empty when it can."""
        if self.front.work.closed:
            return "stopping"
        if refused := self.front.post.refused:
            return f"Slack does not accept the bot token any more: {refused}"
        return "no connection to Slack" if self.sockets and not self.sockets.connected else ""

    def stop(self, seconds: float = 20.0) -> int:
        """Take no more, finish what is in hand within the seconds, tell the rest, close. Gives how many were told."""
        started = time.monotonic()
        if self.sockets:
            self.sockets.close()
        untold = self.front.quick.drain(min(seconds, 5.0))
        left = untold + self.front.work.drain(max(0.0, seconds - (time.monotonic() - started)))
        if self.pages:
            self.pages.stop()
        log.info("stopped", unfinished=left, seconds=round(time.monotonic() - started, 3))
        return left


def start(wire: Wire, office: Office, meter: Meter, routes: Sequence[BaseRoute] = ()) -> Running:
    """Begin to answer Slack. Raises Refused where a token or the port is not accepted, Unavailable where Slack cannot be reached."""
    if wire.mode == "http" and not wire.signing_secret:
        raise Refused(UNSIGNED)
    slack = clients(wire)
    identity = who_am_i(slack, wire.patience)
    people = People(slack, identity, wire.groups)
    front = Front(office, people, Post(slack, meter), Pool("slack-quick", QUICK, 4096), Pool("worker", wire.workers, wire.waiting), meter)
    app = build(wire, slack.tokenless, identity, front.take, front.check)
    slack_routes = [slack_route(app, meter)] if wire.mode == "http" else []
    pages = Pages(wire.host, wire.port, [*slack_routes, *routes]) if wire.port is not None else None
    sockets = _sockets(app, slack, wire, meter) if wire.mode == "socket" else None
    running = Running(identity, slack.once, front, sockets, pages)
    _watch(running, meter)
    if pages:
        pages.start()
    return running


def who_am_i(slack: Clients, patience: float, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """auth.test, tried again for `patience` seconds while Slack or the network is unwell."""
    spent = 0.0
    for step in itertools.count():
        try:
            return dict(slack.bare.auth_test().data)  # type: ignore[arg-type]  # a dict for every JSON answer
        except SlackError as error:
            if not transient(error):
                raise Refused(INVALID.format(error=word(error))) from error
            if spent >= patience:
                raise Unavailable(SILENT.format(seconds=spent, error=word(error))) from error
            delay = _asked_delay(error) or min(10.0, 0.5 * 2**step)
            log.warning("auth.test failed, trying again", error=word(error), seconds=delay)
            sleep(delay)
            spent += delay
    raise AssertionError  # pragma: no cover - count() does not end


def _asked_delay(error: Exception) -> float:
    headers = getattr(error.response, "headers", None) if isinstance(error, SlackApiError) else None
    found = str((headers or {}).get("Retry-After") or (headers or {}).get("retry-after") or "")
    return float(found) if found.isdigit() else 0.0


def _sockets(app: Any, slack: Clients, wire: Wire, meter: Meter) -> Sockets:  # noqa: ANN401 - Bolt's App, known to listeners alone
    sockets = Sockets(app, slack, wire, meter)
    sockets.start()
    if not sockets.wait(10.0):
        log.warning("no connection yet; trying on")
    return sockets


def _watch(running: Running, meter: Meter) -> None:
    meter.watch("countersign_questions_in_hand", "Questions that run or wait.", lambda: running.front.work.held)
    if (sockets := running.sockets) is not None:
        meter.watch("countersign_slack_connections", "Socket Mode connections that Slack has greeted.", lambda: sockets.connected)
