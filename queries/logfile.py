"""A Logs Insights question is a file: a header of comments (its sentence, parameters and columns), then the query.

Parameters are `{name}` and take only what `queries.literals` made: a regex literal, or a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FIELD = re.compile(r"^# (parameters|columns): (.*)$")
MOST = 10_000  # characters that StartQuery takes


@dataclass(frozen=True, slots=True)
class Insight:
    """One question as its file states it."""

    name: str
    about: str
    text: str
    parameters: tuple[str, ...]
    columns: tuple[str, ...]


@cache
def load(name: str) -> Insight:
    """The question of that name; raises ValueError with file and reason if its header is not whole."""
    lines = files("queries").joinpath(f"insights/{name}.logs").read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    fields = {m[1]: tuple(filter(None, re.split(r",\s*", m[2]))) for m in map(FIELD.match, header) if m}
    about = " ".join(line[2:] for line in header if not FIELD.match(line))
    if not about or fields.keys() != {"parameters", "columns"}:
        raise ValueError(f"queries/insights/{name}.logs:1: the header needs a sentence, `# parameters:` and `# columns:`")
    return Insight(name, about, "\n".join(line for line in lines if not line.startswith("#")), fields["parameters"], fields["columns"])


def render(insight: Insight, values: Mapping[str, str | int]) -> str:
    """The query with its parameters filled in; raises ValueError if one is missing, too many, or the query grows too long."""
    if set(values) != set(insight.parameters):
        raise ValueError(f"{insight.name} takes {', '.join(insight.parameters)}; it was given {', '.join(sorted(values))}")
    filled = re.sub(r"\{(\w+)\}", lambda m: str(values[m[1]]) if m[1] in insight.parameters else m[0], insight.text)
    if len(filled) > MOST:
        raise ValueError(f"{insight.name} grew to {len(filled):,} characters; Logs Insights takes {MOST:,}")
    return filled
