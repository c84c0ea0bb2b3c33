"""`countersign doctor` and `/ssm doctor`: what they show, and the exit code."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.core import pages
from bot.core.doctor import examine
from bot.core.doctor.facts import Estate, Expected, SessionDocument, Trail
from bot.core.doctor.report import lines, side_by_side
from bot.core.doctor.result import State
from bot.core.model import Place, Source
from bot.roof.cli import main
from bot.roof.verbs.doctor import table
from commands.doctor import view
from tests.conftest import NOW
from tests.doctor.estates import Whole
from tests.doctor.land import ACCOUNT, GOOD, REGION
from tests.payloads import faults

CONTENT = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": GOOD}
HERE = Place(ACCOUNT, REGION)
TRAIL = Trail("org", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org", REGION, True, True, True, True, True, "trail")
WELL = Estate(HERE, preferences=SessionDocument("SSM-SessionManagerRunShell", {**CONTENT, "inputs": {**GOOD, "s3BucketName": ""}}))


def doctor(capsys, tmp_path, *words, scope=""):
    toml = tmp_path / "countersign.toml"
    toml.write_text(f'[[scope]]\nname = "prod"\naccount = "{ACCOUNT}"\nregions = ["{REGION}"]\n{scope}')
    code = main(["doctor", *words], {"COUNTERSIGN_CONFIG": str(toml)})
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({}, 0, id="well"),
        pytest.param({"idleSessionTimeout": "60"}, 1, id="a warning"),
        pytest.param({"s3BucketName": "", "cloudWatchLogGroupName": ""}, 2, id="a fault"),
    ],
)
def test_the_exit_code_is_the_worst_that_was_found(world, capsys, tmp_path, changes, code):
    world.good()
    world.ssm.delete_document(Name="SSM-SessionManagerRunShell")
    world.preferences(**changes)
    told = [doctor(capsys, tmp_path, name)[0] for name in ("preferences.idle", "preferences.destination")]
    assert code == max(told)


def test_a_check_that_could_not_be_made_is_not_well(world, capsys, tmp_path):
    from tests.standins.faults import Fault

    world.good()
    world.land.fault(Fault("logs", "DescribeLogGroups"))
    code, said = doctor(capsys, tmp_path, "group")
    assert (1, True) == (code, "logs:DescribeLogGroups" in said)


def test_a_check_that_there_is_not_is_refused_and_not_called_well(capsys):
    assert 2 == main(["doctor", "prefs"], {})
    assert "There is no check `prefs`. Did you mean `countersign doctor preferences`?" in capsys.readouterr().err


def test_a_right_that_is_missing_hides_no_more_than_it_must(land):
    """Without iam:GetInstanceProfile no role is told; nodes and network are."""
    from tests.standins.faults import Fault

    whole = Whole(land)
    land.fault(Fault("iam", "GetInstanceProfile"))
    states = {(check.about.id, check.state) for check in examine([whole.estate(NOW)])}
    assert {("nodes.role", State.UNKNOWN), ("nodes.managed", State.OK), ("network.endpoints", State.OK)} <= states
    assert ("nodes.role", State.FAULT) not in states


def test_a_trail_of_another_region_is_asked_in_its_own(land):
    whole = Whole(land)
    whole.post = replace(whole.post, region="us-east-1")
    states = {(check.about.id, check.state) for check in examine([whole.estate(NOW)])}
    assert ("trail.records", State.OK) in states


def test_a_fleet_that_cannot_be_looked_at_is_not_called_well(world, capsys, tmp_path):
    from tests.standins.faults import Fault

    world.land.fault(Fault("sts", "AssumeRole"))
    toml = tmp_path / "countersign.toml"
    toml.write_text(f'[[scope]]\nname = "prod"\nrole_arn = "arn:aws:iam::{ACCOUNT}:role/countersign"\nregions = ["{REGION}"]\n')
    code = main(["doctor"], {"COUNTERSIGN_CONFIG": str(toml)})
    said = capsys.readouterr()
    assert 1 <= code
    assert "as it should be" not in said.out


def test_without_anything_to_look_at_nothing_is_claimed():
    assert "nothing can be said" in "\n".join(table([], everything=False, fix=False, colour=False))
    said = next(table(examine([WELL]), "Could not read 1 of 2 account-regions.", everything=False, fix=False, colour=False))
    assert said.endswith("Could not read 1 of 2 account-regions.")


def test_a_fix_names_the_scope_and_the_places_that_are_configured():
    told = Expected(("/acme/ssm",), "acme-logs", "ssm", scope="prod eu")
    [line] = [line for line in lines(examine([replace(WELL, preferences=None, expected=told)])) if line.about.id == "preferences.saved"]
    expected = "countersign setup logging --scope 'prod eu' --region eu-west-1 --bucket acme-logs --prefix ssm --log-group /acme/ssm"
    assert expected in line.fix.words


def test_json_has_one_object_a_check(world, capsys, tmp_path):
    world.good()
    _, said = doctor(capsys, tmp_path, "preferences", "--json")
    rows = json.loads(said)
    assert {"account", "region", "check", "subject", "state", "said", "why", "fix"} == set(rows[0])


def test_colour_is_for_terminals_only():
    checks = examine([WELL])
    assert "\x1b[" not in "\n".join(table(checks, everything=True, fix=True, colour=False))
    assert "\x1b[" in "\n".join(table(checks, everything=True, fix=True, colour=True))


def test_nothing_foreign_reaches_a_terminal_as_it_is():
    evil = {**CONTENT, "inputs": {**GOOD, "s3BucketName": "\x1b]0;t\x07s3://x/\n", "cloudWatchLogGroupName": "\x1b[2J"}}
    shown = "\n".join(table(examine([replace(WELL, preferences=SessionDocument("p", evil))]), everything=True, fix=True, colour=False))
    assert "\x1b" not in shown


def test_the_worst_comes_first():
    states = [line.state for line in lines(examine([WELL]))]
    assert sorted(states, reverse=True) == states


def test_the_same_finding_of_many_places_is_told_once():
    fleet = [replace(WELL, place=Place(account, REGION)) for account in ("111122223333", "444455556666", "777788889999")]
    found = [line for line in lines(examine(fleet)) if line.about.id == "preferences.copies"]
    assert [3] == [len(line.places) for line in found]


def test_places_stand_side_by_side():
    shown = side_by_side(examine([WELL, Estate(Place("444455556666", REGION), preferences=None)])).splitlines()
    row = next(line for line in shown if line.startswith("Preferences"))
    assert ["!", "✗"] == row.split()[1:]


@pytest.mark.parametrize("places", [1, 5, 40])
def test_the_answer_in_slack_fits_one_screen(places):
    """Within Slack's limits, the faults before the warnings, and not a screen of what is well."""
    fleet = [replace(WELL, place=Place(f"{number:012d}", REGION)) for number in range(places)]
    answer = pages.kept(view(examine(fleet)), [Source("aws", "estate", read=("x",))], "doctor")
    message = pages.page(answer, "t", 0, 10, 50)
    assert [] == faults(message.blocks)
    assert len(message.blocks) <= 20
    titles = [block["text"]["text"] for block in message.blocks if block["type"] == "section"][1:]
    marks = [title.partition(" ")[0] for title in titles]
    order = [":no_entry:", ":warning:", ":information_source:"]
    assert sorted(marks, key=order.index) == marks
