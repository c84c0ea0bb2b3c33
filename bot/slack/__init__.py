"""The Slack wing: Bolt and Slack's Web API, and nothing of AWS. `start(wire, office, meter)` is all that the roof needs."""

from __future__ import annotations

from bot.slack.running import Running, start
from bot.slack.words import Asker, Meter, Office, Wire

__all__ = ["Asker", "Meter", "Office", "Running", "Wire", "start"]
