"""The way back: a file with a line a step, written before the step is taken, and read from its end to undo."""

from __future__ import annotations

import json
from pathlib import Path

from bot.core.model import Refused
from bot.core.plan import Step, restored, written


def keep(path: Path, step: Step) -> None:
    """Adds what undoes a step. The file is the caller's alone: a policy that was may be nobody else's business."""
    if not step.back:
        return
    line = json.dumps({"undoes": step.about, "steps": [written(one) for one in step.back]}, ensure_ascii=False)
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def steps(path: Path) -> tuple[Step, ...]:
    """The steps that undo a file, the last taken first. Raises Refused for a file that is no way back."""
    if not path.is_file():
        raise Refused(f"There is no file {path}. `setup` says where it wrote the way back.")
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return tuple(restored(raw) for line in reversed(lines) for raw in line["steps"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{path} is no way back that I wrote: {error}.") from error
