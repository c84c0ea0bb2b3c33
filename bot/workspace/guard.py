"""Only this machine, and only our own page: a website in the same browser must not reach the workspace.

Checks the Host header against loopback names (DNS rebinding) and the Origin header against the Host (cross-site requests).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Guard:
    """ASGI middleware that answers 403 to anything else; a WebSocket is not accepted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is ours."""
        if scope["type"] in ("http", "websocket") and not _ours(Headers(scope=scope)):
            await JSONResponse({"error": "this workspace serves this machine only"}, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _ours(headers: Headers) -> bool:
    host, origin = headers.get("host", ""), headers.get("origin", "")
    try:
        if urlsplit(f"//{host}").hostname not in LOOPBACK:
            return False
        return not origin or (urlsplit(origin).scheme in ("http", "ws") and urlsplit(origin).netloc == host)
    except ValueError:
        return False
