"""The latest sessions that left a log stream."""

from __future__ import annotations

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Span, Stream
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _sessions, _words

USAGE = "/ssm recent [n] [span]"
TAKES = Takes({"span": "span", "number": "count"}, {}, {}, "")
MOST = 1000


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Streams by their last event."""
    args = _words.taken(ask, TAKES, USAGE)
    span, count = _words.span(ask, args, "7d"), int(args.get("count", "20"))
    if not 1 <= count <= MOST:
        raise Refused(f"I can list 1 to {MOST} sessions, not {count}. For example `/ssm recent 50`.")
    return view(evidence.streams(span, count), span, ask)


def view(streams: tuple[Stream, ...], span: Span, ask: Ask) -> Reply:
    """First, last and number of events of each. A session without a stream cannot be here, and the answer says so."""
    silent = "Sessions without a log stream (tunnels, SSH, or nothing logged) are not in this list; `/ssm history` has them."
    if not streams:
        said = f"No session wrote to a log stream {times.described(span)}. {silent}"
        return Reply(said, (blocks.section(text.escape(said)),))
    newest = streams[0]
    said = f"{text.plural(len(streams), 'session')} wrote to a log stream, the latest {newest.session} at {times.moment(newest.last, ask.user.zone)}. {silent}"
    data = tuple(
        {
            "session": s.session,
            "first": _sessions.iso(s.first),
            "last": _sessions.iso(s.last),
            "events": s.events,
            "group": s.group,
            "account": s.account,
            "region": s.region,
        }
        for s in streams
    )
    head = (blocks.section(f"*{text.plural(len(streams), 'session')}* by last event {text.escape(times.described(span))}"),)
    return Reply(said, head, tuple(_item(s) for s in streams), (blocks.context(silent),), sheet("recent", data), data)


def _item(stream: Stream) -> Blocks:
    told = f"{times.slack_moment(stream.first)} to {times.slack_moment(stream.last)} · {text.plural(stream.events, 'event')} · {text.safe(f'{stream.account}/{stream.region}')}"
    return (blocks.section(f"{text.code(stream.session)}\n{told}", blocks.asking("Dossier", f"session {stream.session}")),)


COMMAND = Command(
    "recent", USAGE, "The latest sessions by log stream, with first, last and number of events.", ("/ssm recent", "/ssm recent 50 24h"), run
)
