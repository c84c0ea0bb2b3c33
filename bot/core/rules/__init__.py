"""The rulebook: Sigma rules compiled to judge typed commands, scripts and CloudTrail events in process.

Strategy: a quick filter picks the few rules that could fire on a line; only then is the line parsed, and those rules
tried on each simple command in it, on the line as a whole and on every text that was hidden in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.model import Event, Finding, Session, Typed
from bot.core.rules import correlation, reader, records
from bot.core.rules.correlation import Fired
from bot.core.rules.findings import of_burst, of_event, of_sequence, of_text
from bot.core.rules.hits import Tried, fired_by, names, spread
from bot.core.rules.joined import joined
from bot.core.rules.prefilter import MOST, Prefilter, family, hides, patterns
from bot.core.rules.suppress import Marked, Suppression, expired, mark
from bot.core.rules.words import Fault, Malformed, NotApplicable, Rule, Source
from bot.core.shell import parse, sound

__all__ = [
    "Fault", "Malformed", "Marked", "NotApplicable", "Rule", "Rulebook", "Source", "Suppression", "build", "expired", "mark",
]  # fmt: skip

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
        self._silent = frozenset(rule for rule in rules if not rule.emits or rule.name in quiet or rule.id in quiet)
        feeds = {feed for each in self._sequences for feed in each.feeds}
        self._feeds = frozenset(rule for rule in rules if rule.name in feeds or rule.id in feeds)
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
            self._patterns[asked] = patterns([rule for rule in self.of(platform) if rule.level or rule not in self._silent], most)
        return self._patterns[asked]

    def judge(
        self, text: str, platform: str, *, user: str = "", at: datetime | None = None, line: int = 0, session: str = ""
    ) -> tuple[Finding, ...]:
        """Findings on one typed text, worst first, one a rule. `platform` is linux, windows or macos."""
        text = sound(text)
        tried = self._tried(platform, records.Typing(text, family(platform), user), speaking=True)
        hits = [(rule, tried.first(rule)) for rule in tried.chosen] if tried else []
        found = [of_text(rule, text, hit.shown, at, line, session) for rule, hit in hits if hit is not None]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def judge_session(self, typed: Iterable[Typed], platform: str, session: Session) -> tuple[Finding, ...]:
        """Findings on what was typed in one session, worst first: on each command, and on commands that belong together."""
        found: list[Finding] = []
        fired: list[Fired[Typed]] = []
        for number, each in enumerate(replace(one, text=sound(one.text)) for one in typed):
            typing = records.Typing(each.text, family(platform), "", session.id, session.owner, session.target)
            tried = self._tried(platform, typing, speaking=False)
            if tried is None:
                continue
            for rule in tried.chosen:
                hit = tried.first(rule)
                if hit and rule not in self._silent:
                    found.append(of_text(rule, each.text, hit.shown, each.at, each.line, session.id))
                if hit and rule in self._feeds:
                    fired += fired_by(rule, tried.every(rule), number, each)
        fired.sort(key=lambda one: (one.key, one.base))
        for sequence in self._sequences:
            found += [of_sequence(sequence.rule, last, seen, session) for last, seen in correlation.run(sequence, fired, WINDOW)]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.line, finding.rule)))

    def fires(self, rule: Rule, text: str, platform: str) -> bool:
        """Whether a rule is true of a typed text, also one that only feeds a sequence."""
        tried = self._tried(platform, records.Typing(text, family(platform)), speaking=False)
        return tried is not None and any(one.name == rule.name and tried.first(one) for one in tried.chosen)

    def _tried(self, platform: str, typing: records.Typing, *, speaking: bool) -> Tried | None:
        """A text ready for the rules that could fire on it; None if none could. `speaking`: without those that only feed."""
        platform, text = platform.lower() or "linux", typing.line
        quick = self._filter(platform, speaking)
        chosen = quick.candidates(text)
        hidden = hides(text, platform)
        if not chosen and not quick.always and not hidden:
            return None
        parsed = parse(text, family(platform))
        if hidden or parsed.hidden:
            chosen |= quick.candidates(spread(parsed))
        return Tried(parsed, typing, (*chosen, *quick.always)) if chosen or quick.always else None

    def _filter(self, platform: str, speaking: bool) -> Prefilter:
        known = self._filters.get((platform, speaking))
        if known is None:
            kept = [rule for rule in self.of(platform) if not speaking or rule not in self._silent]
            known = self._filters[platform, speaking] = Prefilter(kept, platform)
        return known

    def judge_event(self, event: Event) -> tuple[Finding, ...]:
        """Findings on one CloudTrail event, worst first."""
        record = records.event(event)
        found = [of_event(rule, event) for rule in self._events if rule not in self._silent and rule.test(record)]
        return tuple(sorted(found, key=lambda finding: (-finding.level, finding.title)))

    def correlate(self, events: Sequence[Event]) -> tuple[Finding, ...]:
        """Findings of the correlation rules over events in any order; oldest first."""
        ordered = sorted(events, key=lambda event: event.at)
        feeds = {feed for each in self._bursts for feed in each.feeds}
        bases = [rule for rule in self._events if rule.name in feeds or rule.id in feeds]
        fired: list[Fired[Event]] = []
        for event in ordered:
            record = records.event(event)
            fired += [Fired(name, event.at, event.id, event, record) for rule in bases if rule.test(record) for name in names(rule)]
        found = [of_burst(each.rule, last, seen) for each in self._bursts for last, seen in correlation.run(each, fired)]
        return tuple(sorted(found, key=lambda finding: (finding.at.timestamp() if finding.at else 0.0, finding.title)))
