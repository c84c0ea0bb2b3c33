"""A plan: the calls that turn what is into what is wanted, each with its difference and its way back.

A step is data: the same step is shown as a diff, printed as an `aws` command, applied by `queries.apply`, and written into the way back.
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CLI = {"s3": "s3api", "logs": "logs"}  # the command line's name of a service where it is not boto3's


@dataclass(frozen=True, slots=True)
class Step:
    """One call of AWS. `operation` is boto3's name of it; `takes` fills parameters from the answer of the step before it.

    `back` undoes it, in order; empty where nothing must be undone, or where undoing would destroy logs (`about` says so).
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    about: str
    before: str = ""
    after: str = ""
    region: str = ""
    back: tuple[Step, ...] = ()
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order, and what the person should know besides."""

    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def diff(step: Step) -> str:
    """Before → after as a unified diff without its file names; empty for a step that has no texts."""
    lines = difflib.unified_diff(step.before.splitlines(), step.after.splitlines(), lineterm="", n=2)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def command(step: Step) -> str:
    """The step as an `aws` command that does the same. What the step before it gives stands there as `<name>`."""
    shown = {**step.parameters, **{name: f"<{path[-1]} of the answer above>" for name, path in step.takes.items()}}
    words = ["aws", CLI.get(step.service, step.service), kebab(step.operation)]
    words += ["--region", step.region] if step.region else []
    return shlex.join([*words, "--cli-input-json", json.dumps(shown, ensure_ascii=False)])


def kebab(name: str) -> str:
    """A name of boto3 as the command line writes it."""
    return re.sub("_+", "-", name)


def pretty(value: object) -> str:
    """JSON as it is compared and shown: sorted, indented."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def written(step: Step) -> dict[str, Any]:
    """A step of a way back as JSON."""
    return {
        "service": step.service,
        "operation": step.operation,
        "region": step.region,
        "parameters": dict(step.parameters),
        "takes": {name: list(path) for name, path in step.takes.items()},
        "about": step.about,
    }


def restored(raw: Mapping[str, Any]) -> Step:
    """The step that `written` wrote. Raises KeyError, TypeError or AttributeError for anything else."""
    takes = {str(name): tuple(path) for name, path in raw["takes"].items()}
    return Step(
        str(raw["service"]), str(raw["operation"]), dict(raw["parameters"]), str(raw["about"]), region=str(raw["region"]), takes=takes
    )


def same(one: Iterable[Step], other: Iterable[Step]) -> bool:
    """Whether two plans make the same calls."""
    return [written(step) for step in one] == [written(step) for step in other]
