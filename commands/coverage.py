"""Which sessions were logged, and which should have been and were not."""

from __future__ import annotations

from collections import Counter

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.coverage import CHANGES, STOPS, Coverage, Covered, Logs, assessed, share, strays
from bot.core.documents import DEFAULT_SHELL, base_name
from bot.core.model import Document, Event, Session, Span, Stream, Where
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from commands import _merge, _sessions, _words

USAGE = "/ssm coverage [span] [@person] [node] [account] [region]"
ORDER = (Covered.UNEXPECTED_NONE, Covered.UNKNOWN, Covered.PARTIAL, Covered.PENDING, Covered.EXPECTED_NONE, Covered.LOGGED)
MARKS = {
    Covered.UNEXPECTED_NONE: ":no_entry: not logged",
    Covered.UNKNOWN: ":grey_question: unknown",
    Covered.PARTIAL: ":warning: partial",
    Covered.PENDING: ":hourglass: pending",
    Covered.EXPECTED_NONE: "never logged",
    Covered.LOGGED: "logged",
}
MOST = 10_000
ASKED = 20  # logs that no session of the span answers for, each asked for by name
TAKES_AWAY = (*STOPS, *CHANGES, "DeleteLogStream", "DeleteLogGroup")  # calls that explain a log that is not there


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Every session of the span held against the logs that exist."""
    args = _words.taken(ask, _words.TAKES, USAGE)
    span, narrow = _words.span(ask, args, "24h"), _words.narrow(ask, args)
    found, nodes = opened(span, narrow, evidence, ask)
    logs = logged(span, evidence, nodes)
    lost = () if narrow.any else unclaimed(found, logs, span, evidence)
    return view(judged(found, logs, evidence, ask), lost, nodes, span, ask)


def opened(span: Span, narrow: _words.Narrow, evidence: Evidence, ask: Ask) -> tuple[tuple[Session, ...], _sessions.Nodes]:
    """The sessions that began in the span, by Session Manager and CloudTrail together."""
    ssm = (*(s for s in evidence.live() if s.started and s.started >= span.since), *evidence.ended(span))
    trail = [s for s in evidence.openings(span, narrow.where) if not s.error and s.id]
    whole = (*_merge.completed(ssm, trail), *_merge.unseen(trail, ssm))
    nodes = evidence.nodes((s.place, s.target) for s in whole)
    return _merge.latest_first(narrow.among(whole, nodes)), nodes


def covered(
    found: tuple[Session, ...], span: Span, evidence: Evidence, ask: Ask, events: tuple[Event, ...], nodes: _sessions.Nodes
) -> tuple[Coverage, ...]:
    """Each session's coverage, the worst first, where events and nodes of the span have been asked for already."""
    return judged(found, logged(span, evidence, nodes, events), evidence, ask)


def logged(span: Span, evidence: Evidence, nodes: _sessions.Nodes, events: tuple[Event, ...] | None = None) -> Logs:
    """What is known of the span's logs. Events are asked for where they have not been."""
    before = len(evidence.asked)
    streams = {s.session: s for s in evidence.streams(span, MOST)}
    between = len(evidence.asked)
    stored = {s.session: s for s in evidence.stored(span)}
    after = len(evidence.asked)
    calls = tuple(e for e in (evidence.events(span, Where()) if events is None else events) if e.name in TAKES_AWAY)
    platforms = {name: node.platform for name, node in nodes.items()}
    unread = [
        {part.place: part.why for source in some for part in source.unread}
        for some in (evidence.asked[before:between], evidence.asked[between:after])
    ]
    return Logs(streams, stored, calls, platforms, *unread)


def judged(found: tuple[Session, ...], logs: Logs, evidence: Evidence, ask: Ask) -> tuple[Coverage, ...]:
    """Each session held against the logs, the worst first."""
    documents = {(d.account, d.region, d.name): d for d in evidence.documents()}
    each = [assessed(s, _document(s, documents), logs, ask.now) for s in found]
    return tuple(sorted(each, key=lambda c: ORDER.index(c.state)))


def unclaimed(found: tuple[Session, ...], logs: Logs, span: Span, evidence: Evidence) -> tuple[Stream, ...]:
    """Logs that no session answers for. Each is asked for by name, for a session may have begun before the span; one that cannot be asked for is not told."""
    candidates = strays({s.id for s in found}, logs, span.since)[:ASKED]
    before = len(evidence.asked)
    lost = [log for log in candidates if not evidence.session(log.session)]
    dark = {part.place for source in evidence.asked[before:] for part in source.unread}
    return tuple(log for log in lost if f"{log.account}/{log.region}" not in dark and (log.account or not dark))


def _document(session: Session, documents: dict[tuple[str, str, str], Document]) -> Document | None:
    """AWS's own command documents say nothing of logs; the region's preferences are taken for them, as for the default shell."""
    name = base_name(session.document or DEFAULT_SHELL)
    own = documents.get((session.account, session.region, name))
    return own or (documents.get((session.account, session.region, DEFAULT_SHELL)) if name.startswith("AWS-") else None)


def view(found: tuple[Coverage, ...], lost: tuple[Stream, ...], nodes: _sessions.Nodes, span: Span, ask: Ask) -> Reply:
    """The share that can be reviewed, the gaps first, each with its cause."""
    if not found and not lost:
        said = f"No session was opened {times.described(span)}."
        return Reply(said, (blocks.section(text.escape(said)),))
    counted = Counter(c.state for c in found)
    told = ", ".join(f"{counted[state]} {state.value}" for state in ORDER if counted[state])
    said = f"{share(found):.0%} of {text.plural(len(found), 'session')} {times.described(span)} can be reviewed: {told}."
    worst = next((c for c in found if c.state is Covered.UNEXPECTED_NONE), None)
    if worst:
        said += f" Not logged: {_sessions.plain(worst.session, nodes)}. {worst.cause}"
    if lost:
        said += f" {text.plural(len(lost), 'log')} {'belongs' if len(lost) == 1 else 'belong'} to no session: {text.listed([log.session for log in lost], 3)}."
    data = tuple({**_sessions.row(c.session, nodes), "coverage": c.state.value, "cause": c.cause} for c in found)
    head = (blocks.section(f"*{share(found):.0%} can be reviewed* · {text.escape(told)}"),)
    return Reply(said, head, (*map(_stray, lost), *(_item(c, nodes, ask) for c in found)), (), sheet("coverage", data), data)


def _stray(log: Stream) -> Blocks:
    said = (
        "No session of that name is known, neither to Session Manager nor to CloudTrail. Whoever has a node's credentials can write a log."
    )
    line = f":rotating_light: *A log that belongs to no session* {text.code(log.session)}\n{times.slack_moment(log.first)} · {text.safe(log.group)} · {said}"
    return (blocks.section(line, blocks.asking("Dossier", f"session {log.session}")),)


def _item(one: Coverage, nodes: _sessions.Nodes, ask: Ask) -> Blocks:
    marks = (MARKS[one.state], f"\n{text.safe(one.cause, 300)}")
    return _sessions.item(one.session, nodes, ask.now, *marks)


COMMAND = Command(
    "coverage",
    USAGE,
    "Which sessions left a log that can be reviewed, which could not, and which should have and did not, with the cause.",
    ("/ssm coverage 24h", "/ssm coverage 7d @ana"),
    run,
)
