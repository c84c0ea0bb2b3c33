"""Configuration: what is read, and every fault at once."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ConfigError, Settings, variable
from bot.config_page import documented

DOCS = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-example", "SLACK_APP_TOKEN": "xapp-example"}


def faults(environment, toml=""):
    with pytest.raises(ConfigError) as caught:
        Settings.from_env(environment, toml)
    return {fault.name: fault for fault in caught.value.faults}


def test_nothing_set_is_a_bot_on_the_local_workspace():
    settings = Settings.from_env({})
    assert ("socket", "sqlite:///var/countersign.db", ("*",), ()) == (settings.mode, settings.store, settings.viewers, settings.admins)
    assert not settings.speaks_to_slack


def test_the_environment_wins_over_the_file():
    toml = 'zone = "Europe/Berlin"\nworkers = 4\n'
    settings = Settings.from_env({"COUNTERSIGN_ZONE": "Asia/Tokyo"}, toml)
    assert ("Asia/Tokyo", 4) == (settings.zone, settings.workers)


def test_the_file_may_be_a_path(tmp_path):
    path = tmp_path / "countersign.toml"
    path.write_text('result_reuse = "1h"', encoding="utf-8")
    assert timedelta(hours=1) == Settings.from_env({}, path).result_reuse


def test_all_faults_come_in_one_error():
    environment = {"PORT": "x", "COUNTERSIGN_ZONE": "Mars/Base", "COUNTERSIGN_WORKRES": "3", "SLACK_BOT_TOKEN": "xoxb-example"}
    found = faults(environment, "cost_cieling = 3")
    assert {"PORT", "COUNTERSIGN_ZONE", "COUNTERSIGN_WORKRES", "countersign.toml: cost_cieling", "SLACK_APP_TOKEN"} == set(found)
    assert "did you mean COUNTERSIGN_WORKERS?" == found["COUNTERSIGN_WORKRES"].right
    assert "did you mean cost_ceiling?" == found["countersign.toml: cost_cieling"].right


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SLACK_BOT_TOKEN", "xoxp-example", id="a user token"),
        pytest.param("SLACK_API_URL", "slack.com", id="a url without scheme"),
        pytest.param("SLACK_API_URL", "http://[::1/", id="a url that does not parse"),
        pytest.param("COUNTERSIGN_MODE", "rtm", id="an unknown mode"),
        pytest.param("COUNTERSIGN_STORE", "mysql://x/y", id="a store of another kind"),
        pytest.param("COUNTERSIGN_ADMINS", "*", id="everybody an admin"),
        pytest.param("COUNTERSIGN_VIEWERS", "alice", id="a person without @ or id"),
        pytest.param("COUNTERSIGN_PEOPLE", "alice", id="a mapping without ="),
        pytest.param("COUNTERSIGN_PEOPLE", "alice=bob", id="a mapping to no user id"),
        pytest.param("COUNTERSIGN_WORKERS", "0", id="no workers"),
        pytest.param("COUNTERSIGN_COST_CEILING", "0", id="no money"),
        pytest.param("COUNTERSIGN_QUESTION_TIMEOUT", "soon", id="a duration in words"),
        pytest.param("COUNTERSIGN_REGIONS", "eu-west-1 europe", id="a region that is none"),
        pytest.param("COUNTERSIGN_ATHENA_TABLE", 'x"; DROP', id="a table with a quote"),
        pytest.param("COUNTERSIGN_ATHENA_OUTPUT", "bucket/x", id="an output that is no s3 url"),
        pytest.param("COUNTERSIGN_BUCKET", "s3://x", id="a bucket as url"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(name, value):
    fault = faults({**SLACK, name: value})[name]
    assert fault.right.startswith(("it must", "each must", "name people"))


def test_a_wrong_secret_is_not_repeated():
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({**SLACK, "SLACK_BOT_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_secrets_are_not_in_repr():
    assert "xoxb" not in repr(Settings.from_env(SLACK))


def test_a_secret_in_the_file_is_a_fault():
    assert "set SLACK_BOT_TOKEN in the environment" == faults({}, 'bot_token = "xoxb-example"')["countersign.toml: bot_token"].right


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        pytest.param({"SLACK_BOT_TOKEN": "xoxb-example"}, "SLACK_APP_TOKEN", id="socket mode without app token"),
        pytest.param({"SLACK_APP_TOKEN": "xapp-example"}, "SLACK_BOT_TOKEN", id="socket mode without bot token"),
        pytest.param({"COUNTERSIGN_MODE": "http", "SLACK_BOT_TOKEN": "xoxb-example"}, "SLACK_SIGNING_SECRET", id="http without secret"),
    ],
)
def test_half_a_connection_is_a_fault(environment, missing):
    assert [missing] == list(faults(environment))


def test_without_scopes_the_plain_settings_are_one():
    settings = Settings.from_env({"COUNTERSIGN_ATHENA_TABLE": "cloudtrail", "COUNTERSIGN_REGIONS": "eu-west-1,us-east-1"})
    (scope,) = settings.scopes
    assert ("default", "cloudtrail", ("eu-west-1", "us-east-1")) == (scope.name, scope.table, scope.regions)


def test_a_scope_takes_what_it_does_not_say_from_the_plain_settings():
    toml = '[[scope]]\nname = "prod"\n[[scope]]\nname = "dev"\ntable = "other"\n[people]\n"alice@example.com" = "U0ALICE"\n'
    settings = Settings.from_env({"COUNTERSIGN_ATHENA_TABLE": "cloudtrail"}, toml)
    assert [("prod", "cloudtrail"), ("dev", "other")] == [(s.name, s.table) for s in settings.scopes]
    assert {"alice@example.com": "U0ALICE"} == dict(settings.people)


def test_the_faults_of_scopes_name_their_scope():
    found = faults({}, '[[scope]]\nname = "prod"\nregion = ["eu-west-1"]\n[[scope]]\nname = "prod"\naccount = "12"\n[[scope]]\n')
    assert "did you mean regions?" == found["countersign.toml: scope prod: region"].right
    assert {"countersign.toml: scope", "countersign.toml: scope prod: account", "countersign.toml: scope 3"} < set(found)


def test_scope_that_is_no_list_of_tables_is_a_fault():
    assert ["countersign.toml: scope"] == list(faults({}, "scope = 3"))


def test_a_file_that_is_no_toml_is_a_fault():
    assert ["countersign.toml"] == list(faults({}, "workers ="))


def test_the_schedule_is_lines():
    lines = ("mon-fri 09:00 Europe/Berlin → #sec: digest 24h", "0 * * * * → #sec: ports 1h")
    assert lines == Settings.from_env({"COUNTERSIGN_SCHEDULE": "; ".join(lines)}).schedule


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("COUNTERSIGN_SCHEDULE", "0 9 * * 1-5 → #sec: digest 24h", id="weekdays by number"),
        pytest.param("COUNTERSIGN_FLAGS", "#sec: enormous", id="no such level"),
        pytest.param("COUNTERSIGN_FLAGS", "#sec: eu-west-1", id="takes nothing"),
    ],
)
def test_a_wrong_line_is_a_fault_at_start(name, value):
    assert [name] == list(faults({name: value}))


VARIABLES = [variable(name) for name in ("port", "zone", "people", "store", "api_url", "rules", "viewers")]


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text()))
def test_any_text_is_either_read_or_a_config_error(environment):
    with contextlib.suppress(ConfigError):
        assert isinstance(Settings.from_env(environment), Settings)


@given(st.text() | st.integers() | st.lists(st.integers()) | st.booleans())
def test_any_toml_value_is_either_read_or_a_fault(value):
    from bot import readers

    for name in ("text", "duration", "words", "lines", "mapping", "people", "dollars", "port", "zone", "http_url", "regions"):
        with contextlib.suppress(ValueError):
            assert getattr(readers, name)(value) is not None


def test_the_documentation_is_current():
    assert documented() == DOCS.read_text(encoding="utf-8")
