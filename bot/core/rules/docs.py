"""What the rules say about themselves, as pages: the reference of all rules, and the ATT&CK techniques they cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.core.rules.records import FIELDS, OWN_FIELDS
from bot.core.rules.words import Rule

_PLACES = (("linux", "Linux, as typed"), ("windows", "Windows, as typed"), ("cloudtrail", "CloudTrail"))
_FIELD_WORDS = {
    "Name": "the program's bare name in lower case; a PowerShell alias gives its cmdlet",
    "Arguments": "each word after the program",
    "Writes": "files that redirections, tee, cp, sed -i, dd, curl -o … write, change or remove",
    "Reads": "files that redirections, cat, tar, curl -F … read",
    "Stdin": "text on standard input, where the line alone tells it",
    "PipedFrom": "names of the commands before it in the pipeline",
    "PipedInto": "names of the commands after it in the pipeline",
    "Via": "wrappers that it is reached through: sudo, xargs, ssh; `$(bash)` for a substitution within bash",
    "Environment": "assignments before it, or made by it: `NAME=value`",
    "Line": "the whole text as typed",
    "Language": "bash, powershell or cmd",
    "File": "base names of the files that it fetches, writes, changes or runs: ties lines of a session together by `group-by`",
    "Operands": "the words after the program that are no options",
    "Session": "the session's id, where a whole session is judged; so are",
    "Owner": "the ARN of who opened the session, and",
    "Node": "the node that it was opened on",
}


def place(rule: Rule) -> str:
    """Where a rule belongs: linux, windows or cloudtrail."""
    if rule.kind in ("event", "correlation"):
        return "cloudtrail"
    return rule.platform or "linux"


def reference(book: _Book) -> str:
    """docs/rules.md: every rule with level, techniques and sentence, and the fields that rules can ask for."""
    parts = ["# Rules", "", _HEAD.format(count=len(book.rules)), ""]
    for key, title in _PLACES:
        mine = sorted((rule for rule in book.rules if place(rule) == key), key=lambda rule: (-rule.level, rule.title))
        parts += [f"## {title}", "", "| level | rule | what it means | techniques |", "|---|---|---|---|"]
        parts += [_row(rule) for rule in mine] + [""]
    parts += [_SEQUENCES, "## Fields", "", _FIELDS_HEAD, "", "| field | what it holds |", "|---|---|"]
    parts += [f"| `{name}` | {_FIELD_WORDS[name]} |" for name in OWN_FIELDS]
    return "\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    sentence = " ".join(rule.description.split()).replace("|", "\\|")
    return f"| {rule.level.word} | **{rule.title}** (`{rule.name}`) | {sentence} | {', '.join(rule.techniques)} |"


def coverage(book: _Book) -> str:
    """docs/rules-coverage.md: each ATT&CK technique with the rules that speak of it, by platform."""
    found: dict[str, dict[str, list[str]]] = {}
    for rule in book.rules:
        for technique in rule.techniques:
            found.setdefault(technique, {}).setdefault(place(rule), []).append(rule.name)
    parts = ["# ATT&CK coverage", "", _COVERAGE_HEAD.format(count=len(found)), ""]
    parts += ["| technique | Linux | Windows | CloudTrail |", "|---|---|---|---|"]
    return "\n".join(parts + [_covered(technique, found[technique]) for technique in sorted(found)]) + "\n"


def _covered(technique: str, by_place: Mapping[str, Iterable[str]]) -> str:
    path = technique.replace(".", "/")
    cells = (", ".join(sorted(by_place.get(key, ()))) for key, _ in _PLACES)
    return f"| [{technique}](https://attack.mitre.org/techniques/{path}/) | " + " | ".join(cells) + " |"


class _Book(Protocol):
    """What the pages need of a rulebook."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them."""


_HEAD = """This page is generated from the {count} rules by `python -m benchmarks.judging --write`; a test holds it current.
A rule is one Sigma file under `queries/rules/`. It carries commands that it fires on and is silent on; those are its tests.
`COUNTERSIGN_RULES` names folders of more rules: a team's own, or a checkout of a public collection as it is. What a session can't
give is listed by `/ssm rules` with the reason, and so is YAML that is no rule; a rule with a slip is refused with file and line.

Levels say how seldom an honest day holds the command: **low** is what administrators document as routine and an intruder does too,
**medium** what calls for a look, **high** and **critical** what calls for an answer. **Informational** is said only when asked for."""
_SEQUENCES = """## Sequences

Sigma's correlation rules (`event_count`, `value_count`, `temporal`, `temporal_ordered`) over typed commands see **one session**: each
simple command that a base rule fires on, in the order in which it was typed, also within a line and through wrappers. They speak in
`/ssm risky`, `/ssm session` and flags, with every line that they rest on; `countersign judge --session` tries them on lines.

- **Time.** `timespan` holds where the log knows when a line was typed (streamed logs do). Lines without a time, as in log files, never
  fall out of the window: the whole session is one window, and only the order counts. So a sequence may be found in a file that would
  have been too slow for it in a stream, never the other way round.
- **Groups.** `group-by` takes every field below. A field with several values (`Operands`, `File`) puts a command into the group of each
  value: two lines belong together if they share one. `Session`, `Owner` and `Node` are the same all through a session.
- **Order.** A `temporal_ordered` rule with a condition instead of a list reads `and` as "then" and `or` as "either".
- **Quiet rules.** `feeds_only: true` (our own key) keeps a base rule from speaking for itself; Sigma's `generate` is honoured as well.
- **Bounds.** A group keeps its latest 256 firings and is told once, until its window has emptied. `/ssm risky` finds sessions by what
  the server-side filter can look for; what only informational base rules without a voice look for is seen by `/ssm session` and the watch.
  Sessions are not counted against one another: fan-out over nodes is CloudTrail's to tell.
"""
_FIELDS_HEAD = f"""Rules with the log source `process_creation` are tried on every simple command in a typed line and on the line as a
whole. Of Sigma's own fields they can ask for {", ".join(f"`{name}`" for name in sorted(set(FIELDS) - set(OWN_FIELDS)))};
`ps_script` rules for `ScriptBlockText`; `aws`/`cloudtrail` rules for every field of a record, nested names joined by dots. Beyond
Sigma's taxonomy there are:"""
_COVERAGE_HEAD = """This table is generated from the rules by `python -m benchmarks.judging --write`; a test holds it current.
{count} techniques are spoken of. Where MITRE renumbered a technique (T1562.001 became T1685, T1562.004 T1686, T1562.003 T1690),
rules carry both numbers."""
