"""The office behind the desk: it opens the evidence, the ledger and the clock for each ask, whoever brings it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import words
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.policy import Policy
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Message, View
from bot.core.review.quiet import suppressions
from bot.core.roles import Role, User
from bot.roof.telling import Tell, telling


def silent(_told: str) -> None:
    """Where nobody waits."""


MENTION = re.compile(r"<@([UW][A-Z0-9]+)")


@dataclass(frozen=True, slots=True)
class Office:
    """Answers people: `evidence(now, explain)` opens what is asked, `clock` says when it is asked."""

    desk: Desk
    policy: Policy
    ledger: Ledger
    evidence: Callable[[datetime, bool], Evidence]
    clock: Callable[[], datetime]
    directory: Callable[[str], User | None]

    def ask(self, user: User, role: Role, typed: str, via: str, channel: str = "", tell: Tell = silent) -> Message:
        """The answer to typed words. Words that came through Slack are taken out of Slack's escapes here."""
        ask = self._ask(user, role, typed, via, channel, {})
        return self.desk.answer(ask, lambda explain: telling(self.evidence(ask.now, explain), tell), self.ledger)

    def press(
        self, user: User, role: Role, action: str, value: str, values: Mapping[str, str], channel: str = "", tell: Tell = silent
    ) -> Message:
        """The answer to a button; its value was written by us and comes back as it was."""
        ask = self._ask(user, role, value, "button", channel, values)
        return self.desk.press(ask, action, value, lambda explain: telling(self.evidence(ask.now, explain), tell), self.ledger)

    def form(self, user: User, role: Role, action: str, value: str, channel: str = "") -> View | None:
        """The modal that a button opens first, if it opens one."""
        return self.desk.form(self._ask(user, role, value, "button", channel, {}), action, value, self.ledger)

    def check(self, action: str, value: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with a submitted form, by block id. Whoever submitted it is not asked for yet: this must be quick."""
        ask = self._ask(User("", zone=self.policy.practice.zone), Role.NOBODY, value, "button", "", values)
        return self.desk.check(ask, action, value)

    def decided(self) -> Policy:
        """The team's decisions as they are now: what two people agreed to flag no more is among the suppressions."""
        return replace(self.policy, suppressions=(*self.policy.suppressions, *suppressions(self.ledger.agreed())))

    def _ask(self, user: User, role: Role, typed: str, via: str, channel: str, values: Mapping[str, str]) -> Ask:
        found = ((name, self.directory(name)) for name in MENTION.findall(typed))
        mentions = {name: person for name, person in found if person is not None}
        plain = typed if via in ("cli", "clock", "button") else words.unslack(typed)
        return Ask(user, plain.strip(), self.clock(), role, self.decided(), channel, via, values, mentions)
