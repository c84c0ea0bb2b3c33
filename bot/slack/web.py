"""The bot's own pages: signed requests from Slack in HTTP mode, and whatever other routes the roof gives (health, metrics).

Bolt's adapter for Starlette dispatches on the event loop, where one listener would hold up every other request; this one uses its
translations but dispatches on a thread. Bolt checks the signature and its five minutes.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.model import Refused
from bot.slack.words import Meter

BIGGEST = 4 * 1024 * 1024


def slack_route(app: App, meter: Meter) -> Route:
    """`POST /slack/events`: commands, buttons, forms, shortcuts and events alike."""

    async def events(request: Request) -> Response:
        arrived = time.monotonic()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BIGGEST:
                return PlainTextResponse("too large", 413)
        try:
            bolt_request = to_bolt_request(request, bytes(body))
        except (UnicodeDecodeError, ValueError):
            return PlainTextResponse("not a request of Slack's", 400)
        answer = to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))
        meter.acked("http", time.monotonic() - arrived)
        return answer

    return Route("/slack/events", events, methods=["POST"])


class Pages:
    """A server on a thread. `port` is the one it listens on."""

    def __init__(self, host: str, port: int, routes: Sequence[BaseRoute]) -> None:
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            raise Refused(f"Port {port} cannot be used ({error.strerror}): set PORT to a free one.") from error
        self.port = int(self._listener.getsockname()[1])
        config = uvicorn.Config(
            Starlette(routes=list(routes)), log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, name="pages", daemon=True)

    def start(self) -> None:
        """Begin to answer. Requests that came since the port was taken are answered too."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests under way and close the port."""
        self._server.should_exit = True
        self._thread.join(5)
        self._listener.close()
