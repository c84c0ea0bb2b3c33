"""The Slack side: has the bot the scopes that it uses, is it in the channels that it posts to, and are the people known that it was told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.doctor.facts import Estate
from bot.core.doctor.result import About, Check, Verdict, fault, ok, unknown, warning
from bot.core.model import Place, Unavailable
from bot.core.text import listed, plural


class SlackSide(Protocol):
    """What Slack says. Every method raises Unavailable with a sentence where Slack does not answer."""

    def granted(self) -> frozenset[str]:
        """The scopes of the bot's token."""
        ...

    def channel(self, name: str) -> bool | None:
        """Whether the bot is in a channel (`#name` or id); None where it sees no such channel."""
        ...

    def group(self, name: str) -> bool:
        """Whether a user group is known, by id or `@handle`."""
        ...

    def person(self, name: str) -> bool:
        """Whether a person is known, by id, `@handle` or e-mail."""
        ...


@dataclass(frozen=True, slots=True)
class SlackWanted:
    """What the configuration rests on. `people` are those who are named for a role, and those whom an AWS name leads to."""

    scopes: Mapping[str, str]  # scope → what it is for
    channels: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def _scopes(side: SlackSide, wanted: SlackWanted) -> Iterator[Verdict]:
    held = side.granted()
    lost = [scope for scope in wanted.scopes if scope not in held]
    for scope in lost:
        fix = "Add it: `countersign manifest` prints the whole manifest; then reinstall the app."
        yield fault(f"The token lacks the scope {scope}: {wanted.scopes[scope]}.", fix, scope)
    if not lost:
        yield ok(f"{plural(len(wanted.scopes), 'scope')} granted.")


def _channels(side: SlackSide, wanted: SlackWanted) -> Iterator[Verdict]:
    for name in wanted.channels:
        inside = side.channel(name)
        if inside:
            yield ok(f"The bot is in {name}.", name)
        else:
            said = f"The bot is not in {name}" if inside is False else f"The bot sees no channel {name}"
            yield fault(
                f"{said}: what is to be posted there is not.", f"Write `/invite @countersign` in {name}, or correct its name.", name
            )


def _people(side: SlackSide, wanted: SlackWanted) -> Iterator[Verdict]:
    lost = [name for name in wanted.people if not _known(side, name)]
    if lost:
        said = f"Slack knows nobody by {listed(lost, 6)}: nobody gets the role, or the message, that is meant for them."
        yield warning(said, "Correct the configuration: a user's id (U…), an @handle, or a user group (S…).")
    elif wanted.people:
        yield ok(f"{plural(len(wanted.people), 'person or group', 'people and groups')} known to Slack.")


def _known(side: SlackSide, name: str) -> bool:
    if name.startswith("@"):
        return side.group(name) or side.person(name)
    return side.group(name) if name.startswith("S") else side.person(name)


def _elsewhere(_estate: Estate) -> Iterable[Verdict]:
    return ()


JUDGES: Sequence[tuple[About, Callable[[SlackSide, SlackWanted], Iterator[Verdict]]]] = (
    (About("slack.scopes", "Scopes", "Slack refuses a call whose scope was not granted, each time that it is made.", _elsewhere), _scopes),
    (About("slack.channels", "Channels", "A bot posts only where it was invited.", _elsewhere), _channels),
    (About("slack.people", "People and groups", "A role that is given to nobody is held by nobody.", _elsewhere), _people),
)
SLACK_CHECKS = tuple(about for about, _ in JUDGES)


def examine_slack(side: SlackSide, wanted: SlackWanted, place: Place) -> Iterator[Check]:
    """Every check of the Slack side; one that Slack does not answer could not be made."""
    for about, judge in JUDGES:
        try:
            yield from (Check(about, place, verdict) for verdict in judge(side, wanted))
        except Unavailable as error:
            yield Check(about, place, unknown(str(error)))
