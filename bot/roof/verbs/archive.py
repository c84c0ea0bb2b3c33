"""`countersign archive`: exported CloudTrail and session logs become a file that answers every question offline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.text import plural, size
from bot.roof.cli import Environment, Verb

if TYPE_CHECKING:
    from queries.archive.add import Progress

DEFAULT = "var/archive.duckdb"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `archive`."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="read a folder of exports; what is already known is skipped")
    add.add_argument("folder", type=Path, help="what `aws s3 sync` brought: AWSLogs/…, session logs, snapshots/…")
    add.add_argument("--to", type=Path, default=Path(DEFAULT), help=f"the archive's file (default {DEFAULT})")


def run(given: argparse.Namespace, _environment: Environment) -> int:
    """Adds, and says what was kept and what was skipped; 3 where a file could not be read."""
    from queries.archive import Archive  # noqa: PLC0415 - DuckDB takes 100 ms to import; other verbs never need it

    if not given.folder.is_dir():
        raise FileNotFoundError(f"There is no folder {given.folder}. Give the folder that `aws s3 sync` wrote to.")
    given.to.parent.mkdir(parents=True, exist_ok=True)
    added = Archive(given.to).add(given.folder, _progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(
        f"Read {plural(added.files_read, 'file')} ({added.skipped_known:,} known already): kept {added.kept:,} of {plural(added.records, 'record')}"
        f' in {added.seconds:.1f} s. Ask with: countersign ask --archive {given.to} "audit 7d"'
    )
    for fault in added.faults:
        print(f"skipped {fault.place}: {fault.why}", file=sys.stderr)
    return 3 if added.faults else 0


def _progress(far: Progress) -> None:
    if sys.stderr.isatty():
        part = f"{far.files_done:,} of {far.files_all:,} files, {size(far.bytes_done)} of {size(far.bytes_all)}, {far.kept:,} records kept"
        print(f"\r{part}", end="", file=sys.stderr, flush=True)


VERB = Verb("archive", "read exported CloudTrail and session logs for offline questions", arguments, run)
