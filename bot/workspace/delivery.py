"""How a payload reaches the app and what the app said to it, whichever way it travels.

Slack gives an app three seconds to acknowledge (docs.slack.dev/interactivity/slash-commands). Interactive payloads are
sent once; events are tried again up to three times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.workspace.facts import Json
from bot.workspace.faults import Faults

ACK_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)


class Fate(Enum):
    """What became of a payload."""

    ACKED = "ok"
    TIMED_OUT = "operation_timeout"
    NOBODY = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of a payload, and what came with the acknowledgement."""

    fate: Fate
    payload: Json | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One payload on its way. `kind` is Socket Mode's envelope type."""

    kind: str
    payload: Json
    accepts_response: bool = False
    retry_attempt: int = 0
    retry_reason: str = ""


class Carrier(Protocol):
    """Socket Mode or HTTP."""

    async def carry(self, envelope: Envelope) -> Outcome:
        """Deliver once and wait for the acknowledgement, at most the acknowledgement time."""


@dataclass(slots=True)
class Post:
    """The post office: one carrier, faults on demand, and retries for events."""

    carrier: Carrier
    faults: Faults
    retry_delays: Sequence[float] = RETRY_DELAYS

    async def send(self, envelope: Envelope) -> Outcome:
        """Deliver a command or interaction, once (twice on the fault of that name; the first answer counts)."""
        if self.faults.take("twice", envelope.kind):
            first, _ = await asyncio.gather(self.carrier.carry(envelope), self.carrier.carry(envelope))
            return self._judged(envelope, first)
        return self._judged(envelope, await self.carrier.carry(envelope))

    async def publish(self, envelope: Envelope) -> None:
        """Deliver an event, and again while nobody acknowledges it."""
        outcome = await self.send(envelope)
        for attempt, delay in enumerate(self.retry_delays, start=1):
            if outcome.fate is Fate.ACKED:
                return
            await asyncio.sleep(delay)
            reason = "timeout" if outcome.fate is Fate.TIMED_OUT else "connection_failed"
            again = Envelope(envelope.kind, envelope.payload, envelope.accepts_response, attempt, reason)
            outcome = await self.send(again)

    def _judged(self, envelope: Envelope, outcome: Outcome) -> Outcome:
        if outcome.fate is Fate.ACKED and self.faults.take("late_ack", envelope.kind):
            return Outcome(Fate.TIMED_OUT)
        return outcome
