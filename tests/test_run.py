"""`countersign run` as a newcomer starts it: one process, one address, the night's posts already there; it stops when told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.workspace.cast import ANA, CHANNELS, RHEA
from tests.workspace.driver import Driver

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", name="started")
def _started(tmp_path_factory):
    """The process and the address that it prints."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COUNTERSIGN_", "SLACK_", "AWS_"))}
    words = [sys.executable, "-m", "bot", "run", "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert url, said + process.stderr.read()
        yield process, url[0]
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(60)


@pytest.fixture(scope="module", name="driver")
def _driver(started):
    driver = Driver(started[1])
    yield driver
    driver.close()


def texts(driver, person, channel):
    """What a person sees in a channel."""
    return [message["text"] for message in driver.messages(person, channel)]


def test_a_question_is_answered(driver):
    driver.say(ANA.id, CHANNELS[0].id, "/ssm active")
    assert driver.wait_for(lambda: any("sessions are open" in text for text in texts(driver, ANA.id, CHANNELS[0].id)), 60)


def test_the_channels_hold_what_the_bot_posted_of_the_night(driver):
    """A digest for the channel of digests, flags with their reviews for the channel of flags."""
    assert driver.wait_for(lambda: any("people on" in text for text in texts(driver, RHEA.id, CHANNELS[0].id)), 90)
    assert driver.wait_for(lambda: any(text.startswith("Flagged") for text in texts(driver, RHEA.id, CHANNELS[1].id)), 90)
