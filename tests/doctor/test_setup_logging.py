"""`setup logging` against moto over HTTP: what it changes, what it leaves, that it comes to rest, and the way back."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import hcl2
import pytest
from botocore.exceptions import EndpointConnectionError

from bot.core import grants
from bot.core.emit_logging import cloudformation, terraform
from bot.core.model import Refused, Unavailable
from bot.core.plan import command, diff
from bot.core.plan_logging import Wanted, logging_plan, node_policy, policy_name
from bot.roof import way_back
from bot.roof.cli import main
from queries.apply import apply
from queries.estate.setup import found
from tests.doctor.land import ACCOUNT, BUCKET, GROUP, HERE, REGION, RUN_SHELL

WANTED = Wanted(ACCOUNT, REGION, BUCKET, "ssm", GROUP, retention=365, roles=("nodes",))
CORE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["ssm:UpdateInstanceInformation", "ssmmessages:*"], "Resource": "*"}],
}
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)
FOREIGN = {
    "Sid": "Auditors",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::777788889999:role/audit"},
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}


def role(world, name="nodes", policy=CORE):
    world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    world.iam.put_role_policy(RoleName=name, PolicyName="core", PolicyDocument=json.dumps(policy))


def plan(world, wanted=WANTED):
    return logging_plan(wanted, found(world.clients, world.post, wanted))


def test_nothing_becomes_everything(world):
    role(world)
    world.apply(plan(world).steps)
    assert ("ssm", GROUP, "20", "60", True) == tuple(
        world.inputs()[name]
        for name in ("s3KeyPrefix", "cloudWatchLogGroupName", "idleSessionTimeout", "maxSessionDuration", "cloudWatchStreamingEnabled")
    )
    assert [(GROUP, 365)] == [(g["logGroupName"], g["retentionInDays"]) for g in world.logs.describe_log_groups()["logGroups"]]
    assert "Enabled" == world.s3.get_bucket_versioning(Bucket=BUCKET)["Status"]
    assert all(world.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    assert ["core", policy_name(REGION)] == sorted(world.iam.list_role_policies(RoleName="nodes")["PolicyNames"], key=len)


def test_a_second_run_has_nothing_to_do(world):
    role(world)
    world.apply(plan(world).steps)
    assert () == plan(world).steps


def test_what_is_not_asked_for_is_kept(world):
    """Run As, the profile and unknown inputs of the preferences, and the bucket's own policy, stay word for word."""
    role(world)
    world.bucket()
    world.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Id": "theirs", "Statement": FOREIGN}))
    world.preferences(
        runAsEnabled=True, runAsDefaultUser="ops", shellProfile={"linux": "date", "windows": ""}, idleSessionTimeout="45", future="x"
    )
    world.apply(plan(world).steps)
    assert (True, "ops", {"linux": "date", "windows": ""}, "x") == tuple(
        world.inputs()[n] for n in ("runAsEnabled", "runAsDefaultUser", "shellProfile", "future")
    )
    policy = json.loads(world.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    assert ("theirs", FOREIGN, ["CountersignEncryptedTransport"]) == (
        policy["Id"],
        policy["Statement"][0],
        [s["Sid"] for s in policy["Statement"][1:]],
    )


def test_only_what_differs_is_changed(world):
    role(world)
    world.apply(plan(world).steps)
    assert ["update_document", "update_document_default_version"] == [s.operation for s in plan(world, replace(WANTED, idle=15)).steps]


def test_a_change_shows_its_difference(world):
    role(world)
    world.apply(plan(world).steps)
    shown = diff(plan(world, replace(WANTED, idle=15)).steps[0])
    assert ['-    "idleSessionTimeout": "20",', '+    "idleSessionTimeout": "15",'] == [
        line for line in shown.splitlines() if line[0] in "+-"
    ]


def test_preferences_that_go_there_and_back_again_are_set(world):
    """SSM refuses content that it held before; a setting can be taken back all the same."""
    role(world)
    for idle in (20, 15, 20, 15):
        world.apply(plan(world, replace(WANTED, idle=idle)).steps)
        assert str(idle) == world.inputs()["idleSessionTimeout"]


def test_a_role_that_may_write_already_gets_nothing(world):
    role(world, policy={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "logs:*"], "Resource": "*"}]})
    assert [] == [step for step in plan(world).steps if step.service == "iam"]


