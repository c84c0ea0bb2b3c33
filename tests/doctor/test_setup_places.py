"""`setup` in several places in one run: a plan and a way back each, one yes, and a failure that stops nothing else. moto over HTTP."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from bot.roof.cli import main
from queries.scopes import Scope
from tests.doctor.land import ACCOUNT, BUCKET, CLIENTS, GROUP, REGION, RUN_SHELL
from tests.doctor.test_setup_logging import role
from tests.standins.faults import Fault

OTHER = "us-east-1"
STAGING = "444455556666"
ARN = f"arn:aws:iam::{STAGING}:role/countersign"
WORDS = ["--bucket", BUCKET, "--log-group", GROUP]


@pytest.fixture(name="setup")
def _setup(world, capsys, tmp_path, monkeypatch):
    """The verb as a person runs it, with two accounts configured; the files that it writes are in the test's folder."""
    monkeypatch.chdir(tmp_path)
    toml = tmp_path / "countersign.toml"
    toml.write_text(
        f'[[scope]]\nname = "prod"\naccount = "{ACCOUNT}"\nregions = ["{REGION}", "{OTHER}"]\n'
        f'[[scope]]\nname = "staging"\nrole_arn = "{ARN}"\nregions = ["{REGION}"]\n'
    )

    def run(*words):
        code = main(["setup", *words], {"COUNTERSIGN_CONFIG": str(toml)})
        return code, capsys.readouterr()

    return run


def client(service, region=REGION, account=ACCOUNT):
    scope = Scope("prod", (region,), account=account) if account == ACCOUNT else Scope("staging", (region,), role_arn=ARN)
    return CLIENTS.client(scope, service, region)


def inputs(region=REGION, account=ACCOUNT):
    return json.loads(client("ssm", region, account).get_document(Name=RUN_SHELL)["Content"])["inputs"]


def test_two_regions_are_set_up_in_one_run_and_come_to_rest(setup, tmp_path):
    words = ["logging", "--scope", "prod", "--region", REGION, "--region", OTHER, *WORDS, "--yes"]
    code, said = setup(*words)
    assert (0, 2) == (code, said.out.count("Checked: everything is as wanted."))
    assert {(BUCKET, GROUP)} == {(inputs(r)["s3BucketName"], inputs(r)["cloudWatchLogGroupName"]) for r in (REGION, OTHER)}
    assert [f"# {ACCOUNT}/{REGION}", f"# {ACCOUNT}/{OTHER}"] == [line for line in said.out.splitlines() if line.startswith("# ")][:2]
    code, said = setup(*words)
    assert (0, 2) == (code, said.out.count("Nothing to do"))


def test_what_places_share_is_shown_and_done_once(setup):
    _, said = setup("logging", "--scope", "prod", "--everywhere", *WORDS, "--yes")
    assert f"Done above: make the bucket {BUCKET}" in said.out
    makes = [command for command in said.out.splitlines() if command.startswith("aws s3api create-bucket")]
    assert (1, 1) == (len(makes), len(client("s3").list_buckets()["Buckets"]))


def test_names_can_carry_the_place(setup):
    setup("logging", "--scope", "prod", "--everywhere", "--bucket", "acme-{account}-{region}", "--log-group", "/{region}/ssm", "--yes")
    assert [(f"acme-{ACCOUNT}-{r}", f"/{r}/ssm") for r in (REGION, OTHER)] == [
        (inputs(r)["s3BucketName"], inputs(r)["cloudWatchLogGroupName"]) for r in (REGION, OTHER)
    ]


def test_two_accounts_are_set_up_in_one_run(setup):
    code, _ = setup("logging", "--scope", "prod", "--scope", "staging", "--log-group", GROUP, "--yes")
    assert (0, [GROUP, GROUP]) == (code, [inputs(account=a)["cloudWatchLogGroupName"] for a in (ACCOUNT, STAGING)])


def test_a_place_that_fails_is_named_and_the_others_are_done(setup, world):
    world.land.fault(Fault("ssm", "CreateDocument", region=OTHER, times=99))
    code, said = setup("logging", "--scope", "prod", "--everywhere", "--log-group", GROUP, "--yes")
    assert (2, True) == (code, f"{ACCOUNT}/{OTHER}: " in said.err)
    assert GROUP == inputs()["cloudWatchLogGroupName"]


def test_a_place_whose_plan_cannot_be_made_stops_no_other(setup, world):
    world.land.fault(Fault("logs", "DescribeLogGroups", region=REGION, times=99))
    code, said = setup("logging", "--scope", "prod", "--everywhere", "--log-group", GROUP, "--yes")
    assert (2, True, GROUP) == (code, f"{ACCOUNT}/{REGION}: " in said.err, inputs(OTHER)["cloudWatchLogGroupName"])


