"""Correlation rules beside the rules that they count: ready to run, or the reason why not.

Strategy: what is wrong with the rule itself (a slip, a rule that is nowhere) is a fault with file and line; what a
session cannot give (a rule that does not apply, a field that a record has not) makes it not applicable.
"""

from __future__ import annotations

from collections.abc import Sequence

from sigma.correlations import SigmaCorrelationRule

from bot.core.rules.correlation import Correlation, prepared
from bot.core.rules.reader import Reading, described, placed
from bot.core.rules.records import FIELDS
from bot.core.rules.seek import Unsupported
from bot.core.rules.words import Draft, NotApplicable, Rule


def joined(reading: Reading) -> tuple[Correlation, ...]:
    """Correlations of a reading that can run; the others are added to its faults and to what does not apply."""
    known = {key: rule for rule in reading.rules for key in (rule.name, rule.id) if key}
    found = (_one(draft, known, reading) for draft in reading.correlations)
    return tuple(each for each in found if each is not None)


def _one(draft: Draft, known: dict[str, Rule], reading: Reading) -> Correlation | None:
    sigma = draft.rule
    if not isinstance(sigma, SigmaCorrelationRule):
        return None
    try:
        made = prepared(described(sigma, draft, "correlation", "", lambda record: False), sigma)
        feeds = _feeds(made, known, reading.named)
    except ValueError as fault:
        reading.faults.append(placed(draft, str(fault)))
        return None
    except Unsupported as fault:
        reading.unfit.append(NotApplicable(sigma.title, draft.where, f"it needs {fault}"))
        return None
    if feeds[0].kind == "event":
        return made
    platforms = {rule.platform for rule in feeds}
    platform = platforms.pop() if len(platforms) == 1 else ""
    return prepared(described(sigma, draft, "sequence", platform, lambda record: False), sigma)


def _feeds(made: Correlation, known: dict[str, Rule], named: set[str]) -> Sequence[Rule]:
    """The rules that are counted. Raises ValueError where there are none, Unsupported where they can't be counted."""
    nowhere = [feed for feed in made.feeds if feed not in named]
    if nowhere:
        raise ValueError(f"it counts '{nowhere[0]}', and no rule has that name or id")
    if not made.feeds:
        raise ValueError("it names no 'rules' that it counts")
    lost = [feed for feed in made.feeds if feed not in known]
    if lost:
        raise Unsupported(f"{', '.join(lost)}, which is not among the rules that apply")
    feeds = [known[feed] for feed in made.feeds]
    if len({rule.kind == "event" for rule in feeds}) > 1:
        raise Unsupported("typed commands and CloudTrail events in one sequence; each is counted for itself")
    missing = sorted(made.fields - FIELDS.keys()) if feeds[0].kind != "event" else []
    if missing:
        raise Unsupported(f"{', '.join(missing)}, which a typed command does not have")
    return feeds
