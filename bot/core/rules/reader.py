"""Sigma files as compiled rules: YAML → pySigma → Rule, or the reason why not.

Strategy: every document of every file becomes a draft, a NotApplicable or a Fault with file and line; filters are laid
over the drafts they name; then drafts compile. Nothing is dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError, SigmaRegularExpressionError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule

from bot.core.model import Level
from bot.core.rules.compiler import compiled
from bot.core.rules.records import FIELDS, SCRIPT_FIELDS
from bot.core.rules.seek import Unsupported
from bot.core.rules.words import Draft, Fault, NotApplicable, Rule, Source, Test, techniques

_SAFE: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):  # type: ignore[misc, valid-type]  # which base it is depends on how PyYAML was built
    """The safe loader, which also refuses a key that stands twice: the first one would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen and key.value != "<<":
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


_OURS = re.compile(r"(?m)^(?:title|logsource|detection|correlation|filter|fires_on|silent_on)[ \t]*:")
_OLD = re.compile(r"(?m)^action[ \t]*:[ \t]*(?:global|reset|repeat)\b")
_CONFIG = re.compile(r"(?m)^(?:backends|logsources|fieldmappings)[ \t]*:")  # settings of Sigma's old converter
_RETIRED = frozenset(("deprecated", "unsupported"))
_PLATFORMS = {"linux": "linux", "windows": "windows", "macos": "macos", "": ""}


