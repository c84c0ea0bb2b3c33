"""A small AWS on loopback over the made-up night, one for the whole run; each test gets it without faults and with fresh clients."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Span
from queries.aws import AwsEvidence
from queries.clients import Clients, Tuning
from queries.inquiry import Limits, Shared
from queries.scopes import Scope
from tests.night import write
from tests.standins.server import AwsStandin

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WEEK = Span(NOW - timedelta(days=7), NOW, "7d")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
PROD = Scope("prod", ("eu-west-1", "us-east-1"), database="audit", table="cloudtrail_logs", output="s3://results/")
STAGING = Scope("staging", ("eu-west-1",), role_arn="arn:aws:iam::444455556666:role/countersign", external_id="not-a-secret")
DATA = Scope("data", ("us-east-1",), role_arn="arn:aws:iam::777788889999:role/countersign")
FLEET = (PROD, STAGING, DATA)


@pytest.fixture(scope="session", name="night")
def _night(tmp_path_factory):
    """The made-up night that ends at NOW."""
    return write(tmp_path_factory.mktemp("night"), NOW)


@pytest.fixture(scope="session", name="running")
def _running(night):
    with AwsStandin(night.folder, external_ids={STAGING.role_arn: STAGING.external_id}) as aws:
        yield aws


@pytest.fixture(name="aws")
def _aws(running, monkeypatch):
    """The stand-in without faults, and the environment that leads to it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": running.url}.items():
        monkeypatch.setenv(name, value)
    running.reset()
    return running


class Clock:
    """A clock that moves only when someone waits: tests never sleep."""

    def __init__(self):
        self.now, self.waits = 0.0, []

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture(name="clock")
def _clock():
    return Clock()


QUICK = Tuning(attempts=1, read_timeout=5, mode="standard")


@pytest.fixture(scope="session", name="kept_clients")
def _kept_clients(running):
    """Clients that lead to this stand-in; a client keeps the address that it was made with."""
    return Clients(QUICK)


@pytest.fixture(name="ask")
def _ask(aws, clock, kept_clients):
    """Evidence on the stand-in. Clients are shared by all tests unless one wants its own; what else is kept is new for each Ask."""

    def make(scopes=FLEET, *, cancel=None, deadline=float("inf"), explain=False, tuning=QUICK, fresh=False, **limits):
        clients = Clients(tuning) if fresh or tuning is not QUICK else kept_clients
        shared = Shared(clients=clients, limits=replace(Limits(), **limits))
        return AwsEvidence(scopes, cancel or threading.Event(), deadline, clock, explain=explain, shared=shared, pause=clock.pause)

    return make
