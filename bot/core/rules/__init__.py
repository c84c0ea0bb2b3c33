"""The rulebook: Sigma rules compiled to judge typed commands, scripts and CloudTrail events in process.

Strategy: a quick filter picks the few rules that could fire on a line; only then is the line parsed, and those rules
tried on each simple command in it, on the line as a whole and on every text that was hidden in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sigma.correlations import SigmaCorrelationRule

from bot.core.model import Event, Finding
from bot.core.rules import correlation, reader, records
from bot.core.rules.prefilter import MOST, Prefilter, family, hides, patterns
from bot.core.rules.suppress import Marked, Suppression, expired, mark
from bot.core.rules.words import Draft, Fault, Malformed, NotApplicable, Rule, Source
from bot.core.shell import Parsed, Simple, parse

__all__ = [
    "Fault", "Malformed", "Marked", "NotApplicable", "Rule", "Rulebook", "Source", "Suppression", "build", "expired", "mark",
]  # fmt: skip

CLIP = 400  # characters of evidence that a finding carries
LONGEST = 100_000  # characters of a hidden text that are judged


def build(sources: Sequence[Source]) -> Rulebook:
    """Rules from the texts of rule files. Raises Malformed with file and line of everything that is wrong."""
    reading = reader.read(sources)
    known = {key: rule for rule in reading.rules for key in (rule.name, rule.id) if key}
    ready: list[correlation.Correlation] = []
    for draft in reading.correlations:
        _prepare(draft, known, reading, ready)
    if reading.faults:
        raise Malformed(tuple(reading.faults))
    silent = {known[feed].id for each in ready if not each.rule.emits for feed in each.feeds}
    return Rulebook(tuple(reading.rules), tuple(ready), tuple(reading.unfit), frozenset(silent))


def _prepare(draft: Draft, known: dict[str, Rule], reading: reader.Reading, ready: list[correlation.Correlation]) -> None:
    sigma = draft.rule
    if not isinstance(sigma, SigmaCorrelationRule):
        return
    rule = reader.described(sigma, draft, "correlation", "", lambda record: False)
    if not sigma.generate:
        rule = Rule(**{name: getattr(rule, name) for name in Rule.__slots__ if name != "emits"}, emits=False)
    try:
        made = correlation.prepared(rule, sigma)
    except ValueError as fault:
        reading.unfit.append(NotApplicable(rule.title, draft.where, str(fault)))
        return
    lost = [feed for feed in made.feeds if feed not in known]
    if lost:
        reason = f"it counts {', '.join(lost)}, which is not among the rules that apply"
        reading.unfit.append(NotApplicable(rule.title, draft.where, reason))
    elif any(known[feed].kind != "event" for feed in made.feeds):
        reading.unfit.append(NotApplicable(rule.title, draft.where, "it counts typed commands; only events are counted"))
    else:
        ready.append(made)


class Rulebook:
    """Compiled rules. Judging never raises, whatever the text."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        correlations: tuple[correlation.Correlation, ...] = (),
        not_applicable: tuple[NotApplicable, ...] = (),
        silent: frozenset[str] = frozenset(),
    ) -> None:
        self.correlations = correlations
        self.not_applicable = not_applicable
        self.rules = (*rules, *(each.rule for each in correlations))
        self._events = tuple(rule for rule in rules if rule.kind == "event")
        self._silent = silent
        self._filters: dict[str, Prefilter] = {}
        self._patterns: dict[tuple[str, int], tuple[str, ...]] = {}
        self._single = tuple(rules)

    def named(self, name: str) -> Rule | None:
        """The rule with a name, an id or a title (any case), or None."""
        wanted = name.strip().lower()
        return next((rule for rule in self.rules if wanted in (rule.name.lower(), rule.id, rule.title.lower())), None)

    def of(self, platform: str) -> tuple[Rule, ...]:
        """Rules that judge what is typed on a platform (linux, windows, macos)."""
        return tuple(rule for rule in self._single if rule.kind in ("command", "script") and rule.platform in ("", platform))

    def prefilter(self, platform: str, most: int = MOST) -> tuple[str, ...]:
        """Patterns for a CloudWatch Logs Insights `like /(?i)…/` filter, `most` characters together.

        A line of a log group that one of the platform's rules could fire on, unescaped and unencoded, matches one of
        them. They find more than the rules do: output, and lines in which only a part of a rule is true.
        """
        asked = platform, most
        if asked not in self._patterns:  # a third of a second, and every look of the watch asks it
            self._patterns[asked] = patterns(self.of(platform), most)
        return self._patterns[asked]

    def judge(
        self, text: str, platform: str, *, user: str = "", at: datetime | None = None, line: int = 0, session: str = ""
    ) -> tuple[Finding, ...]:
        """Findings on one typed text, worst first, one a rule. `platform` is linux, windows or macos."""
        platform = platform.lower() or "linux"
        quick = self._filter(platform)
        chosen = quick.candidates(text)
        hidden = hides(text, platform)
        if not chosen and not quick.always and not hidden:
            return ()
        parsed = parse(text, family(platform))
        if hidden or parsed.hidden:
            chosen |= quick.candidates(_spread(parsed))
        if not chosen and not quick.always:
            return ()
        hits = self._tried(parsed, platform, user, (*chosen, *quick.always))
        found = [_finding(rule, text, matched, at, line, session) for rule, matched in hits]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def _filter(self, platform: str) -> Prefilter:
        known = self._filters.get(platform)
        if known is None:
            known = self._filters[platform] = Prefilter(self.of(platform), platform)
        return known

    @staticmethod
    def _tried(parsed: Parsed, platform: str, user: str, chosen: Iterable[Rule]) -> list[tuple[Rule, str]]:
        typing = records.Typing(parsed.text, family(platform), user)
        commands = [(records.command(simple, typing), simple.commandline) for simple in _whole(parsed, platform)]
        scripts = [(records.script(text[:LONGEST]), text) for text in (parsed.text, *parsed.hidden)]
        hits = []
        for rule in chosen:
            over = scripts if rule.kind == "script" else commands
            matched = next((shown for record, shown in over if rule.test(record)), None)
            if matched is not None:
                hits.append((rule, matched))
        return hits

    def judge_event(self, event: Event) -> tuple[Finding, ...]:
        """Findings on one CloudTrail event, worst first."""
        record = records.event(event)
        found = [_of_event(rule, event) for rule in self._events if rule.id not in self._silent and rule.test(record)]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def correlate(self, events: Sequence[Event]) -> tuple[Finding, ...]:
        """Findings of the correlation rules over events in any order; oldest first."""
        ordered = sorted(events, key=lambda event: event.at)
        feeds = {feed for each in self.correlations for feed in each.feeds}
        bases = [rule for rule in self._events if rule.name in feeds or rule.id in feeds]
        fired: list[tuple[Rule, Event, records.Record]] = []
        for event in ordered:
            record = records.event(event)
            fired += [(rule, event, record) for rule in bases if rule.test(record)]
        found = [finding for each in self.correlations for finding in _correlated(each, fired)]
        return tuple(sorted(found, key=lambda finding: (finding.at.timestamp() if finding.at else 0.0, finding.title)))


