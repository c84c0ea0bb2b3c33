"""What a change of a Session document changed, whose it was, and who worked under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.document_changes import CALLS, SAME, UNKNOWN, changes, concerned, judged, marked
from bot.core.documents import DEFAULT_SHELL
from bot.core.model import Document, Event, Finding, Kind, Level, Place, Session
from bot.core.session_settings import SETTINGS, differences, in_words
from bot.core.text import visible
from tests.conftest import NOW

HERE = Place("111122223333", "eu-west-1")
EVE = "arn:aws:sts::111122223333:assumed-role/Ops/eve@example.com"
GOOD = {
    "cloudWatchLogGroupName": "/acme/ssm", "cloudWatchStreamingEnabled": True, "s3BucketName": "acme-logs", "s3KeyPrefix": "ssm",
    "idleSessionTimeout": "20", "maxSessionDuration": "60", "shellProfile": {"linux": "", "windows": ""},
}  # fmt: skip


def document(version="1", ago=10_000, name=DEFAULT_SHELL, **inputs):
    made = NOW - timedelta(minutes=ago)
    return Document(name, "Standard_Stream", {**GOOD, **inputs}, {}, HERE.account, HERE.region, version, made=made)


def event(name, ago, version="", actor=EVE, document=DEFAULT_SHELL, **more):
    held = {"responseElements": {"documentDescription": {"documentVersion": version}}}
    if name == "UpdateDocumentDefaultVersion":
        held = {"requestParameters": {"documentVersion": version}}
    known = Event(f"{name}-{ago}", NOW - timedelta(minutes=ago), "ssm.amazonaws.com", name, actor, account=HERE.account, region=HERE.region)
    return replace(known, document=document, record=held, **more)


def session(ago, **more):
    known = Session(f"ana-{ago:017x}", EVE, "i-1", NOW - timedelta(minutes=ago), kind=Kind.SHELL, account=HERE.account, region=HERE.region)
    return replace(known, **more)


WEAK = {"cloudWatchStreamingEnabled": False, "cloudWatchLogGroupName": "", "idleSessionTimeout": "60"}
SAID = "streaming on → off; log group /acme/ssm → none; idle time-out 20 min → 60 min"


@pytest.mark.parametrize(
    ("inputs", "said", "weaker"),
    [
        pytest.param(WEAK, SAID, True, id="less is logged, for longer"),
        pytest.param({"cloudWatchLogGroupName": "/other"}, "log group /acme/ssm → /other", True, id="another log group"),
        pytest.param({"s3BucketName": ""}, "bucket acme-logs → none", True, id="no bucket"),
        pytest.param({"idleSessionTimeout": "10"}, "idle time-out 20 min → 10 min", False, id="a shorter time-out"),
        pytest.param({"maxSessionDuration": ""}, "maximum duration 60 min → none", True, id="no maximum"),
        pytest.param(
            {"s3EncryptionEnabled": "true"}, "demand for an encrypted bucket off → on", False, id="encryption demanded, as a string"
        ),
        pytest.param({"runAsEnabled": True}, "Run As off → on", True, id="another user"),
        pytest.param({"shellProfile": {"linux": "exec bash", "windows": ""}}, "linux profile none → exec bash", True, id="a profile"),
        pytest.param({"future": "x"}, "input future none → x", True, id="an input that is not known"),
        pytest.param({}, "", False, id="nothing"),
    ],
)
def test_settings_that_differ_are_told(inputs, said, weaker):
    found = differences(document(), document(**inputs))
    assert (said, weaker) == (in_words(found), any(one.weaker for one in found))


def test_a_secret_in_a_profile_is_not_told():
    profile = {"linux": "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
    assert "wJalr" not in in_words(differences(document(), document(shellProfile=profile)))


def test_two_calls_in_a_row_are_one_change():
    """Saving makes a version and puts it in force."""
    calls = [event("UpdateDocument", 60, "2"), event("UpdateDocumentDefaultVersion", 59, "2")]
    [change] = changes(calls, [document("1"), document("2", 60, **WEAK)])
    assert (SAID, "UpdateDocument and UpdateDocumentDefaultVersion", True) == (change.words, change.calls, change.weaker)


def test_two_people_in_a_row_are_two_changes():
    calls = [event("UpdateDocument", 60, "2"), event("UpdateDocument", 59, "3", actor="arn:aws:iam::111122223333:user/omar")]
    found = changes(calls, [document("1"), document("2", 60, **WEAK), document("3", 59)])
    assert [True, False] == [change.weaker for change in found]
    assert "log group none → /acme/ssm" in found[1].words


def test_going_back_to_an_old_version_is_a_change_of_its_own():
    found = changes(
        [event("UpdateDocument", 60, "2"), event("UpdateDocumentDefaultVersion", 30, "1")], [document("1"), document("2", 60, **WEAK)]
    )
    assert "streaming off → on" in found[1].words


def test_a_version_of_the_same_settings_says_so():
    [change] = changes([event("UpdateDocument", 60, "2")], [document("1"), document("2", 60)])
    assert (SAME, False) == (change.words, change.weaker)


def test_what_no_version_tells_is_not_guessed_and_counts_as_weaker():
    [change] = changes([event("UpdateDocument", 60, "7")], [])
    assert (UNKNOWN, True) == (change.words, change.weaker)


def test_a_document_that_was_deleted_is_told_by_the_doctors_copy():
    [change] = changes([event("DeleteDocument", 60)], [], [document("4", 2_000)])
    assert ("log group /acme/ssm → none" in change.words, True) == (True, change.weaker)


def test_a_document_deleted_and_made_again_is_held_against_the_doctors_copy():
    """SSM's history begins anew with version 1."""
    calls = [event("DeleteDocument", 60), event("CreateDocument", 59, "1")]
    deleted, made = changes(calls, [document("1", 59, **WEAK)], [document("4", 2_000)])
    assert ("log group /acme/ssm → none" in deleted.words, SAID) == (True, made.words)