def test_a_denied_role_is_told(world):
    role(world, policy={"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]})
    assert [note for note in plan(world).notes if "denies s3:PutObject" in note]


def test_a_role_that_is_not_there_is_refused(world):
    with pytest.raises(Refused, match="no role nodes"):
        plan(world)


def test_a_policy_that_cannot_be_read_is_never_replaced(world):
    role(world)
    there = found(world.clients, world.post, replace(WANTED, roles=()))
    broken = replace(there, bucket=replace(there.bucket, exists=True, policy={"Statement": "?"}))
    with pytest.raises(grants.Unparsed):
        logging_plan(WANTED, broken)


def test_a_policy_of_others_is_never_widened_unasked():
    """Without `--writer` and `--service-statement` everything that is added to a bucket's policy denies."""
    from bot.core.plan_logging import bucket_statements

    assert {"Deny"} == {s["Effect"] for s in bucket_statements(WANTED)}


class Cut:
    """A client whose calls stop at the n-th change: before it happened, or after it happened and before AWS could say so."""

    def __init__(self, inner, counter, at, after):
        self.inner, self.counter, self.at, self.after = inner, counter, at, after

    def __getattr__(self, name):
        call = getattr(self.inner, name)
        if not callable(call) or name in {"exceptions", "meta"}:
            return call

        def counted(**parameters):
            self.counter.append(name)
            cut = len(self.counter) == self.at
            if cut and not self.after:
                raise EndpointConnectionError(endpoint_url="cut")
            answer = call(**parameters)
            if cut:
                raise EndpointConnectionError(endpoint_url="cut")
            return answer

        return counted


STEPS = 10


def test_the_whole_plan_has_as_many_calls_as_are_cut_below(world):
    role(world)
    prepared_for_update(world)
    assert STEPS == len(plan(world).steps)


def prepared_for_update(world):
    """Preferences to update, everything else to make."""
    world.preferences(s3BucketName="", cloudWatchLogGroupName="", idleSessionTimeout="45")


@pytest.mark.parametrize("after", [pytest.param(False, id="before AWS did it"), pytest.param(True, id="after AWS did it")])
@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_an_interruption_at_any_call_is_mended_by_running_again(world, at, after):
    role(world)
    prepared_for_update(world)
    counter = []
    with pytest.raises(Unavailable):
        apply(plan(world).steps, lambda service, region: Cut(world.client(service, region), counter, at, after), lambda _step: None, HERE)
    world.apply(plan(world).steps)
    assert () == plan(world).steps
    assert (BUCKET, GROUP, "20") == tuple(world.inputs()[n] for n in ("s3BucketName", "cloudWatchLogGroupName", "idleSessionTimeout"))


@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_the_preferences_never_name_a_place_that_is_not_there(world, at):
    role(world)
    prepared_for_update(world)
    with pytest.raises(Unavailable):
        apply(
            plan(world).steps, lambda service, region, c=[]: Cut(world.client(service, region), c, at, after=True), lambda _step: None, HERE
        )
    if world.inputs()["s3BucketName"]:
        world.s3.head_bucket(Bucket=BUCKET)
        assert [GROUP] == [g["logGroupName"] for g in world.logs.describe_log_groups()["logGroups"]]


@pytest.mark.parametrize("at", [None, *range(1, STEPS + 1)])
def test_the_way_back_leads_back(world, tmp_path, at):
    """From a finished run and from an interrupted one: preferences, policies and rights are as they were. Logs stay."""
    role(world)
    world.bucket()
    world.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [FOREIGN]}))
    prepared_for_update(world)
    before, path, counter = world.inputs(), tmp_path / "back.jsonl", []
    try:
        apply(
            plan(world).steps, lambda s, r: Cut(world.client(s, r), counter, at, after=True), lambda step: way_back.keep(path, step), HERE
        )
    except Unavailable:
        assert at is not None
    if path.exists():
        assert 0o600 == path.stat().st_mode & 0o777
        world.apply(way_back.steps(path))
    assert before == world.inputs()
    assert ["core"] == world.iam.list_role_policies(RoleName="nodes")["PolicyNames"]
    assert [FOREIGN] == json.loads(world.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]


def test_a_file_that_is_no_way_back_is_refused(tmp_path):
    (tmp_path / "x").write_text('{"steps": 1}\n')
    with pytest.raises(Refused, match="no way back"):
        way_back.steps(tmp_path / "x")


def setup(world, capsys, tmp_path, *words):
    """The verb as a person runs it."""
    toml = tmp_path / "countersign.toml"
    toml.write_text(f'[[scope]]\nname = "prod"\naccount = "{ACCOUNT}"\nregions = ["{REGION}"]\n')
    code = main(["setup", *words], {"COUNTERSIGN_CONFIG": str(toml)})
    return code, capsys.readouterr()


