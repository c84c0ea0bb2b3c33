"""Search the transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core import blocks, pattern, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Hit, Refused, Span
from bot.core.people import principal
from bot.core.ports import Evidence, Ledger
from bot.core.redact import redact
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _read, _sessions, _words

USAGE = '/ssm search [span] "text" | /regex/ [--typed]'
TAKES = Takes({"span": "span", "quoted": "text", "regex": "regex"}, {"typed": False}, {}, "text")
SHORTEST = 2


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Lines that hold the text or match the pattern; with `--typed` only commands that somebody typed."""
    args = _words.taken(ask, TAKES, USAGE)
    span, wanted, regex = _words.span(ask, args, "24h"), args.get("regex") or args.get("text", ""), "regex" in args
    if len(wanted) < SHORTEST:
        raise Refused(f"What shall I search for? Usage: `{USAGE}`")
    if "regex" in args and "text" in args:
        raise Refused(f"I can search for a text or for a pattern, not for both. Usage: `{USAGE}`")
    hits = evidence.search(span, pattern.checked(wanted) if regex else wanted, regex=regex)
    if "typed" not in args:
        return view(hits, wanted, span, "line", "")
    reading = _read.behind(hits, evidence, ask)
    return view(_typed(reading, hits, wanted, regex=regex), wanted, span, "typed command", reading.told)


def _typed(reading: _read.Reading, hits: tuple[Hit, ...], wanted: str, *, regex: bool) -> tuple[Hit, ...]:
    first = {hit.session: hit for hit in reversed(hits)}
    return tuple(
        Hit(r.session.id, t.at or first[r.session.id].at, t.text, wanted, r.session.owner, "", r.session.account, r.session.region)
        for r in reading.sessions
        for t in r.transcript.typed
        if pattern.found(wanted, t.text, regex=regex)
    )


def view(hits: tuple[Hit, ...], wanted: str, span: Span, what: str, told: str) -> Reply:
    """Each line with its session; secrets are removed from what is shown."""
    if not hits:
        said = f"No {what} with “{redact(wanted)}” {times.described(span)}. {told}".strip()
        return Reply(said, (blocks.section(text.escape(text.visible(said))),))
    sessions = {hit.session for hit in hits}
    counts = f"{text.plural(len(hits), what)} with “{text.visible(redact(wanted))}” in {text.plural(len(sessions), 'session')}"
    said = f"{counts} {times.described(span)}. {told}".strip()
    data = tuple(_row(hit) for hit in hits)
    head = (
        blocks.section(
            f"*{text.plural(len(hits), what)}* with {text.code(redact(wanted), 100)} in {text.plural(len(sessions), 'session')}\n{text.safe(told)}"
        ),
    )
    return Reply(said, head, tuple(_item(hit) for hit in hits), (), sheet("search", data), data)


def _item(hit: Hit) -> Blocks:
    who = f" · {text.safe(principal(hit.owner).name)}" if hit.owner else ""
    shown = f"{text.code(redact(hit.text), 400)}\n{times.slack_moment(hit.at)} · {text.code(hit.session)}{who}"
    return (blocks.section(shown, blocks.asking("Dossier", f"session {hit.session}")),)


def _row(hit: Hit) -> Mapping[str, Any]:
    return {
        "session": hit.session,
        "at": _sessions.iso(hit.at),
        "text": redact(hit.text),
        "owner": hit.owner,
        "group": hit.group,
        "account": hit.account,
        "region": hit.region,
    }


COMMAND = Command(
    "search",
    USAGE,
    "Lines of session transcripts that hold a text or match an RE2 pattern, ignoring case; `--typed` looks at typed commands only.",
    ('/ssm search 24h "DROP TABLE"', "/ssm search 7d /curl.*sh/ --typed"),
    run,
)
