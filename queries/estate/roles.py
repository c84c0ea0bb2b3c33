"""The roles that nodes have, with every policy that speaks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.doctor.facts import Role
from bot.core.grants import Unparsed, document
from queries.estate.look import Look

BROKEN: Mapping[str, Any] = {}


def role(look: Look, name: str) -> Role:
    """One role, whose policies are Unknown where they could not all be read. Raises botocore's errors for a role that is not there."""
    held = look.call("iam", "get_role", RoleName=name)["Role"]
    arns = tuple(str(item["PolicyArn"]) for item in look.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name))
    own = {
        str(policy): _document(look.call("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in look.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
    }
    managed = look.part(lambda look: tuple(_managed(look, arn) for arn in arns), "iam")
    bound = str((held.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn") or "")
    policies = (*own.values(), *managed) if isinstance(managed, tuple) else managed
    return Role(name, policies, arns, _managed(look, bound) if bound else None, own)


def _managed(look: Look, arn: str) -> Mapping[str, Any]:
    version = look.call("iam", "get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return _document(look.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _document(found: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3 gives a mapping or text
    """The policy; one that cannot be read stays as it is and counts as a doubt where it is asked."""
    try:
        return document(found)
    except Unparsed:
        return BROKEN
