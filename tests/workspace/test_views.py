"""Modals and home tabs: triggers, hashes, stacks."""

from __future__ import annotations

import pytest

from bot.workspace import cast
from tests.workspace import payloads
from tests.workspace.payloads import plain

MODAL = {"type": "modal", "title": plain("Flag"), "blocks": [{"type": "divider"}]}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture(name="trigger")
def _trigger(app):
    def issue(view=""):
        return app.state.workspace.triggers.issue(cast.ANA.id, view)

    return issue


def test_open(client, trigger):
    """The answer is the view with its ids, an empty state and a hash."""
    view = client.api("views.open", trigger_id=trigger(), view=MODAL)["view"]
    assert ({}, view["id"], None) == (view["state"]["values"], view["root_view_id"], view["previous_view_id"])
    assert view["hash"]


def test_a_trigger_works_once(client, trigger):
    """The second use finds it exchanged."""
    trigger_id = trigger()
    assert client.api("views.open", trigger_id=trigger_id, view=MODAL)["ok"]
    assert "exchanged_trigger_id" == client.api("views.open", trigger_id=trigger_id, view=MODAL)["error"]


@pytest.mark.parametrize(
    ("wait", "error"), [pytest.param(3, None, id="three seconds"), pytest.param(3.01, "expired_trigger_id", id="later")]
)
def test_a_trigger_lives_three_seconds(client, trigger, clock, wait, error):
    """A view must be opened within three seconds of the click."""
    trigger_id = trigger()
    clock.forward(wait)
    assert error == client.api("views.open", trigger_id=trigger_id, view=MODAL).get("error")


def test_an_unknown_trigger(client):
    """A made-up trigger is invalid."""
    assert "invalid_trigger_id" == client.api("views.open", trigger_id="1.2.3", view=MODAL)["error"]


def test_a_bad_view_spends_no_trigger(client, trigger):
    """A refused view says where it is wrong, and the click can still be used."""
    trigger_id = trigger()
    answer = client.api("views.open", trigger_id=trigger_id, view={**MODAL, "title": plain("x" * 25)})
    assert ("invalid_arguments", "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]") == (
        answer["error"],
        answer["response_metadata"]["messages"][0],
    )
    assert client.api("views.open", trigger_id=trigger_id, view=MODAL)["ok"]


def test_inputs_need_submit(client, trigger):
    """A modal with an input has a submit button."""
    answer = client.api("views.open", trigger_id=trigger(), view={**MODAL, "blocks": [payloads.INPUTS["email_text_input"]]})
    assert ["submit is required when an input block is within blocks [json-pointer:/view/submit]"] == answer["errors"]


def test_a_home_is_not_opened(client, trigger):
    """views.open is for modals, views.publish for homes."""
    assert "invalid_arguments" == client.api("views.open", trigger_id=trigger(), view=HOME)["error"]
    assert "invalid_arguments" == client.api("views.publish", user_id=cast.ANA.id, view=MODAL)["error"]


def test_three_modals_deep(client, trigger):
    """A fourth modal does not fit on the stack."""
    root = client.api("views.open", trigger_id=trigger(), view=MODAL)["view"]
    second = client.api("views.push", trigger_id=trigger(root["id"]), view=MODAL)["view"]
    third = client.api("views.push", trigger_id=trigger(second["id"]), view=MODAL)["view"]
    assert (root["id"], second["id"]) == (third["root_view_id"], third["previous_view_id"])
    assert "push_limit_reached" == client.api("views.push", trigger_id=trigger(third["id"]), view=MODAL)["error"]


def test_push_needs_a_modal_below(client, trigger):
    """A click outside a modal cannot push."""
    assert "not_found" == client.api("views.push", trigger_id=trigger(), view=MODAL)["error"]


def test_hash_conflict(client, trigger):
    """An update with the hash of an older content is refused; with the newest it is done."""
    first = client.api("views.open", trigger_id=trigger(), view=MODAL)["view"]
    second = client.api("views.update", view_id=first["id"], view=MODAL, hash=first["hash"])["view"]
    assert "hash_conflict" == client.api("views.update", view_id=first["id"], view=MODAL, hash=first["hash"])["error"]
    assert client.api("views.update", view_id=first["id"], view=MODAL, hash=second["hash"])["ok"]


def test_external_id(client, trigger):
    """A view is found by its external_id, which is unique."""
    named = {**MODAL, "external_id": "review-7"}
    assert client.api("views.open", trigger_id=trigger(), view=named)["ok"]
    assert client.api("views.update", external_id="review-7", view=named)["ok"]
    assert "duplicate_external_id" == client.api("views.open", trigger_id=trigger(), view=named)["error"]
    assert "not_found" == client.api("views.update", external_id="review-8", view=MODAL)["error"]


def test_too_large(client, trigger):
    """A view has at most 250 kB."""
    big = {**MODAL, "blocks": [{"type": "section", "text": plain("x" * 3000)}] * 90}
    assert "view_too_large" == client.api("views.open", trigger_id=trigger(), view=big)["error"]


def test_home_per_person(client):
    """A published home is that person's; another has none."""
    view = client.api("views.publish", user_id=cast.ANA.id, view=HOME)["view"]
    assert view["id"] == client.look("home", **{"as": cast.ANA.id}).json()["view"]["id"]
    assert None is client.look("home", **{"as": cast.BEN.id}).json()["view"]


def test_home_hash(client):
    """A home published over an older one keeps its id; an old hash conflicts."""
    first = client.api("views.publish", user_id=cast.ANA.id, view=HOME)["view"]
    second = client.api("views.publish", user_id=cast.ANA.id, view=HOME, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    assert "hash_conflict" == client.api("views.publish", user_id=cast.ANA.id, view=HOME, hash=first["hash"])["error"]


def test_a_home_is_updated_in_place(client):
    """views.update reaches a home tab too."""
    view = client.api("views.publish", user_id=cast.ANA.id, view=HOME)["view"]
    client.api("views.update", view_id=view["id"], view={**HOME, "private_metadata": "new"})
    assert "new" == client.look("home", **{"as": cast.ANA.id}).json()["view"]["private_metadata"]
