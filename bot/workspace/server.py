"""The workspace as one web application, wired by hand, and a runner for it on the loopback address.

`build(people, channels)` gives a Starlette app; `serve(app)` runs it in a thread. `app.state.workspace`, `app.state.faults`
and `app.state.hub` are there for tests.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.workspace import page_http, state
from bot.workspace.acts import Acts
from bot.workspace.api import Api
from bot.workspace.delivery import ACK_SECONDS, RETRY_DELAYS, Carrier, Post
from bot.workspace.facts import App, Channel, Group, Person, Team, Value
from bot.workspace.guard import Guard
from bot.workspace.http_delivery import Http
from bot.workspace.modals import Modals
from bot.workspace.page import Page
from bot.workspace.sockets import Hub

UNFRAMED = {"Content-Security-Policy": "frame-ancestors 'none'", "Cache-Control": "no-cache"}
STATIC = Path(__file__).parent / "static"


def build(
    people: Sequence[Person],
    channels: Sequence[Channel],
    clock: Callable[[], float] = time.time,
    *,
    groups: Sequence[Group] = (),
    app: App | None = None,
    team: Team | None = None,
    ack_seconds: float = ACK_SECONDS,
    retry_delays: Sequence[float] = RETRY_DELAYS,
    static: Path = STATIC,
) -> Starlette:
    """A workspace with these people and channels and one installed app. `clock` gives Unix seconds."""
    workspace = state.found(app or App(), team or Team(), people, channels, groups, clock)
    hub = Hub(workspace.ids, workspace.app.id, ack_seconds)
    carrier: Carrier = Http(workspace.app, clock, ack_seconds) if workspace.app.request_url else hub
    acts = Acts(workspace, Post(carrier, workspace.faults, retry_delays))
    built = Starlette(
        routes=[*_api_routes(Api(workspace, hub), hub), *_page_routes(Page(workspace, acts, Modals(acts)), static)],
        middleware=[Middleware(Guard)],
    )
    built.state.workspace, built.state.faults, built.state.hub = workspace, workspace.faults, hub
    return built


@dataclass(slots=True)
class Running:
    """A workspace that runs. `url` is its address without a trailing slash; `api_url` is what SLACK_API_URL wants."""

    url: str
    app: Starlette
    _server: uvicorn.Server
    _thread: threading.Thread
    _loop: asyncio.AbstractEventLoop

    @property
    def api_url(self) -> str:
        """The base of the Web API, with a trailing slash."""
        return f"{self.url}/api/"

    def call(self, work: Coroutine[Any, Any, Any]) -> Value:
        """Run a coroutine on the server's own loop and give its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """Close every connection and wait for the thread; a second time does nothing."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self.app.state.workspace.feed.close)
        self._server.should_exit = True
        self._thread.join()


def serve(app: Starlette, port: int = 0) -> Running:
    """Run the workspace on 127.0.0.1; port 0 takes a free one. OSError when the port is taken."""
    listener = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app.state.workspace.base = url
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    begun: Future[asyncio.AbstractEventLoop] = Future()
    thread = threading.Thread(target=_run, args=(server, listener, begun), name="workspace", daemon=True)
    thread.start()
    loop = begun.result()
    app.state.faults.on_sockets = _striker(app, loop)
    return Running(url, app, server, thread, loop)


def _run(server: uvicorn.Server, listener: socket.socket, begun: Future[asyncio.AbstractEventLoop]) -> None:
    with listener, asyncio.Runner() as runner:
        begun.set_result(runner.get_loop())
        runner.run(server.serve(sockets=[listener]))


def _striker(app: Starlette, loop: asyncio.AbstractEventLoop) -> Callable[[str], None]:
    strikes = {"drop_socket": app.state.hub.cut, "refresh": app.state.hub.refresh}

    def strike(kind: str) -> None:
        asyncio.run_coroutine_threadsafe(strikes[kind](), loop)

    return strike


def _api_routes(api: Api, hub: Hub) -> list[Route | WebSocketRoute]:
    return [
        Route("/api/{method}", api.method, methods=["GET", "POST"]),
        Route("/upload/v1/{file}", api.upload, methods=["POST", "PUT"]),
        Route("/actions/{team}/{hook}", api.hook, methods=["POST"]),
        WebSocketRoute("/link", hub.endpoint),
    ]


def _page_routes(its: Page, static: Path) -> list[Route | Mount]:
    streams = page_http.Streams(its)
    return [
        Route("/", _front(static)),
        *(Route(f"/page/{name}", page_http.told(read)) for name, read in its.reads().items()),
        *(Route(f"/page/{name}", page_http.answered(handler), methods=["POST"]) for name, handler in its.handlers().items()),
        Route("/page/events", streams.events),
        Route("/page/files/{file}", streams.file),
        Mount("/static", StaticFiles(directory=static, check_dir=False)),
    ]


def _front(static: Path) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def front(request: Request) -> Response:
        index = static / "index.html"
        return (
            FileResponse(index, headers=UNFRAMED) if index.is_file() else PlainTextResponse("The page is not installed.", status_code=404)
        )

    return front
