"""The table of reviews as a page, drawn from the tables themselves."""

from __future__ import annotations

from datetime import timedelta

from bot.core.model import Level
from bot.core.review.table import DID, NEEDS, SECOND, TABLE, WHO, Hat, State, Verb
from bot.core.review.time import HOURS, PATIENCE

GIVEN = {
    Verb.APPROVE: "an answer to sign",
    Verb.SNOOZE: "a reason and an end",
    Verb.PROPOSE: "a reason and an end",
    Verb.AGREE: "a proposal of somebody else's",
}


def table() -> str:
    """Markdown: from each state by each verb to which, whose verb it is, and what must be given."""
    rows = []
    for verb in Verb:
        ways = "; ".join(f"{source} → {TABLE[source, verb]}" for source in State if (source, verb) in TABLE)
        whose = ", ".join(hat.value for hat in Hat if hat in WHO[verb]) + (" (a second person)" if verb in SECOND else "")
        rows.append(f"| `{verb}` | {DID[verb]} | {ways} | {whose} | {GIVEN.get(verb, NEEDS.get(verb, ''))} |")
    return "\n".join(["| verb | what it says | from → to | whose | needs |", "|---|---|---|---|---|", *rows])


def diagram() -> str:
    """Mermaid: the states and the verbs between them; verbs that stay where they are are left out."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (source, verb), goal in TABLE.items():
        if source is not goal:
            arrows.setdefault((source, goal), []).append(verb.value)
    lines = [f"    {source} --> {goal}: {', '.join(verbs)}" for (source, goal), verbs in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> open", *lines, "```"])


def _hours(of: timedelta) -> str:
    return f"{of / timedelta(hours=1):g} h"


def deadlines() -> str:
    """Markdown: how long each level waits."""
    rows = [
        f"| {level.word} | {_hours(p.answer)} | {_hours(p.sign)} | {_hours(p.on_call)} | {'any hour' if p.any_hour else 'working hours'} |"
        for level, p in ((level, PATIENCE[level]) for level in reversed(Level))
    ]
    head = "| level | the owner answers within | a second person signs within | on-call decides within | counted in |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def page() -> str:
    """docs/reviews.md."""
    return PAGE.format(diagram=diagram(), table=table(), deadlines=deadlines(), opens=f"{HOURS[0]:%H:%M}", closes=f"{HOURS[1]:%H:%M}")


PAGE = """# Reviews

Drawn from the code by `make docs`. Every flagged session opens a review. Its owner is asked whether it was them; a second person signs; silence goes on
without either of them. Nobody signs alone: who owns the session, may own it, or has answered for it, is never the second person, whatever their role.

{diagram}

## Who may do what

{table}

A button carries what its presser saw: the review and its turn. Whoever comes second is told who was first, and when; a click that is delivered
twice counts once; a button of an earlier round changes nothing. Roles come from the configuration, never from what Slack sends.

## Silence

{deadlines}

Working hours are Monday to Friday, {opens} to {closes}, by the owner's own clock while the owner is asked and by `COUNTERSIGN_ZONE` afterwards. At half the time whoever
must act is reminded. `moretime` grants the owner the same time once more. What on-call does not decide in time is closed unsigned (`expired`)
and stays counted as overdue. What a reviewer had who may not sign any more is handed on.

## Whose session it is

The owner's ARN is the evidence, never the name in the session id. `COUNTERSIGN_PEOPLE_BY` says in which order people are found:

- `map`: named in `COUNTERSIGN_PEOPLE`, by ARN or by name. Certain.
- `email`: the session name is an e-mail and Slack knows it. Likely where IAM Identity Center set the name (roles `AWSReservedSSO_…`) or it is an IAM
  user's; elsewhere only claimed, since whoever assumes a role chooses the session's name.
- `tag`: the tag of the IAM user that `COUNTERSIGN_PEOPLE_TAG` names holds an e-mail. Likely.
- `pattern`: `COUNTERSIGN_PEOPLE_PATTERN` makes an e-mail of the name. Likely, or claimed for a role.

Where nobody is found, or several, the channel is asked. Guests and people of other workspaces are never taken for the owner.

## Flagging no more

What was approved may be proposed to be flagged no more: the same rules, by the same owner, on the same node, until a day. A second person must agree, who is
neither the proposer nor the owner. A suppression marks findings and is counted in every digest; it never drops one. Opening the review
again ends it.

## Ending a session

Off until `COUNTERSIGN_TERMINATE_ROLE` names a role of its own (`countersign policy --terminate` prints its policy). It asks for a confirmation and a reason,
both kept in the trail; then it calls TerminateSession, which answers success for anything, and looks at DescribeSessions until the end is
seen, for 20 seconds at most. The person's other live sessions are listed, not ended. Processes that a session started on the node may go on.

## Evidence

Every step, and every refusal, is a row of the append-only trail in the bot's store; each row carries the hash of the one before.
`countersign trail verify` finds an edit, a gap or a reorder; with a head that was noted elsewhere (`countersign trail head`) a cut-off end too.
`/ssm export <id>` and `countersign export <id>` make one zip for an auditor; the same facts give the same bytes, and `sha256sum -c SHA256SUMS` checks it.
"""
