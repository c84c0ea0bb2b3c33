"""The page's endpoints as HTTP: JSON answers, files, and the stream of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.workspace import shapes
from bot.workspace.bodies import arguments
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json
from bot.workspace.page import Handler, Page


class Streams:
    """What is not JSON: files and events."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def file(self, request: Request) -> Response:
        """A file's bytes: images in the page, everything else as a download."""
        item = self._page.workspace.files.get(request.path_params["file"])
        if item is None or not item.completed or item.deleted or item.body is None:
            return JSONResponse({"error": "file_not_found"}, status_code=404)
        kind = shapes.mime(item.name)
        shown = "inline" if kind in shapes.KINDS_OF_IMAGE.values() else "attachment"
        heads = {"Content-Disposition": f"{shown}; filename*=utf-8''{quote(item.name, safe='')}", "X-Content-Type-Options": "nosniff"}
        return Response(item.body, media_type=kind, headers=heads)

    async def events(self, request: Request) -> Response:
        """Server-sent events for one person."""
        try:
            person = self._page.person(dict(request.query_params))
        except SlackError as error:
            return JSONResponse({"error": error.word}, status_code=404)
        seen = request.headers.get("last-event-id", "")
        stream = self._page.workspace.feed.follow(person.id, int(seen) if seen.isdigit() else None)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def answered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A POST endpoint: JSON in; JSON out, also under `response`; what cannot be done answers 400 with `error`."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await handler(await arguments(request))
            return JSONResponse({**body, "response": body})
        except SlackError as error:
            return JSONResponse({"error": error.word, **error.more}, status_code=400)

    return endpoint


def told(read: Callable[[Json], Json]) -> Callable[[Request], Awaitable[Response]]:
    """A GET endpoint: query in, JSON out."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(read(dict(request.query_params)))
        except SlackError as error:
            return JSONResponse({"error": error.word}, status_code=404)

    return endpoint