SAVED, FORCED = "UpdateDocument", "UpdateDocumentDefaultVersion"


@pytest.mark.parametrize(
    ("calls", "versions", "papers"),
    [
        pytest.param(
            [event(SAVED, 60, "2"), event(FORCED, 59.9, "2"), event(SAVED, 58, "3"), event(FORCED, 57.9, "3")],
            [document("1"), document("2", 60, **WEAK), document("3", 58)],
            [],
            id="weakened and saved right again",
        ),
        pytest.param(
            [event(FORCED, 60, "1"), event(FORCED, 58, "2")], [document("1", **WEAK), document("2", 900)], [], id="an old version and back"
        ),
        pytest.param(
            [event(FORCED, 60, "1"), event(SAVED, 58, "3")],
            [document("1", **WEAK), document("2", 900), document("3", 58)],
            [],
            id="an old version in force, a good one only made",
        ),
        pytest.param(
            [event("DeleteDocument", 60), event("CreateDocument", 58, "1")],
            [document("1", 58)],
            [document("1", 900)],
            id="deleted, and made again",
        ),
    ],
)
def test_what_was_weakened_for_minutes_was_weakened(calls, versions, papers):
    """Between the two somebody may have worked without a log: setting it right at once hides nothing, and the first call keeps its level."""
    first, second = changes(calls, versions, papers)
    on_call = Finding("ct_preferences_changed", "Changed", Level.CRITICAL, event=first.events[0].id)
    assert (True, False) == (first.weaker, second.weaker)
    assert [Level.CRITICAL] == [finding.level for finding in marked([on_call], [first, second])]
    assert session(59).id in judged([first, second], [session(59)], NOW)[0].text


def test_a_version_of_the_new_document_says_nothing_of_the_old_one():
    """Version 4 of before the deletion is not version 4 of after it."""
    calls = [event("UpdateDocument", 600, "4"), event("DeleteDocument", 60)]
    update, _ = changes(calls, [document("4", 10, **WEAK)], [])
    assert UNKNOWN == update.words


def test_first_preferences_are_no_weakening():
    [change] = changes([event("CreateDocument", 60, "1")], [document("1", 60)])
    assert ("log group none → /acme/ssm" in change.words, False) == (True, change.weaker)


def test_whoever_began_a_session_meanwhile_is_named():
    weak, restored = event("UpdateDocument", 60, "2"), event("UpdateDocument", 30, "3", actor="arn:aws:iam::111122223333:user/omar")
    history = [document("1"), document("2", 60, **WEAK), document("3", 30)]
    others = [
        session(70), session(40, account="444455556666"), session(41, kind=Kind.TUNNEL), session(42, document="acme-Own"),
        session(43, document="AWS-StartInteractiveCommand"),
    ]  # fmt: skip
    first, second = judged(changes([weak, restored], history), [session(50), *others], NOW)
    assert (Level.HIGH, Level.LOW) == (first.level, second.level)
    assert f"2 sessions began before the next change: {session(50).id} and {session(43).id}." in first.text
    assert ("session" in second.text, EVE, "UpdateDocument: " + SAID) == (False, first.actor, first.text.partition(". ")[0])


def test_another_session_document_is_told_by_its_name():
    own = document("2", 60, "acme-Own", **WEAK)
    calls = concerned([event("UpdateDocument", 60, "2", document="acme-Own"), event("UpdateDocument", 50, "2", document="Patch")], [own])
    [found] = judged(changes(calls, [own, document("1", name="acme-Own")]), [session(50, document="acme-Own"), session(51)], NOW)
    assert ("The Session document acme-Own was changed", Level.MEDIUM) == (found.title, found.level)
    assert "1 session began" in found.text


def test_a_call_that_was_refused_changed_nothing():
    assert () == concerned([event("UpdateDocument", 60, error="AccessDenied")], [])


