"""Connections are really cut here, and no command is lost for more than seconds. The times of other clients: docs/why/002-socket-client.md."""

from __future__ import annotations

import time

import pytest

from tests.slack.cable import Cable
from tests.slack.town import Town, until

KNOWN = 5.0  # seconds; ping 0.5 and pong 0.5 in this test, 2 and 3 in the product


@pytest.fixture(name="cut")
def _cut():
    town = Town(cable=Cable, ping=0.5, pong=0.5, ack_seconds=0.7)
    yield town
    town.close()


def both(town):
    return until(lambda: town.bot.sockets.connected == 2 == town.place.app.state.hub.connections or None, what="two connections")


def answered_within(town, seconds):
    """Ask until an answer comes; gives how long that took. Before it, Slack's own error is what a person sees."""
    began = time.monotonic()
    while True:
        mark = f"active {time.monotonic()}"
        if town.ask(mark).get("ok"):
            town.heard(mark)
            return time.monotonic() - began
        assert time.monotonic() - began < seconds


def test_two_connections_are_held(cut):
    both(cut)
    assert "" == cut.bot.ready()


def test_the_routine_disconnect_loses_nothing(cut):
    """Commands are asked all the while Slack asks for new connections."""
    both(cut)
    for number in range(5):
        cut.faults.add("refresh")
        assert until(lambda n=number: cut.ask(f"active {n}").get("ok"), 2.0)
        cut.heard(f"active {number}")
    both(cut)


def test_a_refresh_is_over_at_once(cut):
    both(cut)
    cut.faults.add("refresh")
    assert answered_within(cut, 2.0) < 2.0


def test_a_reset_is_over_in_seconds(cut):
    both(cut)
    cut.cable.reset()
    assert answered_within(cut, KNOWN) < KNOWN
    both(cut)


def test_a_silently_dead_path_is_noticed_by_missing_pongs(cut):
    """No FIN, no RST: a command that goes into the dead path times out at Slack, and the connections are replaced within seconds."""
    both(cut)
    old = set(cut.bot.sockets._open)
    cut.cable.freeze()
    cut.place.call(cut.place.app.state.hub.cut())  # Slack gives the connections up; its word of it goes into the dead path
    assert answered_within(cut, KNOWN) < KNOWN
    until(lambda: not old & cut.bot.sockets._open, what="the dead connections are given up")


def test_a_closed_connection_comes_back(cut):
    both(cut)
    cut.faults.add("drop_socket")
    assert answered_within(cut, KNOWN) < KNOWN
    both(cut)


def test_a_command_is_answered_even_if_its_acknowledgement_is_lost(cut):
    """The connection dies between the delivery and the acknowledgement; the answer takes the response_url."""
    both(cut)
    handle, sockets = cut.bot.sockets._handle, cut.bot.sockets

    def cut_first(socket, message, arrived):
        cut.cable.reset()
        handle(socket, message, arrived)

    sockets._handle = cut_first
    assert cut.ask("active unacknowledged").get("operation_timeout")
    sockets._handle = handle
    cut.heard("ana.ferreira: active unacknowledged")


def test_while_slack_gives_no_connections_it_goes_on_trying_and_is_not_ready(cut):
    both(cut)
    cut.faults.add("500", "apps.connections.open", times=4)
    cut.faults.add("drop_socket")
    until(lambda: "no connection to Slack" == cut.bot.ready() or None)
    assert answered_within(cut, KNOWN) < KNOWN
    assert "" == cut.bot.ready()


def test_what_is_no_envelope_is_passed_over(cut):
    both(cut)
    hub = cut.place.app.state.hub
    for text in (
        "not json",
        "[]",
        "{}",
        '{"type": "slash_commands"}',
        '{"envelope_id": "e"}',
        '{"envelope_id": "e", "type": "x", "payload": 3}',
    ):
        for link in tuple(hub._links):
            cut.place.call(link.send_text(text))
    assert answered_within(cut, 2.0) < 2.0
