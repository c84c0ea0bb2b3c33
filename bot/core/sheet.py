"""Rows as a CSV that a spreadsheet can open without running anything in it (OWASP, "CSV Injection")."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.redact import redact
from bot.core.reply import File

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, rows: Iterable[Mapping[str, Any]]) -> tuple[File, ...]:
    """One CSV file named `<name>.csv`; none where there are no rows."""
    rows = list(rows)
    if not rows:
        return ()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rows[0])
    writer.writerows([_cell(row.get(key)) for key in rows[0]] for row in rows)
    return (File(f"{name}.csv", out.getvalue().encode("utf-8-sig", "replace"), f"{name} ({len(rows)} rows)"),)


def _cell(value: object) -> str:
    text = "" if value is None else redact(str(value))
    return "'" + text if text.startswith(FORMULA) else text
