"""Faults on demand: which calls fail, where, how, and how often."""

from __future__ import annotations

import fnmatch
import threading
import time
from dataclasses import dataclass, field

from tests.standins.wire import AwsError, Call

DENIED = "AccessDeniedException"


@dataclass(slots=True)
class Fault:
    """Calls that fail. Patterns are globs; `times` counts down (-1: always); `hang` holds the answer back, in seconds."""

    service: str = "*"
    operation: str = "*"
    account: str = "*"
    region: str = "*"
    code: str = DENIED
    message: str = ""
    status: int = 400
    times: int = -1
    hang: float = 0.0

    def meets(self, call: Call) -> bool:
        """Whether this call is one of them."""
        pairs = ((call.service, self.service), (call.operation, self.operation), (call.account, self.account), (call.region, self.region))
        return self.times != 0 and all(fnmatch.fnmatchcase(is_, pattern) for is_, pattern in pairs)


@dataclass(slots=True)
class Faults:
    """The faults of a stand-in."""

    planned: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, call: Call) -> None:
        """Raise what is planned for the call, if anything is."""
        with self.lock:
            fault = next((fault for fault in self.planned if fault.meets(call)), None)
            if fault is None:
                return
            fault.times -= fault.times > 0
        if fault.hang:
            time.sleep(fault.hang)
            return
        raise AwsError(fault.code, fault.message or said(fault.code, call), fault.status)


def said(code: str, call: Call) -> str:
    """AWS's own words for the common errors."""
    who = f"arn:aws:sts::{call.account}:assumed-role/countersign/countersign"
    words = {
        "ThrottlingException": "Rate exceeded",
        "ExpiredTokenException": "The security token included in the request is expired",
        "UnrecognizedClientException": "The security token included in the request is invalid.",
        "LimitExceededException": "Account maximum query concurrency limit of [100] reached.",
    }
    action = f"{call.service}:{call.operation}"
    denied = f"User: {who} is not authorized to perform: {action} on resource: arn:aws:{call.service}:{call.region}:{call.account}:* because no identity-based policy allows the {action} action"
    return words.get(code, denied if "AccessDenied" in code else "it failed on demand")