@dataclass(slots=True)
class Reading:
    """What reading the files gave."""

    rules: list[Rule] = field(default_factory=list)
    correlations: list[Draft] = field(default_factory=list)
    unfit: list[NotApplicable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    named: set[str] = field(default_factory=set)  # names and ids of all documents, also of those that do not apply


def read(sources: Sequence[Source]) -> Reading:
    """Read and compile rule files; order is kept."""
    reading = Reading()
    drafts: list[Draft] = []
    filters: list[SigmaFilter] = []
    for source in sources:
        if other := _other(source):
            reading.unfit.append(NotApplicable(source.name.replace("\\", "/").rpartition("/")[2], f"{source.name}:1", other))
            continue
        for line, document in _documents(source, reading):
            _sort(source, line, document, reading, drafts, filters)
    for draft in drafts:
        _compile(_filtered(draft, filters), reading)
    return reading


def _other(source: Source) -> str:
    """Why a file in a folder of rules is none; empty for one that means to be one.

    A checkout of a rule collection holds YAML of its own: settings of its checks, notes on its samples.
    """
    if not source.text.strip() or source.text.lstrip().startswith("- "):
        return ""
    if _OLD.search(source.text):
        return "it is a collection in Sigma's old form (`action: global`), which is no longer part of Sigma"
    return (
        ""
        if _OURS.search(source.text) and not _CONFIG.search(source.text)
        else "it is YAML, but no Sigma rule: it has neither title nor log source nor detection"
    )


def _documents(source: Source, reading: Reading) -> Iterator[tuple[int, Mapping[str, object]]]:
    line = 1
    for chunk in re.split(r"(?m)^---[ \t]*(?:#.*)?$", source.text):
        where = line
        line += chunk.count("\n")
        try:
            document = yaml.load(chunk, Loader=_Loader)  # noqa: S506 - a safe loader
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            at = where + (mark.line if mark else 0)
            reading.faults.append(Fault(f"{source.name}:{at}", f"this can't be read: {fault.problem or fault.context}"))
            continue
        except (yaml.YAMLError, ValueError) as fault:
            reading.faults.append(Fault(f"{source.name}:{where}", f"this is no YAML: {fault}"))
            continue
        if isinstance(document, dict):
            blank = len(chunk) - len(chunk.lstrip("\n"))
            yield where + blank, document
        elif document is not None:
            reading.faults.append(Fault(f"{source.name}:{where}", "a rule is a YAML mapping; this is none"))


def _sort(
    source: Source,
    line: int,
    document: Mapping[str, object],
    reading: Reading,
    drafts: list[Draft],
    filters: list[SigmaFilter],
) -> None:
    where, title = f"{source.name}:{line}", str(document.get("title", ""))
    reading.named.update(str(document[key]) for key in ("name", "id") if key in document)
    if document.get("status") in _RETIRED:
        reading.unfit.append(NotApplicable(title, where, f"its status is {document['status']}"))
        return
    if "detection" not in document and "correlation" not in document and "filter" not in document:
        reading.faults.append(Fault(where, "a Sigma rule has a title and a detection (or correlation) section; this has none"))
        return
    for key in ("fires_on", "silent_on"):
        if not isinstance(document.get(key, []), list):
            reading.faults.append(Fault(f"{source.name}:{_line(source.text, line, repr(key))}", f"{key} is a list of examples"))
    made = _made(document)
    if isinstance(made, SigmaError):
        _refuse(source, line, title, made, reading)
    elif isinstance(made, SigmaFilter):
        filters.append(made)
    elif isinstance(made, SigmaCorrelationRule):
        reading.correlations.append(Draft(made, document, where, source.text))
    else:
        drafts.append(Draft(made, document, where, source.text))


def _made(document: Mapping[str, object]) -> SigmaRule | SigmaCorrelationRule | SigmaFilter | SigmaError:
    plain = dict(document)
    try:
        if "correlation" in plain:
            return SigmaCorrelationRule.from_dict(plain)
        if "filter" in plain:
            return SigmaFilter.from_dict(plain)
        return SigmaRule.from_dict(plain)
    except SigmaError as fault:
        return fault
    except (TypeError, ValueError, AttributeError, KeyError) as fault:
        return SigmaError(f"Sigma can't read it: {fault}")


def _refuse(source: Source, line: int, title: str, fault: SigmaError, reading: Reading) -> None:
    if isinstance(fault, SigmaRegularExpressionError):
        reason = "it needs a regular expression that RE2 can't run in linear time"
        if "perl operator" in str(fault) or "bad repetition" in str(fault) or "(?" in str(fault):
            reading.unfit.append(NotApplicable(title, f"{source.name}:{line}", reason))
            return
    sentence = str(fault).split(" in /")[0]
    reading.faults.append(Fault(f"{source.name}:{_line(source.text, line, sentence)}", sentence))


def placed(draft: Draft, sentence: str) -> Fault:
    """A fault of a draft, at the line that the sentence speaks of."""
    file, _, line = draft.where.rpartition(":")
    return Fault(f"{file}:{_line(draft.text, int(line), sentence)}", sentence)


def _line(text: str, line: int, sentence: str) -> int:
    """The line of the first word in quotes that the sentence names, where it stands in the document."""
    rows = text.split("\n")
    for word in re.findall(r"['\"]([^'\"]+)['\"]", sentence):
        standing = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        for number in range(line - 1, len(rows)):
            if standing.search(rows[number]):
                return number + 1
    return line


def _filtered(draft: Draft, filters: Sequence[SigmaFilter]) -> Draft:
    rule = draft.rule
    for each in filters:
        rule = each.apply_on_rule(rule)  # type: ignore[arg-type]  # drafts hold SigmaRule here
    return Draft(rule, draft.document, draft.where, draft.text)


def _kind(rule: SigmaRule) -> tuple[str, str]:
    """("command" | "script" | "event" | "", platform or the log source as a person reads it)."""
    source = rule.logsource
    product, category, service = source.product or "", source.category or "", source.service or ""
    if category == "process_creation" and product in _PLATFORMS and not service:
        return "command", _PLATFORMS[product]
    if category == "ps_script" and product in ("windows", ""):
        return "script", "windows"
    if product == "aws" and service == "cloudtrail":
        return "event", ""
    return "", "/".join(part for part in (product, category, service) if part)


def _compile(draft: Draft, reading: Reading) -> None:
    rule = draft.rule
    if not isinstance(rule, SigmaRule):
        return
    kind, platform = _kind(rule)
    if not kind:
        reason = f"it needs the log source {platform}, which a session does not give"
        reading.unfit.append(NotApplicable(rule.title, draft.where, reason))
        return
    knows = {"command": FIELDS.__contains__, "script": SCRIPT_FIELDS.__contains__}.get(kind, lambda name: True)
    keyword = {"command": "CommandLine", "script": "ScriptBlockText"}.get(kind, "eventName")
    try:
        parts = [compiled(condition.parsed, knows, keyword) for condition in rule.detection.parsed_condition]
    except Unsupported as fault:
        reading.unfit.append(NotApplicable(rule.title, draft.where, f"it needs {fault}"))
        return
    except (SigmaError, RecursionError) as fault:
        reading.faults.append(placed(draft, str(fault)))
        return
    live = [part for part in parts if part.test is not None]
    if not live:
        missed = sorted({name for part in parts for name in part.missed})
        reason = f"it needs {', '.join(missed)}, which a typed command does not have"
        reading.unfit.append(NotApplicable(rule.title, draft.where, reason))
        return
    tests = [part.test for part in live if part.test]
    test: Test = tests[0] if len(tests) == 1 else lambda record: any(one(record) for one in tests)
    literals = live[0].literals if len(live) == 1 else frozenset().union(*(part.literals for part in live))
    if any(not part.literals for part in live):
        literals = frozenset()
    reading.rules.append(described(rule, draft, kind, platform, test, literals))


def described(
    rule: SigmaRule | SigmaCorrelationRule,
    draft: Draft,
    kind: str,
    platform: str,
    test: Test,
    literals: frozenset[str] = frozenset(),
) -> Rule:
    """A rule with its own words beside its test."""
    tags = tuple(str(tag) for tag in rule.tags)
    examples = {key: draft.document.get(key) for key in ("fires_on", "silent_on")}
    return Rule(
        id=str(rule.id or ""),
        name=rule.name or str(draft.document.get("name", "")) or str(rule.id or rule.title),
        title=rule.title,
        level=Level[rule.level.name] if rule.level else Level.MEDIUM,
        kind=kind,
        platform=platform,
        test=test,
        literals=literals,
        description=(rule.description or "").strip(),
        techniques=techniques(tags),
        tags=tags,
        status=rule.status.name.lower() if rule.status else "",
        author=rule.author or "",
        falsepositives=tuple(map(str, rule.falsepositives)),
        references=tuple(map(str, rule.references)),
        fires_on=tuple(examples["fires_on"] or ()) if isinstance(examples["fires_on"], list) else (),
        silent_on=tuple(examples["silent_on"] or ()) if isinstance(examples["silent_on"], list) else (),
        where=draft.where,
        emits=draft.document.get("feeds_only") is not True,
    )
