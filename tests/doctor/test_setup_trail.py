"""`setup trail` against moto over HTTP, and what it emits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import hcl2
import pytest
import sqlglot
from sqlglot import exp

from bot.core.emit_trail import trail_cloudformation, trail_terraform
from bot.core.model import Unavailable
from bot.core.plan_trail import TrailWanted, trail_plan
from bot.core.trail_table import COLUMNS, TrailTable, ddl, glue
from bot.roof import way_back
from queries.apply import apply
from queries.estate.setup import trail_found
from queries.scheme import of_table
from queries.scopes import Scope
from tests.doctor.land import ACCOUNT, HERE, REGION
from tests.doctor.test_setup_logging import Cut, setup

ONE = TrailTable("audit", "trail", "acme-trail", (ACCOUNT,), (REGION, "us-east-1"), "2023/01/01")
ORG = replace(ONE, organization="o-exampleorgid", accounts=(ACCOUNT, "444455556666"), prefix="org/")
WANTED = TrailWanted(REGION, ONE, "audit", "acme-results", 10**11)
TABLES = [pytest.param(ONE, id="one account"), pytest.param(ORG, id="an organization")]
STEPS = 6


def plan(world, wanted=WANTED):
    return trail_plan(wanted, trail_found(world.clients, world.post, wanted))


@pytest.mark.parametrize("table", TABLES)
def test_the_ddl_is_athena_sql_and_says_what_glue_is_told(table):
    parsed = sqlglot.parse_one(ddl(table), dialect="athena")
    assert isinstance(parsed, exp.Create)
    columns = [column.name for column in parsed.this.expressions if isinstance(column, exp.ColumnDef)]
    assert [name for name, _ in COLUMNS] == columns[: len(COLUMNS)]
    properties = {p.this.name: p.args["value"].name for p in parsed.find_all(exp.Property) if type(p) is exp.Property}
    assert table.properties.items() <= properties.items()
    assert table.location == parsed.find(exp.LocationProperty).this.name


@pytest.mark.parametrize("table", TABLES)
def test_the_bot_can_ask_the_table(table):
    """The reader of schemes takes it, and narrows by every partition."""
    scheme = of_table(glue(table), Scope("prod", (REGION,), database="audit", table="trail"))
    assert table.partitions == tuple(partition.name for partition in scheme.partitions)


def test_the_layout_is_cloudtrails():
    """`[prefix/]AWSLogs/[organization/]<account>/CloudTrail/<region>/yyyy/MM/dd` (CloudTrail User Guide, "Finding your CloudTrail log files")."""
    assert f"s3://acme-trail/AWSLogs/{ACCOUNT}/CloudTrail/${{region}}/${{timestamp}}" == ONE.properties["storage.location.template"]
    assert (
        "s3://acme-trail/org/AWSLogs/o-exampleorgid/${account}/CloudTrail/${region}/${timestamp}"
        == ORG.properties["storage.location.template"]
    )


def test_nothing_becomes_everything_and_comes_to_rest(world):
    first = plan(world)
    assert STEPS == len(first.steps)
    world.apply(first.steps)
    assert () == plan(world).steps
    held = world.athena.get_work_group(WorkGroup="audit")["WorkGroup"]["Configuration"]
    assert (10**11, "s3://acme-results/athena/") == (held["BytesScannedCutoffPerQuery"], held["ResultConfiguration"]["OutputLocation"])


@pytest.mark.parametrize("after", [pytest.param(False, id="before AWS did it"), pytest.param(True, id="after AWS did it")])
@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_an_interruption_is_mended_by_running_again(world, at, after):
    counter = []
    with pytest.raises(Unavailable):
        apply(plan(world).steps, lambda s, r: Cut(world.client(s, r), counter, at, after), lambda _step: None, HERE)
    world.apply(plan(world).steps)
    assert () == plan(world).steps
    assert all(world.s3.get_public_access_block(Bucket="acme-results")["PublicAccessBlockConfiguration"].values())
    assert world.s3.get_bucket_encryption(Bucket="acme-results")


def test_a_table_of_others_is_left_as_it_is(world):
    world.glue.create_database(DatabaseInput={"Name": "audit"})
    world.glue.create_table(
        DatabaseName="audit", TableInput={"Name": "trail", "StorageDescriptor": {"Columns": [{"Name": "x", "Type": "int"}]}}
    )
    made = plan(world)
    assert [] == [step for step in made.steps if step.service == "glue"]
    assert [note for note in made.notes if "left as it is" in note and "--table" in note]


def test_a_workgroup_gets_only_what_it_lacks(world):
    world.athena.create_work_group(Name="audit", Configuration={"ResultConfiguration": {"OutputLocation": "s3://theirs/"}})
    world.apply(plan(world).steps)
    held = world.athena.get_work_group(WorkGroup="audit")["WorkGroup"]["Configuration"]
    assert (10**11, "s3://theirs/") == (held["BytesScannedCutoffPerQuery"], held["ResultConfiguration"]["OutputLocation"])


def test_the_way_back_takes_away_what_was_made(world, tmp_path):
    apply(plan(world).steps, world.client, lambda step: way_back.keep(tmp_path / "b", step), HERE)
    world.apply(way_back.steps(tmp_path / "b"))
    assert [] == world.glue.get_databases()["DatabaseList"]
    assert [] == world.s3.list_buckets()["Buckets"]


@pytest.mark.parametrize("table", TABLES)
def test_the_template_passes_cfn_lint(table, tmp_path):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(trail_cloudformation(replace(WANTED, table=table))))
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("cfn-lint")), str(path), "--regions", REGION], capture_output=True, text=True, check=False
    )
    assert (0, "") == (ran.returncode, ran.stdout)


@pytest.mark.parametrize("table", TABLES)
def test_terraform_parses(table):
    parsed = hcl2.loads(trail_terraform(replace(WANTED, table=table)))
    assert 5 == len(parsed["resource"])


def test_the_verb_prints_the_ddl_without_asking_aws(world, capsys, tmp_path):
    world.land.calls.clear()
    code, said = setup(world, capsys, tmp_path, "trail", "--bucket", "acme-trail", "--results", "acme-results", "--emit", "ddl")
    assert (0, True, []) == (code, said.out.startswith("CREATE EXTERNAL TABLE `countersign`.`cloudtrail`"), world.land.calls)
