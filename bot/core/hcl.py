"""Terraform's language, as much of it as is written here: blocks of attributes. Source: HCL native syntax specification.

A string is written so that nothing in it is a template: `${` and `%{` are doubled, as the specification says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """An expression that is written as it stands, such as `aws_s3_bucket.logs.id`."""

    text: str


Value = str | int | bool | Reference | Sequence[object] | Mapping[str, object]


def block(kind: str, labels: Iterable[str], body: Mapping[str, object]) -> str:
    """A block with its labels. A list of mappings is written as nested blocks, one each."""
    head = " ".join([kind, *(f'"{label}"' for label in labels)])
    return f"{head} {{\n" + "\n".join(_lines(body, "  ")) + "\n}"


def _lines(body: Mapping[str, object], margin: str) -> Iterable[str]:
    for name, value in body.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            for one in value:
                yield f"{margin}{name} {{"
                yield from _lines(one, margin + "  ")
                yield f"{margin}}}"
        else:
            yield f"{margin}{name} = {expression(value, margin)}"


def expression(value: object, margin: str = "") -> str:
    """A value as HCL writes it."""
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inner = margin + "  "
        pairs = [f"{inner}{json.dumps(str(name))} = {expression(one, inner)}" for name, one in value.items()]
        return "{\n" + "\n".join(pairs) + f"\n{margin}}}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(expression(one, margin) for one in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def joined(parts: Iterable[str]) -> str:
    """Blocks with a line between; comments stay together."""
    return "\n\n".join(parts).replace("\n\n#  ", "\n#  ")
