"""What changed in session logging, as the digest and `/ssm doctor` tell it, and the clock's own visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import commands
from bot.core.ask import Ask
from bot.core.desk import Desk
from bot.core.doctor import examine
from bot.core.doctor.drift import visit
from bot.core.doctor.facts import Estate, SessionDocument, Unknown
from bot.core.doctor.result import WORKSPACE, Check, fault
from bot.core.doctor.slack import SLACK_CHECKS
from bot.core.model import Event, Place, Unread
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.roles import Role, User
from bot.roof import clockwork, house
from queries.rulebook import load
from tests.conftest import NOW
from tests.evidence import Fixed, Memory
from tests.payloads import faults

HERE = Place("111122223333", "eu-west-1")
GOOD = {"s3BucketName": "acme-logs", "cloudWatchLogGroupName": "/acme/ssm", "cloudWatchStreamingEnabled": True, "idleSessionTimeout": "20"}
DESK = Desk(discover(commands))
RULES = load()


def estate(place=HERE, **inputs):
    content = {"sessionType": "Standard_Stream", "inputs": {**GOOD, **inputs}}
    return Estate(place, preferences=SessionDocument("SSM-SessionManagerRunShell", content))


CHANGE = Event(
    "e1", NOW - timedelta(hours=2), "ssm.amazonaws.com", "UpdateDocument", "arn:aws:iam::111122223333:user/eve", account=HERE.account,
    region=HERE.region, document="SSM-SessionManagerRunShell",
)  # fmt: skip
WHOLE = replace(estate(), key=None)
OFF = estate(cloudWatchStreamingEnabled=False)
YESTERDAY = NOW - timedelta(days=1)
SAID = "In 111122223333/eu-west-1, by eve (UpdateDocument): Streaming ok → warning (Streaming is off"


def answer(words, world, ledger, via="slash", workspace=None, at=NOW):
    policy = Policy(rules=RULES, workspace=workspace)
    return DESK.answer(Ask(User("U0ANA"), words, at, Role.VIEWER, policy, "#sec", via), lambda explain: world, ledger)


def kept(*visits):
    ledger = Memory()
    for at, *estates in visits:
        ledger.keep_visit(visit(examine(estates), at, ledger.visited(at)))
    return ledger


class TestDigest:
    def test_it_says_what_changed_since_the_visit_before_and_who_did_it(self):
        ledger = kept((YESTERDAY - timedelta(hours=1), estate()), (NOW - timedelta(hours=1), OFF))
        message = answer("digest 24h", Fixed(trail=(CHANGE,)), ledger, "clock")
        assert SAID in message.text
        assert any(SAID in block.get("text", {}).get("text", "") for block in message.blocks)
        assert [] == faults(message.blocks)

    def test_it_is_not_all_clear_then(self):
        before, after = (YESTERDAY, estate()), (NOW - timedelta(hours=1), OFF)
        assert answer("digest 24h", Fixed(), kept(before), "clock").text.startswith("All clear.")
        assert answer("digest 24h", Fixed(), kept(before, after), "clock").text.startswith("Worth a look.")

    def test_it_says_what_the_look_covered(self):
        dark = replace(estate(), documents=Unknown("denied"))
        text = answer("digest 24h", Fixed(), kept((NOW - timedelta(hours=1), dark)), "clock").text
        assert "checks of session logging made" in text
        assert "more could not be made" in text

    def test_it_says_what_could_not_be_looked_at_at_all(self):
        ledger = Memory()
        ledger.keep_visit(visit(examine([estate()]), NOW - timedelta(hours=1), unread=3))
        assert "3 account-regions could not be looked at" in answer("digest 24h", Fixed(), ledger, "clock").text

    def test_an_old_look_says_how_old_it_is(self):
        assert "made, last 3 days ago" in answer("digest 24h", Fixed(), kept((NOW - timedelta(days=3), estate())), "clock").text.replace(
            "more could not be ", ""
        )

    def test_the_first_days_visits_are_held_against_each_other(self):
        ledger = kept((NOW - timedelta(hours=20), estate()), (NOW - timedelta(hours=1), OFF))
        assert "Streaming" in answer("digest 24h", Fixed(), ledger, "clock").text

    def test_what_changed_before_the_window_was_told_before(self):
        ledger = kept((NOW - timedelta(days=3), estate()), (YESTERDAY, OFF), (NOW, OFF))
        assert "Session logging changed" not in answer("digest 24h", Fixed(), ledger, "clock").text

    def test_a_digest_asks_the_estate_of_nobody(self):
        """It says what the clock saw; a doctor that is slow or fails delays none."""
        world = Fixed()
        answer("digest 24h", world, kept((YESTERDAY, estate())), "clock")
        assert "estate" not in [source.question for source in world.asked]

    def test_a_digest_of_one_person_says_nothing_of_it(self):
        ledger = kept((YESTERDAY, estate()), (NOW, OFF))
        assert "Session logging" not in answer("digest 24h --actor=eve", Fixed(), ledger).text


class TestDoctor:
    def test_it_says_what_changed_since_it_looked(self):
        message = answer("doctor", Fixed(estates=(OFF,), trail=(CHANGE,)), kept((YESTERDAY, estate())))
        assert "changed in 1 point since I looked on Sun 22 Nov 21:14 UTC. " + SAID in message.text
        assert [] == faults(message.blocks)

    def test_it_says_that_nothing_changed(self):
        world = Fixed(estates=(WHOLE,))
        assert "Nothing changed since I looked on Sun 22 Nov" in answer("doctor preferences", world, kept((YESTERDAY, WHOLE))).text
        assert "events" not in [source.question for source in world.asked]

    def test_quiet_is_not_claimed_of_what_could_not_be_checked(self):
        world = Fixed(estates=(replace(WHOLE, documents=Unknown("denied")),))
        assert "Nothing that could be checked changed" in answer("doctor", world, kept((YESTERDAY, WHOLE))).text

    def test_without_an_earlier_look_it_claims_nothing(self):
        assert "since I looked" not in answer("doctor", Fixed(estates=(estate(),)), Memory()).text

    @pytest.mark.parametrize(
        ("words", "ago", "visits"),
        [
            pytest.param("doctor", 25, 2, id="a day after the last"),
            pytest.param("doctor", 2, 1, id="soon after the last"),
            pytest.param("doctor 111122223333", 25, 1, id="a part of the fleet"),
            pytest.param("doctor preferences", 25, 1, id="a part of the checks"),
            pytest.param("doctor --explain", 25, 1, id="only explained"),
        ],
    )
    def test_a_whole_look_is_kept_once_a_day(self, words, ago, visits):
        ledger = kept((NOW - timedelta(hours=ago), estate()))
        answer(words, Fixed(estates=() if "explain" in words else (estate(),)), ledger)
        assert visits == len(ledger.visits)

    def test_what_is_kept_includes_the_documents(self):
        ledger = Memory()
        answer("doctor", Fixed(estates=(estate(),)), ledger)
        assert [("SSM-SessionManagerRunShell", "/acme/ssm")] == [
            (paper.name, paper.inputs["cloudWatchLogGroupName"]) for paper in ledger.shelf_of_papers
        ]

    def test_slack_stands_beside_aws(self):
        about = SLACK_CHECKS[1]
        made = (
            Check(
                about,
                WORKSPACE,
                fault("The bot is not in #sec: what is to be posted there is not.", "Write `/invite @countersign` in #sec."),
            ),
        )
        message = answer("doctor", Fixed(estates=(estate(),)), Memory(), workspace=lambda: made)
        assert "1 account-region and Slack" in message.text
        assert "Slack: The bot is not in #sec" in message.text
        world = Fixed(estates=(estate(),))
        assert "The bot is not in #sec" in answer("doctor slack.channels", world, Memory(), workspace=lambda: made).text
        assert () == world.asked

    def test_one_region_asks_nothing_of_slack(self):
        def never():
            raise AssertionError

        answer("doctor eu-west-1", Fixed(estates=(estate(),)), Memory(), workspace=never)


class TestClock:
    @pytest.fixture(name="home")
    def _home(self):
        self.at, self.world = NOW, Fixed(estates=(estate(),))
        home = house.opened(
            house.settings(
                {
                    "COUNTERSIGN_STORE": "sqlite://",
                    "COUNTERSIGN_SCHEDULE": "daily 09:00 UTC → #a: digest 24h",
                    "COUNTERSIGN_ADMINS": "U0OMARHAD1",
                }
            ),
            evidence=lambda now, explain: self.world,
            clock=lambda: self.at,
        )
        yield home
        home.close()

    def test_it_looks_once_a_day_and_in_the_hour_before_a_digest(self, home):
        look, visits = clockwork.visitor(home), []
        for _ in range(3 * 24 * 6):
            look()
            last = home.store.visited(self.at)
            visits += [last.at] if last.at == self.at else []
            self.at += timedelta(minutes=10)
        assert ["21:14", "08:04", "08:04", "08:04"] == [f"{at:%H:%M}" for at in visits]

    def test_a_second_process_looks_no_second_time(self, home):
        clockwork.visitor(home)()
        asked = len(self.world.questions)
        clockwork.visitor(home)()
        assert asked == len(self.world.questions)

    def test_a_look_that_sees_nothing_keeps_nothing_and_is_told_once(self, home):
        self.world = Fixed(unread=(Unread("111122223333/eu-west-1", "AccessDenied"),))
        look = clockwork.visitor(home)
        for _ in range(3):
            look()
        assert home.store.visited(NOW) is None
        [post] = home.store.due()
        assert "could look at nothing" in post.body["text"]

    @pytest.mark.parametrize(("said", "there"), [("daily", True), ("never", False)])
    def test_the_looks_can_be_turned_off(self, home, said, there):
        running = clockwork.start_clock(replace(home, settings=replace(home.settings, doctor=said, schedule=())), courier=None)
        found = running._scheduler.get_job("doctor")
        running.stop()
        assert there == (found is not None)

    def test_a_look_that_fails_is_no_digests_business(self, home):
        class Broken(Fixed):
            def estate(self, now):
                raise RuntimeError

        self.world = Broken()
        with pytest.raises(RuntimeError):
            clockwork.visitor(home)()
        assert "All clear" in home.office.ask(User("clock"), Role.VIEWER, "digest 24h", "clock").text


class TestNight:
    """The local workspace on the made-up night: a bot that was there before had looked while the preferences logged nothing."""

    def test_its_digest_says_who_set_the_preferences_right(self, night_archive):
        from bot.roof import local
        from queries.archive import ArchiveEvidence

        home = house.opened(
            house.settings({"COUNTERSIGN_STORE": "sqlite://"}),
            evidence=lambda now, explain: ArchiveEvidence(night_archive, explain=explain, now=now),
            clock=lambda: NOW,
        )
        local.looked(home)
        said = home.office.ask(User("clock"), Role.VIEWER, "digest 24h", "clock").text
        home.close()
        assert "In 111122223333/eu-west-1, by omar.haddad@example.com (UpdateDocument and UpdateDocumentDefaultVersion)" in said
        assert "A place for logs fault → ok (Logs go to s3://acme-session-logs-111122223333/prod and /acme/ssm/sessions)" in said

    def test_its_app_has_every_scope_of_the_manifest(self):
        from bot.manifest import SCOPES
        from bot.roof import local

        assert set(SCOPES) == set(local.app().scopes)
