"""From lines that a server-side filter found to what was really typed: the sessions behind them, read whole and judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.ask import Ask
from bot.core.dossier import judged
from bot.core.model import Finding, Hit, Session, Transcript
from bot.core.ports import Evidence
from bot.core.transcript import read

MOST = 60  # sessions read whole for one question: each costs calls to CloudWatch Logs or S3


@dataclass(frozen=True, slots=True)
class Read:
    """One session's log as it was read for a question."""

    session: Session
    transcript: Transcript
    missing: str
    findings: tuple[Finding, ...]
    failed: bool = False  # a place did not answer; a log that is not there is no failure


@dataclass(frozen=True, slots=True)
class Reading:
    """All that were read, and how many were left unread for their number."""

    sessions: tuple[Read, ...]
    unread: int

    @property
    def told(self) -> str:
        """What limits the answer, as a sentence; empty if nothing does."""
        lost = [r for r in self.sessions if r.missing]
        said = [f"{self.unread} more sessions matched and were not read: narrow the span." if self.unread else ""]
        said += [f"{len(lost)} logs could not be read, first {lost[0].session.id}: {lost[0].missing}" if lost else ""]
        return " ".join(filter(None, said))


def behind(hits: Iterable[Hit], evidence: Evidence, ask: Ask, platform: str = "") -> Reading:
    """The sessions of the hits, latest first, each read whole and judged by the rules; of one platform if it is named."""
    owners = {hit.session: hit for hit in reversed(tuple(hits))}
    chosen = list(reversed(owners.values()))
    found = (_one(hit, evidence, ask) for hit in chosen[:MOST])
    return Reading(tuple(r for r in found if platform in ("", r.transcript.platform) or r.missing), max(len(chosen) - MOST, 0))


def _one(hit: Hit, evidence: Evidence, ask: Ask) -> Read:
    return whole(Session(hit.session, owner=hit.owner, account=hit.account, region=hit.region), evidence, ask)


def whole(session: Session, evidence: Evidence, ask: Ask) -> Read:
    """One session's log, read whole and judged."""
    before = len(evidence.asked)
    recording = evidence.transcript(session)
    failed = bool(recording.missing) and any(source.unread for source in evidence.asked[before:])
    transcript = read(recording)
    return Read(session, transcript, recording.missing, judged(ask.policy.rules, transcript, session), failed)
