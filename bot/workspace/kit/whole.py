"""What holds for a payload as a whole: ids that may not repeat, and limits on the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from bot.workspace.facts import Json, Value
from bot.workspace.kit.data import MOST_DATA_TEXT
from bot.workspace.kit.grammar import Fault, Faults

MOST_TABLE_TEXT = 10_000
MOST_MARKDOWN = 12_000
MOST_CHARTS = 2
NESTED = ("child_blocks",)

Placed = list[tuple[str, Json]]


def placed(blocks: Value, at: str) -> Placed:
    """Every well-formed block with its pointer, those in containers too."""
    found: Placed = []
    for place, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, dict):
            found.append((f"{at}/{place}", block))
            for name in NESTED:
                found += placed(block.get(name), f"{at}/{place}/{name}")
    return found


def check(blocks: Placed) -> Faults:
    """Every fault of these blocks together; they share one message or view."""
    yield from _repeated_block_ids(blocks)
    for at, block in blocks:
        yield from _repeated_action_ids(block, at)
    yield from _too_much(blocks)


def _repeated_block_ids(blocks: Placed) -> Faults:
    seen: set[str] = set()
    for at, block in blocks:
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield Fault(f"{at}/block_id", "duplicate", f"`block_id` already exists: `{block_id}`")
        elif isinstance(block_id, str):
            seen.add(block_id)


def _repeated_action_ids(block: Json, at: str) -> Faults:
    seen: set[str] = set()
    for pointer, element in _elements(block, at):
        action_id = element.get("action_id")
        if isinstance(action_id, str) and action_id in seen:
            yield Fault(f"{pointer}/action_id", "duplicate", f"`action_id` already exists in this block: `{action_id}`")
        elif isinstance(action_id, str):
            seen.add(action_id)


def _elements(block: Json, at: str) -> Iterator[tuple[str, Json]]:
    for name in ("elements", "actions"):
        items = block.get(name)
        for place, element in enumerate(items if isinstance(items, list) else ()):
            if isinstance(element, dict):
                yield f"{at}/{name}/{place}", element
                if element.get("type") == "card":
                    yield from _elements(element, f"{at}/{name}/{place}")


def _too_much(blocks: Placed) -> Faults:
    by_kind: dict[str, Placed] = {}
    for at, block in blocks:
        by_kind.setdefault(str(block.get("type")), []).append((at, block))
    for at, _ in by_kind.get("table", [])[1:]:
        yield Fault(at, "only_one_table_allowed", "only one table is allowed (only_one_table_allowed)", 1)
    for at, _ in by_kind.get("data_visualization", [])[MOST_CHARTS:]:
        yield Fault(at, "too_many_items", f"no more than {MOST_CHARTS} data_visualization blocks allowed", MOST_CHARTS)
    yield from _too_long(by_kind.get("table", []), "rows", MOST_TABLE_TEXT)
    yield from _too_long(by_kind.get("data_table", []), "rows", MOST_DATA_TEXT)
    yield from _too_long(by_kind.get("markdown", []), "text", MOST_MARKDOWN)


def _too_long(blocks: Placed, name: str, most: int) -> Faults:
    total = 0
    for at, block in blocks:
        total += letters(block.get(name))
        if total > most:
            yield Fault(f"{at}/{name}", "too_long", f"must be less than {most + 1} characters in total", most)
            return


def letters(value: Value) -> int:
    """The characters of all `text` in a value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(letters(item) for item in value if isinstance(item, (dict, list)))
    if isinstance(value, dict):
        return sum(letters(item) for name, item in value.items() if name == "text" or isinstance(item, (dict, list)))
    return 0
