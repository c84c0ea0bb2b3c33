"""The Slack side against the local workspace: each check where it holds and where it fails, and mended by its fix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.config import Settings
from bot.core.doctor.result import State
from bot.core.doctor.slack import examine_slack
from bot.core.model import Place
from bot.manifest import SCOPES
from bot.roof.slack_side import WebSide, slack_wanted
from bot.workspace.cast import CHANNELS, GROUPS, PEOPLE
from bot.workspace.facts import App
from bot.workspace.server import build, serve

AUDIT = CHANNELS[0]


@pytest.fixture(scope="module", name="town")
def _town():
    """A workspace whose app has every scope of the manifest."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
        running = serve(build(PEOPLE, CHANNELS, groups=GROUPS, app=App(scopes=tuple(SCOPES))), 0)
        yield running
        running.stop()


def settings(town, **changes):
    its = town.app.state.workspace.app
    base = Settings.from_env({"SLACK_BOT_TOKEN": its.bot_token, "SLACK_APP_TOKEN": its.app_token, "SLACK_API_URL": town.api_url})
    return replace(base, **changes)


def states(of, wanted=None):
    held: dict[str, State] = {}
    for check in examine_slack(WebSide(of), wanted or slack_wanted(of), Place("Slack", "workspace")):
        held[check.about.id] = max(held.get(check.about.id, State.OK), check.state)
    return held


def test_what_is_configured_well_is_well(town):
    of = settings(town, alerts=f"#{AUDIT.name}", reviewers=(f"@{GROUPS[0].handle}",), admins=(PEOPLE[0].id,), people={"x": PEOPLE[1].id})
    assert {"slack.scopes": State.OK, "slack.channels": State.OK, "slack.people": State.OK} == states(of)


def test_a_scope_that_is_missing_is_named(town):
    of = settings(town)
    wanted = replace(slack_wanted(of), scopes={**SCOPES, "reactions:write": "to react"})
    assert State.FAULT == states(of, wanted)["slack.scopes"]


def test_a_channel_that_the_bot_does_not_see_is_a_fault_until_it_is_named_right(town):
    assert State.FAULT == states(settings(town, flags=("#incident-42: high",)))["slack.channels"]
    assert State.OK == states(settings(town, flags=(f"#{AUDIT.name}: high",)))["slack.channels"]


def test_a_channel_is_joined_by_an_invitation(town):
    """A public channel that the bot sees and is not in."""
    held = town.app.state.workspace
    here = held.channels[AUDIT.id]
    held.channels[AUDIT.id] = replace(here, members=tuple(m for m in here.members if m != held.app.bot_user))
    of = settings(town, alerts=f"#{AUDIT.name}")
    before = states(of)["slack.channels"]
    held.channels[AUDIT.id] = here
    assert (State.FAULT, State.OK) == (before, states(of)["slack.channels"])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"admins": ("U0NOBODY99",)}, id="a user that is not there"),
        pytest.param({"reviewers": ("@nobody",)}, id="a handle of nobody"),
        pytest.param({"people": {"x": "U0NOBODY99"}}, id="an AWS name that leads to nobody"),
    ],
)
def test_people_that_slack_does_not_know_are_named(town, changes):
    assert State.WARNING == states(settings(town, **changes))["slack.people"]


def test_a_silent_slack_is_no_clean_bill(town):
    of = settings(town, api_url="http://127.0.0.1:9/api/", alerts="#x", admins=("U0A",))
    assert {State.UNKNOWN} == set(states(of).values())


def test_channels_are_found_where_the_configuration_names_them(town):
    of = settings(town, schedule=("mon-fri 09:00 UTC → #sec-audit: digest 24h",), flags=("#sec-flags: high tunnels",), alerts="C0ALERTS1")
    assert ("#sec-audit", "#sec-flags", "C0ALERTS1") == slack_wanted(of).channels
