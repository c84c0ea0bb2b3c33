"""The rulebook: Sigma rules compiled to judge typed commands, scripts and CloudTrail events in process.

Strategy: a quick filter picks the few rules that could fire on a line; only then is the line parsed, and those rules
tried on each simple command in it, on the line as a whole and on every text that was hidden in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.core.model import Event, Finding, Session, Typed
from bot.core.rules import correlation, reader, records
from bot.core.rules.correlation import Fired, Match
from bot.core.rules.joined import joined
from bot.core.rules.prefilter import MOST, Prefilter, family, hides, patterns
from bot.core.rules.suppress import Marked, Suppression, expired, mark
from bot.core.rules.words import Fault, Malformed, NotApplicable, Rule, Source
from bot.core.shell import Parsed, Simple, parse, sound

__all__ = [
    "Fault", "Malformed", "Marked", "NotApplicable", "Rule", "Rulebook", "Source", "Suppression", "build", "expired", "mark",
]  # fmt: skip

CLIP = 400  # characters of evidence that a finding carries
LONGEST = 100_000  # characters of a hidden text that are judged
SHOWN = 8  # lines that a finding on a sequence shows
MOST_LINES = 64  # lines that it names
WINDOW = 256  # firings that a window over typed commands keeps
_TYPED = ("command", "script")


def build(sources: Sequence[Source]) -> Rulebook:
    """Rules from the texts of rule files. Raises Malformed with file and line of everything that is wrong."""
    reading = reader.read(sources)
    correlations = joined(reading)
    if reading.faults:
        raise Malformed(tuple(reading.faults))
    return Rulebook(tuple(reading.rules), correlations, tuple(reading.unfit))


class Rulebook:
    """Compiled rules. Judging never raises, whatever the text."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        correlations: tuple[correlation.Correlation, ...] = (),
        not_applicable: tuple[NotApplicable, ...] = (),
    ) -> None:
        self.not_applicable = not_applicable
        self.rules = (*rules, *(each.rule for each in correlations))
        self._single = rules
        self._events = tuple(rule for rule in rules if rule.kind == "event")
        self._bursts = tuple(each for each in correlations if each.rule.kind == "correlation")
        self._sequences = tuple(each for each in correlations if each.rule.kind == "sequence")
        quiet = {feed for each in correlations if not each.generates for feed in each.feeds}
        self._silent = frozenset(rule.id for rule in rules if not rule.emits or rule.name in quiet or rule.id in quiet)
        self._feeds = frozenset(feed for each in self._sequences for feed in each.feeds)
        self._filters: dict[tuple[str, bool], Prefilter] = {}
        self._patterns: dict[tuple[str, int], tuple[str, ...]] = {}

    def named(self, name: str) -> Rule | None:
        """The rule with a name, an id or a title (any case), or None."""
        wanted = name.strip().lower()
        return next((rule for rule in self.rules if wanted in (rule.name.lower(), rule.id, rule.title.lower())), None)

    def of(self, platform: str) -> tuple[Rule, ...]:
        """Rules that judge what is typed on a platform (linux, windows, macos)."""
        return tuple(rule for rule in self._single if rule.kind in _TYPED and rule.platform in ("", platform))

    def prefilter(self, platform: str, most: int = MOST) -> tuple[str, ...]:
        """Patterns for a CloudWatch Logs Insights `like /(?i)…/` filter, `most` characters together.

        A line of a log group that one of the platform's rules could fire on, unescaped and unencoded, matches one of
        them. They find more than the rules do: output, and lines in which only a part of a rule is true. Informational
        rules that only feed a sequence are left out: what they look for (`id`, `w`) stands in every log.
        """
        asked = platform, most
        if asked not in self._patterns:  # a third of a second, and every look of the watch asks it
            self._patterns[asked] = patterns([rule for rule in self.of(platform) if rule.level or rule.id not in self._silent], most)
        return self._patterns[asked]

    def judge(
        self, text: str, platform: str, *, user: str = "", at: datetime | None = None, line: int = 0, session: str = ""
    ) -> tuple[Finding, ...]:
        """Findings on one typed text, worst first, one a rule. `platform` is linux, windows or macos."""
        text = sound(text)
        hits = [
            (rule, next(each, None)) for rule, each in self._hits(platform, records.Typing(text, family(platform), user), speaking=True)
        ]
        found = [_finding(rule, text, hit.shown, at, line, session) for rule, hit in hits if hit is not None]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def judge_session(self, typed: Iterable[Typed], platform: str, session: Session) -> tuple[Finding, ...]:
        """Findings on what was typed in one session, worst first: on each command, and on commands that belong together."""
        found: list[Finding] = []
        fired: list[Fired[Typed]] = []
        for number, each in enumerate(replace(one, text=sound(one.text)) for one in typed):
            typing = records.Typing(each.text, family(platform), "", session.id, session.owner, session.target)
            for rule, hits in self._hits(platform, typing, speaking=False):
                matched = list(hits) if self._feeds & {rule.name, rule.id} else [hit for hit in (next(hits, None),) if hit]
                if matched and rule.id not in self._silent:
                    found.append(_finding(rule, each.text, matched[0].shown, each.at, each.line, session.id))
                fired += _fired(rule, matched, number, each)
        fired.sort(key=lambda one: (one.key, one.base))
        for sequence in self._sequences:
            found += [_of_sequence(sequence.rule, last, seen, session) for last, seen in correlation.run(sequence, fired, WINDOW)]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.line, finding.rule)))

    def fires(self, rule: Rule, text: str, platform: str) -> bool:
        """Whether a rule is true of a typed text, also one that only feeds a sequence."""
        return any(
            one.name == rule.name and next(each, None)
            for one, each in self._hits(platform, records.Typing(text, family(platform)), speaking=False)
        )

    def _hits(self, platform: str, typing: records.Typing, *, speaking: bool) -> Iterator[tuple[Rule, Iterator[Hit]]]:
        """Rules that could fire, each with the records on which it does. `speaking`: without those that only feed."""
        platform, text = platform.lower() or "linux", typing.line
        quick = self._filter(platform, speaking)
        chosen = quick.candidates(text)
        hidden = hides(text, platform)
        if not chosen and not quick.always and not hidden:
            return
        parsed = parse(text, family(platform))
        if hidden or parsed.hidden:
            chosen |= quick.candidates(_spread(parsed))
        if not chosen and not quick.always:
            return
        wholes = enumerate(_whole(parsed, platform))
        commands = [Hit(number, records.command(simple, typing), simple.commandline) for number, simple in wholes]
        scripts = [Hit(0, records.script(shown[:LONGEST]), shown) for shown in (parsed.text, *parsed.hidden)]
        for rule in (*chosen, *quick.always):
            yield rule, filter(_true_for(rule), scripts if rule.kind == "script" else commands)

    def _filter(self, platform: str, speaking: bool) -> Prefilter:
        known = self._filters.get((platform, speaking))
        if known is None:
            kept = [rule for rule in self.of(platform) if not speaking or rule.id not in self._silent]
            known = self._filters[platform, speaking] = Prefilter(kept, platform)
        return known

    def judge_event(self, event: Event) -> tuple[Finding, ...]:
        """Findings on one CloudTrail event, worst first."""
        record = records.event(event)
        found = [_of_event(rule, event) for rule in self._events if rule.id not in self._silent and rule.test(record)]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def correlate(self, events: Sequence[Event]) -> tuple[Finding, ...]:
        """Findings of the correlation rules over events in any order; oldest first."""
        ordered = sorted(events, key=lambda event: event.at)
        feeds = {feed for each in self._bursts for feed in each.feeds}
        bases = [rule for rule in self._events if rule.name in feeds or rule.id in feeds]
        fired: list[Fired[Event]] = []
        for event in ordered:
            record = records.event(event)
            fired += [Fired(name, event.at, event.id, event, record) for rule in bases if rule.test(record) for name in _names(rule)]
        found = [_of_burst(each.rule, last, seen) for each in self._bursts for last, seen in correlation.run(each, fired)]
        return tuple(sorted(found, key=lambda finding: (finding.at.timestamp() if finding.at else 0.0, finding.title)))


