"""The world that tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session", name="corpus")
def _corpus() -> Path:
    """The public corpora to measure on, where they are."""
    here = Path(__file__).resolve()
    places = [Path(os.environ["COUNTERSIGN_CORPUS"])] if "COUNTERSIGN_CORPUS" in os.environ else [p / "shared" / "corpus" for p in here.parents]
    for place in places:
        if (place / "gold.jsonl").is_file():
            return place
    pytest.skip("no corpus beside the project; set COUNTERSIGN_CORPUS to its folder")
