"""Just-in-time node access: where a team expects it, who went past it, who approved their own request, and who stayed longer than was granted.

Source: Systems Manager User Guide, "Just-in-time node access"; API StartAccessRequest, GetAccessToken, SendAutomationSignal. A session is just-in-time
where DescribeSessions says AccessType=JustInTime, or where it was opened by the role that GetAccessToken gives out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from bot.core.model import Event, Finding, Kind, Level, Node, Session
from bot.core.people import principal
from bot.core.records import mapping, text
from bot.core.usual import Usual, finding

WINDOW = timedelta(hours=1)  # an automatic approval lasts an hour
PENDING = timedelta(days=1)  # how long a request is taken to wait for its approval
EXPECTED = re.compile(r"(?P<what>node|account|role|tag:[^=]{1,128})\s*=\s*(?P<pattern>\S.*)")
APPROVALS = frozenset({"approve", "approved"})


@dataclass(frozen=True, slots=True)
class Expected:
    """Where just-in-time access is the rule. `what` is node, account, role or `tag:<key>`; in the pattern `*` stands for anything."""

    what: str
    pattern: str

    def takes(self, session: Session, node: Node | None) -> bool:
        """Whether a session falls under the rule."""
        own = {
            "node": (session.target, node.name if node else ""),
            "account": (session.account,),
            "role": (principal(session.owner).role,),
        }
        values = own.get(self.what) or ((node.tags.get(self.what.removeprefix("tag:"), ""),) if node else ())
        return any(value and fnmatchcase(value.lower(), self.pattern.lower()) for value in values)


def expected(line: str) -> Expected:
    """One line of the configuration. Raises ValueError with what would be right."""
    found = EXPECTED.fullmatch(line.strip())
    if not found:
        raise ValueError(
            f"“{line[:80]}” does not say where; write `node=prod-*`, `account=111122223333`, `role=ProdOperator` or `tag:Env=prod`"
        )
    return Expected(found["what"], found["pattern"].strip())


def bypassed(s: Session, seen: Usual, rules: Sequence[Expected]) -> Iterator[Finding]:
    """A standard session where the team expects none: whoever still holds ssm:StartSession goes past the approval silently."""
    if s.access == "JustInTime" or s.kind is Kind.ECS:
        return
    rule = next((each for each in rules if each.takes(s, seen.nodes.get(s.target))), None)
    if rule:
        said = f"a standard session; just-in-time access is the rule for {rule.what} {rule.pattern}"
        yield finding(s, "bypassed", "Just-in-time access was bypassed", Level.HIGH, said, "T1078.004", "T1562")


def outstayed(s: Session, seen: Usual) -> Iterator[Finding]:
    """A session that ran on after what was granted: AWS does not end it."""
    if s.access != "JustInTime" or s.started is None:
        return
    until = granted(s, seen) or s.started + WINDOW
    last = s.ended or (seen.now if s.status in LIVE else None)
    if last and last > until:
        ran = f"ran until {last:%H:%M} UTC" if s.ended else "still runs"
        said = f"{ran}, {_minutes(last - until)} after what was granted"
        yield finding(s, "outstayed", "A just-in-time session outlived its window", Level.MEDIUM, said, "T1078.004")


LIVE = ("Connected", "Connecting", "Disconnected", "Active")


def _minutes(of: timedelta) -> str:
    return f"{int(of.total_seconds() // 60)} minutes"


def granted(s: Session, seen: Usual) -> datetime | None:
    """Until when the token of a session was good, where its record shows it."""
    start = next((e for e in seen.events if e.id and e.id == s.event), None)
    for event in seen.events if start and start.access_key else ():
        token = mapping(mapping(event.record.get("responseElements")).get("credentials"))
        if event.name == "GetAccessToken" and start and _key(event) == start.access_key:
            return moment_of(text(token.get("expirationTime")))
    return None


def moment_of(said: str) -> datetime | None:
    """A time as CloudTrail writes it inside credentials: `Nov 23, 2026, 5:00:00 PM`, in UTC."""
    for form in ("%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return datetime.strptime(re.sub(r"\s", " ", said).strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def self_approved(events: Iterable[Event]) -> tuple[Finding, ...]:
    """Requests whose every approval, up to the token, came from the person who asked. Where somebody else approved too, nobody can tell, and it is silent."""
    known = [e for e in events if not e.error]
    found = []
    for asked in (e for e in known if e.name == "StartAccessRequest"):
        token = _token(asked, known)
        until = token.at if token else asked.at + PENDING
        here = [e for e in known if _approves(e) and (e.account, e.region) == (asked.account, asked.region) and asked.at < e.at <= until]
        if here and {_person(e) for e in here} == {_person(asked)}:
            opened = next((e for e in known if token and e.name == "StartSession" and e.access_key and e.access_key == _key(token)), None)
            found.append(_told(asked, here[0], opened))
    return tuple(found)


def _approves(event: Event) -> bool:
    asked = mapping(event.record.get("requestParameters"))
    return event.name == "SendAutomationSignal" and text(asked.get("signalType")).lower() in APPROVALS


def _token(asked: Event, known: Sequence[Event]) -> Event | None:
    """The call that was given the token of a request."""
    number = _request(asked.record.get("responseElements"))
    given = (
        e
        for e in known
        if e.name == "GetAccessToken" and e.at >= asked.at and number and _request(e.record.get("requestParameters")) == number
    )
    return next((e for e in given if text(mapping(e.record.get("responseElements")).get("accessRequestStatus")) in ("", "Approved")), None)


def _key(token: Event) -> str:
    return text(mapping(mapping(token.record.get("responseElements")).get("credentials")).get("accessKeyId"))


def _request(of: object) -> str:
    return text(mapping(of).get("accessRequestId"))


def _person(event: Event) -> str:
    return principal(event.actor).name.lower()


def _told(asked: Event, approval: Event, opened: Event | None) -> Finding:
    request = mapping(asked.record.get("requestParameters"))
    why = text(request.get("reason"))[:80] or "no reason"
    said = f"asked for at {asked.at:%H:%M} UTC ({why}), approved by the same person at {approval.at:%H:%M} UTC"
    return Finding(
        "self_approved", "Just-in-time access was approved by who asked for it", Level.HIGH, ("T1078.004", "T1098"), said, said, 0,
        opened.session if opened else "", approval.at, "", approval.actor, opened.target if opened else "", approval.account, approval.region, approval.id,
    )  # fmt: skip
