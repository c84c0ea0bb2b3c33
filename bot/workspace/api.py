"""The Web API's door: token, scopes, rate and required arguments are checked alike for every method.

Source: docs.slack.dev/apis/web-api. Errors are HTTP 200 with `ok: false`; only rate limits and breakdowns are not.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.workspace import hooks
from bot.workspace.bodies import arguments, sent_file
from bot.workspace.call import Call, Method, said
from bot.workspace.errors import RateLimited, SlackError
from bot.workspace.facts import App, Json
from bot.workspace.methods import METHODS
from bot.workspace.rates import Rates
from bot.workspace.sockets import Hub
from bot.workspace.state import Workspace


class Api:
    """The endpoints that the app calls."""

    def __init__(self, workspace: Workspace, hub: Hub) -> None:
        self._workspace, self._hub = workspace, hub
        self._rates = Rates(workspace.faults, workspace.clock)

    async def method(self, request: Request) -> Response:
        """`/api/METHOD`."""
        name = request.path_params["method"]
        try:
            await self._trouble(name)
            body = await self._answer(request, name)
        except RateLimited as limit:
            late = {"Retry-After": str(limit.seconds)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=late)
        except SlackError as error:
            return JSONResponse({"ok": False, "error": error.word, **error.more})
        except Broken:
            return PlainTextResponse("Internal Server Error", status_code=500)
        return JSONResponse({"ok": True, **body}, headers={"x-oauth-scopes": ",".join(self._workspace.app.scopes)})

    async def upload(self, request: Request) -> Response:
        """The bytes of a file, to the address that files.getUploadURLExternal gave."""
        item = self._workspace.files.get(request.path_params["file"])
        if item is None or item.body is not None:
            return PlainTextResponse("not found", status_code=404)
        body = await sent_file(request)
        if len(body) != item.length:
            return PlainTextResponse(f"expected {item.length} bytes, got {len(body)}", status_code=400)
        self._workspace.files[item.id] = replace(item, body=body)
        return PlainTextResponse(f"OK - {len(body)}")

    async def hook(self, request: Request) -> Response:
        """A response_url."""
        try:
            hooks.use(self._workspace, request.path_params["hook"], await arguments(request))
        except hooks.Gone as gone:
            return PlainTextResponse(str(gone), status_code=404)
        except SlackError as error:
            return PlainTextResponse(error.word, status_code=400)
        return PlainTextResponse("ok")

    async def _trouble(self, name: str) -> None:
        slow = self._workspace.faults.take("slow", name)
        if slow:
            await asyncio.sleep(slow.seconds)
        if self._workspace.faults.take("500", name):
            raise Broken

    async def _answer(self, request: Request, name: str) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        args = await arguments(request)
        _authorise(self._workspace.app, method, _token(request, args))
        args.pop("token", None)
        self._rates.check(name, method.tier, str(args.get("channel", "")))
        missing = [field for field in method.required if args.get(field) in (None, "")]
        if missing:
            raise SlackError("invalid_arguments", **said(*(f"missing required field: {field}" for field in missing)))
        return method.run(Call(self._workspace, self._hub, name, args))


class Broken(Exception):
    """An internal error that was ordered."""


def _token(request: Request, args: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(args.get("token") or "")


def _authorise(app: App, method: Method, token: str) -> None:
    if method.token == "none":  # noqa: S105 - a kind of token
        return
    if not token:
        raise SlackError("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise SlackError("invalid_auth")
    if (token == app.app_token) != (method.token == "app"):  # noqa: S105 - a kind of token
        raise SlackError("not_allowed_token_type")
    if method.token == "bot" and method.scopes and not set(method.scopes) & set(app.scopes):  # noqa: S105 - a kind of token
        raise SlackError("missing_scope", needed=method.scopes[0], provided=",".join(app.scopes))
