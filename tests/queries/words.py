"""Short words for the tests of AWS evidence."""

from __future__ import annotations

from datetime import timedelta

from bot.core.model import Place, Span
from tests.queries.conftest import NOW

ALL = ("111122223333/eu-west-1", "111122223333/us-east-1", "444455556666/eu-west-1", "777788889999/us-east-1")
MONTH = Span(NOW - timedelta(days=30), NOW)


def whys(evidence):
    """Why each place could not be read."""
    return {unread.place: unread.why for source in evidence.asked for unread in source.unread}


def told_here(night, places=ALL):
    """The truth of the places that the fleet of these tests covers."""
    return [told for told in night.told if str(Place(told.node.account, told.node.region)) in places]
