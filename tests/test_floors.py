"""Imports only go down; no wing imports another; the ground and the verbs touch no I/O."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = (("bot/core/", 0), ("bot/roof/", 2), ("bot/__main__.py", 2), ("commands/", 1), ("queries/", 1), ("bot/", 1))
WINGS = ("bot", "commands", "queries")
WORLD = {
    "aiohttp", "apscheduler", "boto3", "botocore", "duckdb", "http", "httpx", "os", "pathlib", "pyathena", "random", "requests", "slack_bolt",
    "slack_sdk", "socket", "sqlalchemy", "sqlite3", "starlette", "subprocess", "tempfile", "threading", "time", "urllib.request", "uvicorn",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}


def floor(path: str) -> int:
    """The floor of a file or module path."""
    return next(level for prefix, level in FLOORS if path.startswith(prefix))


def imports(source: str) -> set[str]:
    """The modules that a source imports at run time or for types."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def faults(path: str, source: str) -> list[str]:
    """What a file of the house does that its floor forbids."""
    level, wing = floor(path), path.split("/")[0]
    said = []
    for name in imports(source):
        top = name.split(".")[0]
        if top in WINGS and name != top:
            other = name.replace(".", "/") + "/"
            if floor(other) > level or (floor(other) == level == 1 and top != wing):
                said.append(f"{path} imports {name}")
        if (level == 0 or wing == "commands") and (name in WORLD or top in WORLD):
            said.append(f"{path} touches the world: {name}")
    if level == 0 or wing == "commands":
        said += [
            f"{path} reads a clock"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS and _is_clock(node)
        ]
    return said


def _is_clock(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "time"}


FILES = sorted(str(p.relative_to(ROOT)) for wing in WINGS for p in (ROOT / wing).rglob("*.py"))


@pytest.mark.parametrize("path", FILES)
def test_a_file_imports_only_downwards(path):
    assert [] == faults(path, (ROOT / path).read_text())


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("bot/core/x.py", "import os", id="the ground reads the environment"),
        pytest.param("bot/core/x.py", "from queries.athena import rows", id="the ground climbs"),
        pytest.param("commands/x.py", "from queries import athena", id="a wing looks into another"),
        pytest.param("commands/x.py", "import boto3", id="a verb touches AWS"),
        pytest.param("queries/x.py", "from bot.slack import start", id="queries look into the Slack side"),
        pytest.param("bot/slack.py", "import bot.roof.office", id="a wing imports the roof"),
        pytest.param("bot/core/x.py", "from datetime import datetime\nat = datetime.now()", id="the ground looks at the clock"),
    ],
)
def test_a_planted_violation_is_caught(path, source):
    assert [] != faults(path, source)


def test_only_config_reads_the_environment():
    """`os.environ` is read at the roof's door and handed to config."""
    readers = [path for path in FILES if "os.environ" in (ROOT / path).read_text() or "getenv" in (ROOT / path).read_text()]
    assert ["bot/__main__.py"] == readers
