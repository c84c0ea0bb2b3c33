"""How long a bot is deaf after its connection is disturbed, by Socket Mode client. `python -m benchmarks.sockets [rounds]`.

Each client runs the same Bolt app against the strict local workspace through a TCP relay. A fault strikes; commands are then typed one after
the other (each waits 0.25 s for its acknowledgement) until one is acknowledged; that is the deafness. `refresh` is Slack's routine
`disconnect` with the old socket left open, `reset` a RST on both ends, `dead` a path that swallows every byte without a word.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot import log
from bot.slack import start
from tests.slack.cable import Cable
from tests.slack.town import Meter, Office, Town

LONGEST = 90.0
FAULTS = ("refresh", "reset", "dead")


def bolt(town):
    client = WebClient(base_url=town.api_url)
    result = AuthorizeResult(enterprise_id=None, team_id="T", bot_user_id="U", bot_id="B", bot_token="xoxb-x")
    app = App(client=client, authorize=lambda **_: result, request_verification_enabled=False, listener_executor=ThreadPoolExecutor(32))
    app.command("/ssm")(lambda ack: ack())
    return app


def handler(module, **options):
    """A client of slack_sdk behind Bolt's own handler."""

    def begin(town):
        adapter = importlib.import_module(module)
        its = adapter.SocketModeHandler(bolt(town), town.workspace.app.app_token, **options)
        its.connect()
        return its.close

    return begin


def aiohttp(town):
    """slack_sdk's aiohttp client on a loop of its own, bridged to the same synchronous app."""
    module = importlib.import_module("slack_sdk.socket_mode.aiohttp")  # aiohttp is no dependency of ours: install it to compare
    web = importlib.import_module("slack_sdk.web.async_client").AsyncWebClient(base_url=town.api_url)
    app, loop = bolt(town), asyncio.new_event_loop()

    async def listen(client, request):
        await loop.run_in_executor(None, app.dispatch, BoltRequest(mode="socket_mode", body=request.payload))
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    async def run():
        client = module.SocketModeClient(town.workspace.app.app_token, web_client=web, ping_interval=2)
        client.socket_mode_request_listeners.append(listen)
        await client.connect()
        return client

    threading.Thread(target=loop.run_forever, daemon=True).start()
    client = asyncio.run_coroutine_threadsafe(run(), loop).result()
    return lambda: asyncio.run_coroutine_threadsafe(client.close(), loop).result(10)


def ours(sockets):
    def begin(town):
        running = start(replace(town.wire, sockets=sockets), Office(), Meter())
        return lambda: running.stop(1)

    return begin


CLIENTS = {
    "slack_sdk built-in, ping 10 s": handler("slack_bolt.adapter.socket_mode.builtin"),
    "slack_sdk built-in, ping 2 s": handler("slack_bolt.adapter.socket_mode.builtin", ping_interval=2),
    "websocket-client, ping 2 s": handler("slack_bolt.adapter.socket_mode.websocket_client", ping_interval=2),
    "slack_sdk aiohttp, ping 2 s": aiohttp,
    "ours, 1 connection": ours(1),
    "ours, 2 connections": ours(2),
}


def strike(town, fault):
    hub = town.place.app.state.hub
    if fault == "refresh":
        town.faults.add("refresh")
    elif fault == "reset":
        town.cable.reset()
    else:
        town.cable.freeze()
        town.place.call(hub.cut())  # Slack has given the connection up; the word of it goes into the dead path


def deaf(begin, fault):
    """Seconds from the fault to the first acknowledgement."""
    town = Town(cable=Cable, ack_seconds=0.25, start_bot=False)
    stop = begin(town)
    try:
        while not town.ask("ready").get("ok"):
            time.sleep(0.05)
        strike(town, fault)
        began = time.monotonic()
        while not town.ask("again").get("ok") and time.monotonic() - began < LONGEST:
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        town.cable.close()
        threading.Thread(target=stop, daemon=True).start()
        town.place.stop()


def main(rounds):
    log.setup("error")
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    print("| client | " + " | ".join(f"{fault}: median (most) s" for fault in FAULTS) + " |\n|---|---|---|---|", flush=True)
    for name, begin in CLIENTS.items():
        found = [[deaf(begin, fault) for _ in range(rounds)] for fault in FAULTS]
        print(f"| {name} | " + " | ".join(f"{statistics.median(each):.2f} ({max(each):.2f})" for each in found) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    os._exit(0)  # clients under test leave threads behind
