"""A local workspace and a process that forks clocks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.workspace import cast
from bot.workspace.server import build, serve
from tests.test_store import _postgres  # noqa: F401 - the server's fixture

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module", name="place")
def _place():
    running = serve(build(cast.PEOPLE, cast.CHANNELS, groups=cast.GROUPS))
    yield running
    running.stop()


@pytest.fixture(scope="module", name="zygote")
def _zygote(place):
    quiet = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.clock.zygote", place.api_url],
        cwd=ROOT,
        env=quiet,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:

        def order(**words):
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield order
        process.stdin.close()
