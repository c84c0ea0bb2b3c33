"""`countersign judge`: command lines in, findings out."""

from __future__ import annotations

import argparse
import codecs
import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.core.model import Finding, Session, Typed
from bot.core.rules import Rulebook
from bot.roof import house
from bot.roof.cli import Environment, Verb
from queries.rulebook import load

PLATFORMS = ("linux", "windows")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # PowerShell's `>` is UTF-16
Record = dict[str, Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `judge`."""
    parser.add_argument("file", nargs="?", default="-", help='a file of lines, or of JSON objects {"text", "os"}; - is standard input')
    parser.add_argument("--os", choices=PLATFORMS, default="linux", help="the platform of lines that do not say their own")
    parser.add_argument("--session", action="store_true", help="the lines are one session: also find what only belongs together")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """A JSON object a line: the input with `findings`."""
    rules = load(house.settings(environment).rules)
    records = (_record(line, given.os, number) for number, line in enumerate(_lines(given.file), 1))
    for record, found in (_together if given.session else _alone)(rules, records):
        told = json.dumps({**record, "findings": [_told(finding) for finding in found]}, ensure_ascii=False)
        print(told.encode("utf-8", "replace").decode("utf-8"), flush=True)
    return 0


def _alone(rules: Rulebook, records: Iterable[Record]) -> Iterator[tuple[Record, tuple[Finding, ...]]]:
    return ((record, rules.judge(record["text"], record["os"])) for record in records)


def _together(rules: Rulebook, records: Iterable[Record]) -> Iterator[tuple[Record, tuple[Finding, ...]]]:
    """Each line with what was found on it; a sequence stands at the line that completes it, and names lines as the input does."""
    every = list(records)
    found: dict[int, list[Finding]] = {}
    for platform in PLATFORMS:
        typed = [Typed(one["text"], number, at=_at(one)) for number, one in enumerate(every) if one["os"] == platform]
        for finding in rules.judge_session(typed, platform, Session("judged")):
            lines = tuple(every[number].get("line", number + 1) for number in finding.lines)
            found.setdefault(finding.line, []).append(replace(finding, lines=lines))
    return ((record, tuple(found.get(number, ()))) for number, record in enumerate(every))


def _at(record: Record) -> datetime | None:
    """When a line was typed, as `countersign transcript --json` tells it; None where it does not."""
    try:
        at = datetime.fromisoformat(str(record.get("at") or ""))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told(finding: Finding) -> Record:
    lines = {"lines": list(finding.lines)} if finding.lines else {}
    told = {"rule": finding.rule, "title": finding.title, "level": finding.level.word, "techniques": list(finding.techniques)}
    return {**told, **lines}


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        if sys.stdin.isatty():
            print("Type commands, one a line; Ctrl-D ends.", file=sys.stderr)
        yield from _text(sys.stdin.buffer)
        return
    if not Path(file).is_file():
        raise FileNotFoundError(f"There is no file {file}. Give a file of command lines, or - for standard input.")
    with Path(file).open("rb") as raw:
        yield from _text(raw)


def _text(raw: BinaryIO) -> Iterator[str]:
    """The lines of a file in UTF-8 or, where it says so, UTF-16; bytes that are neither become U+FFFD."""
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)  # type: ignore[type-var]  # any raw stream
    head = buffered.peek(3)[:3]
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    lines = io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="\n")
    try:
        yield from (line.rstrip("\r\n") for line in lines)
    finally:
        lines.detach()


def _record(line: str, platform: str, number: int) -> Record:
    """A JSON object with a text, or the line itself; a bash group begins like one, so that what is none is no error."""
    plain: Record = {"text": line, "os": platform, "line": number}
    if not line.lstrip().startswith("{"):
        return plain
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return plain
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        _warn(number, "this JSON has no `text` that is a string; it is judged as if it was typed")
        return plain
    named = record.get("os") or platform
    if named not in PLATFORMS:
        _warn(number, f"os is {' or '.join(PLATFORMS)}, not {named!r}; it is judged as {platform}")
    return {**record, "os": named if named in PLATFORMS else platform}


def _warn(number: int, what: str) -> None:
    print(f"line {number}: {what}.", file=sys.stderr)


VERB = Verb("judge", "judge command lines by the rules", arguments, run)
