"""How well and how fast typed commands are judged, side by side with named rivals.

    python -m benchmarks.judging CORPUS [--sigma FOLDER] [--write]

CORPUS holds the public corpora; FOLDER is a checkout of SigmaHQ/sigma. Every share is given for the whole and for two
halves by hash (A, B): rules were tuned on A only, so that B tells how far they generalise. `--write` writes
docs/rules.md and docs/rules-coverage.md from the loaded rules.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.core.model import Level
from bot.core.rules import Rulebook
from bot.core.rules.docs import coverage, reference
from queries.rulebook import load

DOCS = Path(__file__).parents[1] / "docs"
SHELL_LIKE = ("shell", "command", "reverse-shell", "bind-shell")
RECIPE = re.compile(
    r"sudo|su |passwd|chmod|chown|useradd|usermod|iptables|ssh|fail|denied|permission"
    r"|Add-LocalUser|Set-LocalUser|New-NetFirewallRule|Enable-PSRemoting|RDP",
    re.IGNORECASE,
)
Judge = Callable[[dict, Level], bool]


class Measure(NamedTuple):
    """One line of the table: which records, from which level on, and what is wanted."""

    name: str
    corpus: str
    keep: Callable[[dict], bool]
    level: Level
    aim: str


def _os(name: str) -> Callable[[dict], bool]:
    return lambda row: row["os"] == name


MEASURES = (
    Measure("gold must-flag, Linux", "gold", lambda r: r["os"] == "linux" and r["label"] == "must-flag", Level.LOW, ">= 95 %"),
    Measure("gold must-flag, Windows", "gold", lambda r: r["os"] == "windows" and r["label"] == "must-flag", Level.LOW, ">= 95 %"),
    Measure("gold critical", "gold", lambda r: r["severity"] == "critical", Level.LOW, "100 %"),
    Measure("gold should-not-flag", "gold", lambda r: r["label"] == "should-not-flag", Level.LOW, "<= 2 %"),
    Measure("nl2bash", "cmd-nl2bash", lambda r: True, Level.MEDIUM, "<= 1 %"),
    Measure("tldr-common", "cmd-tldr-common", lambda r: True, Level.MEDIUM, "<= 1 %"),
    Measure("ps-docs", "cmd-ps-docs", lambda r: True, Level.MEDIUM, "<= 1 %"),
    Measure("Atomic Red Team, Linux", "cmd-atomic-red-team", _os("linux"), Level.LOW, ">= 62 %"),
    Measure("Atomic Red Team, Windows", "cmd-atomic-red-team", _os("windows"), Level.LOW, ">= 62 %"),
    Measure("GTFOBins, shell-like", "cmd-gtfobins", lambda r: r["function"] in SHELL_LIKE, Level.LOW, ">= 92 %"),
    Measure("LOLBAS", "cmd-lolbas", lambda r: True, Level.LOW, ">= 80 %"),
)


def rows(corpus: Path, name: str) -> list[dict]:
    """The records of one corpus file."""
    return [json.loads(line) for line in (corpus / f"{name}.jsonl").open(encoding="utf-8")]


def by(book: Rulebook) -> Judge:
    """Judges a record by rules, from a level on."""
    return lambda row, level: any(found.level >= level for found in book.judge(row["text"], row["os"]))


def by_recipe(row: dict, level: Level) -> bool:
    """Judges a record by the words that published recipes grep for; a recipe has no levels."""
    return bool(row["seed_regex"]) if "seed_regex" in row else RECIPE.search(row["text"]) is not None


def half(text: str) -> bool:
    """Which half a text belongs to, by its hash."""
    return hashlib.sha256(b"cv" + text.encode()).digest()[-1] % 2 == 1


def share(hits: Sequence[bool]) -> str:
    """Hits as a share."""
    return f"{100 * sum(hits) / len(hits):6.2f} %" if hits else "      –"


def table(corpus: Path, rivals: dict[str, Judge]) -> None:
    """Print every measure for every judge."""
    print(f"{'measure':27}{'aim':>9}{'n':>7}  " + "".join(f"{name:>12}" for name in rivals) + f"{'ours A':>12}{'ours B':>12}")
    for measure in MEASURES:
        kept = [row for row in rows(corpus, measure.corpus) if measure.keep(row)]
        found = {name: [judge(row, measure.level) for row in kept] for name, judge in rivals.items()}
        ours = next(iter(found.values()))
        halves = [[hit for hit, row in zip(ours, kept, strict=True) if half(row["text"]) is side] for side in (False, True)]
        cells = [share(hits) for hits in (*found.values(), *halves)]
        print(f"{measure.name:27}{measure.aim:>9}{len(kept):7}  " + "".join(f"{cell:>12}" for cell in cells))


def speed(book: Rulebook, texts: Sequence[tuple[str, str]]) -> float:
    """Commands judged in a second of one core, after one warm pass."""
    for text, platform in texts[:200]:
        book.judge(text, platform)
    start = time.process_time()
    for text, platform in texts:
        book.judge(text, platform)
    return len(texts) / (time.process_time() - start)


def daily(corpus: Path, platform: str) -> list[tuple[str, str]]:
    """Daily work as (text, platform)."""
    names = ("cmd-nl2bash", "cmd-tldr-common") if platform == "linux" else ("cmd-ps-docs", "cmd-tldr-windows")
    return [(row["text"], row["os"]) for name in names for row in rows(corpus, name)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--sigma", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    ours = load()
    if asked.write:
        (DOCS / "rules.md").write_text(reference(ours), encoding="utf-8")
        (DOCS / "rules-coverage.md").write_text(coverage(ours), encoding="utf-8")
    if asked.corpus is None:
        return
    rivals: dict[str, Judge] = {"ours": by(ours), "recipe": by_recipe}
    both = None
    if asked.sigma:
        folders = [asked.sigma / "rules" / part for part in ("windows/process_creation", "linux/process_creation")]
        rivals["SigmaHQ"] = by(load(folders, own=False))
        both = load([asked.sigma / "rules" / "windows"])
    table(asked.corpus, rivals)
    everything = daily(asked.corpus, "linux") + daily(asked.corpus, "windows")
    print(f"\njudged a second and core, our rules, all daily work: {speed(ours, everything):,.0f}")
    if both:
        windows = daily(asked.corpus, "windows")
        print(f"the same, SigmaHQ's Windows rules loaded as well, on Windows work: {speed(both, windows):,.0f}")
        print(f"rules: ours {len(ours.rules)}, with SigmaHQ's {len(both.rules)} and {len(both.not_applicable)} that do not apply")


if __name__ == "__main__":
    main()
