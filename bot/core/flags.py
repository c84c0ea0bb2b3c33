"""A flag: one session that somebody should look at, with what is known of it now. It is one message, edited as more arrives.

`flag_blocks` draws it; the row of buttons at its end is the place for what a person may do about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.core import blocks, text, times
from bot.core.model import Finding, Kind, Level, Node, Session
from bot.core.people import principal
from bot.core.portnames import service
from bot.core.redact import redact
from bot.core.reply import Blocks

MARKS = {Level.INFORMATIONAL: "▫️", Level.LOW: "🔹", Level.MEDIUM: "🔶", Level.HIGH: "🔴", Level.CRITICAL: "🚨"}
TUNNELS = (Kind.TUNNEL, Kind.SSH, Kind.RDP)
SHOWN = 6
ROUTE = re.compile(r"(?P<channel>#[\w.-]{1,80}|[CGD][A-Z0-9]{7,20})\s*:\s*(?P<words>.+)")
RIGHT = "write it like `#sec-flags: high tunnels`, with an account or region behind if it is only for one"


@dataclass(frozen=True, slots=True)
class Route:
    """Which flags go to a channel: findings from a level on, tunnels or not, of one account or region or of all."""

    channel: str
    least: Level | None
    tunnels: bool = False
    account: str = ""
    region: str = ""

    def takes(self, flag: Flag) -> bool:
        """Whether a flag belongs there."""
        placed = self.account in ("", flag.session.account) and self.region in ("", flag.session.region)
        loud = self.least is not None and bool(flag.findings) and flag.level >= self.least
        return placed and (loud or (self.tunnels and flag.tunnel))


@dataclass(frozen=True, slots=True)
class Flag:
    """One flagged session. `findings` are everything known to speak against it; `id` stays the same while more arrives."""

    id: str
    session: Session
    level: Level
    findings: tuple[Finding, ...] = ()
    node: str = ""
    seen: datetime | None = None  # when the watch first saw it
    missing: str = ""  # what is not known yet, as a sentence

    @property
    def tunnel(self) -> bool:
        """Whether the session is a tunnel, which nothing logs."""
        return self.session.kind in TUNNELS and not self.session.error

    @property
    def who(self) -> str:
        """The owner as a person reads it."""
        return principal(self.session.owner).name or "unknown principal"

    @property
    def where(self) -> str:
        """The target with its name."""
        return f"{self.node} ({self.session.target})" if self.node else self.session.target or "unknown node"


def route(line: str) -> Route:
    """A route as it is configured. Raises ValueError with what would be right."""
    found = ROUTE.fullmatch(line.strip())
    words = found["words"].lower().split() if found else []
    known = {level.word: level for level in Level}
    least = [known[word] for word in words if word in known]
    account, region = [w for w in words if re.fullmatch(r"\d{12}", w)], [w for w in words if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", w)]
    tunnels = "tunnels" in words
    if not found or len(least) + len(account) + len(region) + tunnels != len(words) or max(len(least), len(account), len(region)) > 1:
        raise ValueError(f"“{line}” does not say which flags go where; {RIGHT}")
    if not least and not tunnels:
        raise ValueError(f"“{line}” takes no flag at all; {RIGHT}")
    return Route(found["channel"], least[0] if least else None, tunnels, "".join(account), "".join(region))


def flags(sessions: Iterable[Session], findings: Iterable[Finding], nodes: Mapping[str, Node], seen: datetime) -> tuple[Flag, ...]:
    """Everything that stands against each session, folded: one flag a session, the worst first.

    A finding whose session nobody lists yet is a flag of its own; what arrives later completes it.
    """
    known = {name(session): session for session in sessions}
    against: dict[str, list[Finding]] = {}
    for finding in findings:
        against.setdefault(finding.session or f"event {finding.event or finding.rule}", []).append(finding)
    wanted = {key for key, session in known.items() if session.kind in TUNNELS and not session.error} | against.keys()
    made = [_flag(key, known.get(key), against.get(key, []), nodes, seen) for key in wanted]
    return tuple(sorted(made, key=lambda flag: (-flag.level, flag.id)))


def name(session: Session) -> str:
    """What a flag of a session is called."""
    return session.id or f"event {session.event}"


def _flag(key: str, session: Session | None, found: list[Finding], nodes: Mapping[str, Node], seen: datetime) -> Flag:
    first = found[0] if found else Finding("", "", Level.INFORMATIONAL)
    known = session or Session(
        first.session, first.actor, first.target, first.at, account=first.account, region=first.region, event=first.event
    )
    node = nodes.get(known.target)
    return Flag(key, known, max((f.level for f in found), default=Level.INFORMATIONAL), _once(found), node.name if node else "", seen)


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: the same record may be read by two looks."""
    same = {(f.rule, f.event, f.line, f.text): f for f in found}
    return tuple(sorted(same.values(), key=lambda f: (-f.level, f.line, f.title, f.text)))


