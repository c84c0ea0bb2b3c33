"""Risky commands: what was typed, not what was printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Finding, Hit, Level, Span
from bot.core.ports import Evidence, Ledger
from bot.core.redact import redact
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from bot.core.words import Takes
from commands import _read, _sessions, _suppressed, _words

USAGE = "/ssm risky [span] [linux|windows] [low|medium|high|critical]"
TAKES = Takes(
    {"span": "span"},
    {},
    {
        "linux": "platform",
        "windows": "platform",
        "low": "level",
        "medium": "level",
        "high": "level",
        "critical": "level",
        "informational": "level",
    },
    "",
)
TITLES = 3
MARKS = {Level.INFORMATIONAL: "▫️", Level.LOW: "🔹", Level.MEDIUM: "🔶", Level.HIGH: "🔴", Level.CRITICAL: "🚨"}


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Insights finds the lines, the transcripts decide: a word that stands only in output is no finding."""
    args = _words.taken(ask, TAKES, USAGE)
    span = _words.span(ask, args, "24h")
    platforms = (args["platform"],) if "platform" in args else ("linux", "windows")
    hits = tuple(hit for platform in platforms for hit in evidence.hits(span, patterns(ask, platform), f"risky {platform}"))
    reading = _read.behind(hits, evidence, ask, args.get("platform", ""))
    least = Level[args.get("level", "low").upper()]
    return view(hits, reading, span, least, ask)


def patterns(ask: Ask, platform: str) -> tuple[str, ...]:
    """The server-side filter: generated from the loaded rules, so that it cannot drift from them."""
    return ask.policy.rules.prefilter(platform) if ask.policy.rules else ()


def view(hits: tuple[Hit, ...], reading: _read.Reading, span: Span, least: Level, ask: Ask) -> Reply:
    """Findings worst first, the same one in the same session folded; then what the filter saw and nobody typed."""
    every = sorted((f for r in reading.sessions for f in r.findings if f.level >= least), key=lambda f: (-f.level, f.session, f.line))
    findings, quiet = _suppressed.split(every, ask)
    owners = {r.session.id: _sessions.who(r.session) if r.session.owner else "" for r in reading.sessions}
    told = " ".join(filter(None, [_told(hits, reading, every), _suppressed.told(quiet)]))
    tail = _suppressed.shown(quiet)
    if not findings:
        said = f"No risky command was typed {times.described(span)}. {told}"
        return Reply(said, (blocks.section(text.escape(said)),), (), tail)
    data = tuple(_row(f, owners) for f in findings)
    counts = f"{text.plural(len(findings), 'finding')} in {text.plural(len({f.session for f in findings}), 'session')}"
    worst = f"Worst: {findings[0].title} by {owners.get(findings[0].session) or findings[0].session}."
    said = f"{counts} {times.described(span)}: {_levels(findings)}. {worst} {told}"
    head = (blocks.section(f"*{counts}*: {_levels(findings)}\n{text.escape(told)}"),)
    return Reply(said, head, tuple(_items(findings, owners)), tail, sheet("risky", data), data)


def _told(hits: tuple[Hit, ...], reading: _read.Reading, findings: list[Finding]) -> str:
    silent = len({hit.session for hit in hits} - {f.session for f in findings})
    seen = f"The filter saw {text.plural(len(hits), 'line')}; in {text.plural(silent, 'session')} it saw only output or harmless commands."
    return " ".join(filter(None, [seen if hits else "The filter saw nothing.", reading.told]))


def _levels(findings: list[Finding]) -> str:
    counted = Counter(f.level for f in findings)
    return ", ".join(f"{counted[level]} {level.word}" for level in sorted(counted, reverse=True))


def _items(findings: list[Finding], owners: Mapping[str, str]) -> list[Blocks]:
    folded: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        folded.setdefault((finding.session, finding.text), []).append(finding)
    return [_item(same, owners) for same in folded.values()]


def _item(same: list[Finding], owners: Mapping[str, str]) -> Blocks:
    """One command, with everything that speaks against it; typed again it is counted, not repeated."""
    first, lines = same[0], sorted({line for f in same for line in f.lines or (f.line,)})
    titles = dict.fromkeys((f.title, f.level) for f in same)
    told = "\n".join(f"{MARKS[level]} *{text.safe(title)}* · {level.word}" for title, level in list(titles)[:TITLES])
    told += f"\n… and {len(titles) - TITLES} more" if len(titles) > TITLES else ""
    techniques = " ".join(dict.fromkeys(t for f in same for t in f.techniques))
    who = f"{text.safe(owners[first.session])} · " if owners.get(first.session) else ""
    where = f"{who}{text.code(first.session)} {'lines' if len(lines) > 1 else 'line'} {text.listed([str(line) for line in lines], 4)} · {text.safe(techniques)}"
    return (blocks.section(f"{text.code(redact(first.text), 300)}\n{told}\n{where}", blocks.asking("Dossier", f"session {first.session}")),)


def _row(finding: Finding, owners: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "level": finding.level.word,
        "title": finding.title,
        "rule": finding.rule,
        "techniques": " ".join(finding.techniques),
        "who": owners.get(finding.session, ""),
        "session": finding.session,
        "line": finding.line,
        "text": redact(finding.text),
        "at": _sessions.iso(finding.at),
    }


COMMAND = Command(
    "risky",
    USAGE,
    "Risky commands that were typed, with level, technique and rule. What a word in mere output would flag is told apart.",
    ("/ssm risky 24h", "/ssm risky 7d windows high"),
    run,
)
