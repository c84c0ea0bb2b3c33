"""The official JavaScript client, unmodified, runs against the workspace.

Install it once with `npm ci --ignore-scripts` in `tests/workspace/node`.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.workspace import cast

HERE = Path(__file__).parent / "node"


@pytest.fixture(name="walker")
def _walker(running):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    if not (HERE / "node_modules" / "@slack" / "bolt").is_dir():
        pytest.skip("@slack/bolt is not installed: run `npm ci --ignore-scripts` in tests/workspace/node")
    program = [node, "walk.mjs", running.api_url]
    with subprocess.Popen(program, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline()
        assert "ready\n" == ready, process.stderr.read()
        yield process
        process.stdin.close()
        assert 0 == process.wait(timeout=10)


@pytest.mark.node
@pytest.mark.usefixtures("walker")
def test_bolt_for_javascript(driver):
    """A command, an action, a modal with errors, an event and an upload."""
    driver.say(cast.ANA, "platform", "/ssm active")
    reply = driver.wait_for(lambda: driver.last(cast.ANA, "platform"))
    assert ("You asked: active", True) == (reply["text"], reply["ephemeral"])

    driver.press(cast.ANA, reply, "flag")
    modal = driver.view(cast.ANA, "Flag")
    assert {"errors": {"reason": "Say a little more."}} == driver.submit(cast.ANA, modal, {"reason": "hm"})
    assert {"ok": True} == driver.submit(cast.ANA, modal, {"reason": "A forgotten tunnel"})
    flagged = driver.wait_for(lambda: driver.last(cast.RHEA, "sec-flags") if driver.state(cast.RHEA) else None)
    assert "Flagged 42: A forgotten tunnel" == flagged["text"]

    asked = driver.say(cast.BEN, "platform", "@countersign audit 7d")
    _, answer = driver.wait_for(lambda: (thread := driver.messages(cast.BEN, "platform", asked["ts"]))[1:] and thread)
    assert b"node,count\nweb,3\n" == driver.file(answer["files"][0])
