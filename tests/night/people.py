"""Who was about that night, and how CloudTrail writes each of them down.

Role session names are chosen by their callers, so two of these people try it on with theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.night.seeds import HEX, UPPER, draw

CLI = (
    "aws-cli/2.31.3 md/awscrt#0.27.6 ua/2.1 os/macos#25.0.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython "
    "cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#{call}"
)
CLI_LINUX = "aws-cli/2.28.11 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.4 md/pyimpl#CPython md/command#{call}"
CONSOLE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
BOTO = "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython"
OLD_CLI = "aws-cli/1.18.147 Python/2.7.18 Linux/4.14.355 botocore/1.18.6"
HOSTILE_AGENT = "<!channel> <https://evil.example.com|aws-cli/2> *bold* `code`"


@dataclass(frozen=True, slots=True)
class Person:
    """A caller of the API: `kind` is sso, user, root, role or instance; `issuer` is the role's name."""

    key: str
    name: str
    kind: str
    issuer: str = ""
    ip: str = "198.51.100.7"
    agent: str = CLI
    mfa: bool = False


PEOPLE = {
    person.key: person
    for person in (
        Person("ana", "ana.ferreira@example.com", "sso", "ProdOperator", "198.51.100.11"),
        Person("ben", "ben.okafor@example.com", "sso", "ProdOperator", "198.51.100.23"),
        Person("rhea", "rhea.santos@example.com", "sso", "SecurityAudit", "192.0.2.41", CONSOLE),
        Person("omar", "omar.haddad@example.com", "sso", "OnCallAdmin", "192.0.2.77", CONSOLE),
        Person("gil", "gil.tran@example.com", "sso", "ContractorAccess", "198.51.100.140", CLI_LINUX),
        Person("dana", "dana.wolff@example.com", "sso", "DataEngineer", "198.51.100.52"),
        Person("legacy", "deploy-legacy", "user", ip="192.0.2.200", agent=OLD_CLI),
        Person("markup", "_ops_@here", "user", ip="198.51.100.66", agent=HOSTILE_AGENT),
        Person("root", "root", "root", ip="192.0.2.9", agent=CONSOLE, mfa=True),
        Person("ci", "botocore-session-1763900000", "role", "acme-ci-deploy", "192.0.2.120", BOTO),
        Person("box", "i-0a1b2c3d4e5f60718", "instance", "orders-api-node", "192.0.2.144", BOTO),
        Person("jit", "ben.okafor@example.com", "role", "SSM-JustInTimeAccessTokenRole", "198.51.100.23"),
        Person("posing", "ana.ferreira@example.com", "role", "acme-ci-deploy", "198.51.100.199", BOTO),
    )
}


def role_of(person: Person, account: str) -> str:
    """The role's name in that account; IAM Identity Center adds 16 hex digits to its own."""
    return f"AWSReservedSSO_{person.issuer}_{draw(HEX, 16, person.issuer, account)}" if person.kind == "sso" else person.issuer


def agent_of(person: Person, source: str, name: str) -> str:
    """The user agent of one call: the AWS CLI names its command."""
    return person.agent.replace("{call}", f"{source}.{re.sub('(?<!^)(?=[A-Z])', '-', name).lower()}")


def arn_of(person: Person, account: str) -> str:
    """The caller's ARN: what DescribeSessions calls Owner."""
    if person.kind == "root":
        return f"arn:aws:iam::{account}:root"
    if person.kind == "user":
        return f"arn:aws:iam::{account}:user/{person.name}"
    return f"arn:aws:sts::{account}:assumed-role/{role_of(person, account)}/{person.name}"


def identity(person: Person, account: str, at: datetime) -> dict[str, object]:
    """CloudTrail's userIdentity element."""
    arn = arn_of(person, account)
    if person.kind == "root":
        key = "ASIA" + draw(UPPER, 16, arn)
        return {"type": "Root", "principalId": account, "arn": arn, "accountId": account, "accessKeyId": key} | _context(person, at)
    if person.kind == "user":
        user, key = "AIDA" + draw(UPPER, 17, arn), "AKIA" + draw(UPPER, 16, "key", arn)
        return {"type": "IAMUser", "principalId": user, "arn": arn, "accountId": account, "accessKeyId": key, "userName": person.name}
    return _assumed(person, account, arn, at)


def _assumed(person: Person, account: str, arn: str, at: datetime) -> dict[str, object]:
    role, unique = role_of(person, account), "AROA" + draw(UPPER, 17, person.issuer, account)
    path = "aws-reserved/sso.amazonaws.com/eu-west-1/" if person.kind == "sso" else ""
    issuer = {
        "type": "Role",
        "principalId": unique,
        "arn": f"arn:aws:iam::{account}:role/{path}{role}",
        "accountId": account,
        "userName": role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{person.name}",
        "arn": arn,
        "accountId": account,
        "accessKeyId": "ASIA" + draw(UPPER, 16, arn, f"{at:%j}"),
    } | _context(person, at, issuer)


def _context(person: Person, at: datetime, issuer: dict[str, str] | None = None) -> dict[str, object]:
    begun = (at - timedelta(minutes=37)).replace(second=0, microsecond=0)
    attributes = {"creationDate": f"{begun:%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": str(person.mfa).lower()}
    context: dict[str, object] = {"sessionIssuer": issuer} if issuer else {}
    if person.kind == "instance":
        return {"sessionContext": context | {"attributes": attributes, "ec2RoleDelivery": "2.0"}}
    return {"sessionContext": context | {"attributes": attributes}}
