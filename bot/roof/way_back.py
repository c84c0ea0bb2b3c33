"""The way back: a file with a line a step, written before the step is taken, and read from its end to undo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.core.model import Refused
from bot.core.plan import Step, restored, written


def keep(path: Path, step: Step, account: str = "") -> None:
    """Adds what undoes a step. The file is the caller's alone: a policy that was may be nobody else's business."""
    if not step.back:
        return
    held = {"undoes": step.about, "account": account, "steps": [written(one) for one in step.back]}
    line = json.dumps(held, ensure_ascii=False)
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def steps(path: Path) -> tuple[Step, ...]:
    """The steps that undo a file, the last taken first. Raises Refused for a file that is no way back."""
    try:
        return tuple(restored(raw) for line in reversed(_lines(path)) for raw in line["steps"])
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{path} is no way back that I wrote: {error}.") from error


def account(path: Path) -> str:
    """The account that a file speaks of; empty where it does not say. Raises Refused as `steps` does, and for a file of several accounts."""
    named = sorted({str(line.get("account") or "") for line in _lines(path)})
    if len(named) > 1:
        raise Refused(f"{path} speaks of several accounts ({', '.join(named)}), which I never write. Part it by account.")
    return "".join(named)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise Refused(f"There is no file {path}. `setup` says where it wrote the way back.")
    try:
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise Refused(f"{path} is no way back that I wrote: {error}.") from error
    if not all(isinstance(line, dict) for line in found):
        raise Refused(f"{path} is no way back that I wrote: a line of it is no object.")
    return found
