"""What every reply says of its own making: the questions asked, and first of all what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.core import blocks, text
from bot.core.model import Source
from bot.core.reply import Blocks

BACKENDS = {
    "ssm": "SSM",
    "ec2": "EC2",
    "athena": "Athena",
    "insights": "Logs Insights",
    "logs": "CloudWatch Logs",
    "s3": "S3",
    "aws": "AWS",
    "archive": "archive",
}
MOST_SAID = 4
LONGEST_LINK = 1200


def missing(sources: Sequence[Source]) -> str:
    """One sentence for the top-level text: `Could not read 3 of 14 account-regions.`; empty if all was read."""
    failed = {part.place for source in sources for part in source.unread}
    if not failed:
        return ""
    whole = failed | {place for source in sources for place in source.read}
    return f"Could not read {len(failed)} of {text.plural(len(whole), 'account-region')}, so this answer is not complete."


def limits(sources: Sequence[Source]) -> tuple[str, ...]:
    """What else limits the answer, each sentence once."""
    return tuple(dict.fromkeys(text.sentence(source.note) for source in sources if source.note.strip()))


def warnings(sources: Sequence[Source]) -> Blocks:
    """The parts that did not answer with their reasons; then, in small print, what else limits the answer."""
    parts = list(dict.fromkeys((part.place, part.why) for source in sources for part in source.unread))
    lines = [f"• {text.safe(place)}: {text.safe(why, 300)}" for place, why in parts[:MOST_SAID]]
    more = [f"• and {len(parts) - MOST_SAID} more"] if len(parts) > MOST_SAID else []
    loud = (blocks.section("\n".join([f":warning: *{missing(sources)}*", *lines, *more])),) if lines else ()
    notes = "\n".join(f":information_source: {text.safe(note, 300)}" for note in limits(sources)[:MOST_SAID])
    return (*loud, blocks.context(notes)) if notes else loud


def foot(sources: Sequence[Source]) -> Blocks:
    """The small print, a part for each backend: `Asked Athena audit, events: 3 account-regions, 12 rows, 1.2 MB scanned, $0.0001, 1.3 s`."""
    backends = dict.fromkeys(source.backend for source in sources)
    told = [_told(backend, [source for source in sources if source.backend == backend]) for backend in backends]
    return (blocks.context("Asked " + "; ".join(told)),) if told else ()


def _told(backend: str, sources: Sequence[Source]) -> str:
    places = sorted({place for source in sources for place in source.read})
    scanned, cost = sum(source.scanned for source in sources), sum(source.cost for source in sources)
    facts = [
        text.plural(len(places), "account-region") if len(places) > 1 else text.safe("".join(places)),
        text.plural(sum(source.rows for source in sources), "row"),
        f"{text.size(scanned)} scanned" if scanned else "",
        f"${cost:.4f}" if cost else "",
        f"{sum(source.seconds for source in sources):.1f} s",
    ]
    return f"{BACKENDS.get(backend, backend)} {_questions(sources)}: " + ", ".join(filter(None, facts))


def _questions(sources: Sequence[Source]) -> str:
    """Each question once, with how often it was asked, linked to the console where it can be."""
    links = {source.question: source.link for source in reversed(sources)}
    counts = Counter(source.question for source in sources)
    return ", ".join(
        _linked(question, links[question]) + (f" × {count}" if count > 1 else "") for question, count in list(counts.items())[:8]
    )


def _linked(question: str, link: str) -> str:
    plain = link.startswith("https://") and not set("|<>") & set(link) and len(link) < LONGEST_LINK
    return f"<{text.escape(link)}|{text.safe(question)}>" if plain else text.safe(question)
