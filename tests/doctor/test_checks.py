"""Every check on an estate where it holds and on one where it fails; and each fix, applied, makes it hold. moto over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.core.doctor import CHECKS, examine
from bot.core.doctor.result import State
from tests.conftest import NOW
from tests.doctor.estates import Whole
from tests.doctor.land import BUCKET, RUN_SHELL

F, W = State.FAULT, State.WARNING


@dataclass(frozen=True)
class Case:
    """A check, how it is spoiled, what is said then, and what a person does where no call can: None applies the fix's own calls."""

    id: str
    name: str
    state: State
    spoil: Callable[[Whole], object]
    mend: Callable[[Whole], object] | None = None


CASES = (
    Case("preferences.saved", "never saved", F, lambda w: w.ssm.delete_document(Name=RUN_SHELL)),
    Case("preferences.version", "a newer version is not in force", W, Whole.behind),
    Case("preferences.destination", "no place", F, lambda w: w.set(s3BucketName="", cloudWatchLogGroupName="")),
    Case("preferences.bucket", "a URL for a bucket", F, lambda w: w.set(s3BucketName=f"s3://{BUCKET}/ssm/", s3KeyPrefix="")),
    Case("preferences.bucket", "a prefix with a slash before it", F, lambda w: w.set(s3KeyPrefix="/ssm")),
    Case("preferences.copies", "no log group", W, lambda w: w.set(cloudWatchLogGroupName="")),
    Case("preferences.copies", "no bucket", W, lambda w: w.set(s3BucketName="")),
    Case("preferences.streaming", "off", W, lambda w: w.set(cloudWatchStreamingEnabled=False)),
    Case("preferences.streaming", "off, as a string", W, lambda w: w.set(cloudWatchStreamingEnabled="false")),
    Case("preferences.encryption", "not demanded", W, lambda w: w.set(s3EncryptionEnabled=False)),
    Case("preferences.key", "disabled", F, Whole.disabled_key),
    Case("preferences.key", "gone", F, lambda w: w.set(kmsKeyId="5b0c7d3e-9f41-4c2a-8d67-0e1f2a3b4c5d")),
    Case("preferences.idle", "an hour", W, lambda w: w.set(idleSessionTimeout="60")),
    Case("preferences.idle", "no number", F, lambda w: w.set(idleSessionTimeout="never")),
    Case("preferences.longest", "none", W, lambda w: w.set(maxSessionDuration="")),
    Case("preferences.longest", "half a day", W, lambda w: w.set(maxSessionDuration="720")),
    Case("preferences.longest", "two days", F, lambda w: w.set(maxSessionDuration="2880")),
    Case("preferences.run-as", "root", F, lambda w: w.set(runAsEnabled=True, runAsDefaultUser="root")),
    Case(
        "preferences.profile",
        "a secret",
        F,
        lambda w: w.set(shellProfile={"linux": "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "windows": ""}),
    ),
    Case("preferences.profile", "too long", F, lambda w: w.set(shellProfile={"linux": "date;" * 110, "windows": ""})),
    Case("preferences.where", "another log group", W, lambda w: w.set(cloudWatchLogGroupName="/elsewhere"), lambda w: w.set()),
    Case("documents.logging", "a shell that logs nowhere", F, Whole.quiet),
    Case(
        "documents.logging",
        "tunnels",
        W,
        lambda w: w.preferences("acme-Tunnel", "Port"),
        lambda w: w.ssm.delete_document(Name="acme-Tunnel"),
    ),
    Case("documents.shared", "with everyone", F, lambda w: w.share("all")),
    Case("documents.shared", "with another account", W, lambda w: w.share("444455556666")),
    Case("documents.users", "everything", W, Whole.everything, Whole.meant),
    Case("documents.users", "the default shell, which nobody gave", W, Whole.unmeant, Whole.meant),
    Case("bucket.exists", "gone", F, Whole.no_bucket),
    Case("bucket.region", "elsewhere", W, Whole.elsewhere, lambda w: w.set()),
    Case("bucket.encryption", "none, and it is demanded", F, Whole.plain_bucket),
    Case("bucket.public", "not blocked", F, Whole.open_bucket),
    Case("bucket.kept", "no versions", W, Whole.forgetful_bucket),
    Case("bucket.kept", "a rule removes logs", W, lambda w: w.lifecycle("ssm/", 30), lambda w: w.lifecycle("ssm/", 400)),
    Case("bucket.policy", "for everyone", F, Whole.public_policy),
    Case("group.exists", "gone", F, lambda w: w.logs.delete_log_group(logGroupName="/acme/ssm")),
    Case("group.class", "infrequent access", W, lambda w: w.group_of(logGroupClass="INFREQUENT_ACCESS"), Whole.group_of),
    Case("group.kept", "a week", W, lambda w: w.logs.put_retention_policy(logGroupName="/acme/ssm", retentionInDays=7)),
    Case("group.encryption", "no key, and it is demanded", F, lambda w: w.set(cloudWatchEncryptionEnabled=True)),
    Case("logs.arriving", "none", F, Whole.no_logs, Whole.session_again),
    Case("nodes.managed", "an instance is not", F, Whole.stranger, lambda w: w.ec2.terminate_instances(InstanceIds=w.others())),
    Case("nodes.online", "no contact", W, lambda w: w.managed(PingStatus="ConnectionLost"), Whole.managed),
    Case("nodes.agent", "too old to stream", F, lambda w: w.managed(AgentVersion="3.0.161.0")),
    Case("nodes.agent", "needs ec2messages", W, lambda w: w.managed(AgentVersion="3.2.1705.0")),
    Case("nodes.role", "none", F, Whole.no_profile, Whole.profile),
    Case("nodes.metadata", "off", F, lambda w: w.imds(HttpEndpoint="disabled", HttpTokens="required")),
    Case("nodes.metadata", "without tokens", W, lambda w: w.imds(HttpTokens="optional", HttpEndpoint="enabled")),
    Case("nodes.connects", "may not", F, Whole.unconnected),
    Case("nodes.logs", "may not", F, lambda w: w.weak("logs")),
    Case("network.endpoints", "logs and s3 are missing", F, Whole.no_endpoints),
    Case("network.private-dns", "off", F, Whole.public_dns),
    Case("network.dns", "no host names", F, Whole.no_names),
    Case("network.inward", "shut", F, Whole.shut_door),
    Case("network.outward", "shut", F, Whole.shut_in),
    Case("trail.records", "stopped", F, lambda w: w.cloudtrail.stop_logging(Name="org")),
    Case("trail.records", "reads only", F, lambda w: w.select(ReadWriteType="ReadOnly")),
    Case("trail.records", "no trail", F, lambda w: w.cloudtrail.delete_trail(Name="org"), lambda w: w.trail_again()),
    Case("trail.regions", "one", W, Whole.one_region),
    Case("trail.digests", "none", W, Whole.no_digests),
    Case("trail.delivery", "refused", F, Whole.delivery_error, Whole.delivers),
    Case("table.columns", "gone", F, lambda w: w.glue.delete_table(DatabaseName="audit", Name="cloudtrail"), Whole.other_table_made),
    Case(
        "table.columns",
        "structs",
        F,
        lambda w: w.other_table(columns=[{"Name": "requestparameters", "Type": "struct<a:string>"}]),
        Whole.other_table,
    ),
    Case("table.columns", "no partitions", W, lambda w: w.other_table(keys=()), Whole.other_table),
    Case("table.limit", "none", W, lambda w: w.group_without("BytesScannedCutoffPerQuery")),
    Case(
        "table.limit",
        "no workgroup",
        F,
        lambda w: w.athena.delete_work_group(WorkGroup="audit", RecursiveDeleteOption=True),
        Whole.work_group,
    ),
    Case("table.output", "none", F, Whole.nowhere, Whole.somewhere),
    Case("bot.permissions", "may not read streams", F, lambda w: w.refuse("logs", "GetLogEvents"), Whole.allow),
    Case("bot.permissions", "may not read trails", W, lambda w: w.refuse("cloudtrail", "GetTrailStatus"), Whole.allow),
)
ALWAYS = {"documents.tunnels"}  # says what is, judges nothing


def verdicts(world, name):
    return [check for check in examine([world.estate(NOW)]) if check.about.id == name]


def worst(world, name):
    return max((check.state for check in verdicts(world, name)), default=None)


@pytest.fixture(name="whole")
def _whole(land):
    return Whole(land)


def test_a_good_estate_has_nothing_wrong(whole):
    wrong = [(c.about.id, c.state.word, c.verdict.said) for c in examine([whole.estate(NOW)]) if c.state is not State.OK]
    assert [] == wrong


def test_a_rule_for_another_prefix_removes_no_logs(whole):
    whole.lifecycle("tmp/", 1)
    assert State.OK is worst(whole, "bucket.kept")


def test_every_check_is_tried():
    assert {about.id for about in CHECKS} == {case.id for case in CASES} | ALWAYS


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.id}: {case.name}") for case in CASES])
def test_a_check_fails_and_its_fix_mends_it(whole, case):
    case.spoil(whole)
    found = [c for c in verdicts(whole, case.id) if c.state is case.state]
    assert found, verdicts(whole, case.id)
    assert found[0].verdict.fix.words
    if case.mend is None:
        assert found[0].verdict.fix.steps
        whole.apply(step for check in found for step in check.verdict.fix.steps)
    else:
        case.mend(whole)
    assert worst(whole, case.id) in (State.OK, None)
