"""Every example of every command, asked of AWS over HTTP and of an archive of the same night: the person hears the same."""

from __future__ import annotations

import fnmatch
import re

import pytest

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.iam import Grant, policy
from bot.core.model import Refused
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.roles import Role, User
from queries.archive import ArchiveEvidence
from queries.aws import AwsEvidence
from queries.inquiry import Shared
from queries.rulebook import load
from tests.evidence import Memory
from tests.payloads import faults
from tests.queries.conftest import _aws, _kept_clients, _night, _running  # noqa: F401 - fixtures, by their own names
from tests.standins.faults import Fault
from tests.test_contract_evidence import NOW, _archive, scopes  # noqa: F401 - as above

BEN = User("U0BENOKAF1", "ben.okafor", "Europe/London", "ben.okafor@example.com")
ASKS = [
    "active",
    "history 7d",
    "audit 7d",
    "audit 7d --denied",
    "audit 2w @U0BENOKAF1",
    "ports 7d",
    "who bastion-prod-1 7d",
    "who @U0BENOKAF1",
    "me",
]
AFTER = re.compile(r" As exported at [^.]*\.| Page 1 of \d+\.| An S3 log's[^.]*\.")
DESK, RULES = Desk(discover(commands)), load()


def ask(words):
    return Ask(BEN, words, NOW, Role.ADMIN, Policy(rules=RULES), "C0SEC", "slash", {}, {BEN.id: BEN})


@pytest.fixture(name="on_aws")
def _on_aws(aws, night, kept_clients):
    shared = Shared(clients=kept_clients)

    def answer(words, explain=False):
        opened = []

        def evidence(only):
            opened.append(AwsEvidence(scopes(night), shared=shared, pause=lambda _: None, explain=only))
            return opened[-1]

        return DESK.answer(ask(words + (" --explain" if explain else "")), evidence, Memory()), opened[0]

    return answer


@pytest.mark.parametrize("words", ASKS)
def test_aws_and_the_archive_say_the_same(words, on_aws, archive):
    heard, _ = on_aws(words)
    offline = DESK.answer(ask(words), lambda explain: ArchiveEvidence(archive, now=NOW, explain=explain), Memory())
    assert AFTER.sub("", offline.text) == AFTER.sub("", heard.text)
    assert [] == faults(heard.blocks)


def test_a_dossier_has_every_part(on_aws, night):
    told = next(t for t in night.risky if "stream" in t.logs)
    heard, evidence = on_aws(f"session {told.id}")
    assert {"ssm", "athena", "logs"} <= {source.backend for source in evidence.asked}
    assert "findings" in heard.text
    assert [] == faults(heard.blocks)


def test_risky_by_insights_and_streams(on_aws):
    heard, evidence = on_aws("risky 24h")
    assert {"insights", "logs"} <= {source.backend for source in evidence.asked}
    assert re.search(r"\d+ findings in \d+ sessions", heard.text)


def test_half_of_the_regions_failing_is_said_first(on_aws, aws):
    """The rest still answers, and the top-level text says that it is not all."""
    aws.faults.planned.append(Fault("ssm", "DescribeSessions", region="us-east-1", code="AccessDeniedException", message="no", status=400))
    heard, evidence = on_aws("active")
    failed = sorted({part.place for source in evidence.asked for part in source.unread})
    assert failed
    assert f"Could not read {len(failed)} of 5 account-regions" in heard.text
    assert "ssm:DescribeSessions" in str(heard.blocks)


@pytest.mark.parametrize(
    "words", ["active", "audit 7d", "ports 7d", "risky 24h", "search 24h sudo", "session nobody-0e34861185201706f", "coverage 24h"]
)
def test_explain_asks_nothing(words, on_aws, aws):
    aws.calls.clear()
    heard, evidence = on_aws(words, explain=True)
    assert evidence.asked
    assert [] == [call for call in aws.calls if call.service != "sts"]
    assert "nothing was asked" in heard.text


def allowed(document, action, resource="*"):
    """Whether a policy allows an action at all."""
    return any(fnmatch.fnmatchcase(action, pattern) for statement in document["Statement"] for pattern in statement["Action"])


def test_the_policy_allows_what_is_called_and_no_more(on_aws, aws, night):
    """Every call of every question is in the printed policy; whatever the policy grants and nobody calls, Athena itself needs."""
    aws.calls.clear()
    for words in [*ASKS, "risky 24h", "search 24h sudo", "coverage 24h", "recent", f"session {night.risky[0].id}"]:
        try:
            on_aws(words)
        except Refused as refused:
            pytest.fail(str(refused))
    asked = {f"{call.service}:{call.operation}" for call in aws.calls if call.service != "sts"} - {
        "s3:GetObject",
        "s3:ListObjectsV2",
        "s3:HeadBucket",
    }
    grant = Grant(
        "111122223333",
        ("eu-west-1",),
        ("/acme/ssm/sessions",),
        "logs",
        "",
        "audit",
        "cloudtrail_logs",
        output="s3://results/x",
        trail="trail/x",
    )
    document = policy(grant)
    assert [] == sorted(action for action in asked if not allowed(document, action))
    assert not allowed(document, "ssm:StartSession")
    assert not allowed(document, "ssm:GetAccessToken")
    assert not allowed(document, "ssm:TerminateSession")
