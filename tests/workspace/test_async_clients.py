"""slack_sdk's asynchronous clients, unmodified: AsyncWebClient, and Socket Mode over aiohttp and over `websockets`."""

from __future__ import annotations

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient as OverAiohttp
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websockets import SocketModeClient as OverWebsockets
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import cast
from tests.workspace.payloads import button, plain

MODAL = {
    "type": "modal",
    "title": plain("Flag"),
    "submit": plain("Send"),
    "blocks": [{"type": "input", "block_id": "reason", "label": plain(), "element": {"type": "plain_text_input", "action_id": "text"}}],
}


def web(running, **more):
    return AsyncWebClient("xoxb-local-workspace", base_url=running.api_url, **more)


async def answered(client, request):
    """What a hand-written app does with each envelope."""
    payload, done = request.payload, SocketModeResponse(envelope_id=request.envelope_id)
    if request.type == "slash_commands":
        done.payload = {"text": "hello", "blocks": [{"type": "actions", "block_id": "b", "elements": [button("flag")]}]}
    elif payload["type"] == "view_submission":
        done.payload = {"response_action": "errors", "errors": {"reason": "Say a little more."}}
    await client.send_socket_mode_response(done)
    if payload.get("type") == "block_actions":
        await client.web_client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
    elif payload.get("type") == "event_callback":
        await client.web_client.files_upload_v2(channel=payload["event"]["channel"], content="node,count\n", filename="audit.csv")


def people(driver):
    """What people do meanwhile."""
    driver.say(cast.ANA, "platform", "/ssm active")
    reply = driver.last(cast.ANA, "platform")
    assert "hello" == reply["text"]
    driver.press(cast.ANA, reply, "flag")
    assert {"errors": {"reason": "Say a little more."}} == driver.submit(cast.ANA, driver.view(cast.ANA), {"reason": "hm"})
    driver.say(cast.BEN, "platform", "@countersign audit")
    shared = driver.wait_for(lambda: (last := driver.last(cast.BEN, "platform")) and last.get("files"))
    assert b"node,count\n" == driver.file(shared[0])


async def walk(kind, running, driver):
    client = kind(app_token="xapp-local-workspace", web_client=web(running))
    client.socket_mode_request_listeners.append(answered)
    await client.connect()
    try:
        await asyncio.to_thread(running.call, running.app.state.hub.connected.wait())
        await asyncio.to_thread(people, driver)
    finally:
        await client.close()


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(OverAiohttp, id="aiohttp"),
        pytest.param(OverWebsockets, id="websockets"),
    ],
)
def test_socket_mode(kind, running, driver):
    """A command with an acknowledged message, a click, a modal with errors, an event and an upload."""
    asyncio.run(walk(kind, running, driver))


def test_reads_by_get(running):
    """The asynchronous client reads by GET, with arguments in the query."""

    async def read():
        client = web(running)
        return (await client.users_info(user=cast.ANA.id))["user"]["name"], (await client.conversations_list(limit=1))["channels"][0][
            "name"
        ]

    assert ("ana.ferreira", "ssm-audit") == asyncio.run(read())


def test_errors_reach_the_caller(running):
    """A refusal is a SlackApiError with Slack's word and detail."""

    async def post():
        await web(running).chat_postMessage(channel="#platform", text="hi", blocks=[{"type": "header", "text": plain("x" * 151)}])

    with pytest.raises(SlackApiError) as caught:
        asyncio.run(post())
    assert ["must be less than 151 characters [json-pointer:/blocks/0/text/text]"] == caught.value.response["errors"]


def test_retry_after_is_honoured(running):
    """A client with the rate limit handler comes back after a 429 and is served."""
    running.app.state.faults.add("429", "auth.test", seconds=1)
    handler = AsyncRateLimitErrorRetryHandler(max_retry_count=1)
    waits = []
    handler.prepare_for_next_attempt_async = _noting(waits)

    async def ask():
        return await web(running, retry_handlers=[handler]).auth_test()

    assert asyncio.run(ask())["ok"]
    assert ["1"] == waits


def _noting(waits):
    async def prepare(*, state, request, response=None, error=None):
        state.next_attempt_requested = True
        state.increment_current_attempt()
        waits.append(response.headers["Retry-After"][0])

    return prepare
