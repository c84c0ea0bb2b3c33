"""Findings that somebody answers for until a day: told apart, never dropped."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import blocks, text
from bot.core.ask import Ask
from bot.core.model import Finding
from bot.core.reply import Blocks
from bot.core.rules import Marked, mark


def split(findings: Iterable[Finding], ask: Ask) -> tuple[list[Finding], tuple[Marked, ...]]:
    """The findings that stand, and those that are suppressed today, each with who answers for it."""
    marked = mark(findings, ask.policy.suppressions, ask.now.date())
    return [m.finding for m in marked if m.by is None], tuple(m for m in marked if m.by)


def told(suppressed: tuple[Marked, ...]) -> str:
    """A clause for the headline; empty if nothing is suppressed."""
    return f"{text.plural(len(suppressed), 'more finding is', 'more findings are')} suppressed." if suppressed else ""


def shown(suppressed: tuple[Marked, ...]) -> Blocks:
    """Each suppression once: what, how often, by whom, why, until when."""
    counts: dict[tuple[str, str, str, str], int] = {}
    for each in suppressed:
        if each.by:
            key = (each.finding.title, each.by.owner, each.by.reason, each.by.until.isoformat())
            counts[key] = counts.get(key, 0) + 1
    lines = [
        f"• {count} × {text.safe(title)}: {text.safe(owner)} answers for it until {until}: {text.safe(reason)}"
        for (title, owner, reason, until), count in list(counts.items())[:10]
    ]
    return (blocks.context("Suppressed\n" + "\n".join(lines)),) if lines else ()
