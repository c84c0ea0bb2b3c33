"""An archive: one DuckDB file that many may read while one process adds to it.

Adding works on a copy beside the file (`….adding`), which takes the file's place when it is done, so readers never wait and never
see half an addition. A killed addition leaves its copy, and the next one goes on with it. A reader notices the new file and
opens it before its next question; otherwise its connection stays open.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.core.model import Refused, Unavailable
from queries.archive import table
from queries.archive.add import Added, Progress, add
from queries.archive.inflate import CAP

FILE = "archive.duckdb"
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}  # an archive never asks the network
SETTINGS: dict[str, Any] = {"threads": 2, **OFFLINE}


class Archive:
    """The archive at a path: a DuckDB file, or a folder that holds one by the name of `archive.duckdb`."""

    def __init__(self, path: Path | str) -> None:
        given = Path(path)
        self.path = given / FILE if given.is_dir() else given
        self._lock = threading.RLock()
        self._open: tuple[tuple[int, int, int], Any] | None = None
        self.kept: dict[str, Any] = {}  # what questions keep for the next; emptied when the file changes

    def add(self, directory: Path | str, progress: Callable[[Progress], object] = lambda _: None, cap: int = CAP) -> Added:
        """Read a folder of exports into the archive; `cap` is the most bytes that one file may inflate to.

        Refused if the folder is not there; Unavailable if another process is adding, or the archive cannot be written.
        """
        folder = Path(directory).absolute()
        if not folder.is_dir():
            raise Refused(f"There is no folder {folder}. Give the folder that `aws s3 sync` wrote to.")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone(), self._writing() as connection:
            return add(connection, folder, progress, cap)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A connection to the newest whole state; one question at a time. Unavailable if there is no archive."""
        with self._lock:
            yield self._current()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._open is not None:
                self._open[1].close()
            self._open = None
            self.kept.clear()

    def _current(self) -> Any:  # noqa: ANN401 - duckdb ships partial types
        try:
            facts = self.path.stat()
        except FileNotFoundError as error:
            raise Unavailable(f"There is no archive at {self.path}. Make one with `countersign archive add DIR`.") from error
        state = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
        if self._open is None or self._open[0] != state:
            self.close()
            self._open = (state, _opened(self.path))
        return self._open[1]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The only process that adds to this archive; the lock goes when the process does."""
        with self._beside(".lock").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Unavailable(f"The archive {self.path} is being written by another process. Try again when it is done.") from error
            yield

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """A connection to the copy, which takes the archive's place if all goes well."""
        import duckdb  # noqa: PLC0415 - light start

        copy = self._beside(".adding")
        if not copy.exists() and self.path.exists():
            shutil.copyfile(self.path, self._beside(".copying"))
            self._beside(".copying").replace(copy)
        try:
            connection = duckdb.connect(str(copy), config={**SETTINGS, "preserve_insertion_order": False})
        except duckdb.Error as error:
            raise Unavailable(f"{copy} cannot be opened as an archive ({_short(error)}). Remove it to begin anew.") from error
        try:
            table.prepare(connection)
            yield connection
            connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            raise Unavailable(f"The archive could not be written ({_short(error)}). What was committed is kept: add again.") from error
        finally:
            connection.close()
        os.replace(copy, self.path)  # noqa: PTH105 - the name says what happens

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)


def _opened(path: Path) -> Any:  # noqa: ANN401 - duckdb ships partial types
    """A read-only connection that can reach no other file."""
    import duckdb  # noqa: PLC0415 - light start

    try:
        connection = duckdb.connect(str(path), read_only=True, config=SETTINGS)
        connection.execute("SET enable_external_access = false")
        version = connection.execute("SELECT version FROM meta").fetchone()
    except duckdb.Error as error:
        raise Unavailable(f"{path} is not an archive of mine, or it is damaged ({_short(error)}).") from error
    if version != (table.VERSION,):
        connection.close()
        raise Unavailable(f"{path} is an archive of another version. Make it anew with `countersign archive add DIR`.")
    return connection


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:200]
