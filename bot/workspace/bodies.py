"""The arguments of a request, however they were sent: query, form, multipart or JSON."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from bot.workspace.errors import SlackError
from bot.workspace.facts import Json
from bot.workspace.wire import decoded


async def arguments(request: Request) -> Json:
    """All arguments of a Web API call; the body wins over the query. SlackError `invalid_json`, `json_not_object`."""
    query: Json = dict(request.query_params)
    if request.method == "GET":
        return query
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return {**query, **_object(await request.body())}
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form()
        return {**query, **{name: value for name, value in form.items() if isinstance(value, str)}}
    return query


async def sent_file(request: Request) -> bytes:
    """The bytes of an upload: the first file of a multipart body, else the whole body."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            for value in form.values():
                if not isinstance(value, str):
                    return await value.read()
    return await request.body()


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        value = decoded(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