def _correlated(each: correlation.Correlation, fired: Sequence[tuple[Rule, Event, records.Record]]) -> list[Finding]:
    wanted = set(each.feeds)
    own = [
        (rule.name if rule.name in wanted else rule.id, event, record)
        for rule, event, record in fired
        if rule.name in wanted or rule.id in wanted
    ]
    found = []
    for event, matches in correlation.run(each, own):
        seen = sorted({value for match in matches for value in match.values})
        shown = f"{len(matches)} events" + (f": {', '.join(seen[:12])}" if seen else "")
        found.append(_of_event(each.rule, event, shown))
    return found


def _spread(parsed: Parsed) -> str:
    """Everything that parsing brought out, as one text for the quick filter."""
    return "\n".join((*parsed.hidden, *(simple.commandline for simple in parsed.commands), *_argvs(parsed)))[:LONGEST]


def _argvs(parsed: Parsed) -> list[str]:
    return [" ".join(simple.argv) for simple in parsed.commands]


def _whole(parsed: Parsed, platform: str) -> tuple[Simple, ...]:
    """The commands, and the line as one command: what a shell given the whole line would show."""
    if len(parsed.commands) == 1 and not parsed.errors:
        return parsed.commands
    windows = family(platform) == "windows"
    line = Simple(argv=(), commandline=parsed.text, image="", shell="powershell" if windows else "bash")
    words = tuple(parsed.text.split(None, 200)) if not parsed.commands else ()
    loose = Simple(argv=words, commandline=parsed.text, image=words[0], shell=line.shell) if words else line
    return (*parsed.commands, loose)


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