def test_the_verb_applies_after_a_yes_and_checks_again(world, capsys, tmp_path):
    role(world)
    words = [
        "logging",
        "--bucket",
        BUCKET,
        "--prefix",
        "ssm",
        "--log-group",
        GROUP,
        "--node-role",
        "nodes",
        "--yes",
        "--way-back",
        str(tmp_path / "b"),
    ]
    code, said = setup(world, capsys, tmp_path, *words)
    assert (0, True) == (code, "Checked: everything is as wanted." in said.out)
    code, said = setup(world, capsys, tmp_path, *words)
    assert (0, True) == (code, "Nothing to do" in said.out)
    code, said = setup(world, capsys, tmp_path, "back", str(tmp_path / "b"), "--yes")
    assert 0 == code
    with pytest.raises(world.ssm.exceptions.InvalidDocument):
        world.ssm.get_document(Name=RUN_SHELL)


def test_without_a_terminal_and_without_yes_nothing_is_changed(world, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    code, said = setup(world, capsys, tmp_path, "logging", "--bucket", BUCKET)
    assert (2, True, []) == (code, "--yes" in said.err, world.s3.list_buckets()["Buckets"])


def test_a_dry_run_changes_nothing(world, capsys, tmp_path):
    code, said = setup(world, capsys, tmp_path, "logging", "--bucket", BUCKET, "--dry-run")
    assert (1, True, []) == (code, "make the bucket" in said.out, world.s3.list_buckets()["Buckets"])


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--bucket", "s3://logs/ssm/"], id="a URL for a bucket"),
        pytest.param(["--bucket", BUCKET, "--idle", "61"], id="too long an idle time-out"),
        pytest.param(["--bucket", BUCKET, "--longest", "0"], id="no duration"),
        pytest.param(["--log-group", "a b"], id="a blank in a log group"),
        pytest.param(["--bucket", BUCKET, "--retention", "100"], id="a retention that CloudWatch does not take"),
    ],
)
def test_a_wrong_argument_is_named(world, capsys, tmp_path, words):
    with pytest.raises(SystemExit):
        setup(world, capsys, tmp_path, "logging", *words)
    assert words[-2].removeprefix("--") in capsys.readouterr().err


FORMS = [
    pytest.param(WANTED, id="bucket and log group"),
    pytest.param(replace(WANTED, bucket="", prefix="", roles=()), id="a log group alone"),
    pytest.param(
        replace(WANTED, group="", key=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/5b0c7d3e-9f41-4c2a-8d67-0e1f2a3b4c5d"),
        id="a bucket and a session key",
    ),
    pytest.param(
        replace(WANTED, writers=("arn:aws:iam::444455556666:role/nodes",), service_statement=True), id="writers of another account"
    ),
]


@pytest.mark.parametrize("wanted", FORMS)
def test_the_template_passes_cfn_lint(wanted, tmp_path):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(cloudformation(wanted)))
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), str(path), "--regions", REGION], capture_output=True, text=True, check=False
    )
    assert (0, "") == (ran.returncode, ran.stdout)


@pytest.mark.parametrize("wanted", FORMS)
def test_terraform_parses_and_says_the_same(wanted):
    parsed = hcl2.loads(terraform(wanted))
    documents = [r["aws_ssm_document"] if "aws_ssm_document" in r else r.get('"aws_ssm_document"') for r in parsed["resource"]]
    assert 1 == len([d for d in documents if d])


def test_a_template_in_a_string_stays_a_string():
    """Nothing that comes from a person is a template of Terraform's."""
    assert '"$${x} %%{y} \\""' in terraform(replace(WANTED, roles=('${x} %{y} "',)))


def test_the_node_policy_allows_what_the_agent_does_and_no_more():
    policy = node_policy(replace(WANTED, key=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"))
    yes = [
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/ssm/ana-0e34861185201706f.log"),
        ("logs:PutLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}:log-stream:x"),
        ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"),
    ]
    no = [
        ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/ssm/x.log"),
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/other/x"),
        ("logs:DeleteLogStream", "*"),
    ]
    assert {grants.Granted.YES} == {grants.granted([policy], *one) for one in yes}
    assert {grants.Granted.NO} == {grants.granted([policy], *one) for one in no}


def test_every_step_is_also_a_command(world):
    role(world)
    for step in plan(world).steps:
        assert command(step).startswith("aws ")
    assert "aws s3api put-public-access-block --region eu-west-1 --cli-input-json" in "\n".join(map(command, plan(world).steps))