class Hit(NamedTuple):
    """What a rule is tried on: the how manieth of its text, as a record, and how it is shown."""

    number: int
    record: records.Record
    shown: str


def _true_for(rule: Rule) -> Callable[[Hit], bool]:
    return lambda hit: rule.test(hit.record)


def _names(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (rule.name, rule.id))))


def _fired(rule: Rule, matched: Sequence[Hit], line: int, typed: Typed) -> list[Fired[Typed]]:
    """What a rule fired on in one typed text; the text as a whole only where no command of it did."""
    parts = [hit for hit in matched if hit.shown != typed.text] or matched[:1]
    return [Fired(name, typed.at, f"{line:09}.{hit.number:04}", typed, hit.record) for hit in parts for name in _names(rule)]


def _of_burst(rule: Rule, last: Fired[Event], seen: Sequence[Match[Event]]) -> Finding:
    values = sorted({value for match in seen for value in match.values})
    return _of_event(rule, last.subject, f"{len(seen)} events" + (f": {', '.join(values[:12])}" if values else ""))


def _of_sequence(rule: Rule, last: Fired[Typed], seen: Sequence[Match[Typed]], session: Session) -> Finding:
    """The finding, with the lines that it rests on as its text: the last ones, where they are many."""
    lines = {match.fired.subject.line: match.fired.subject.text for match in seen}
    kept = list(lines.items())[-SHOWN:]
    more = f"{len(lines) - SHOWN} lines before\n" if len(lines) > SHOWN else ""
    text = more + "\n".join(f"{line}: {text[:CLIP]}" for line, text in kept)
    found = _finding(rule, text, f"lines {', '.join(map(str, lines))}", last.at, last.subject.line, session.id)
    return replace(found, lines=tuple(lines)[-MOST_LINES:])


