"""A prompt of unusual shape, learned from the recording itself, where nobody waits at a prompt of a known one.

A session begins and ends at a prompt: the shape is that of an early line, stands on the last one, where the
person leaves, and comes back between. Only the clock and the folder in it may change.
"""

from __future__ import annotations

import re

from bot.core.transcript import prompts

MOST_BANNER = 60  # lines that may stand above the first prompt
LONGEST_HEAD, LONGEST_TAIL = 1 << 15, 1 << 12

_SHAPE = re.compile(r"(?=\S)[^\n$#%>❯»λ]{1,80}[$#%>❯»λ] ?(?=\S|$)")
_CHANGES = re.compile(r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?)|(?P<folder>(?<![\w.])[~/][^\s$#%>❯»λ:\])]*)")
_CHANGING = {"clock": r"\d{1,2}:\d\d(?::\d\d)?", "folder": r"[~/][^\s$#%>❯»λ:\])]*"}
_LEAVES = frozenset({"", "exit", "logout", "^D", "exit 0"})


def learn(text: str) -> re.Pattern[str] | None:
    """The shape of the prompt of this settled text, or None: where known shapes are, and where none comes back."""
    head, lines = text[:LONGEST_HEAD], text[-LONGEST_TAIL:].rstrip().split("\n")
    known = (prompts.strong(head[at - 1 : at + 400]) for at in prompts.candidates("\n" + head))
    if prompts.weak(head.lstrip()) or any(prompt and not prompt.console for prompt in known):
        return None
    for line in [line.lstrip("\r") for line in head.split("\n", MOST_BANNER + 1)[:MOST_BANNER]]:
        found = _SHAPE.match(line)
        if found and (shape := _general(found.group())) and _left_at(shape, lines) and len(shape.findall(head)) > 1:
            return shape
    return None


def _general(prompt: str) -> re.Pattern[str]:
    parts, at = [], 0
    for found in _CHANGES.finditer(prompt):
        parts += [re.escape(prompt[at : found.start()]), _CHANGING[str(found.lastgroup)]]
        at = found.end()
    return re.compile(r"(?m:^)" + "".join(parts) + re.escape(prompt[at:].rstrip(" ")) + (" ?" if prompt.endswith(" ") else ""))


def _left_at(shape: re.Pattern[str], lines: list[str]) -> bool:
    """Whether the last line is a prompt where the person leaves or waits."""
    kept = lines[:-1] if lines[-1].strip() in ("exit", "logout") and len(lines) > 1 else lines
    found = shape.match(kept[-1])
    return found is not None and kept[-1][found.end() :].strip() in _LEAVES
