"""Who may start a session with which document, as far as the account's own policies tell.

StartSession is judged on the node and on the document. For the default shell the document is not asked for unless the statement has the
condition `ssm:SessionDocumentAccessCheck`: whoever may start sessions on a node then has the default shell there, whichever documents were meant.
Source: Systems Manager User Guide, "Start a session with a document by specifying the session documents in IAM policies", "Enforce a session
document permission check for the AWS CLI". Not weighed: service control policies, session policies, tags and other conditions (“perhaps”).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.core.doctor.facts import Access, Estate, Holder, Unknown
from bot.core.doctor.result import About, Verdict, known, ok, unknown, warning
from bot.core.documents import DEFAULT_SHELL
from bot.core.grants import Granted, granted, raw_statements, statement
from bot.core.text import listed

START = "ssm:StartSession"
CHECK = "ssm:sessiondocumentaccesscheck"
CONDITION = '`"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}`'
SHOWN = 6


def checked(raw: Mapping[str, Any]) -> bool:
    """Whether a statement has the document asked for, for the default shell too."""
    condition = raw.get("Condition")
    tests = [test for test in condition.values() if isinstance(test, Mapping)] if isinstance(condition, Mapping) else []
    return any(key.lower() == CHECK and json.dumps(value).lower().strip('"[]') == "true" for test in tests for key, value in test.items())


def _bare(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement without that condition, which says how it is judged and not when it holds."""
    kept = {
        name: {key: value for key, value in test.items() if key.lower() != CHECK}
        for name, test in raw["Condition"].items()
        if isinstance(test, Mapping)
    }
    return {**raw, "Condition": {name: test for name, test in kept.items() if test}}


def _rows(policies: Iterable[Mapping[str, Any]], *, loose: bool = False) -> Iterator[Mapping[str, Any]]:
    """Policies to be judged; with `loose` only what holds without the document being asked for. Denials always count."""
    for policy in policies:
        if not policy:
            yield policy
            continue
        rows = [raw for raw in raw_statements(policy) if not (loose and raw.get("Effect") == "Allow" and checked(raw))]
        yield {"Statement": [_bare(raw) if checked(raw) else raw for raw in rows]}


def may(holder: Holder, resource: str, *, loose: bool = False) -> Granted:
    """What a holder's policies say of starting a session on a node or with a document."""
    return granted(_rows(holder.policies, loose=loose), START, resource, holder.boundary)


def _documents(estate: Estate) -> Iterator[tuple[str, str]]:
    """Each Session document's name and ARN: the account's own, and AWS's tunnel documents."""
    place = estate.place
    for name in [DEFAULT_SHELL, *(document.name for document in known(estate.documents))]:
        yield name, f"arn:aws:ssm:{place.region}:{place.account}:document/{name}"
    for name in () if isinstance(estate.tunnels, Unknown) else estate.tunnels:
        yield name, f"arn:aws:ssm:{place.region}::document/{name}"


def _nodes(estate: Estate) -> tuple[str, ...]:
    """The nodes' ARNs; where none is known, one that stands for any."""
    place, nodes = estate.place, () if isinstance(estate.nodes, Unknown) else estate.nodes
    ids = [node.id for node in nodes if node.managed] or ["i-0123456789abcdef0"]
    return tuple(
        f"arn:aws:ec2:{place.region}:{place.account}:instance/{name}"
        if name.startswith("i-")
        else f"arn:aws:ssm:{place.region}:{place.account}:managed-instance/{name}"
        for name in ids
    )


OPEN = frozenset({Granted.YES, Granted.MAYBE})


def anything(holder: Holder) -> bool:
    """Whether a statement lets the holder start any document on any node, without a condition."""
    rows = [statement(raw) for policy in _rows(holder.policies) if policy for raw in raw_statements(policy)]
    everywhere = any(row.effect == "Allow" and "*" in row.resources and not row.conditions for row in rows)
    return everywhere and may(holder, "arn:aws:ssm:*:*:document/*") is Granted.YES


def users(estate: Estate) -> Iterator[Verdict]:
    """Who may use each document."""
    access: Access = known(estate.access)
    if access.cut:
        yield unknown("The account has more users, roles and policies than I read, so there may be more who may start sessions.")
    nodes = _nodes(estate)
    able = [holder for holder in access.holders if any(may(holder, node) in OPEN for node in nodes)]
    yield from _wide(able)
    yield from _default(able, estate, nodes)
    for name, arn in _documents(estate):
        if name != DEFAULT_SHELL:
            yield ok(f"{name} may be started by {_who(able, arn)}.", name)


def _wide(able: list[Holder]) -> Iterator[Verdict]:
    wide = [holder.name for holder in able if anything(holder)]
    if wide:
        yield warning(
            f"{listed(wide, SHOWN)} may start every Session document on every node, tunnels and documents that log nothing among them.",
            f"Unless they are administrators: name nodes and documents in the statement that allows ssm:StartSession, and add the condition {CONDITION}.",
            "every document",
        )


def _default(able: list[Holder], estate: Estate, nodes: tuple[str, ...]) -> Iterator[Verdict]:
    """Whoever has the default shell though nobody gave it to them."""
    arn = f"arn:aws:ssm:{estate.place.region}:{estate.place.account}:document/{DEFAULT_SHELL}"
    unmeant = [
        holder.name for holder in able if may(holder, arn) not in OPEN and any(may(holder, node, loose=True) in OPEN for node in nodes)
    ]
    if unmeant:
        yield warning(
            f"{listed(unmeant, SHOWN)} may start sessions and was not given {DEFAULT_SHELL}, and has the default shell all the same: nothing asks for the document.",
            f"Add the condition {CONDITION} to every statement that allows them ssm:StartSession.",
            DEFAULT_SHELL,
        )
    rest = [holder for holder in able if holder.name not in unmeant]
    yield ok(f"The default shell may be started by {_who(rest, arn)}.", DEFAULT_SHELL)


def _who(able: Iterable[Holder], arn: str) -> str:
    said = {holder.name: may(holder, arn) for holder in able}
    sure = [name for name, word in said.items() if word is Granted.YES]
    perhaps = [name for name, word in said.items() if word is Granted.MAYBE]
    told = [listed(sure, SHOWN)] if sure else []
    told += [f"perhaps, by their conditions, {listed(perhaps, SHOWN)}"] if perhaps else []
    return "; ".join(told) or "nobody of the account's users and roles"


CHECKS = (
    About(
        "documents.users",
        "Who may use them",
        "A document decides what is logged and where a session leads. Judged by users' and roles' own policies; service control policies are not read.",
        users,
    ),
)
