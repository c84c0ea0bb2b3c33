"""The world that tests share: the corpora where they are, and the made-up night as an archive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queries.archive import Archive
from tests import night

NOW = datetime(2026, 11, 23, 21, 14, tzinfo=UTC)


@pytest.fixture(scope="session", name="corpus")
def _corpus() -> Path:
    """The public corpora to measure on, where they are."""
    here = Path(__file__).resolve()
    places = (
        [Path(os.environ["COUNTERSIGN_CORPUS"])] if "COUNTERSIGN_CORPUS" in os.environ else [p / "shared" / "corpus" for p in here.parents]
    )
    for place in places:
        if (place / "gold.jsonl").is_file():
            return place
    pytest.skip("no corpus beside the project; set COUNTERSIGN_CORPUS to its folder")


@pytest.fixture(scope="session", name="the_night")
def _the_night(tmp_path_factory: pytest.TempPathFactory) -> night.Night:
    """The night that ends at NOW, laid as an export."""
    return night.write(tmp_path_factory.mktemp("night") / "export", NOW)


@pytest.fixture(scope="session", name="night_archive")
def _night_archive(the_night: night.Night, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The night as an archive that answers questions."""
    archive = Archive(tmp_path_factory.mktemp("archive") / "night.duckdb")
    archive.add(the_night.folder)
    yield archive
    archive.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: a sync browser keeps an event loop in this thread, and tests of coroutines need their own."""
    items.sort(key=lambda item: "browser" in item.keywords)
