"""Socket Mode: a few connections that notice when they are dead, and hand each envelope to Bolt.

Strategy: one thread a connection, each living on its own; while one reconnects the others still hear. On Slack's routine `disconnect` the
next connection is opened at once, and the old one is heard out on the side until Slack closes it. A reset shows at the next read; a
socket that is silently dead shows by a missing pong, after `ping` + `pong` seconds. What arrives is worked on whether or not its
acknowledgement gets through. Why not the client of slack_sdk, with numbers: docs/why/002-socket-client.md.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request import BoltRequest
from slack_sdk.socket_mode.request import SocketModeRequest
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.core.model import Refused
from bot.slack.client import Clients, SlackError, loopback, transient, word
from bot.slack.words import Meter, Wire

log = structlog.get_logger("slack")
FIRST, LONGEST = 0.1, 10.0  # seconds between attempts, doubling
HEARD_OUT = 10.0  # seconds that Slack gives an old connection after `disconnect`
BIGGEST = 4 * 1024 * 1024
LOST = (*SlackError, WebSocketException, ValueError)


class Sockets:
    """The connections of one bot. `connected` counts those that have been greeted."""

    def __init__(self, app: App, clients: Clients, wire: Wire, meter: Meter) -> None:
        self._app, self._clients, self._wire, self._meter = app, clients, wire, meter
        self._stop = threading.Event()
        self._numbers = itertools.count()
        self._greeted = threading.Condition()
        self._open: set[ClientConnection] = set()
        self._hearing: set[ClientConnection] = set()
        self._hands = ThreadPoolExecutor(4, thread_name_prefix="slack-dispatch")

    @property
    def connected(self) -> int:
        """How many connections Slack has greeted and not yet taken leave of."""
        return len(self._hearing)

    def start(self) -> None:
        """Open the connections. Raises Refused where Slack does not accept the app token."""
        try:
            self._url()
        except SlackError as error:
            if not transient(error):
                raise Refused(REFUSED.format(error=word(error))) from error
        for _ in range(self._wire.sockets):
            self._spawn()

    def wait(self, seconds: float) -> bool:
        """Wait until at least one connection is greeted."""
        with self._greeted:
            return self._greeted.wait_for(lambda: bool(self._hearing), seconds)

    def close(self) -> None:
        """Close every connection; what has arrived is still handed over."""
        self._stop.set()
        for socket in tuple(self._open):
            socket.close()
        self._hands.shutdown(wait=True)

    def _url(self) -> str:
        opened = self._clients.bare.apps_connections_open(app_token=self._wire.app_token)
        return str(opened.get("url") or "")

    def _spawn(self) -> None:
        threading.Thread(target=self._live, name=f"slack-socket-{next(self._numbers)}", daemon=True).start()

    def _live(self) -> None:
        """Connect, listen, connect again; until the bot stops, or a successor has taken over."""
        delays = _delays()
        while not self._stop.is_set():
            greeted, replaced = False, False
            try:
                with self._connect() as socket:
                    greeted, replaced = self._hear(socket)
            except LOST as error:
                self._meter.failed("socket", word(error))
                log.warning("cannot connect", error=word(error))
            if replaced:
                return
            delays = _delays() if greeted else delays
            self._stop.wait(0.0 if greeted else next(delays))

    def _connect(self) -> AbstractContextManager[ClientConnection]:
        url = self._url()
        return connect(
            url,
            ping_interval=self._wire.ping,
            ping_timeout=self._wire.pong,
            close_timeout=0.5,
            open_timeout=5,
            max_size=BIGGEST,
            compression=None,
            proxy=None if loopback(url) else True,
        )

    def _hear(self, socket: ClientConnection) -> tuple[bool, bool]:
        """Listen until the connection ends; gives whether it was greeted, and whether a successor was called meanwhile."""
        self._open.add(socket)
        greeted = replaced = False
        try:
            for message in () if self._stop.is_set() else _messages(socket):
                kind = message.get("type")
                if kind == "hello":
                    greeted = self._greet(socket)
                elif kind == "disconnect" and not replaced:
                    replaced = self._replace(socket, message)
                elif "envelope_id" in message:
                    self._hands.submit(self._try, socket, message, time.monotonic())
        except (ConnectionClosed, OSError, RuntimeError) as error:  # RuntimeError: an envelope that comes while stopping
            log.info("connection ended", error=type(error).__name__, replaced=replaced)
        finally:
            self._hearing.discard(socket)
            self._open.discard(socket)
        return greeted, replaced

    def _replace(self, socket: ClientConnection, message: dict[str, Any]) -> bool:
        """Call a successor at once, and hear the old connection out for as long as Slack keeps it."""
        log.info("disconnect", reason=message.get("reason"))
        self._hearing.discard(socket)
        self._spawn()
        timer = threading.Timer(HEARD_OUT, socket.close)
        timer.daemon = True
        timer.start()
        return True

    def _greet(self, socket: ClientConnection) -> bool:
        with self._greeted:
            self._hearing.add(socket)
            self._greeted.notify_all()
        return True

    def _try(self, socket: ClientConnection, message: dict[str, Any], arrived: float) -> None:
        try:
            self._handle(socket, message, arrived)
        except Exception:
            log.exception("an envelope could not be handled")

    def _handle(self, socket: ClientConnection, message: dict[str, Any], arrived: float) -> None:
        request = SocketModeRequest.from_dict(message)
        if request is None:
            return
        answer = self._app.dispatch(BoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request)))
        payload = {"payload": _payload(answer.body)} if answer.body else {}
        try:
            socket.send(json.dumps({"envelope_id": request.envelope_id, **payload}))
        except (ConnectionClosed, OSError):
            log.warning("not acknowledged: the connection was lost", kind=request.type)
            self._meter.failed("socket", "not_acknowledged")
        else:
            self._meter.acked(request.type, time.monotonic() - arrived)


REFUSED = "Slack does not accept SLACK_APP_TOKEN ({error}): use an app-level token of this app with the scope connections:write."


def _messages(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    while True:
        try:
            found = json.loads(socket.recv())
        except ValueError:
            continue  # not JSON: nothing that Slack sends
        if isinstance(found, dict):
            yield found


def _payload(body: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(body)
    except ValueError:
        return {"text": body}


def _delays() -> Iterator[float]:
    """Seconds to wait before each further attempt: doubling, and scattered so that many bots do not come at once."""
    return (min(LONGEST, FIRST * 2**step) * random.uniform(0.5, 1) for step in itertools.count())  # noqa: S311 - not a secret
