"""A dossier as a message: the facts in two columns, the calls, the commands with what the rules say, the gaps, the links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from bot.core import blocks, text, times
from bot.core.ask import Ask
from bot.core.dossier import Dossier
from bot.core.model import Event, Finding, Session, Typed
from bot.core.people import principal
from bot.core.redact import redact
from bot.core.reply import Blocks, File, Reply
from bot.core.transcript import screen_text
from commands import _links, _sessions

SHOWN = 12
LIKELY = "≈"  # before a command that may not be exactly what was typed
MARKS = {0: "", 1: "🔹", 2: "🔶", 3: "🔴", 4: "🚨"}


def view(dossier: Dossier, ask: Ask) -> Reply:
    """The dossier of a session."""
    session = dossier.session
    nodes = {session.target: dossier.node} if dossier.node else {}
    said = f"Session {session.id}: {_sessions.plain(session, nodes)}, {_state(dossier, ask)}. {_found(dossier)}"
    head = (
        blocks.header(f"{_sessions.who(session)} on {_sessions.node(session, nodes)}"),
        *blocks.fields(_facts(dossier, ask)),
        *_calls(dossier),
        *_typed(dossier),
        *_gaps(dossier),
    )
    return Reply(said, head, (), (*blocks.actions(_buttons(dossier)),), _files(dossier), (data(dossier, nodes),))


def _state(dossier: Dossier, ask: Ask) -> str:
    session = dossier.session
    start = _sessions.clock(session.started, ask)
    return f"started {start}, {'ended after' if session.ended else 'open for'} {_sessions.since(session, ask.now)}"


def _found(dossier: Dossier) -> str:
    if dossier.recording.missing:
        return f"No transcript: {dossier.recording.missing}"
    typed = text.plural(len(dossier.transcript.typed), "command")
    if not dossier.findings:
        return f"{typed} typed, none flagged."
    worst = dossier.findings[0]
    return f"{typed} typed; {text.plural(len(dossier.findings), 'finding')}, the worst {worst.level.word}: {worst.title}."


def _utc(session: Session) -> str:
    """The start as AWS's console and other people's notes name it, beside the reader's own clock."""
    return f" · {session.started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if session.started else ""


def _facts(dossier: Dossier, ask: Ask) -> list[tuple[str, str]]:
    session = dossier.session
    ended = (
        f"{times.slack_moment(session.ended)} after {_sessions.since(session, ask.now)}"
        if session.ended
        else f"open for {_sessions.since(session, ask.now)}"
    )
    mfa = {True: "with MFA", False: "without MFA", None: "MFA unknown"}[session.mfa]
    return [
        ("Who", f"{text.safe(_sessions.who(session))}\n{text.code(session.owner)}"),
        ("Node", f"{text.safe(dossier.node.name) if dossier.node else ''} {text.code(session.target)}\n{_sessions.place(session)}"),
        ("Kind", f"{text.safe(_sessions.through(session))}\n{text.code(session.document or 'SSM-SessionManagerRunShell')}"),
        (
            "When",
            f"{times.slack_moment(session.started)}{_utc(session)}\n{ended}{f' · {text.safe(session.status)}' if session.status else ''}",
        ),
        ("From", f"{text.code(session.source_ip) or 'unknown'} · {mfa}\n{text.code(session.user_agent, 80)}"),
        ("Reason", f"{text.code(session.reason) or 'none given'}\n{text.safe(session.access) or ''}"),
        ("Session log", f"{text.safe(_logged(dossier))}\n{text.code(dossier.recording.location)}"),
        ("Logging asked for", text.safe(_asked_for(dossier))),
    ]


def _logged(dossier: Dossier) -> str:
    if dossier.recording.missing:
        return dossier.recording.missing
    whole = "complete" if dossier.recording.complete else "not complete"
    return f"{text.size(len(dossier.recording.body))}, {whole}, {text.plural(len(dossier.transcript.typed), 'command')} typed"


def _asked_for(dossier: Dossier) -> str:
    if dossier.session.kind in _sessions.TUNNELS:
        return "nothing: AWS logs no tunnel"
    if dossier.document is None or dossier.document.missing:
        return "the region's preferences" if dossier.session.document.startswith("AWS-") else "unknown"
    return _inputs(dossier.document.inputs)


def _inputs(inputs: Mapping[str, object]) -> str:
    bucket, group = str(inputs.get("s3BucketName") or ""), str(inputs.get("cloudWatchLogGroupName") or "")
    told = [f"S3 {bucket}" if bucket else "", f"log group {group}" if group else ""]
    if group and str(inputs.get("cloudWatchStreamingEnabled")).lower() == "true":
        told.append("streaming")
    return ", ".join(filter(None, told)) or "nothing: this document logs nowhere"


