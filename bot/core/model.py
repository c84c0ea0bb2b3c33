"""The words of the house: frozen facts that one room hands to the next.

Times are aware UTC datetimes. An empty string is "not known" or "does not apply"; None is used where
false or zero would be a claim. Account and region are kept on every fact: a fleet has many of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a session is, told from its document: only shells and commands leave a transcript."""

    SHELL = "shell"
    COMMAND = "command"
    TUNNEL = "tunnel"
    SSH = "SSH"
    RDP = "RDP"
    ECS = "ECS exec"
    UNKNOWN = "unknown"


class Level(IntEnum):
    """Sigma's levels, in Sigma's order."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The level as Sigma writes it: `informational` … `critical`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One account in one region: the unit that can be read or not read."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time, with the words that asked for it and the asker's zone (IANA name)."""

    since: datetime
    until: datetime
    words: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who an ARN names. `name` is what a person reads; a session name is chosen by its caller, so it is a claim."""

    arn: str
    kind: str  # user, role, root, federated, service, instance, unknown
    name: str
    role: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A managed node or instance, with its Name tag."""

    id: str
    name: str = ""
    platform: str = ""  # linux, windows, macos
    state: str = ""
    address: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """One session, or one attempt (`error` is set, and `id` is empty), as SSM and CloudTrail know it."""

    id: str
    owner: str = ""
    target: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    status: str = ""
    document: str = ""
    kind: Kind = Kind.UNKNOWN
    reason: str = ""
    access: str = ""  # Standard, JustInTime
    account: str = ""
    region: str = ""
    host: str = ""
    port: str = ""
    local_port: str = ""
    source_ip: str = ""
    user_agent: str = ""
    mfa: bool | None = None
    error: str = ""
    message: str = ""
    via: str = ""
    ended_by: str = ""
    origin: str = ""  # ssm, cloudtrail, ssm+cloudtrail
    event: str = ""
    output: str = ""

    @property
    def place(self) -> Place:
        """The account-region that holds it."""
        return Place(self.account, self.region)


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudTrail record, typed. `record` keeps CloudTrail's own nested keys for rules that ask for others."""

    id: str
    at: datetime
    source: str
    name: str
    actor: str = ""
    identity: str = ""  # userIdentity.type
    access_key: str = ""
    source_ip: str = ""
    user_agent: str = ""
    mfa: bool | None = None
    error: str = ""
    message: str = ""
    account: str = ""
    region: str = ""
    session: str = ""
    target: str = ""
    document: str = ""
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""
    via: str = ""
    record: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A Session document (`GetDocument`): its kind and what it logs."""

    name: str
    session_type: str = ""  # Standard_Stream, InteractiveCommands, NonInteractiveCommands, Port
    inputs: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    account: str = ""
    region: str = ""
    version: str = ""
    missing: str = ""
    made: datetime | None = None  # when this version was made, or first seen


@dataclass(frozen=True, slots=True)
class Stream:
    """One log stream of session output: what Logs Insights knows without reading it."""

    session: str
    first: datetime
    last: datetime
    events: int
    group: str = ""
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of session output that a server-side filter found. It may be output that nobody typed."""

    session: str
    at: datetime
    text: str
    matched: str = ""
    owner: str = ""
    group: str = ""
    account: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """The bytes of one session's log as AWS holds them; `missing` says why there are none."""

    session: str
    body: bytes = b""
    form: str = ""  # file (S3 object or plain upload), stream (one JSON event a line, oldest first)
    location: str = ""
    complete: bool = True
    missing: str = ""
    link: str = ""  # the console's page of it


@dataclass(frozen=True, slots=True)
class Typed:
    """One command as the person submitted it. `line` counts from 1 in the clean transcript."""

    text: str
    line: int
    prompt: str = ""
    at: datetime | None = None
    shell: str = ""  # bash, powershell, cmd, repl, …
    doubt: str = ""  # why the text may not be exactly what was submitted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the clean transcript, as the person saw it."""

    number: int
    text: str
    typed: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one recording shows: every line, the commands among them, and what could not be reconstructed."""

    lines: Sequence[Line] = ()
    typed: tuple[Typed, ...] = ()
    form: str = ""
    platform: str = ""  # linux, windows
    complete: bool = True
    doubts: tuple[str, ...] = ()
    broken: str = ""  # the error that the reading ended with: the lines are only stripped, and no command is known


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that spoke, and the evidence it spoke on."""

    rule: str
    title: str
    level: Level
    techniques: tuple[str, ...] = ()
    text: str = ""
    matched: str = ""
    line: int = 0
    session: str = ""
    at: datetime | None = None
    why: str = ""
    actor: str = ""
    target: str = ""
    account: str = ""
    region: str = ""
    event: str = ""
    lines: tuple[int, ...] = ()  # every line that a sequence rests on; `line` is the last


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the fleet that did not answer, and why, as a sentence."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """One question that was asked: what the foot of a reply, `--json` and `--explain` show."""

    backend: str  # ssm, ec2, athena, insights, logs, s3, archive
    question: str
    query: str = ""
    span: Span | None = None
    read: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    rows: int = 0
    scanned: int = 0  # bytes
    cost: float = 0.0  # US dollars
    seconds: float = 0.0
    link: str = ""
    note: str = ""  # what limits the answer: truncated, partial, reused
    cut: bool = False  # whether rows were left out for their number


@dataclass(frozen=True, slots=True)
class Where:
    """What narrows a CloudTrail question. Empty fields do not narrow."""

    actor: str = ""
    target: str = ""
    document: str = ""
    ip: str = ""
    account: str = ""
    region: str = ""
    session: str = ""
    denied: bool = False


class Refused(Exception):
    """A sentence that the person can act on; shown as it stands."""


class Unavailable(Exception):
    """A backend that did not answer; raised `from` the library's error, with a sentence."""
