"""The evidence of one session and its review, as a zip for an auditor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core import blocks, text, times, words
from bot.core.ask import Ask, Command
from bot.core.bundle import README, as_json, bundle, page, questions
from bot.core.dossier import Dossier
from bot.core.model import Refused, Session
from bot.core.ports import Evidence, Ledger
from bot.core.redact import redact
from bot.core.reply import File, Reply
from bot.core.review.facts import Review
from bot.core.roles import Role
from bot.core.transcript import screen_text
from commands import _dossier, _sessions
from commands.session import gathered

USAGE = "/ssm export <review or session id>"


def run(ask: Ask, evidence: Evidence, ledger: Ledger) -> Reply:
    """The bundle, behind a button that sends it to the asker alone."""
    file = bundled(ask, evidence, ledger)
    said = f"{file.title}: {text.size(len(file.body))}. Whoever gets it can check it with `sha256sum -c SHA256SUMS`."
    return Reply(said, (blocks.section(f"*{text.safe(file.title)}*\n{text.size(len(file.body))} · {text.code(file.name)}"),), files=(file,))


def bundled(ask: Ask, evidence: Evidence, ledger: Ledger) -> File:
    """The zip. Raises Refused where neither a review nor a session has that id."""
    name = " ".join(token.text for token in words.read(ask.words).tokens)
    if not name:
        raise Refused(f"Of what? Usage: `{USAGE}`.")
    review = ledger.review(name)
    session = _session(review.flag.session.id if review else name, review, ask, evidence)
    look = times.span("30d", ask.now, ask.user.zone)
    dossier = gathered(session, look, evidence, ask) if session.id else None
    facts = _facts(dossier, session)
    steps, story = _review(review), ledger.story(review.id) if review else ()
    found = facts.get("findings", [])
    asked, screen = questions(evidence.asked), _screen(dossier)
    sections = [
        ("Session", {k: v for k, v in facts.items() if not isinstance(v, list | dict)}),
        ("Missing, and why", facts.get("gaps", [])),
        ("Findings", [*found, *([{"flagged": list(steps["flagged"])}] if steps else [])]),
        ("Review", steps or "There is no review of this session."),
        ("Calls", facts.get("events", [])),
        ("Typed", facts.get("typed", [])),
        ("Transcript", screen or "There is none."),
        ("Trail", [dict(row) for row in story]),
        ("Questions", asked),
    ]
    title = f"Evidence of {session.id or (review.id if review else name)}"
    parts = {
        "README.txt": README.encode(),
        "dossier.json": as_json(facts),
        "dossier.html": page(title, sections),
        "transcript.txt": (screen + "\n").encode("utf-8", "replace"),
        "findings.json": as_json(found),
        "review.json": as_json(steps),
        "trail.json": as_json(
            [dict(row) for row in story], clean=False
        ),  # as it was hashed: its words had their secrets removed when written
        "questions.json": as_json(asked),
    }
    file = f"evidence-{_plain(review.id if review else session.id)}.zip"
    return File(file, bundle(parts), title, "application/zip")


def _session(name: str, review: Review | None, ask: Ask, evidence: Evidence) -> Session:
    if not name:
        return review.flag.session if review else Session("")
    found = evidence.session(name)
    if found:
        return found[0]
    if review is None:
        unread = " Some account-regions could not be read, so it may exist there." if any(s.unread for s in evidence.asked) else ""
        raise Refused(
            f"I found no session and no review {text.code(name, 100)}.{unread} `/ssm reviews all` lists reviews, `/ssm recent` sessions."
        )
    return review.flag.session


def _facts(dossier: Dossier | None, session: Session) -> Mapping[str, Any]:
    if dossier is None:
        return _sessions.row(session, {})
    return _dossier.data(dossier, {dossier.session.target: dossier.node} if dossier.node else {})


def _screen(dossier: Dossier | None) -> str:
    if dossier is None or dossier.recording.missing:
        return ""
    return redact(screen_text(dossier.transcript))


def _review(review: Review | None) -> dict[str, Any]:
    """The review as data, its steps in order; times in ISO 8601 UTC."""
    if review is None:
        return {}
    return {
        "review": review.id,
        "state": review.state.value,
        "opened": review.opened.isoformat(),
        "session": review.flag.session.id,
        "owner": review.owner.id,
        "owner_known": review.owner.how,
        "owner_sure": review.owner.sure,
        "reason": review.reason,
        "ticket": review.ticket,
        "answered_by": review.answered_by,
        "flagged": [
            {"rule": f.rule, "title": f.title, "level": f.level.word, "text": f.text, "line": f.line} for f in review.flag.findings
        ],
        "steps": [
            {"at": s.at.isoformat(), "who": s.who, "did": s.verb.value, "state": s.state.value, "note": s.note, "ticket": s.ticket}
            for s in review.steps
        ],
    }


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_.@" else "_" for c in name)[:80] or "session"


COMMAND = Command(
    "export",
    USAGE,
    "The evidence of one session and its review as a zip: dossier, transcript without secrets, findings, who signed, the queries, checksums.",
    ("/ssm export r2k7m4xq", "/ssm export ana-0e34861185201706f"),
    run,
    Role.REVIEWER,
)
