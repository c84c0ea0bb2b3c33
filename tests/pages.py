"""Writes the generated pages: conversations, commands, and whatever else is drawn from the code. `make docs` runs it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import commands
from bot.core.doctor import CHECKS
from bot.core.doctor.slack import SLACK_CHECKS
from bot.core.registry import discover
from bot.core.review import page as review_page
from queries.archive import Archive
from tests import dialogs, night
from tests.conftest import NOW

ROOT = Path(__file__).parents[1]


def command_page() -> str:
    """docs/commands.md: every command with its usage, role and examples."""
    parts = ['# Commands\n\nDrawn from the code by `make docs`. Every one is also `countersign ask "…"` in a terminal.\n']
    for command in discover(commands).values():
        tries = "\n".join(f"- `{example}`" for example in command.examples)
        parts.append(f"## {command.name}\n\n`{command.usage}`\n\n{command.about} Asked by: {command.role.word} and above.\n\n{tries}\n")
    spans = "`90m`, `24h`, `7d`, `2w`, `today`, `yesterday`, `2026-11-01..2026-11-08`, `2026-11-20T09:00..2026-11-20T17:30`, in your own time zone"
    return "\n".join(parts) + f"\n## Spans\n\n{spans}.\n"


def doctor_page() -> str:
    """docs/doctor.md: what stands above its table by hand, then every check and why it matters."""
    page = (ROOT / "docs" / "doctor.md").read_text()
    rows = "\n".join(f"| `{about.id}` | {about.title} | {about.why} |" for about in (*CHECKS, *SLACK_CHECKS))
    return page.partition(TABLE)[0] + f"{TABLE}\n\n| check | | why it matters |\n|---|---|---|\n{rows}\n"


TABLE = "## Every check"
PAGES = {
    ROOT / "docs" / "doctor.md": doctor_page,
    ROOT / "docs" / "commands.md": command_page,
    ROOT / "docs" / "reviews.md": review_page.page,
}


def main() -> None:
    """Writes them all."""
    for path, page in PAGES.items():
        path.write_text(page())
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "night.duckdb")
        archive.add(night.write(Path(folder) / "export", NOW).folder)
        answer = dialogs.office(archive, NOW)
        for path in dialogs.files():
            path.write_text(dialogs.answered(path.read_text(), answer))


if __name__ == "__main__":
    main()