def joined(old: Flag, new: Flag) -> Flag:
    """What both looks know together: nothing that was known is forgotten, and the later look completes it."""
    facts = {key: value for key, value in _facts(new.session).items() if value not in ("", None)}
    kind = old.session.kind if new.session.kind is Kind.UNKNOWN else new.session.kind
    session = replace(old.session, **{**facts, "kind": kind})
    findings = _once((*old.findings, *new.findings))
    return Flag(old.id, session, max(old.level, new.level), findings, new.node or old.node, old.seen, new.missing)


def _facts(session: Session) -> dict[str, Any]:
    return {field: getattr(session, field) for field in Session.__dataclass_fields__}


def flag_text(flag: Flag) -> str:
    """The whole meaning in one line, for the top-level text."""
    found = text.listed([f"{f.title} ({f.level.word})" for f in flag.findings], 4)
    what = f"{flag.who} on {flag.where}, {through(flag.session)}"
    return text.escaped(f"Flagged: {what}{f': {found}' if found else ''}.{f' {flag.missing}' if flag.missing else ''}", 3000)


def flag_blocks(flag: Flag) -> Blocks:
    """The flag as it stands in a channel."""
    session = flag.session
    mark = MARKS[flag.level] if flag.findings else ":left_right_arrow:"
    title = f"{mark} *{text.safe(flag.who)}* → *{text.safe(flag.node)}* {text.code(session.target)} · {text.safe(through(session))}"
    return (
        blocks.section(title.replace("** ", "")),
        *([blocks.section("\n".join(_told(flag.findings)))] if flag.findings else []),
        blocks.context(" · ".join(_small(flag))),
        *([blocks.context(f":hourglass_flowing_sand: {text.safe(flag.missing, 300)}")] if flag.missing else []),
        *blocks.actions(flag_buttons(flag)),
    )


def flag_buttons(flag: Flag) -> Blocks:
    """What may be done about it."""
    return (blocks.asking("Dossier", f"session {flag.session.id}"),) if flag.session.id else ()


def _told(findings: Sequence[Finding]) -> list[str]:
    """What speaks against it, worst first: everything about one command together, and nothing merely informational beside worse."""
    loud = [f for f in findings if f.level > Level.INFORMATIONAL] or list(findings)
    groups: dict[str, list[Finding]] = {}
    for finding in loud:
        groups.setdefault(finding.title if finding.event else finding.text, []).append(finding)
    lines = [_spoken(group) for group in groups.values()]
    return [*lines[:SHOWN], *([f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])]


def _spoken(group: Sequence[Finding]) -> str:
    worst = max(group, key=lambda f: f.level)
    titles = text.safe("; ".join(dict.fromkeys(f.title for f in group)), 300)
    changed = worst.matched if worst.matched != worst.text and not worst.session else ""
    said = changed if worst.event else worst.text
    command = f"\n{text.code(redact(said), 300 if worst.event else 160)}" if said else ""
    detail = (
        f": {text.safe(worst.text, 200)}" if worst.event and not changed and " " in worst.text else ""
    )  # a call's name alone says nothing more
    return f"{MARKS[worst.level]} {titles} · {worst.level.word}{detail}{command}"


def _small(flag: Flag) -> list[str]:
    session = flag.session
    ended = f"ended {times.slack_moment(session.ended)}" if session.ended else ""
    told = [
        f"since {times.slack_moment(session.started)}" if session.started else "",
        ended,
        text.code(session.document) if session.document else "",
        f"reason {text.code(session.reason, 120)}" if session.reason else "no reason given",
        f"from {text.code(session.source_ip)}" if session.source_ip else "",
        text.safe(f"{session.account}/{session.region}") if session.account else "",
    ]
    return [each for each in told if each]


def through(session: Session) -> str:
    """`tunnel to db.example.com:5432 (postgres)`, `shell`."""
    aims = session.kind is Kind.TUNNEL or (session.kind in TUNNELS and session.host)
    to = ":".join(filter(None, [session.host or ("the node" if session.port else ""), session.port])) if aims else ""
    named = service(session.port) if to else ""
    return f"{session.kind.value}{f' to {to}' if to else ''}{f' ({named})' if named else ''}"


def stored(flag: Flag) -> Mapping[str, Any]:
    """The flag as JSON can hold it."""
    return asdict(flag)


def restored(raw: Mapping[str, Any]) -> Flag:
    """The flag that `stored` wrote."""
    session = Session(**{**raw["session"], "kind": Kind(raw["session"]["kind"]), **_moments(raw["session"], "started", "ended")})
    found = tuple(
        Finding(
            **{
                **f,
                "level": Level(f["level"]),
                "techniques": tuple(f["techniques"]),
                "lines": tuple(f.get("lines", ())),
                **_moments(f, "at"),
            }
        )
        for f in raw["findings"]
    )
    return Flag(raw["id"], session, Level(raw["level"]), found, raw["node"], **_moments(raw, "seen"), missing=raw["missing"])


def _moments(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: datetime.fromisoformat(raw[key]) if raw[key] else None for key in names}
