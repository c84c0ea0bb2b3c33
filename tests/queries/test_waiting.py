"""Waiting, rates, and many parts asked side by side."""

from __future__ import annotations

import threading

import pytest
from botocore.exceptions import ReadTimeoutError

from queries.budget import Budget, Stopped, poll_after
from queries.fleet import Gathered, gather
from queries.rate import Bucket


class TestBudget:
    def test_polls_are_quick_at_first_and_thrifty_later(self):
        """A quarter second until one second, half until ten, then two."""
        assert [0.25, 0.25, 0.5, 0.5, 2.0] == [poll_after(at) for at in (0, 0.99, 1, 9.9, 10)]

    def test_a_cancel_stops_the_next_wait(self):
        """Nothing waits after a cancel."""
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(Stopped, match="cancelled"):
            Budget(cancel).wait(60)

    def test_a_wait_never_passes_the_deadline(self, clock):
        """The wait is cut at the deadline, and then says that time is up."""
        with pytest.raises(Stopped, match="did not answer in the time"):
            Budget(deadline=3, clock=clock, pause=clock.pause).wait(60)
        assert [3] == clock.waits


class TestRate:
    def test_a_burst_is_free_and_then_each_call_waits_its_turn(self):
        """Six at once, then one each sixth of a second."""
        bucket = Bucket(6, 6)
        assert [0] * 6 + [1 / 6, 2 / 6] == pytest.approx([bucket.take(0) for _ in range(8)])

    def test_rest_gives_the_burst_back(self):
        """After two seconds of rest the next call does not wait."""
        bucket = Bucket(6, 6)
        for _ in range(12):
            bucket.take(0)
        assert 0 == bucket.take(2)


class TestFleet:
    def test_answers_keep_the_order_of_the_parts(self):
        """Whoever answers first, the order is that of the parts."""
        gate = threading.Event()

        def ask(part):
            if part == 1:
                gate.wait(5)
            gate.set()
            return part * 10

        assert ((1, 10), (2, 20), (3, 30)) == gather([1, 2, 3], ask, Budget()).answers

    def test_a_part_that_fails_is_named_and_the_rest_answers(self):
        """Two of three answer; the third is unread with a sentence."""

        def ask(part):
            if part == "b":
                raise ReadTimeoutError(endpoint_url="http://192.0.2.1")
            return part

        said = gather(["a", "b", "c"], ask, Budget(), service="ssm")
        assert ("a", "c") == said.read
        assert [("b", "ssm in b did not answer in time")] == [(u.place, u.why.split(".")[0]) for u in said.unread]

    def test_no_more_than_width_at_once(self):
        """Each part waits a moment for a fourth beside it, and the fourth never comes."""
        four, inside, most = threading.Condition(), [0], [0]

        def ask(part):
            with four:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                four.notify_all()
                four.wait_for(lambda: inside[0] > 3, timeout=0.05)
                inside[0] -= 1
            return part

        gather(range(6), ask, Budget(), width=3)
        assert 3 == most[0]

    def test_a_part_still_out_at_the_deadline_is_named(self, clock):
        """The answer does not wait for a place that hangs."""
        held = threading.Event()

        def ask(part):
            if part == "slow":
                held.wait(5)
            else:
                clock.now = 10
            return part

        said = gather(["quick", "slow"], ask, Budget(deadline=10, clock=clock))
        held.set()
        assert (("quick",), ["slow"]) == (said.read, [u.place for u in said.unread])

    def test_an_error_of_this_program_is_not_swallowed(self):
        """A bug is no unread part."""
        with pytest.raises(ZeroDivisionError):
            gather([1], lambda _: 1 // 0, Budget())

    def test_nobody_to_ask(self):
        """No parts, no answers, no failures."""
        assert Gathered((), (), ()) == gather([], str, Budget())
