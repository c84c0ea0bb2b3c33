"""Adding a folder to an archive: every file once, kept rows in, faults named, and each batch a transaction.

Strategy: files not seen before (by path, size and time of change) go in batches of some megabytes to two threads, which inflate
and choose; the caller's alone writes. A killed run has lost its last batch only,
and the next run goes on from there. At most a few batches are in memory, whatever the folder's size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bot.core.model import Unread
from queries.archive import logs, snapshots, table, trail
from queries.archive.inflate import CAP, Unreadable, chunks
from queries.archive.layout import Found, files
from queries.archive.workers import results

BATCH = 4 << 20  # bytes on disk of one task: large enough that many small files cost little
COMMIT = 128 << 20  # bytes on disk of one transaction; a byte of a log, which is kept whole, counts as four
NAMED = 100  # foreign files named one by one


@dataclass(frozen=True, slots=True)
class Added:
    """What an `add` did. `records` concern sessions or what guards them; `kept` of them were not in the archive before."""

    files_read: int = 0
    skipped_known: int = 0
    records: int = 0
    kept: int = 0
    logs: int = 0
    snapshots: int = 0
    bytes_read: int = 0
    faults: tuple[Unread, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an `add` is: for a line on the terminal."""

    files_done: int
    files_all: int
    bytes_done: int
    bytes_all: int
    kept: int


@dataclass(slots=True)
class Read:
    """What one task found in its files."""

    files: list[Found] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    logs: list[logs.Log] = field(default_factory=list)
    snapshots: list[snapshots.Snapshot] = field(default_factory=list)
    faults: list[tuple[Found, str]] = field(default_factory=list)


def add(connection: Any, directory: Path, progress: Callable[[Progress], object], cap: int = CAP) -> Added:  # noqa: ANN401 - duckdb
    """Read what is new in a directory into the archive behind the connection."""
    began = time.monotonic()
    seen = set(connection.execute("SELECT path, size, changed FROM files WHERE fault IS NULL").fetchall())
    found = list(files(directory))
    fresh = [one for one in found if one.role != "passed" and (one.path, one.size, one.changed) not in seen]
    whole = Progress(0, len(fresh), 0, sum(one.size for one in fresh), 0)
    done = Added(skipped_known=sum(one.role != "passed" for one in found) - len(fresh))
    progress(whole)
    with closing(results(_batches(fresh), partial(read, cap=cap), whole.bytes_all)) as chosen:
        for group in _groups(chosen):
            done = _commit(connection, group, done)
            progress(replace(whole, files_done=done.files_read, bytes_done=done.bytes_read, kept=done.kept))
    return replace(done, faults=_folded(done.faults), seconds=time.monotonic() - began)


def _batches(fresh: Iterable[Found]) -> Iterator[list[Found]]:
    batch: list[Found] = []
    size = 0
    for one in fresh:
        batch.append(one)
        size += one.size
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _groups(results: Iterable[Read]) -> Iterator[list[Read]]:
    group: list[Read] = []
    size = 0
    for result in results:
        group.append(result)
        size += sum(one.size if one.role == "trail" else 4 * one.size for one in result.files)
        if size >= COMMIT:
            yield group
            group, size = [], 0
    if group:
        yield group


def read(batch: Iterable[Found], *, cap: int) -> Read:
    """What a batch of files holds; a file that cannot be read is a fault, and the others still count."""
    result = Read()
    for found in batch:
        result.files.append(found)
        try:
            READERS[found.role](result, found, cap)
        except Unreadable as error:
            result.faults.append((found, str(error)))
        except OSError as error:
            result.faults.append((found, f"It cannot be read: {error.strerror or error}."))
    return result


def _trail(result: Read, found: Found, cap: int) -> None:
    body = _bytes(found, cap)
    records = trail.kept((lambda: chunks(body, cap)) if found.path.endswith(".gz") else (lambda: (body,)))
    broken = 0
    for raw in records:
        try:
            result.lines.append(trail.line(raw, found.account, found.region, found.day))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            broken += 1
    if broken:
        raise Unreadable(f"{broken} of its records cannot be decoded; the rest is kept.")


def _log(result: Read, found: Found, _cap: int) -> None:
    result.logs.append(logs.of_file(found, _bytes(found, logs.CAP)))


def _stream(result: Read, found: Found, _cap: int) -> None:
    result.logs.append(logs.of_stream(found, _bytes(found, 2 * logs.CAP)))


def _snapshot(result: Read, found: Found, _cap: int) -> None:
    result.snapshots.append(snapshots.of_file(found, _bytes(found, snapshots.CAP)))


def _foreign(_result: Read, _found: Found, _cap: int) -> None:
    raise Unreadable("It is neither CloudTrail, nor a session log (`<session id>.log`), nor a snapshot.")


READERS: dict[str, Callable[[Read, Found, int], None]] = {
    "trail": _trail,
    "log": _log,
    "stream": _stream,
    "snapshot": _snapshot,
    "foreign": _foreign,
}


def _bytes(found: Found, cap: int) -> bytes:
    if found.size > cap:
        raise Unreadable(f"It has {found.size:,} bytes, more than the {cap:,} that I read of one file.")
    with open(found.path, "rb") as held:  # noqa: PTH123 - a Path a file costs a tenth of small files' time
        return held.read()


def _commit(connection: Any, group: list[Read], done: Added) -> Added:  # noqa: ANN401 - duckdb
    """Write one group in one transaction."""
    folder = Path(connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchone()[0]).parent
    files_of = [one for result in group for one in result.files]
    faults = {one.path: why for result in group for one, why in result.faults}
    rows = [[one.path, one.size, one.changed, one.role, faults.get(one.path)] for one in files_of]
    lines = [line for result in group for line in result.lines]
    kept_logs = [log for result in group for log in result.logs]
    taken = [snapshot for result in group for snapshot in result.snapshots]
    connection.execute("BEGIN")
    try:
        kept = table.load(connection, lines, folder) if lines else 0
        table.write(connection, "logs", "location", [log.row() for log in kept_logs])
        table.write(connection, "snapshots", "location", [one.row() for one in taken])
        table.write(connection, "files", "path", rows)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return replace(
        done,
        files_read=done.files_read + len(files_of),
        records=done.records + len(lines),
        kept=done.kept + kept,
        logs=done.logs + len(kept_logs),
        snapshots=done.snapshots + len(taken),
        bytes_read=done.bytes_read + sum(one.size for one in files_of),
        faults=done.faults + tuple(Unread(path, why) for path, why in faults.items()),
    )


def _folded(faults: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """Faults with a readable name; beyond a hundred they are counted."""
    if len(faults) <= NAMED:
        return faults
    return (
        *faults[:NAMED],
        Unread(str(Path(faults[NAMED].place).parent), f"and {len(faults) - NAMED:,} more files that could not be read."),
    )
