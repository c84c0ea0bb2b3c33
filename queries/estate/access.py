"""Who in the account may start sessions: every user and role with what its own policies say of ssm:StartSession.

Source: IAM API GetAccountAuthorizationDetails, which gives users, groups, roles and the managed policies in one listing. It does not tell of
service control policies, nor of what a permission set's session adds or takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.core.doctor.facts import Access, Holder
from bot.core.grants import Unparsed, about, document
from queries.estate.look import Look

START = "ssm:StartSession"
PAGE, MOST = 500, 5_000  # items a page; items read in all
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
Raw = Mapping[str, Any]


def access(look: Look) -> Access:
    """Whoever a policy lets start sessions, or may let."""
    held: dict[str, list[Raw]] = {name: [] for name in LISTS}
    cut = False
    for page in look.answers("iam", "get_account_authorization_details", PaginationConfig={"PageSize": PAGE}):
        for name in LISTS:
            held[name] += page.get(name) or ()
        cut = bool(page.get("IsTruncated")) and sum(map(len, held.values())) >= MOST
        if cut:
            break
    managed = {str(item.get("Arn")): _in_force(item) for item in held["Policies"]}
    groups = {str(item.get("GroupName")): tuple(_policies(item, "GroupPolicyList", managed)) for item in held["GroupDetailList"]}
    users = (_user(item, managed, groups) for item in held["UserDetailList"])
    roles = (
        _holder(f"role/{item.get('RoleName')}", _policies(item, "RolePolicyList", managed), item, managed)
        for item in held["RoleDetailList"]
    )
    return Access(tuple(holder for holder in (*users, *roles) if holder.policies), cut)


def _user(item: Raw, managed: Mapping[str, Raw], groups: Mapping[str, tuple[Raw, ...]]) -> Holder:
    own = _policies(item, "UserPolicyList", managed)
    inherited = (policy for name in item.get("GroupList") or () for policy in groups.get(str(name), ()))
    return _holder(f"user/{item.get('UserName')}", (*own, *inherited), item, managed)


def _holder(name: str, policies: Iterable[Raw], item: Raw, managed: Mapping[str, Raw]) -> Holder:
    bound = str((item.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn") or "")
    return Holder(name, tuple(policies), managed.get(bound, {}) if bound else None)


def _policies(item: Raw, inline: str, managed: Mapping[str, Raw]) -> Iterator[Raw]:
    """What an item's own and attached policies say of starting sessions. One that is attached and was not listed is a doubt."""
    own = [_read(policy.get("PolicyDocument")) for policy in item.get(inline) or ()]
    attached = [managed.get(str(policy.get("PolicyArn")), {}) for policy in item.get("AttachedManagedPolicies") or ()]
    yield from (part for policy in (*own, *attached) if (part := about(policy, START)) is not None)


def _in_force(item: Raw) -> Raw:
    version: Raw = next((v for v in item.get("PolicyVersionList") or () if v.get("IsDefaultVersion")), {})
    return _read(version.get("Document"))


def _read(found: Any) -> Raw:  # noqa: ANN401 - boto3 gives a mapping or text
    try:
        return document(found)
    except Unparsed:
        return {}
