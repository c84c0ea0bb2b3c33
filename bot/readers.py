"""How a setting's text becomes a value: one small function for each kind of setting.

Each takes what the environment (text) or TOML (text, number, list, table) gives, and raises ValueError with what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Reader = Callable[[object], Any]
UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
PERSON = re.compile(r"\*|[UW][A-Z0-9]{2,20}|S[A-Z0-9]{2,20}|@[\w.-]{1,80}")


def matching(pattern: str, right: str) -> Reader:
    """A reader of text that matches a whole pattern."""
    whole = re.compile(pattern)

    def reader(value: object) -> str:
        if not isinstance(value, str) or not whole.fullmatch(value):
            raise ValueError(right)
        return value

    return reader


text = matching(r"[^\x00-\x1f\x7f]*", "it must be text without control characters")
word = matching(r"[\w.-]{1,40}", "it must be one word of letters, digits, . _ -, at most 40 characters")
role_arn = matching(
    r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}", "it must be a role's ARN, e.g. arn:aws:iam::111122223333:role/countersign-read"
)
role = matching(
    r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}|[\w+=,.@/-]{1,512}",
    "it must be a role's ARN or its name, e.g. countersign-terminate",
)
account = matching(r"\d{12}", "it must be twelve digits in quotes, e.g. 111122223333")
bucket = matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "it must be an S3 bucket's name, without s3://")
identifier = matching(r"[A-Za-z_][\w-]{0,254}", "it must be a name of Glue's: letters, digits and _")
s3_url = matching(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\x00-\x1f]*)?", "it must be like s3://example-results/countersign/")
bot_token = matching(r"xoxb-[\w-]+", "it must be a bot token, which begins with xoxb-")
app_token = matching(r"xapp-[\w-]+", "it must be an app-level token, which begins with xapp-")
region = matching(r"[a-z]{2,4}(-[a-z]+){1,3}-\d", "it must be regions, e.g. eu-west-1, us-east-1")
store_url = matching(
    r"sqlite:///.+|sqlite://|postgres(ql)?(\+psycopg)?://.+",
    "it must be sqlite:///path/to/file.db or postgresql://user@host/database",
)


def one_of(*choices: str) -> Reader:
    """A reader of one word of a few, in any case."""

    def reader(value: object) -> str:
        if str(value).lower() not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return str(value).lower()

    return reader


def count(least: int, most: int) -> Reader:
    """A reader of a whole number within bounds."""

    def reader(value: object) -> int:
        number = int(str(value)) if re.fullmatch(r"\d{1,9}", str(value)) else least - 1
        if not least <= number <= most:
            raise ValueError(f"it must be a whole number from {least} to {most}")
        return number

    return reader


port = count(0, 65535)


def dollars(value: object) -> float:
    """US dollars, more than nothing."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", str(value)) or not float(str(value)):
        raise ValueError("it must be US dollars, e.g. 0.50")
    return float(str(value))


def duration(value: object) -> timedelta:
    """A stretch of time: `90s`, `15m`, `24h`, `7d`, or seconds."""
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", str(value))
    if not found or isinstance(value, bool):
        raise ValueError("it must be a duration, e.g. 90s, 15m, 24h or 7d")
    return timedelta(seconds=int(found[1]) * UNITS[found[2] or "s"])


def duration_text(value: timedelta) -> str:
    """A duration as it is written in configuration, in the largest unit that fits."""
    seconds = int(value.total_seconds())
    unit, size = next(((u, s) for u, s in UNITS.items() if seconds and seconds % s == 0), ("s", 1))
    return f"{seconds // size}{unit}"


def zone(value: object) -> str:
    """An IANA time zone's name."""
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("it must be an IANA time zone, e.g. Europe/Berlin") from error


def http_url(value: object) -> str:
    """An http(s) URL with a host, ending in a slash."""
    try:
        parts = urlsplit(str(value))
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError("it must be like https://slack.com/api/")
    return str(value).rstrip("/") + "/"


