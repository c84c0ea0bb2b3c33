"""Trouble on demand, for tests and for people who want to see how the bot bears it.

`429 500 slow drop_socket refresh twice late_ack` happen `times` times. `tiers channel_rate share_delay no_replace` are switches
that stay on until cleared: per-method rate tiers, one chat.postMessage a second per channel, files shared `seconds` late. `no_replace` is what people report of slash commands
(bolt-js #2287, bolt-python #1268): Slack's own pages do not say whether `replace_original` works there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

KINDS = {
    "429": "the Web API answers 429 with Retry-After: `seconds`",
    "500": "the Web API answers 500",
    "slow": "the Web API answers `seconds` late",
    "drop_socket": "every socket connection is cut",
    "refresh": "every socket connection is asked to reconnect",
    "twice": "an event or action is delivered twice",
    "late_ack": "an acknowledgement counts as later than 3 s",
    "tiers": "the documented rate tier of each method is enforced",
    "channel_rate": "one chat.postMessage a second per channel is enforced",
    "share_delay": "a file's shares appear `seconds` after the upload",
    "no_replace": "a command's response_url posts anew where it was asked to replace its own earlier answer",
}
SWITCHES = frozenset({"tiers", "channel_rate", "share_delay", "no_replace"})
ON_SOCKETS = frozenset({"drop_socket", "refresh"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that waits to happen. `method` narrows it to one Web API method or envelope type."""

    kind: str
    method: str = ""
    times: int = 1
    seconds: float = 1.0


@dataclass(slots=True)
class Faults:
    """The faults that wait. `on_sockets` is called at once for those that strike the open connections."""

    waiting: list[Fault] = field(default_factory=list)
    on_sockets: Callable[[str], None] = lambda kind: None

    def add(self, kind: str, method: str = "", times: int = 1, seconds: float = 1.0) -> None:
        """Order a fault; ValueError on an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; there are: {', '.join(KINDS)}")
        if kind in ON_SOCKETS:
            self.on_sockets(kind)
            return
        self.waiting.append(Fault(kind, method, times, seconds))

    def take(self, kind: str, method: str = "") -> Fault | None:
        """The next fault of this kind for this method, used up once; a switch stays on."""
        for place, fault in enumerate(self.waiting):
            if fault.kind == kind and fault.method in ("", method):
                self._use(place, fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget all of them."""
        self.waiting.clear()

    def _use(self, place: int, fault: Fault) -> None:
        if fault.kind in SWITCHES:
            return
        if fault.times <= 1:
            del self.waiting[place]
        else:
            self.waiting[place] = replace(fault, times=fault.times - 1)
