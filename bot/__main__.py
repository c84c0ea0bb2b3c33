"""`countersign` and `python -m bot`: the door of the house."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bot.roof import cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line on this process's environment."""
    return cli.main(arguments, os.environ)


if __name__ == "__main__":
    sys.exit(main())