def words(value: object) -> tuple[str, ...]:
    """A list, or text with commas or spaces between."""
    found = value if isinstance(value, list) else re.split(r"[,\s]+", str(value))
    return tuple(text(each) for each in found if each != "")


def lines(value: object) -> tuple[str, ...]:
    """A list, or lines, or text with semicolons between."""
    found = value if isinstance(value, list) else re.split(r"[;\n]", str(value))
    return tuple(text(each.strip()) if isinstance(each, str) else text(each) for each in found if each != "" and str(each).strip())


def regions(value: object) -> tuple[str, ...]:
    """AWS regions."""
    return tuple(region(each) for each in words(value))


def people(value: object) -> tuple[str, ...]:
    """User ids, @handles, user group ids, or `*`."""
    found = words(value)
    if any(not PERSON.fullmatch(each) for each in found):
        raise ValueError("each must be a user id (U0ALICE), a user group id (S0ONCALL), an @handle, or *")
    return found


def chosen_people(value: object) -> tuple[str, ...]:
    """As `people`, but never everybody: what acts is denied by default."""
    found = people(value)
    if "*" in found:
        raise ValueError("name people or user groups: * would let everybody act")
    return found


def several(*choices: str) -> Reader:
    """A reader of a list of some of these words, each at most once."""

    def reader(value: object) -> tuple[str, ...]:
        found = words(value)
        if not found or not set(found) <= set(choices) or len(set(found)) != len(found):
            raise ValueError(f"it must be some of {', '.join(choices)}, each once, comma between")
        return found

    return reader


def named_pattern(value: object) -> str:
    """A regular expression with named groups, an arrow, and a text that they fill."""
    shape, arrow, filling = text(value).partition("→")
    try:
        known = set(re.compile(shape.strip()).groupindex)
    except re.error as error:
        raise ValueError(f"its regular expression cannot be read ({error})") from error
    used = set(re.findall(r"\{(\w+)\}", filling))
    if not arrow or not used or not used <= known:
        raise ValueError("it must be like (?P<name>[a-z.]+)-cli → {name}@example.com")
    return str(value)


def mapping(value: object) -> MappingProxyType[str, str]:
    """A table, or `name=U0ALICE` with commas between."""
    text_pairs = (each.rpartition("=")[::2] for each in str(value).split(",") if each.strip())
    pairs = {str(name).strip(): str(user).strip() for name, user in (value.items() if isinstance(value, dict) else text_pairs)}
    if not all(name and re.fullmatch(r"[UW][A-Z0-9]{2,20}", user) for name, user in pairs.items()):
        raise ValueError("it must be like alice@example.com=U0ALICE")
    return MappingProxyType(pairs)


def networks(value: object) -> tuple[str, ...]:
    """Addresses and networks in CIDR form."""
    try:
        return tuple(str(ip_network(each, strict=False)) for each in words(value))
    except ValueError as error:
        raise ValueError("it must be networks in CIDR form, e.g. 192.0.2.0/24, 2001:db8::/32") from error


def hours(value: object) -> tuple[int, int]:
    """Working hours `7-20`: from the first hour to before the last."""
    match = re.fullmatch(r"(\d{1,2})\s*-\s*(\d{1,2})", str(value).strip())
    if not match or not int(match[1]) < int(match[2]) <= 24:
        raise ValueError("it must be hours of a day, e.g. 7-20")
    return int(match[1]), int(match[2])


def zones(value: object) -> MappingProxyType[str, str]:
    """A table, or `alice@example.com=Europe/Lisbon` with commas between."""
    pairs = value.items() if isinstance(value, dict) else (each.partition("=")[::2] for each in str(value).split(",") if each.strip())
    return MappingProxyType({str(name).strip().lower(): zone(str(place).strip()) for name, place in pairs})
