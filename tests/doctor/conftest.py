"""An account for each test, and the environment that leads to it."""

from __future__ import annotations

import os

import pytest

from tests.doctor.land import Land, World
from tests.queries.conftest import ENVIRONMENT


@pytest.fixture(scope="session", name="running_land")
def _running_land(tmp_path_factory):
    with Land(tmp_path_factory.mktemp("land")) as land:
        yield land


@pytest.fixture(name="land")
def _land(running_land, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": running_land.url, "AWS_DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)
    running_land.renew()
    return running_land


@pytest.fixture(name="world")
def _world(land):
    return World(land)
