"""A plan as a person reads it before they say yes. What places share (a bucket, a role) is shown with the first of them."""

from __future__ import annotations

import json

from bot.core.plan import Plan, Step, command, diff
from bot.core.text import plural, visible

NOTHING = "Nothing to do: everything is as wanted."
Key = tuple[str, ...]


def show(plan: Plan, before: frozenset[Key] = frozenset(), account: str = "") -> None:
    """The plan as a person reads it: each step, and what it changes. What a plan `before` does already is said in a word."""
    own = [step for step in plan.steps if shared(step, account) not in before]
    print(f"{plural(len(own), 'step')}:" if own else NOTHING if not plan.steps else "Nothing more than what is done above.")
    for number, step in enumerate(own, 1):
        print(f"\n{number}. {visible(step.about)}")
        print(*(f"   {visible(line)}" for line in diff(step).splitlines()), sep="\n") if diff(step) else None
    if own and len(own) < len(plan.steps):
        print(f"\nDone above: {'; '.join(visible(step.about) for step in plan.steps if step not in own)}.")
    for note in plan.notes:
        print(f"\nNote: {note}")
    if own:
        print(f"\nAs commands:\n{chr(10).join(command(step) for step in own)}\n")


def shared(step: Step, account: str) -> Key:
    """What makes two places' steps one: a bucket's name is one in the world, a role one in its account. Empty for what is of one Region."""
    if step.service == "s3":
        return step.service, step.operation, step.about
    return (step.service, step.operation, account, json.dumps(step.parameters, sort_keys=True)) if step.service == "iam" else ()
