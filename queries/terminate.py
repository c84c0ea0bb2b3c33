"""Ending a session, and then looking whether it has ended: TerminateSession answers success for anything.

It has a role of its own, which may do nothing else (`countersign policy --terminate`). Six calls a second per account and Region.
Source: SSM API TerminateSession and DescribeSessions; AWS General Reference, ssm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.model import Kind, Place, Session, Unavailable
from bot.core.review.practice import Ended
from queries import sessions
from queries.clients import Clients, Tuning
from queries.faults import unavailable
from queries.scopes import Scope, account_of

PATIENCE = 20.0  # seconds until its end should be seen
STEP = 1.0
OVER = ("Terminated", "Failed")


@dataclass(frozen=True, slots=True)
class Ender:
    """Ends sessions with `role`: a role's ARN, or its name, which is then the same in every account."""

    scopes: tuple[Scope, ...]
    role: str
    clients: Clients = field(default_factory=lambda: Clients(Tuning(session_name="countersign-terminate", duration=900)))
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def __call__(self, session: Session) -> Ended:
        """End it, and say what is seen then. Raises Unavailable `from` AWS's error."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - light start: boto3 only when AWS is asked

        sessions.checked(session.id)
        scope = self._scope(session)
        try:
            client = self.clients.client(scope, "ssm", session.region)
            client.terminate_session(SessionId=session.id)
            return replace(self._seen(client, session), others=self._others(client, session))
        except (BotoCoreError, ClientError) as error:
            raise unavailable(error, session.place, "ssm") from error

    def _scope(self, session: Session) -> Scope:
        fits = (scope for scope in self.scopes if account_of(scope) in ("", session.account) and session.region in ("", *scope.regions))
        scope = next(fits, None)
        if scope is None or not session.region:
            raise Unavailable(f"I have no scope for {session.place}, so I cannot end a session there.")
        if self.role.startswith("arn:") and self.role.split(":")[4] != session.account:
            raise Unavailable(
                f"The role that may end sessions is of account {self.role.split(':')[4]}, and this one is in {session.account}."
            )
        role = self.role if self.role.startswith("arn:") else f"arn:aws:iam::{session.account}:role/{self.role}"
        return replace(scope, role_arn=role, account=session.account)

    def _seen(self, client: Any, session: Session) -> Ended:  # noqa: ANN401 - a boto3 client
        until = self.clock() + PATIENCE
        while True:
            state = self._state(client, session)
            if state in OVER or not state:
                return Ended(state)
            if self.clock() >= until:
                return Ended(state, f"I looked for {PATIENCE:.0f} s after TerminateSession.")
            self.sleep(STEP)

    def _state(self, client: Any, session: Session) -> str:  # noqa: ANN401 - as above
        """The session's state now; a session of the Active list counts before one of History."""
        for which in ("Active", "History"):
            found = client.describe_sessions(**sessions.asking(which, ("SessionId", session.id))).get("Sessions") or ()
            for item in found:
                return str(item.get("Status") or which)
        return ""

    def _others(self, client: Any, session: Session) -> tuple[Session, ...]:  # noqa: ANN401 - as above
        """The owner's other live sessions in this place; they are told, not ended."""
        if not session.owner:
            return ()
        found: Iterable[Any] = client.describe_sessions(**sessions.asking("Active", ("Owner", session.owner))).get("Sessions") or ()
        place = Place(session.account, session.region)
        made = (sessions.session_of_item(item, place, None, Kind.UNKNOWN) for item in found)
        return sessions.newest_first(other for other in made if other.id != session.id)
