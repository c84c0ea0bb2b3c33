"""What two people agreed to flag no more, as suppressions: the same rules, by the same owner, on the same node, until a day."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model import Finding
from bot.core.review.facts import Review, Step
from bot.core.review.steps import agreed
from bot.core.rules import Suppression


def suppressions(reviews: Iterable[Review]) -> tuple[Suppression, ...]:
    """One for each finding of a review that was agreed on. The owner of a suppression is who proposed it."""
    found = ((review, agreed(review)) for review in reviews)
    return tuple(_one(review, step, finding) for review, step in found if step and step.until for finding in review.flag.findings)


def _one(review: Review, step: Step, finding: Finding) -> Suppression:
    until = step.until.date() if step.until else review.opened.date()
    text = "" if finding.actor or finding.target else finding.text  # what was typed carries neither: its words say what it is
    return Suppression(finding.rule, step.who, step.note, until, finding.actor, finding.target, text, f"review {review.id}")
