"""`countersign judge`: command lines in, findings out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.roof import house
from bot.roof.cli import Environment, Verb
from queries.rulebook import load


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `judge`."""
    parser.add_argument("file", nargs="?", default="-", help='a file of lines, or of JSON objects {"text", "os"}; - is standard input')
    parser.add_argument("--os", choices=("linux", "windows"), default="linux", help="the platform of lines that do not say their own")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """A JSON object a line: the input with `findings`."""
    rules = load(house.settings(environment).rules)
    for number, line in enumerate(_lines(given.file), 1):
        record = _record(line, given.os, number)
        found = rules.judge(record["text"], record["os"])
        told = [{"rule": f.rule, "title": f.title, "level": f.level.word, "techniques": list(f.techniques)} for f in found]
        print(json.dumps({**record, "findings": told}, ensure_ascii=False))
    return 0


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from (line.rstrip("\n") for line in sys.stdin)
        return
    if not Path(file).is_file():
        raise FileNotFoundError(f"There is no file {file}. Give a file of command lines, or - for standard input.")
    with open(file, encoding="utf-8", errors="replace") as lines:  # noqa: PTH123 - a plain stream of lines
        yield from (line.rstrip("\n") for line in lines)


def _record(line: str, platform: str, number: int) -> dict[str, Any]:
    if not line.lstrip().startswith("{"):
        return {"text": line, "os": platform, "line": number}
    try:
        record = json.loads(line)
    except ValueError:
        return {"text": line, "os": platform, "line": number}
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return {"text": line, "os": platform, "line": number}
    return {**record, "os": record.get("os") if record.get("os") in ("linux", "windows") else platform}


VERB = Verb("judge", "judge command lines by the rules", arguments, run)
