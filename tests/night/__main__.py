"""`python -m tests.night DIR [--now ISO]` lays the night under DIR."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.night import write


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.night", description=__doc__)
    words.add_argument("folder", type=Path, metavar="DIR")
    words.add_argument("--now", type=datetime.fromisoformat, default=None, metavar="ISO", help="when the night ends (default: now)")
    given = words.parse_args()
    now = given.now or datetime.now(UTC)
    night = write(given.folder, now if now.tzinfo else now.replace(tzinfo=UTC))
    counted = (
        f"{len(night.sessions)} sessions ({len(night.live)} live), {len(night.denied)} refused attempts, {night.records} CloudTrail records"
    )
    sys.stdout.write(f"{counted}, until {night.now:%F %T}Z\n")


if __name__ == "__main__":
    main()
