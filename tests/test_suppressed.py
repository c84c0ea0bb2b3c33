"""A suppressed finding is told apart with who answers for it, and comes back when its day is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.roles import Role, User
from bot.core.rules import Suppression
from queries.archive import ArchiveEvidence
from queries.rulebook import load
from tests.conftest import NOW
from tests.evidence import Memory
from tests.payloads import faults

GIL = Suppression("A download is run at once", "rhea.santos", "red team exercise", date(2026, 11, 30), actor="gil.tran")


@pytest.fixture(scope="module", name="answer")
def _answer(night_archive):
    policy, desk = Policy(rules=load()), Desk(discover(commands))

    def answer(words, suppressions, now=NOW):
        ask = Ask(User("U0RHEA"), words, now, Role.REVIEWER, replace(policy, suppressions=suppressions))
        return desk.answer(ask, lambda explain: ArchiveEvidence(night_archive, now=now, explain=explain), Memory())

    return answer


@pytest.mark.parametrize("words", ["risky 24h", "risky 24h critical"])
def test_a_suppressed_finding_is_told_apart(words, answer):
    before, after = answer(words, ()), answer(words, (GIL,))
    assert "suppressed" not in before.text
    assert "findings are suppressed" in after.text
    assert "rhea.santos answers for it until 2026-11-30: red team exercise" in str(after.blocks)
    assert [] == faults(after.blocks)


def test_nobody_elses_finding_is_suppressed(answer):
    """Ana ran a download too; hers stands."""
    assert "A download is run at once" in str(answer("risky 24h", (GIL,)).data)
    assert {"gil.tran@example.com"} & {row["who"] for row in answer("risky 24h", ()).data if row["title"] == GIL.rule}
    assert not {"gil.tran@example.com"} & {row["who"] for row in answer("risky 24h", (GIL,)).data if row["title"] == GIL.rule}


def test_a_suppression_ends(answer):
    assert "suppressed" not in answer("risky 24h", (replace(GIL, until=NOW.date() - timedelta(days=1)),)).text
