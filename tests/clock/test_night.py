"""The night through the whole house: looks, flags and a digest in the local workspace, as Slack would show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import Lease
from bot.core.watch import NAME
from bot.roof import clockwork, house
from bot.slack.client import clients
from bot.slack.courier import SlackCourier
from bot.slack.words import Wire
from bot.workspace.facts import App
from queries.archive import ArchiveEvidence
from tests.conftest import NOW

SETTINGS = {
    "COUNTERSIGN_SCHEDULE": "daily 21:00 UTC → #ssm-audit: digest 24h",
    "COUNTERSIGN_FLAGS": "#sec-flags: high tunnels",
    "COUNTERSIGN_STORE": "sqlite://",
    "COUNTERSIGN_ADMINS": "U0OMARHAD1",
}


@pytest.fixture(name="at")
def _at():
    return [NOW]


@pytest.fixture(name="home")
def _home(night_archive, at):
    home = house.opened(
        house.settings(SETTINGS),
        evidence=lambda now, explain: ArchiveEvidence(night_archive, explain=explain, now=now),
        clock=lambda: at[0],
    )
    yield home
    home.close()


def test_the_night_is_flagged_once_and_digested(home, at, place):
    """Four looks and four beats: one message a flagged session, one digest with its picture, thread and rows."""
    workspace = place.app.state.workspace
    workspace.messages.clear()
    clock = clockwork.made(home, SlackCourier(clients(Wire(App().bot_token, api_url=place.api_url))), Lease())
    clock.outbox._pace = replace(clock.outbox._pace, apart=0.0)
    look = clockwork.watcher(home)
    home.store.advance(NAME, NOW - timedelta(minutes=5))
    home.store.advance(clock.lines[0].key, NOW - timedelta(days=1))
    for _ in range(4):
        look.once()
        clock.beat()
        at[0] += timedelta(minutes=3)
    flags = sorted(workspace.messages["C0SECFLAG1"].values(), key=lambda item: item.ts)
    keys = [item.metadata["event_payload"]["key"] for item in flags]
    assert len(keys) == len(set(keys)) >= 10
    assert all(item.blocks[-1]["type"] == "actions" for item in flags if "unknown node" not in item.text)
    audit = sorted(workspace.messages["C0SSMAUDT1"].values(), key=lambda item: item.ts)
    [parent] = [item for item in audit if not item.thread_ts]
    picture = next(block for block in parent.blocks if block["type"] == "image")
    assert workspace.files[picture["slack_file"]["id"]].completed
    assert ["digest.csv"] == [workspace.files[name].name for item in audit for name in item.files]
    assert parent.text.startswith("Critical findings.")
    assert [] == [name for name in workspace.messages if name.startswith("D")]
    assert 0 == home.store.backlog()


def test_a_channel_that_is_archived_is_told_to_the_admins(home, at, place):
    """The post waits, the admin gets a direct message once, and what was due stands when the channel is back."""
    workspace = place.app.state.workspace
    workspace.messages.clear()
    channel = workspace.channels["C0SSMAUDT1"]
    clock = clockwork.made(home, SlackCourier(clients(Wire(App().bot_token, api_url=place.api_url))), Lease())
    clock.outbox._pace = replace(clock.outbox._pace, apart=0.0)
    home.store.advance(clock.lines[0].key, NOW - timedelta(days=1))
    clock.outbox._courier._places["#ssm-audit"] = channel.id
    workspace.channels[channel.id] = replace(channel, is_archived=True)
    for _ in range(3):
        clock.beat()
        at[0] += timedelta(minutes=6)
    [told] = workspace.messages["D0OMARHAD1"].values()
    assert "is_archived" in told.text
    workspace.channels[channel.id] = channel
    clock.beat()
    assert 1 == sum(not item.thread_ts for item in workspace.messages[channel.id].values())


def test_the_same_trouble_is_told_once_whatever_its_numbers(home, at):
    tell = clockwork.teller(home)
    for hours in (2, 3, 4):
        at[0] += timedelta(minutes=3)
        tell("the watch", f"The watch is {hours} h behind.", "the watch")
    tell("the watch", "CloudTrail is silent.", "the watch")
    tell("x", "Slack refuses the trouble itself.", "trouble U0OMARHAD1")
    assert 2 == home.store.backlog()
    at[0] += timedelta(hours=7)
    tell("the watch", "The watch is 9 h behind.", "the watch")
    assert 3 == home.store.backlog()
