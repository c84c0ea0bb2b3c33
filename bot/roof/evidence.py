"""Where evidence comes from: AWS as configured, an archive, or the made-up night where nothing is configured."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.core.model import Unavailable
from bot.core.ports import Evidence

HERE = Path(__file__).parents[2]  # the repository, where the night is; a console script has it not on its path
Opener = Callable[[datetime, bool], Evidence]  # given: now, and whether to explain only


def source(of: Settings) -> str:
    """`archive`, `aws` or `night`."""
    if of.archive:
        return "archive"
    configured = of.speaks_to_slack or any(s.regions or s.log_groups or s.table or s.bucket for s in of.scopes)
    return "aws" if configured else "night"


def opener(of: Settings) -> Opener:
    """What opens the evidence of one ask."""
    return OPENERS[source(of)](of)


def _archive(of: Settings) -> Opener:
    if not Path(of.archive).exists():
        raise FileNotFoundError(f"There is no archive at {of.archive}. Make one with `countersign archive add DIR --to {of.archive}`.")
    return archived(Path(of.archive))


def archived(path: Path) -> Opener:
    """Evidence of an archive's file, or of the archive in a folder."""
    from queries.archive import Archive, ArchiveEvidence  # noqa: PLC0415 - DuckDB takes 100 ms to import; a bot on AWS never needs it

    archive = Archive(path)
    atexit.register(archive.close)
    return lambda now, explain: ArchiveEvidence(archive, explain=explain, now=now)


def _night(_of: Settings) -> Opener:
    return archived(night(datetime.now(UTC)))


def night(now: datetime) -> Path:
    """An archive of the made-up night that ends now. Raises Unavailable outside the repository, where the night is not."""
    sys.path.extend({str(HERE)} - set(sys.path))
    try:
        from tests.night import write  # noqa: PLC0415 - the night comes with the repository, not with an installed package
    except ImportError as error:
        raise Unavailable(
            "Nothing is configured to read: set COUNTERSIGN_REGIONS (and more, see docs/configuration.md) for AWS or COUNTERSIGN_ARCHIVE for exported"
            " files. The made-up night comes with the repository only."
        ) from error
    from queries.archive import Archive  # noqa: PLC0415 - as above

    folder = Path(tempfile.mkdtemp(prefix="countersign-night-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write(folder / "export", now)
    Archive(folder / "night.duckdb").add(folder / "export")
    return folder / "night.duckdb"


def _aws(of: Settings) -> Opener:
    from bot.roof.fleet import aws  # noqa: PLC0415 - boto3 takes 150 ms to import; an offline bot never needs it

    return aws(of)


OPENERS: dict[str, Callable[[Settings], Opener]] = {"archive": _archive, "aws": _aws, "night": _night}


def told(of: Settings) -> str:
    """One line for whoever starts the bot: what it reads."""
    return TOLD[source(of)].format(archive=of.archive, scopes=len(of.scopes))


TOLD = {
    "archive": "Reading the archive {archive}; no AWS account is asked.",
    "aws": "Reading AWS: {scopes} scope(s).",
    "night": "No AWS scope and no archive are configured: this is a made-up night that ends now.",
}


def say(of: Settings) -> None:
    """Says it where it does not mix with answers."""
    print(told(of), file=sys.stderr)
