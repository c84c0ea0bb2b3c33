"""Socket Mode: up to ten connections; each envelope goes to one of them and must be acknowledged on time.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import itertools
import json

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.delivery import ACK_SECONDS, Envelope, Fate, Outcome
from bot.workspace.facts import Json
from bot.workspace.ids import Ids
from bot.workspace.wire import decoded

MOST_CONNECTIONS = 10


class Hub:
    """The open connections and the envelopes that wait for an answer. A ticket from apps.connections.open opens one."""

    def __init__(self, ids: Ids, app_id: str, ack_seconds: float = ACK_SECONDS) -> None:
        self._ids, self._app_id, self._ack_seconds = ids, app_id, ack_seconds
        self._links: list[WebSocket] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._tickets: set[str] = set()
        self.connected = asyncio.Event()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._links)

    def ticket(self) -> str:
        """A single-use ticket for one connection."""
        ticket = self._ids.next("ticket-", 12)
        self._tickets.add(ticket)
        return ticket

    async def endpoint(self, socket: WebSocket) -> None:
        """One connection's life: hello, then acknowledgements until either side hangs up."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self._links) >= MOST_CONNECTIONS:
            await socket.close(4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._links.append(socket)
        try:
            await socket.send_text(json.dumps(self._hello()))
            self.connected.set()
            await self._listen(socket)
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: starlette's word for a socket that we closed ourselves
            pass
        finally:
            self._drop(socket)

    async def carry(self, envelope: Envelope) -> Outcome:
        """Send to the connection whose turn it is; wait for its acknowledgement."""
        if not self._links:
            return Outcome(Fate.NOBODY)
        envelope_id = self._ids.next("e-", 12)
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            if not await self._send(_written(envelope_id, envelope)):
                return Outcome(Fate.NOBODY)
            return Outcome(Fate.ACKED, await asyncio.wait_for(answer, self._ack_seconds))
        except TimeoutError:
            return Outcome(Fate.TIMED_OUT)
        finally:
            del self._waiting[envelope_id]

    async def cut(self) -> None:
        """Close every connection without a word of warning."""
        for link in tuple(self._links):
            self._drop(link)
            await link.close(1011)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every client to reconnect; the old connections get no more envelopes and are closed by the client."""
        for link in tuple(self._links):
            self._drop(link)
            await link.send_text(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}}))

    async def _listen(self, socket: WebSocket) -> None:
        while True:
            answer = _read(await socket.receive_text())
            waiting = self._waiting.get(str(answer.get("envelope_id", "")))
            if waiting is not None and not waiting.done():
                payload = answer.get("payload")
                waiting.set_result(payload if isinstance(payload, dict) and payload else None)

    async def _send(self, text: str) -> bool:
        while self._links:
            link = self._links[next(self._turn) % len(self._links)]
            try:
                await link.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self._drop(link)
            else:
                return True
        return False

    def _hello(self) -> Json:
        about = {"host": "workspace", "approximate_connection_time": 18060, "build_number": 1}
        return {"type": "hello", "num_connections": len(self._links), "debug_info": about, "connection_info": {"app_id": self._app_id}}

    def _drop(self, socket: WebSocket) -> None:
        if socket in self._links:
            self._links.remove(socket)
        if not self._links:
            self.connected.clear()


def _written(envelope_id: str, envelope: Envelope) -> str:
    retry = {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason} if envelope.kind == "events_api" else {}
    head = {"envelope_id": envelope_id, "type": envelope.kind, "accepts_response_payload": envelope.accepts_response}
    return json.dumps({**head, "payload": envelope.payload, **retry})


def _read(text: str) -> Json:
    try:
        answer = decoded(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
