"""`countersign transcript`: a session's log in, what was typed out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.core.model import Recording, Typed
from bot.core.redact import redact
from bot.core.transcript import read, screen_text
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `transcript`."""
    parser.add_argument(
        "file", type=Path, help="a session log as AWS wrote it: an S3 object, a CloudWatch stream as JSON lines, raw terminal bytes"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a typed command instead of the clean screen")
    parser.add_argument("--secrets", action="store_true", help="leave secrets in (they are removed otherwise)")


def run(given: argparse.Namespace, _environment: Environment) -> int:
    """The clean screen, or `{"line","prompt","text","at"}` a typed command, with `doubt` where it may not be exact; doubts of the whole log go to
    standard error.
    """
    if not given.file.is_file():
        raise FileNotFoundError(f"There is no file {given.file}. Give a session's log.")
    body = given.file.read_bytes()
    transcript = read(Recording(given.file.stem, body, "stream" if body.lstrip()[:1] == b"{" else "file", str(given.file)))
    clean = str if given.secrets else redact
    if given.json:
        for typed in transcript.typed:
            print(json.dumps(_told(typed, clean(typed.text)), ensure_ascii=False))
    else:
        print(clean(screen_text(transcript)))
    for doubt in transcript.doubts:
        print(doubt, file=sys.stderr)
    return 0


def _told(typed: Typed, text: str) -> dict[str, object]:
    told = {"line": typed.line, "prompt": typed.prompt, "text": text, "at": typed.at.isoformat() if typed.at else None}
    return {**told, "doubt": typed.doubt} if typed.doubt else told


VERB = Verb("transcript", "what was typed in a session's log", arguments, run)