def _calls(dossier: Dossier) -> Blocks:
    lines = [_call(event) for event in dossier.events[:10]]
    more = len(dossier.events) - len(lines)
    return (blocks.section("*CloudTrail*\n" + "\n".join(lines) + (f"\n… and {more} more" if more > 0 else "")),) if lines else ()


def _call(event: Event) -> str:
    who = text.safe(principal(event.actor).name or event.identity)
    denied = f" · :no_entry: {text.safe(event.error)}" if event.error else ""
    return f"{times.slack_moment(event.at)} · *{text.safe(event.name)}* by {who} from {text.code(event.source_ip)}{denied}"


def _typed(dossier: Dossier) -> Blocks:
    typed, worst = dossier.transcript.typed, _worst(dossier.findings)
    if not typed:
        return ()
    chosen = sorted(sorted(typed, key=lambda t: -worst.get(t.line, -1))[:SHOWN], key=lambda t: t.line)
    shown = "\n".join(_command(t, worst.get(t.line, -1)) for t in chosen)
    rest = f", {len(chosen)} shown: the flagged ones first" if len(typed) > len(chosen) else ""
    told = [
        f"{MARKS[f.level]} {_where(f)}: *{text.safe(f.title)}* · {f.level.word} · {text.safe(', '.join(f.techniques))}"
        for f in dossier.findings[:6]
    ]
    return (blocks.section("\n".join([f"*Typed* ({len(typed)}{rest})", *told])), blocks.preformatted(shown), *_doubts(typed, chosen))


def _command(typed: Typed, level: int) -> str:
    likely = f"{LIKELY} " if typed.doubt else ""
    return f"{typed.line:>5}  {MARKS.get(level, '') or ' '} {likely}{text.clip(text.visible(redact(typed.text)), 180)}"


def _doubts(typed: Sequence[Typed], chosen: Sequence[Typed]) -> Blocks:
    """What the sign before a command means, and why, for those that are shown; how many of all it concerns."""
    why = Counter(t.doubt for t in chosen if t.doubt)
    if not why:
        return ()
    reasons = "; ".join(text.safe(doubt, 200) for doubt, _ in why.most_common(2))
    of = f"{sum(bool(t.doubt) for t in typed)} of {text.plural(len(typed), 'command')}"
    return (blocks.context(f"{LIKELY} {of}: likely, not certain. {text.sentence(reasons)}"),)


def _where(finding: Finding) -> str:
    """The line, or all lines of a sequence."""
    return f"lines {text.listed([str(line) for line in finding.lines], 6)}" if len(finding.lines) > 1 else f"line {finding.line}"


def _worst(findings: tuple[Finding, ...]) -> dict[int, int]:
    worst: dict[int, int] = {}
    for finding in findings:
        for line in finding.lines or (finding.line,):
            worst[line] = max(worst.get(line, 0), int(finding.level))
    return worst


def _gaps(dossier: Dossier) -> Blocks:
    return (blocks.context("\n".join(f":information_source: {text.safe(gap, 300)}" for gap in dossier.gaps[:6])),) if dossier.gaps else ()


def _buttons(dossier: Dossier) -> Blocks:
    session = dossier.session
    if not session.region:
        return ()
    return (
        blocks.link("Session Manager", "ssm:session:link:history", _links.history(session)),
        blocks.link("CloudTrail", "ssm:session:link:trail", _links.trail(session)),
        *((blocks.link("Log", "ssm:session:link:log", dossier.recording.link),) if dossier.recording.link else ()),
    )


def _files(dossier: Dossier) -> tuple[File, ...]:
    if dossier.recording.missing:
        return ()
    body = redact(screen_text(dossier.transcript)).encode("utf-8", "replace")
    return (File(f"{dossier.session.id}.txt", body, "Clean transcript, secrets removed", "text/plain"),)


def data(dossier: Dossier, nodes: _sessions.Nodes) -> Mapping[str, Any]:
    """The dossier as data: the session's row with everything else beside it."""
    return {
        **_sessions.row(dossier.session, nodes),
        "events": [
            {"at": _sessions.iso(e.at), "name": e.name, "actor": e.actor, "source_ip": e.source_ip, "error": e.error, "id": e.id}
            for e in dossier.events
        ],
        "typed": [
            {"line": t.line, "prompt": t.prompt, "text": redact(t.text), "at": _sessions.iso(t.at), "doubt": t.doubt}
            for t in dossier.transcript.typed
        ],
        "findings": [
            {
                "rule": f.rule,
                "title": f.title,
                "level": f.level.word,
                "techniques": list(f.techniques),
                "line": f.line,
                "lines": list(f.lines or (f.line,)),
                "text": redact(f.text),
            }
            for f in dossier.findings
        ],
        "log": {"location": dossier.recording.location, "complete": dossier.recording.complete, "missing": dossier.recording.missing},
        "inputs": dict(dossier.document.inputs) if dossier.document else {},
        "gaps": list(dossier.gaps),
    }
