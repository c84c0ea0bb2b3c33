# ruff: noqa: RUF009 - setting() gives a dataclass field
"""Settings from the environment and an optional countersign.toml. Nothing else in the house reads the environment.

Strategy: `Settings` is the one table. Each field carries its variable's name, how to read it and what it is for, so the documentation,
the reader and the did-you-mean are drawn from it. Every fault is collected; one error names them all. The environment wins over the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from bot import readers as read
from bot.core.flags import route
from bot.core.just_in_time import expected
from bot.core.schedule import line
from bot.readers import Reader
from bot.readers_lines import lines_of, teams

PREFIX = "COUNTERSIGN_"
SCOPE_DEFAULTS = {key: key for key in ("regions", "log_groups", "bucket", "prefix")} | {
    key: f"athena_{key}" for key in ("database", "table", "workgroup", "output")
}
ELSEWHERE = {"COUNTERSIGN_CONFIG": "the path of countersign.toml", "COUNTERSIGN_CORPUS": "where the tests find public corpora"}
EXAMPLES = {
    "SLACK_BOT_TOKEN": "the bot token of OAuth & Permissions, `xoxb-…`",
    "SLACK_APP_TOKEN": "an app-level token with connections:write, `xapp-…`",
    "SLACK_SIGNING_SECRET": "the signing secret of Basic Information",
}


class ConfigFault(NamedTuple):
    """One thing that is wrong: the variable (or key), what is wrong, and what would be right."""

    name: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.name} {self.wrong}; {self.right}"


class ConfigError(Exception):
    """Every fault of the configuration at once."""

    def __init__(self, faults: tuple[ConfigFault, ...]) -> None:
        self.faults = faults
        many = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"The configuration has {many}:\n" + "\n".join(f"- {fault}" for fault in faults))


def setting(reader: Reader, default: Any, about: str, *, name: str = "", secret: bool = False) -> Any:  # noqa: ANN401 - as dataclasses.field
    """A field of Settings: how its text is read, and the sentence of the documentation. A secret is left out of repr."""
    metadata = {"reader": reader, "about": about, "name": name, "secret": secret}
    if default == {}:
        return field(default_factory=dict, metadata=metadata)
    return field(default=reader(default) if reader is read.duration else default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the fleet: accounts and regions that are read with one role and one set of places for logs."""

    name: str = setting(read.word, "", "what replies call it")
    role_arn: str = setting(read.role_arn, "", "the role to assume; empty is the bot's own credentials")
    external_id: str = setting(read.text, "", "the external id that the role asks for", secret=True)
    account: str = setting(read.account, "", "the twelve digits, where they are not the role's")
    regions: tuple[str, ...] = setting(read.regions, (), "regions to ask, side by side")
    log_groups: tuple[str, ...] = setting(read.words, (), "CloudWatch log groups of session output")
    bucket: str = setting(read.bucket, "", "the S3 bucket of session logs")
    prefix: str = setting(read.text, "", "the key prefix of session logs in the bucket")
    database: str = setting(read.identifier, "", "the Athena (Glue) database")
    table: str = setting(read.identifier, "", "the CloudTrail table")
    workgroup: str = setting(read.text, "", "the Athena workgroup")
    output: str = setting(read.s3_url, "", "where Athena writes results, if the workgroup does not say")
    partitions: str = setting(read.text, "", "the partition scheme, where Glue's is not to be believed")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is configured. Durations are timedelta; `cost_ceiling` is US dollars a question; `port` 0 is any free port."""

    bot_token: str = setting(
        read.bot_token, "", "the bot's token (`xoxb-…`); without one the local workspace opens", name="SLACK_BOT_TOKEN", secret=True
    )
    app_token: str = setting(read.app_token, "", "the token (`xapp-…`) of Socket Mode", name="SLACK_APP_TOKEN", secret=True)
    signing_secret: str = setting(read.text, "", "the secret that signs requests in HTTP mode", name="SLACK_SIGNING_SECRET", secret=True)
    api_url: str = setting(read.http_url, "https://slack.com/api/", "where Slack's Web API is", name="SLACK_API_URL")
    port: int = setting(read.port, 8080, "the port of health, metrics and HTTP mode", name="PORT")
    mode: str = setting(read.one_of("socket", "http"), "socket", "how Slack reaches the bot: `socket` or `http`")
    archive: str = setting(read.text, "", "an archive's DuckDB file or folder: answer from it instead of AWS")
    store: str = setting(read.store_url, "sqlite:///var/countersign.db", "where the bot keeps its own state: an SQLite or PostgreSQL URL")
    zone: str = setting(read.zone, "UTC", "the time zone of scheduled posts and of people whom Slack knows none of")
    viewers: tuple[str, ...] = setting(read.people, ("*",), "who may ask: user ids, @handles, user groups, or `*`: every full member")
    responders: tuple[str, ...] = setting(read.chosen_people, (), "who may act on a live session")
    reviewers: tuple[str, ...] = setting(read.chosen_people, (), "who may sign a flagged session off")
    admins: tuple[str, ...] = setting(read.chosen_people, (), "who may change how the bot works")
    on_call: tuple[str, ...] = setting(read.chosen_people, (), "who is told when a review is escalated, and may sign it")
    people_by: tuple[str, ...] = setting(
        read.several("map", "email", "tag", "pattern"),
        ("map", "email", "tag", "pattern"),
        "how a session's owner is found in Slack, in this order",
    )
    people_tag: str = setting(read.text, "", "the tag that holds an IAM user's e-mail (needs iam:ListUserTags); empty: tags are not asked")
    people_pattern: str = setting(
        read.named_pattern, "", "an AWS name's e-mail: `(?P<name>[a-z.]+)-cli → {name}@example.com`, a regular expression and its filling"
    )
    terminate_role: str = setting(
        read.role, "", "the role that may end sessions from Slack: its ARN, or its name in every account; empty: nobody may"
    )
    people: Mapping[str, str] = setting(read.mapping, {}, "AWS names to Slack users: `alice@example.com=U0ALICE`, comma between")
    zones: Mapping[str, str] = setting(
        read.zones, {}, "time zones of people by AWS name, where they are not `zone`: `alice@example.com=Asia/Tokyo`"
    )
    hours: tuple[int, int] = setting(read.hours, (7, 20), "working hours; a session outside them, or at a weekend, is remarked")
    networks: tuple[str, ...] = setting(read.networks, (), "networks that sessions are expected from (CIDR); none: any")
    destinations: tuple[str, ...] = setting(read.words, (), "where tunnels are expected to lead: `host:port`, `*` allowed; none: anywhere")
    just_in_time: tuple[str, ...] = setting(
        lines_of(expected),
        (),
        "where just-in-time access is the rule, so that a standard session is flagged: `node=prod-*`, `account=…`, `role=…`, `tag:Env=prod`; `;` between",
    )
    concurrent: int = setting(read.count(1, 1000), 5, "sessions that one person may have open at a time, until that is remarked")
    workers: int = setting(read.count(1, 256), 32, "questions answered side by side")
    waiting: int = setting(read.count(1, 10_000), 256, "questions that may wait for a worker; one more is told to come back")
    question_timeout: timedelta = setting(read.duration, "5m", "how long one question may take")
    drain: timedelta = setting(read.duration, "20s", "how long a stopping bot finishes what it has in hand")
    cost_ceiling: float = setting(read.dollars, 1.0, "the most that one question may cost in Athena and Insights, US dollars")
    result_reuse: timedelta = setting(read.duration, "15m", "how old an Athena result may be to serve again; 0 never")
    log_level: str = setting(read.one_of("debug", "info", "warning", "error"), "info", "how much the log says")
    rules: tuple[str, ...] = setting(read.words, (), "folders of further Sigma rules")
    stale_after: timedelta = setting(read.duration, "24h", "how long a live session stays unremarkable")
    keep_answers: timedelta = setting(read.duration, "7d", "how long an answer keeps its pages and its Share button")
    schedule: tuple[str, ...] = setting(
        lines_of(line), (), "what to post when, one a line or `;` between: `mon-fri 09:00 Europe/Berlin → #sec-audit: digest 24h`"
    )
    teams: Mapping[str, tuple[str, ...]] = setting(
        teams, {}, "AWS names of each team's people, for `digest --team=…`: `payments=alice@example.com bob@example.com`, `;` between"
    )
    clock_role: str = setting(read.one_of("viewer", "responder", "reviewer"), "viewer", "the role that scheduled lines ask with")
    charts: str = setting(read.one_of("png", "slack", "none"), "png", "the digest's chart: a picture, Slack's own chart block, or none")
    flags: tuple[str, ...] = setting(
        lines_of(route), (), "where the watch posts what: `#sec-flags: high tunnels`, one a line or `;` between"
    )
    watch_every: timedelta = setting(read.duration, "3m", "how often the watch looks")
    watch_budget: float = setting(read.dollars, 0.5, "the most that the watch may spend in Athena and Insights in an hour, US dollars")
    watch_flags: int = setting(
        read.count(1, 1000), 30, "the most new flags in an hour and channel; the others wait, and one message says so"
    )
    doctor: str = setting(
        read.one_of("daily", "never"),
        "daily",
        "whether the clock looks at session logging once a day, so that a digest can say what changed",
    )
    alerts: str = setting(
        read.text, "", "where the bot says that something is wrong with itself: a channel; empty is each admin by direct message"
    )
    suppressions: str = setting(read.text, "", "a YAML file of findings that somebody answers for until a day")
    athena_database: str = setting(read.identifier, "", "the Athena database, where there is one scope")
    athena_table: str = setting(read.identifier, "", "the CloudTrail table, where there is one scope")
    athena_workgroup: str = setting(read.text, "", "the Athena workgroup, where there is one scope")
    athena_output: str = setting(read.s3_url, "", "where Athena writes results, where there is one scope")
    log_groups: tuple[str, ...] = setting(read.words, (), "log groups of session output, where there is one scope")
    bucket: str = setting(read.bucket, "", "the bucket of session logs, where there is one scope")
    prefix: str = setting(read.text, "", "the key prefix of session logs, where there is one scope")
    regions: tuple[str, ...] = setting(read.regions, (), "the regions to ask; none is the SDK's own default region")
    scopes: tuple[Scope, ...] = ()

    @classmethod
    def from_env(cls, environment: Mapping[str, str], toml: str | Path = "") -> Settings:
        """Settings of an environment and of a TOML text, or of the file at a path. Raises ConfigError with every fault."""
        return _read(environment, toml)

    @property
    def speaks_to_slack(self) -> bool:
        """False without a bot token: then the local workspace, or the terminal, is all there is."""
        return bool(self.bot_token)


def variable(name: str) -> str:
    """The environment variable of a field of Settings."""
    return settings_of(Settings)[name].metadata["name"] or PREFIX + name.upper()


def settings_of(kind: type) -> dict[str, Field[Any]]:
    """The fields of Settings or Scope that a person can set, by name."""
    return {f.name: f for f in fields(kind) if f.metadata}


def _read(environment: Mapping[str, str], toml: str | Path) -> Settings:
    faults: list[ConfigFault] = []
    table = _toml(toml, faults)
    rows = table.pop("scope", [])
    values = dict(_values(environment, table, faults))
    scopes = _scopes(rows, values, faults)
    faults += [*_strangers(environment, table), *_missing(values, {fault.name for fault in faults})]
    if faults:
        raise ConfigError(tuple(faults))
    return Settings(**values, scopes=scopes)


def _toml(source: str | Path, faults: list[ConfigFault]) -> dict[str, Any]:
    try:
        return tomllib.loads(source if isinstance(source, str) else source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        where = "countersign.toml" if isinstance(source, str) else str(source)
        faults.append(ConfigFault(where, f"cannot be read: {error}", "it must be a readable TOML file"))
        return {}


def _values(environment: Mapping[str, str], table: Mapping[str, Any], faults: list[ConfigFault]) -> Iterator[tuple[str, Any]]:
    for name, each in settings_of(Settings).items():
        key = variable(name)
        if each.metadata["secret"] and name in table:
            faults.append(ConfigFault(f"countersign.toml: {name}", "is a secret in a file", f"set {key} in the environment"))
        elif environment.get(key, "").strip():
            yield from _one(name, key, each.metadata["reader"], environment[key].strip(), faults, secret=each.metadata["secret"])
        elif name in table:
            yield from _one(name, f"countersign.toml: {name}", each.metadata["reader"], table[name], faults)


def _one(
    name: str, shown: str, reader: Reader, value: object, faults: list[ConfigFault], *, secret: bool = False
) -> Iterator[tuple[str, Any]]:
    try:
        yield name, reader(value)
    except ValueError as right:
        faults.append(ConfigFault(shown, "is not what it should be" if secret else f"is {str(value)[:80]!r}", str(right)))


def _scopes(rows: object, values: Mapping[str, Any], faults: list[ConfigFault]) -> tuple[Scope, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.append(ConfigFault("countersign.toml: scope", "is not a list of tables", "write [[scope]] above each"))
        return ()
    usual = {key: values[name] for key, name in SCOPE_DEFAULTS.items() if name in values}
    if not rows:
        return (Scope(name="default", **usual),)
    scopes = tuple(_scope(number, row, usual, faults) for number, row in enumerate(rows, 1))
    names = [scope.name for scope in scopes if scope.name]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults.extend(ConfigFault("countersign.toml: scope", f"names {name!r} more than once", "each needs its own name") for name in twice)
    return scopes


def _scope(number: int, row: Mapping[str, Any], usual: Mapping[str, Any], faults: list[ConfigFault]) -> Scope:
    shown = f"countersign.toml: scope {row.get('name') or number}"
    known, values = settings_of(Scope), dict(usual)
    faults += [_unknown(f"{shown}: {key}", key, known) for key in row if key not in known]
    for key in known.keys() & row.keys():
        values |= dict(_one(key, f"{shown}: {key}", known[key].metadata["reader"], row[key], faults))
    if not row.get("name"):
        faults.append(ConfigFault(shown, "has no name", 'write name = "…"; replies call it so'))
    return Scope(**values)


def _strangers(environment: Mapping[str, str], table: Mapping[str, Any]) -> Iterator[ConfigFault]:
    known = {variable(name) for name in settings_of(Settings)} | ELSEWHERE.keys()
    yield from (_unknown(key, key, known) for key in sorted(environment) if key.startswith(PREFIX) and key not in known)
    yield from (
        _unknown(f"countersign.toml: {key}", key, [*settings_of(Settings), "scope"]) for key in table if key not in settings_of(Settings)
    )


def _unknown(shown: str, key: str, known: Iterable[str]) -> ConfigFault:
    near = get_close_matches(key, list(known), 1, 0.6)
    return ConfigFault(shown, "is not known", f"did you mean {near[0]}?" if near else "take it out")


def _missing(values: Mapping[str, Any], faulty: set[str]) -> Iterator[ConfigFault]:
    needed = ("bot_token", "signing_secret") if values.get("mode") == "http" else ("bot_token", "app_token")
    if values.get("mode") != "http" and not any(values.get(name) for name in needed):
        return
    for name in needed:
        key = variable(name)
        if not values.get(name) and key not in faulty:
            yield ConfigFault(key, f"is missing in {values.get('mode', 'socket')} mode", f"set it to {EXAMPLES[key]}")
