"""The page that documents the configuration, drawn from its own tables: it cannot drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field
from datetime import timedelta
from typing import Any

from bot.config import Scope, Settings, settings_of, variable
from bot.readers import duration_text


def documented() -> str:
    """docs/configuration.md: every variable and every key of a scope, from the tables of `bot.config`."""
    settings = (_row(variable(name), each) for name, each in settings_of(Settings).items())
    scope = (_row(name, each) for name, each in settings_of(Scope).items())
    return PAGE.format(settings="\n".join(settings), scope="\n".join(scope))


def _row(name: str, each: Field[object]) -> str:
    return f"| `{name}` | {_default(each.default)} | {each.metadata['about']}{' (secret)' if each.metadata['secret'] else ''} |"


def _listed(value: tuple[object, ...]) -> str:
    numbers = value and all(isinstance(each, int) for each in value)
    return ("-" if numbers else ", ").join(map(str, value))


def _default(value: object) -> str:
    shown: dict[type, Callable[[Any], str]] = {timedelta: duration_text, tuple: _listed}
    text = "" if value is MISSING else shown.get(type(value), str)(value)
    return f"`{text}`" if text else ""


PAGE = """# Configuration

Everything is an environment variable. The same names in lower case and without `COUNTERSIGN_` are keys of an optional
`countersign.toml` (`COUNTERSIGN_CONFIG` says where it is); the environment wins, and secrets may stand only there. At start every fault is
reported at once. Durations are `90s`, `15m`, `24h`, `7d`; a plain number is seconds. Lists take commas.

| variable | default | what it is |
|---|---|---|
{settings}

## Scopes

A fleet of several accounts has one `[[scope]]` table for each in `countersign.toml`. What a scope does not say it takes from
`COUNTERSIGN_ATHENA_*`, `COUNTERSIGN_LOG_GROUPS`, `COUNTERSIGN_BUCKET`, `COUNTERSIGN_PREFIX` and `COUNTERSIGN_REGIONS`.

| key | default | what it is |
|---|---|---|
{scope}

```toml
[[scope]]
name = "prod"
role_arn = "arn:aws:iam::111122223333:role/countersign-read"
regions = ["eu-west-1", "us-east-1"]
log_groups = ["/ssm/sessions"]
bucket = "example-session-logs"
database = "audit"
table = "cloudtrail"

[people]
"alice@example.com" = "U0ALICE"
```

AWS credentials, profiles and endpoints are the AWS SDK's own variables (`AWS_PROFILE`, `AWS_ENDPOINT_URL`, …).
"""
