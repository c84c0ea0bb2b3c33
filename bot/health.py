"""What the bot tells those who watch it: alive, ready (and if not, why), and its numbers in Prometheus's text format.

Labels come from fixed sets: a verb that no command has is `other`, so nobody can fill the registry by typing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
ASK_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
KINDS = frozenset({"slash_commands", "interactive", "events_api", "http"})
Checks = Mapping[str, Callable[[], str]]


class Metrics:
    """The bot's numbers. `verbs` are the known commands."""

    def __init__(self, verbs: Sequence[str] = (), now: Callable[[], float] = time.time) -> None:
        self._verbs, self._now = frozenset(verbs), now
        self.registry = CollectorRegistry()
        its = self.registry
        about = "From a delivery of Slack's to our acknowledgement."
        self._acks = Histogram("countersign_ack_seconds", about, ["kind"], buckets=ACK_SECONDS, registry=its)
        self._asks = Counter("countersign_questions", "Questions by verb and outcome.", ["verb", "outcome"], registry=its)
        about = "From a question to its answer."
        self._seconds = Histogram("countersign_question_seconds", about, ["verb"], buckets=ASK_SECONDS, registry=its)
        self._errors = Counter("countersign_errors", "Errors that a service answered, by its own word.", ["service", "error"], registry=its)
        self._success = Gauge("countersign_last_success_timestamp_seconds", "When a question was last answered.", registry=its)

    def acked(self, kind: str, seconds: float) -> None:
        """A delivery was acknowledged after so many seconds."""
        self._acks.labels(kind if kind in KINDS else "other").observe(seconds)

    def asked(self, verb: str, outcome: str, seconds: float) -> None:
        """A question ended, and how."""
        known = verb if verb in self._verbs else "other"
        self._asks.labels(known, outcome).inc()
        self._seconds.labels(known).observe(seconds)
        if outcome == "answered":
            self._success.set(self._now())

    def failed(self, service: str, error: str) -> None:
        """A service (slack: web_api, response_url, socket; aws: its name) answered with an error word."""
        self._errors.labels(service, error[:60]).inc()

    def watch(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Show a number that is read at every scrape."""
        Gauge(name, about, registry=self.registry).set_function(read)


def routes(metrics: Metrics, checks: Checks) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`. A check gives why it is not ready, or nothing."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        reasons = await run_in_threadpool(_reasons, checks)
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def numbers(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", numbers)]


def app(metrics: Metrics, checks: Checks) -> Starlette:
    """The three pages as an application of their own."""
    return Starlette(routes=routes(metrics, checks))


def _reasons(checks: Checks) -> dict[str, str]:
    return {name: reason for name, check in checks.items() if (reason := _reason(check))}


def _reason(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a check that fails is a reason
        return f"the check failed: {type(error).__name__}"
