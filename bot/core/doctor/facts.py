"""What the doctor looks at: one account-region as AWS describes it. A part that could not be read says why.

Names and units are AWS's: minutes for time-outs, days for retention. Policies are their documents, parsed by `core.grants`.
Sources: Systems Manager User Guide, "Session document schema"; the APIs of S3, CloudWatch Logs, IAM, EC2, CloudTrail, Glue and Athena.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from bot.core.doctor.facts_network import Network
from bot.core.model import Kind, Place


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part that could not be read, and why, as a sentence."""

    why: str


Fact = TypeVar("Fact")
Part: TypeAlias = Fact | Unknown
UNASKED = Unknown("This was not asked.")


@dataclass(frozen=True, slots=True)
class SessionDocument:
    """A Session document at its default version. `latest` is the newest version's content where that is another one."""

    name: str
    content: Mapping[str, Any]
    default_version: str = "1"
    latest_version: str = "1"
    latest: Mapping[str, Any] | None = None
    shared: Part[tuple[str, ...]] = UNASKED  # account ids, or `all` for everyone

    @property
    def session_type(self) -> str:
        """`Standard_Stream`, `InteractiveCommands`, `NonInteractiveCommands` or `Port`."""
        return str(self.content.get("sessionType") or "")

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Its preferences."""
        found = self.content.get("inputs")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key that the preferences name."""

    id: str
    state: str = ""  # KMS's KeyState; empty where no such key exists
    rotates: bool | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket that session logs go to. `algorithm` is its default encryption, empty for none."""

    name: str
    exists: bool = True
    region: str = ""
    algorithm: str = ""
    key: str = ""
    blocked: bool = False  # all four settings of Block Public Access
    versioned: bool = False
    locked: bool = False  # object lock
    expires: int | None = None  # days after which a lifecycle rule removes logs; None is never
    policy: Mapping[str, Any] | None = None
    owner: bool = True  # whether it is the account's own, as far as a HeadBucket with the expected owner can tell


@dataclass(frozen=True, slots=True)
class Group:
    """A log group that sessions are written to."""

    name: str
    exists: bool = True
    log_class: str = "STANDARD"
    retention: int | None = None  # None keeps for ever
    key: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One session that ended and should have left a log. None is a place that its preferences do not name."""

    session: str
    kind: Kind
    ended: datetime
    in_bucket: bool | None = None
    in_group: bool | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role that nodes have, with every policy that speaks for it (its own, attached ones) and the boundary, if it has one."""

    name: str
    policies: Part[tuple[Mapping[str, Any], ...]] = ()
    attached: tuple[str, ...] = ()  # ARNs of managed policies
    boundary: Mapping[str, Any] | None = None
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # its inline policies by name


@dataclass(frozen=True, slots=True)
class Holder:
    """A user or role with the statements that speak of ssm:StartSession, its groups' among them. An unreadable policy is `{}`: a doubt."""

    name: str  # `role/Ops`, `user/ann`
    policies: tuple[Mapping[str, Any], ...] = ()
    boundary: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Whoever in an account may start sessions by its own policies. `cut` says that there were more users and roles than were read."""

    holders: tuple[Holder, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ManagedNode:
    """A running instance, or a node that SSM manages."""

    id: str
    name: str = ""
    platform: str = "linux"
    managed: bool = True
    online: bool = True
    agent: str = ""
    role: str = ""  # the role's name; empty where nobody gave it one
    vpc: str = ""
    subnet: str = ""
    groups: tuple[str, ...] = ()
    metadata: str = ""  # the instance metadata service: off, optional (IMDSv1 answers too), required (IMDSv2 alone)


@dataclass(frozen=True, slots=True)
class Trail:
    """A CloudTrail trail as seen from this Region (DescribeTrails gives those of other Regions as shadows)."""

    name: str
    arn: str
    home: str = ""
    multi_region: bool = False
    organisation: bool = False
    logging: Part[bool] = False
    digests: bool = False
    writes: Part[bool] = False  # management write events of Systems Manager among them
    bucket: str = ""
    delivery_error: str = ""
    selectors: Mapping[str, Any] = field(default_factory=dict)  # EventSelectors or AdvancedEventSelectors, as they stand


@dataclass(frozen=True, slots=True)
class Table:
    """The Athena table that is configured; `wrong` says why no question could be right on it."""

    name: str
    exists: bool = True
    wrong: str = ""
    partitions: tuple[str, ...] = ()
    projected: bool = False
    location: str = ""


@dataclass(frozen=True, slots=True)
class Workgroup:
    """The Athena workgroup that is configured. `cutoff` is in bytes, None for no limit."""

    name: str
    exists: bool = True
    cutoff: int | None = None
    output: str = ""
    enforced: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """One of the bot's own permissions as it showed when it was used."""

    action: str
    allowed: bool | None  # None: AWS failed in another way
    said: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the bot's configuration says of this place, to hold against what AWS says."""

    log_groups: tuple[str, ...] = ()
    bucket: str = ""
    prefix: str = ""
    table: str = ""  # database.table, in its home Region only
    workgroup: str = ""
    output: str = ""
    scope: str = ""  # the configuration's name of the account


@dataclass(frozen=True, slots=True)
class Estate:
    """One account-region. `preferences` is None where none were ever saved."""

    place: Place
    expected: Expected = Expected()
    preferences: Part[SessionDocument | None] = UNASKED
    documents: Part[tuple[SessionDocument, ...]] = UNASKED
    tunnels: Part[tuple[str, ...]] = UNASKED  # AWS's own tunnel documents that the Region offers
    access: Part[Access] = UNASKED
    bucket: Part[Bucket | None] = UNASKED
    group: Part[Group | None] = UNASKED
    key: Part[Key | None] = UNASKED
    arrivals: Part[tuple[Arrival, ...]] = UNASKED
    nodes: Part[tuple[ManagedNode, ...]] = UNASKED
    roles: Part[Mapping[str, Role]] = UNASKED
    networks: Part[tuple[Network, ...]] = UNASKED
    trails: Part[tuple[Trail, ...]] = UNASKED
    table: Part[Table | None] = UNASKED
    workgroup: Part[Workgroup | None] = UNASKED
    tries: tuple[Try, ...] = ()