def _spread(parsed: Parsed) -> str:
    """Everything that parsing brought out, as one text for the quick filter."""
    return "\n".join((*parsed.hidden, *(simple.commandline for simple in parsed.commands), *_argvs(parsed)))[:LONGEST]


def _argvs(parsed: Parsed) -> list[str]:
    return [" ".join(simple.argv) for simple in parsed.commands]


def _whole(parsed: Parsed, platform: str) -> tuple[Simple, ...]:
    """The commands, and the line as one command: what a shell given the whole line would show."""
    windows = family(platform) == "windows"
    if len(parsed.commands) == 1 and not parsed.errors and (not windows or _covers(parsed.commands[0], parsed.text)):
        return parsed.commands
    line = Simple(argv=(), commandline=parsed.text, image="", shell="powershell" if windows else "bash")
    words = tuple(parsed.text.split(None, 200)) if not parsed.commands else ()
    loose = Simple(argv=words, commandline=parsed.text, image=words[0], shell=line.shell) if words else line
    return (*parsed.commands, loose)


def _covers(simple: Simple, text: str) -> bool:
    """Whether a command is all there is; PowerShell can do much around one: `(New-Object x).Upload(…)`."""
    return simple.commandline == " ".join(text.split())


def _why(rule: Rule) -> str:
    return " ".join(rule.description.split())


def _finding(rule: Rule, text: str, matched: str, at: datetime | None, line: int, session: str) -> Finding:
    return Finding(
        rule=rule.name,
        title=rule.title,
        level=rule.level,
        techniques=rule.techniques,
        text=text,
        matched=matched[:CLIP],
        line=line,
        session=session,
        at=at,
        why=_why(rule),
    )


def _of_event(rule: Rule, event: Event, matched: str = "") -> Finding:
    return Finding(
        rule=rule.name,
        title=rule.title,
        level=rule.level,
        techniques=rule.techniques,
        text=event.name,
        matched=matched or event.name,
        session=event.session,
        at=event.at,
        why=_why(rule),
        actor=event.actor,
        target=event.target,
        account=event.account,
        region=event.region,
        event=event.id,
    )