def test_a_finding_on_the_call_says_what_was_changed():
    found = changes([event("UpdateDocument", 60, "2")], [document("1"), document("2", 60, **WEAK)])
    on_call = Finding(
        "ct_preferences_changed", "Changed", Level.CRITICAL, text="UpdateDocument", matched="UpdateDocument", event="UpdateDocument-60"
    )
    assert [f"{DEFAULT_SHELL}: {SAID}", "id"] == [f.matched for f in marked([on_call, replace(on_call, event="x", matched="id")], found)]


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        pytest.param({}, WEAK, Level.CRITICAL, id="less is logged"),
        pytest.param(WEAK, {}, Level.LOW, id="set right again"),
        pytest.param(None, {}, Level.CRITICAL, id="not known"),
    ],
)
def test_a_call_that_is_known_to_weaken_nothing_is_low(before, after, level):
    """Setting the preferences right must not wake anybody; what is not known must."""
    history = [document("1", **before)] if before is not None else []
    found = changes([event("UpdateDocument", 60, "2")], [*history, document("2", 60, **after)])
    on_call = Finding("ct_preferences_changed", "Changed", Level.CRITICAL, event="UpdateDocument-60")
    assert [level] == [f.level for f in marked([on_call], found)]


def test_a_flag_shows_what_was_changed():
    from bot.core.flags import flag_blocks, flags

    found = changes([event("UpdateDocument", 60, "2")], [document("1"), document("2", 60, **WEAK)])
    on_call = Finding(
        "ct_preferences_changed", "The settings of Session Manager were changed", Level.CRITICAL, text="UpdateDocument", matched="UpdateDocument",
        event="UpdateDocument-60", actor=EVE,
    )  # fmt: skip
    [flag] = flags((), marked([on_call], found), {}, NOW)
    assert any(SAID in block.get("text", {}).get("text", "") for block in flag_blocks(flag))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["true", "9" * 5000, "{{ x }}", "\x1b[2J", "`*_<!channel>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(st.sampled_from([key for key, *_ in SETTINGS] + ["shellProfile", "x"]), JSON, max_size=8)
VERSIONS = st.sampled_from(["1", "2", "3", "", "$LATEST", "9" * 5000, "٣"])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=INPUTS,
    after=INPUTS,
    names=st.lists(st.tuples(st.sampled_from(sorted(CALLS)), VERSIONS, st.integers(0, 400)), max_size=6),
    made=st.lists(st.tuples(VERSIONS, st.integers(0, 500)), max_size=4),
)
def test_whatever_documents_hold_is_told_or_unknown(before, after, names, made):
    """Any JSON, any versions in any order: each change in visible words, none lost."""
    calls = [event(name, ago, version) for name, version, ago in names]
    history = [replace(document(version, ago), inputs=before if number % 2 else after) for number, (version, ago) in enumerate(made)]
    found = changes(calls, history, history[:1])
    assert len(calls) == sum(len(change.events) for change in found)
    assert [] == [change.words for change in found if visible(change.words) != change.words]
    assert len(found) == len(judged(found, [session(50)], NOW))


class TestNight:
    """Prod's preferences logged nothing for an hour of the day before; SSM still knows that version."""

    WEAKENED = (
        "log group /acme/ssm/sessions → none; demand for an encrypted log group on → off; bucket acme-session-logs-111122223333 → none"
    )

    @pytest.fixture(name="rows")
    def _rows(self, night_archive):
        import commands
        from bot.core.ask import Ask
        from bot.core.desk import Desk
        from bot.core.policy import Policy
        from bot.core.registry import discover
        from bot.core.roles import Role, User
        from queries.archive import ArchiveEvidence
        from queries.rulebook import load
        from tests.evidence import Memory

        ask = Ask(User("U0ANA"), "unusual 3d low", NOW, Role.VIEWER, Policy(rules=load()))
        return Desk(discover(commands)).answer(ask, lambda explain: ArchiveEvidence(night_archive, explain=explain, now=NOW), Memory()).data

    def test_what_was_changed_is_told_with_who_did_it_and_who_worked_meanwhile(self, rows, the_night):
        [row] = [row for row in rows if row["rule"] == "preferences_window" and row["level"] == "high"]
        assert ("deploy-legacy", True) == (row["who"], self.WEAKENED in row["what"])
        assert all(the_night[key].id in row["what"] for key in ("weak-1", "weak-2"))
        assert the_night["after-weak"].id not in row["what"]

    def test_setting_it_right_again_is_no_weakening(self, rows):
        [row] = [row for row in rows if row["rule"] == "preferences_window" and row["level"] == "low"]
        assert ("omar.haddad@example.com", True) == (row["who"], "log group none → /acme/ssm/sessions" in row["what"])

    def test_the_rule_on_the_call_says_it_too(self, rows):
        told = [row["what"] for row in rows if row["rule"] == "ct_preferences_changed"]
        assert 4 == len(told)
        assert 2 == sum(self.WEAKENED in what for what in told)
