"""What every reply says of its own making: the questions asked, and first of all what could not be read."""

from __future__ import annotations

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
    "archive": "archive",
}
MOST_SAID = 4


def missing(sources: Sequence[Source]) -> str:
    """One sentence for the top-level text: `Could not read 3 of 14 account-regions.`; empty if all was read."""
    failed = {part.place for source in sources for part in source.unread}
    if not failed:
        return ""
    whole = failed | {place for source in sources for place in source.read}
    return f"Could not read {len(failed)} of {text.plural(len(whole), 'account-region')}, so this answer is not complete."


def limits(sources: Sequence[Source]) -> tuple[str, ...]:
    """What else limits the answer, each sentence once."""
    return tuple(dict.fromkeys(source.note for source in sources if source.note))


def warnings(sources: Sequence[Source]) -> Blocks:
    """The parts that did not answer with their reasons, and what else limits the answer."""
    parts = dict.fromkeys((part.place, part.why) for source in sources for part in source.unread)
    lines = [f"• {text.safe(place)}: {text.safe(why, 300)}" for place, why in list(parts)[:MOST_SAID]]
    if len(parts) > MOST_SAID:
        lines.append(f"• and {len(parts) - MOST_SAID} more")
    head = [f":warning: *{missing(sources)}*", *lines] if lines else []
    notes = [f":information_source: {text.safe(note, 300)}" for note in limits(sources)[:MOST_SAID]]
    said = "\n".join(head + notes)
    return (blocks.section(said),) if said else ()


def foot(sources: Sequence[Source]) -> Blocks:
    """The small print: `Asked Athena audit: 3 account-regions, 12 rows, 1.2 MB, $0.0001, 1.3 s`."""
    lines = list(dict.fromkeys(_line(source) for source in sources))
    return (blocks.context("Asked " + "; ".join(lines[:8]) + ("; …" if len(lines) > 8 else "")),) if lines else ()


def _line(source: Source) -> str:
    places = len(source.read)
    told = [
        text.plural(places, "account-region") if places > 1 else text.safe("".join(source.read)),
        text.plural(source.rows, "row"),
        f"{text.size(source.scanned)} scanned" if source.scanned else "",
        f"${source.cost:.4f}" if source.cost else "",
        f"{source.seconds:.1f} s",
    ]
    name = f"{BACKENDS.get(source.backend, source.backend)} {source.question}"
    shown = f"<{text.escape(source.link)}|{name}>" if source.link.startswith("https://") and "|" not in source.link else name
    return f"{shown}: " + ", ".join(filter(None, told))