def test_each_place_has_a_way_back_of_its_own(setup, tmp_path):
    setup("logging", "--scope", "prod", "--everywhere", "--log-group", GROUP, "--yes", "--way-back", "back.jsonl")
    files = sorted(str(path.name) for path in tmp_path.glob("back*.jsonl"))
    assert [f"back-{ACCOUNT}-{REGION}.jsonl", f"back-{ACCOUNT}-{OTHER}.jsonl"] == files
    code, _ = setup("back", files[0], "--yes")
    assert (0, GROUP) == (code, inputs(OTHER)["cloudWatchLogGroupName"])
    with pytest.raises(client("ssm").exceptions.InvalidDocument):
        inputs()


def test_going_back_in_several_places_takes_the_bucket_last(setup, tmp_path):
    """Nothing points to a bucket any more when it goes."""
    setup("logging", "--scope", "prod", "--everywhere", *WORDS, "--yes", "--way-back", "back.jsonl")
    code, said = setup("back", *sorted(path.name for path in tmp_path.glob("back*.jsonl")), "--yes")
    done = [line for line in said.out.splitlines() if line.startswith("→")]
    assert (0, [], True) == (code, client("s3").list_buckets()["Buckets"], "remove the bucket" in done[-1])
    first = next(
        number for number, line in enumerate(done) if "bucket" in line or "policy" in line or "encrypt" in line or "versions" in line
    )
    assert 2 == sum("remove the preferences" in line for line in done[:first])


def test_a_way_back_finds_its_account_and_takes_no_other(setup, tmp_path):
    setup("logging", "--scope", "staging", "--log-group", GROUP, "--yes", "--way-back", "back.jsonl")
    code, said = setup("back", "back.jsonl", "--scope", "prod", "--yes")
    assert (2, True) == (code, f"account {STAGING}" in said.err)
    assert 0 == setup("back", "back.jsonl", "--yes")[0]
    with pytest.raises(client("ssm", account=STAGING).exceptions.InvalidDocument):
        inputs(account=STAGING)


def test_one_question_is_asked_for_all(setup, monkeypatch):
    asked = []
    monkeypatch.setattr("sys.stdin", type("Terminal", (StringIO,), {"isatty": lambda self: True})())
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")
    code, said = setup("logging", "--scope", "prod", "--everywhere", *WORDS)
    assert (1, True) == (code, "Nothing was changed." in said.out)
    assert ["in 2 account-regions? [y/N] "] == [question.partition(" steps ")[2] for question in asked]


def test_places_that_want_different_policies_of_one_bucket_are_refused(setup, world):
    code, said = setup(
        "logging", "--scope", "prod", "--everywhere", *WORDS, "--prefix", "{region}", "--writer", f"arn:aws:iam::{STAGING}:role/n", "--yes"
    )
    assert (2, True, []) == (code, "one after the other" in said.err, client("s3").list_buckets()["Buckets"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["logging", *WORDS], "Name a scope", id="several scopes and none named"),
        pytest.param(["logging", "--scope", "nope", *WORDS], "no scope nope", id="a scope that is not there"),
        pytest.param(["logging", "--scope", "prod", "--region", "Ireland", *WORDS], "no AWS Region", id="no Region"),
        pytest.param(["logging", "--everywhere", *WORDS, "--emit", "terraform"], "one Region of one account", id="a template of several"),
        pytest.param(["back", "nothing.jsonl"], "There is no file", id="a way back that is not there"),
    ],
)
def test_what_is_not_clear_is_refused(setup, words, said):
    code, heard = setup(*words)
    assert (2, True) == (code, said in heard.err)


def test_a_role_gets_a_policy_for_each_region(setup, world):
    role(world)
    setup("logging", "--scope", "prod", "--everywhere", *WORDS, "--node-role", "nodes", "--yes")
    assert ["CountersignSessionLogs-eu-west-1", "CountersignSessionLogs-us-east-1", "core"] == sorted(
        world.iam.list_role_policies(RoleName="nodes")["PolicyNames"]
    )


def test_the_trail_is_set_up_in_several_regions(setup, world):
    words = ["trail", "--scope", "prod", "--everywhere", "--bucket", "acme-trail", "--results", "acme-results-{region}"]
    code, said = setup(*words, "--yes")
    assert (0, 2) == (code, said.out.count("Checked: everything is as wanted."))
    assert 2 == setup(*words)[1].out.count("Nothing to do")
