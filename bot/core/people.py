"""Who an ARN names, and who a session id claims to be.

The name in a session id and in an assumed role is chosen by its caller; only the ARN's role and account are AWS's word.
Source: IAM User Guide, "IAM identifiers"; Systems Manager's session ids as seen since 2024 (26 characters; 17 hex before).
"""

from __future__ import annotations

import re

from bot.core.model import Principal

SESSION_ID = re.compile(r"(?P<who>[\w+=,.@-]{1,70})-(?P<suffix>[0-9a-f]{17}|[a-z0-9]{26})", re.ASCII)
ECS_SESSIONS = "ecs-execute-command"

_ARN = re.compile(r"arn:[\w-]+:(?:iam|sts):[\w-]*:(?P<account>\d{12}|aws)?:(?P<resource>.+)", re.DOTALL)
_INSTANCE = re.compile(r"m?i-[0-9a-f]{8,17}")
_KINDS = {"user": "user", "assumed-role": "role", "role": "role", "federated-user": "federated", "root": "root"}


def principal(arn: str) -> Principal:
    """The principal that an ARN, a service name or a principal id names; kind `unknown` for anything else."""
    match = _ARN.fullmatch(arn)
    if match is None:
        service = arn.endswith(".amazonaws.com")
        return Principal(arn, "service" if service else "unknown", arn if service else arn.rpartition(":")[2])
    word, *path = match["resource"].split("/")
    kind, account = _KINDS.get(word, "unknown"), match["account"] or ""
    name = path[-1] if path else word
    if word == "assumed-role" and len(path) > 1:
        return Principal(arn, "instance" if _INSTANCE.fullmatch(name) else kind, name, path[0], account)
    return Principal(arn, kind, name, name if kind == "role" else "", account)


def is_session_id(text: str) -> bool:
    """Whether the text has the form of a session id: `<name>-<26 characters, or 17 hex>`."""
    return SESSION_ID.fullmatch(text) is not None


def claimed_name(session_id: str) -> str:
    """The caller's name in a session id; empty for ECS Exec (which carries none) and for what is no session id."""
    match = SESSION_ID.fullmatch(session_id)
    return match["who"] if match and match["who"] != ECS_SESSIONS else ""


def misnamed(session_id: str, owner: str) -> bool:
    """Whether a session id claims another name than its owner's ARN has. Case and punctuation do not count."""
    claimed, owned = claimed_name(session_id), principal(owner)
    return bool(claimed and owned.name and owned.kind != "unknown") and _bare(claimed) != _bare(owned.name)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
