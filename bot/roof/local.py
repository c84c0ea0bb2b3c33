"""The local workspace with the bot in it: what `run` opens when there is no Slack token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import commands
from bot.config import Settings
from bot.core import watch
from bot.core.doctor import examine
from bot.core.doctor.drift import visit
from bot.core.doctor.facts import Estate, SessionDocument
from bot.core.documents import DEFAULT_SHELL
from bot.core.model import Document
from bot.core.registry import discover
from bot.core.roles import User
from bot.core.schedule import line
from bot.manifest import COMMAND, SCOPES, SHORTCUTS
from bot.roof.house import House
from bot.workspace.cast import CHANNELS, GROUPS, PEOPLE
from bot.workspace.facts import App, Hint, Shortcut, SlashCommand, Subcommand
from bot.workspace.server import Running, build, serve
from commands import _drift

PORT = 8484
DIGEST = "mon-sun 09:00 → #ssm-audit: digest 24h"
FLAGS = "#sec-flags: high tunnels"
BACK = timedelta(hours=12)  # how far back the first look goes: the channels hold what the bot posted of the night
LOOKED = timedelta(hours=30, minutes=30)  # when the night's preferences logged nothing
EXPLAIN = False
HINTS = (
    Hint("/ssm active", "who is connected right now, and through what"),
    Hint("/ssm risky 24h", "risky commands that were typed, with a button to each dossier"),
    Hint("/ssm audit 7d", "who opened sessions, who was denied; page it, take the CSV, share it"),
)


def app() -> App:
    """The bot as it is installed there: what the manifest declares, and the verbs for the page's completion."""
    verbs = tuple(Subcommand(command.name, command.usage, command.about) for command in discover(commands).values())
    command = SlashCommand(str(COMMAND["command"]), str(COMMAND["usage_hint"]), str(COMMAND["description"]), verbs)
    shortcuts = tuple(Shortcut(each["callback_id"], each["name"], each["type"]) for each in SHORTCUTS)
    return App(commands=(command,), shortcuts=shortcuts, hints=HINTS, scopes=tuple(SCOPES))


def opened(port: int = PORT) -> Running:
    """The workspace, served on the loopback address; on another port where that one is taken."""
    built = build(PEOPLE, CHANNELS, groups=GROUPS, app=app())
    try:
        return serve(built, port)
    except OSError:
        return serve(built, 0)


def settled(of: Settings, workspace: Running, folder: Path) -> Settings:
    """The settings for the workspace: its tokens and people, and a store that goes with it."""
    its = workspace.app.state.workspace.app
    return replace(
        of,
        bot_token=its.bot_token,
        app_token=its.app_token,
        api_url=workspace.api_url,
        mode="socket",
        responders=of.responders or ("@ssm-responders",),
        reviewers=of.reviewers or ("@sec-reviewers",),
        admins=of.admins or ("@omar.haddad",),
        on_call=of.on_call or ("@oncall",),
        schedule=of.schedule or (DIGEST,),
        flags=of.flags or (FLAGS,),
        store=f"sqlite:///{folder / 'workspace.db'}",
    )


def seeded(home: House) -> None:
    """What a bot that had run all night would have done: the digest is wanted now, and the watch looks back over the night."""
    now = home.office.clock()
    home.store.advance(watch.NAME, now - BACK)
    for each in home.settings.schedule:
        key = line(each, home.settings.zone).key
        home.store.advance(key, now)
        home.store.want(key, now)


def looked(home: House) -> None:
    """The doctor's looks of a bot that was there before: one on the day before, with the preferences as they were then, and one now."""
    now = home.office.clock()
    then = now - LOOKED
    evidence = home.office.evidence(now, EXPLAIN)
    estates = evidence.estate(now)
    held = evidence.versions([(estate.place, DEFAULT_SHELL) for estate in estates], then)
    first = visit(examine(_as_of(estate, held, then) for estate in estates), then)
    home.store.keep_visit(first)
    home.store.keep_visit(visit(examine(estates), now, first), _drift.papers(estates))


def _as_of(estate: Estate, held: Iterable[Document], at: datetime) -> Estate:
    """An estate with its preferences as they were then."""
    older = [d for d in held if (d.account, d.region) == (estate.place.account, estate.place.region) and d.made and d.made <= at]
    if not older or not isinstance(estate.preferences, SessionDocument):
        return estate
    content = {**estate.preferences.content, "inputs": older[-1].inputs}
    return replace(
        estate,
        preferences=replace(estate.preferences, content=content, default_version=older[-1].version, latest_version=older[-1].version),
    )


def people() -> Mapping[str, User]:
    """The people of the workspace by id."""
    return {person.id: User(person.id, person.name, person.zone, person.email) for person in PEOPLE}
