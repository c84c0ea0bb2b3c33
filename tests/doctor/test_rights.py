"""The rights that the doctor asks for are those that it uses; and it changes nothing."""

from __future__ import annotations

import re

from bot.core.doctor.rights import READS, doctor_statements
from bot.core.grants import Granted, granted
from bot.core.iam import Grant, policy
from tests.conftest import NOW
from tests.doctor.estates import Whole
from tests.doctor.land import ACCOUNT, BUCKET, GROUP, REGION


def test_every_right_that_is_used_is_asked_for(land):
    """Those of the doctor, and those of answers, together. `*` stands for whichever resource there is."""
    whole = Whole(land)
    whole.set(kmsKeyId="5b0c7d3e-9f41-4c2a-8d67-0e1f2a3b4c5d")
    whole.no_profile()
    used = {tried.action for tried in whole.estate(NOW).tries}
    grant = Grant(ACCOUNT, (REGION,), (GROUP,), BUCKET, "ssm", "audit", "cloudtrail", "audit", "s3://results/")
    given = {"Version": "2012-10-17", "Statement": [*policy(grant)["Statement"], *doctor_statements()]}
    anywhere = {**given, "Statement": [{k: v for k, v in s.items() if k not in ("Resource", "Condition")} for s in given["Statement"]]}
    assert [] == sorted(action for action in used if granted([anywhere], action, "x") is not Granted.YES)


def test_the_doctor_asks_for_reads_only():
    for actions in READS.values():
        for action in actions:
            assert re.fullmatch(r"[a-z0-9]+:(Get|List|Describe)\w+", action), action


def test_looking_changes_nothing(land):
    """No call of the doctor's changes anything: reads, a query that is stopped at once, and SELECT 1."""
    whole = Whole(land)
    land.calls.clear()
    whole.estate(NOW)
    read = re.compile(r"(Get|List|Describe|Head|DescribeVpcAttribute)|(Start|Stop)Query(Execution)?$|HEAD$")
    assert [] == sorted({call.operation for call in land.calls if not read.match(call.operation)})
