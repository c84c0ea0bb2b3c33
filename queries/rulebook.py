"""Reads rule files from directories: the I/O side of the rulebook.

The house's own rules lie beside this file; more directories (a team's own, a checkout of SigmaHQ/sigma) may follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.core.rules import Rulebook, Source, build
from bot.core.rules.suppress import Suppression, read

OWN = Path(__file__).parent / "rules"


def load(directories: Iterable[str | Path] = (), *, own: bool = True) -> Rulebook:
    """The house's rules and those of more directories, searched downwards for .yml and .yaml.

    Raises Malformed (a ValueError) with file and line of every fault, FileNotFoundError for a directory that is not there.
    """
    roots = [OWN] if own else []
    return build([source for root in (*roots, *map(Path, directories)) for source in _sources(root)])


def _sources(root: Path) -> list[Source]:
    if not root.exists():
        raise FileNotFoundError(f"There is no rule directory {root}. Correct or unset it.")
    if root.is_file():
        return [Source(str(root), root.read_text(encoding="utf-8", errors="replace"))]
    found = sorted(path for path in root.rglob("*") if path.suffix in (".yml", ".yaml") and path.is_file())
    visible = [path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts)]
    return [Source(str(path), path.read_text(encoding="utf-8", errors="replace")) for path in visible]


def suppressions(path: str | Path) -> tuple[Suppression, ...]:
    """Suppressions of a YAML file. Raises Malformed with file and line, FileNotFoundError if there is none."""
    return read(Source(str(path), Path(path).read_text(encoding="utf-8")))
