"""What a rule fired on as a Finding: one text, one event, a burst of events, a sequence of typed commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.model import Event, Finding, Session, Typed
from bot.core.rules.correlation import Fired, Match
from bot.core.rules.words import Rule

CLIP = 400  # characters of evidence that a finding carries
SHOWN = 8  # lines that a finding on a sequence shows
MOST_LINES = 64  # lines that it names


def of_burst(rule: Rule, last: Fired[Event], seen: Sequence[Match[Event]]) -> Finding:
    """The finding on the event that completed a burst, with how many there were and what was counted."""
    values = sorted({value for match in seen for value in match.values})
    return of_event(rule, last.subject, f"{len(seen)} events" + (f": {', '.join(values[:12])}" if values else ""))


def of_sequence(rule: Rule, last: Fired[Typed], seen: Sequence[Match[Typed]], session: Session) -> Finding:
    """The finding, with the lines that it rests on as its text: the last ones, where they are many."""
    lines = {match.fired.subject.line: match.fired.subject.text for match in seen}
    kept = list(lines.items())[-SHOWN:]
    more = f"{len(lines) - SHOWN} lines before\n" if len(lines) > SHOWN else ""
    text = more + "\n".join(f"{line}: {text[:CLIP]}" for line, text in kept)
    found = of_text(rule, text, f"lines {', '.join(map(str, lines))}", last.at, last.subject.line, session.id)
    return replace(found, lines=tuple(lines)[-MOST_LINES:])


def _why(rule: Rule) -> str:
    return " ".join(rule.description.split())


def of_text(rule: Rule, text: str, matched: str, at: datetime | None, line: int, session: str) -> Finding:
    """The finding on one typed text."""
    return Finding(
        rule=rule.name,
        title=rule.title,
        level=rule.level,
        techniques=rule.techniques,
        text=text,
        matched=matched[:CLIP],
        line=line,
        session=session,
        at=at,
        why=_why(rule),
    )


def of_event(rule: Rule, event: Event, matched: str = "") -> Finding:
    """The finding on one event."""
    return Finding(
        rule=rule.name,
        title=rule.title,
        level=rule.level,
        techniques=rule.techniques,
        text=event.name,
        matched=matched or event.name,
        session=event.session,
        at=event.at,
        why=_why(rule),
        actor=event.actor,
        target=event.target,
        account=event.account,
        region=event.region,
        event=event.id,
    )
