"""The people and channels of the workspace that `countersign run` opens: four-eyes flows need more than one person."""

from __future__ import annotations

from bot.workspace.facts import App, Channel, Group, Person

ANA = Person(
    "U0ANAFERR1", "ana.ferreira", "Ana Ferreira", "ana.ferreira@example.com", "Europe/Lisbon", "Platform engineer", "engineer", "2b7a78"
)
BEN = Person(
    "U0BENOKAF1", "ben.okafor", "Ben Okafor", "ben.okafor@example.com", "Europe/London", "Platform engineer", "second engineer", "a15c38"
)
RHEA = Person(
    "U0RHEASAN1",
    "rhea.santos",
    "Rhea Santos",
    "rhea.santos@example.com",
    "America/New_York",
    "Security reviewer",
    "security reviewer",
    "6b4fa0",
)
OMAR = Person(
    "U0OMARHAD1",
    "omar.haddad",
    "Omar Haddad",
    "omar.haddad@example.com",
    "Asia/Tokyo",
    "On-call lead",
    "on-call lead",
    "1d63b8",
    is_admin=True,
)
GIL = Person(
    "U0GILTRAN1",
    "gil.tran",
    "Gil Tran",
    "gil.tran@example.com",
    "Europe/Paris",
    "Contractor",
    "single-channel guest",
    "7d6608",
    is_restricted=True,
    is_ultra_restricted=True,
)
STRANGER = Person(
    "U0STRANGE1",
    "kim.partner",
    "Kim Partner",
    "kim@partner.example.com",
    "America/Denver",
    "Partner, by Slack Connect",
    "Slack Connect stranger",
    "5f6a6a",
    team="T0PARTNER1",
    is_stranger=True,
)
BOT = Person(App().bot_user, "countersign", "Countersign", color="14323f", title="Who goes there?", is_bot=True)

PEOPLE = (ANA, BEN, RHEA, OMAR, GIL, STRANGER, BOT)
_STAFF = tuple(person.id for person in (ANA, BEN, RHEA, OMAR, BOT))

CHANNELS = (
    Channel("C0SSMAUDT1", "ssm-audit", "Digests of session activity", _STAFF),
    Channel("C0SECFLAG1", "sec-flags", "Flagged sessions and their reviews", _STAFF),
    Channel("C0PLATFRM1", "platform", "Platform engineering", (*_STAFF, GIL.id, STRANGER.id)),
    Channel("C0INCIDNT1", "incident-42", "Private: the bot was not invited", (ANA.id, RHEA.id, OMAR.id), is_private=True),
)

GROUPS = (
    Group("S0REVIEWR1", "sec-reviewers", "Security reviewers", (RHEA.id, OMAR.id)),
    Group("S0ONCALL01", "oncall", "On call", (OMAR.id,)),
    Group("S0RESPOND1", "ssm-responders", "Session responders", (ANA.id, BEN.id)),
)
