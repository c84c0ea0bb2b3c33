"""The log group that logs go to, and whether logs arrive at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.doctor.facts import Arrival, Estate, Group
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, warning
from bot.core.plan import Step
from bot.core.plan_places import DAYS, create_group, keep_group
from bot.core.plan_preferences import Inputs, changed, inputs
from bot.core.text import listed, plural


def _inputs(estate: Estate) -> Inputs | None:
    document = known(estate.preferences)
    return inputs(document) if document else None


def _group(estate: Estate) -> Group | None:
    found = _inputs(estate)
    held = known(estate.group) if found and found.group and "{{" not in found.group else None
    return held if held is not None and held.exists else None


def _setting(estate: Estate, about: str, wanted: dict[str, Any]) -> tuple[Step, ...]:
    return changed(known(estate.preferences), wanted, estate.place.region, about)


def group_exists(estate: Estate) -> Iterator[Verdict]:
    """Whether the log group is there: the agent never makes it."""
    found = _inputs(estate)
    if found is None or not found.group or "{{" in found.group:
        return
    held = known(estate.group)
    if held is not None and held.exists:
        yield ok(f"The log group {held.name} exists.", held.name)
        return
    steps = create_group(found.group, estate.place.region)
    yield fault(
        f"The log group {found.group} does not exist, and the agent never makes it: nothing is written there.",
        Fix("Make the log group.", steps),
        found.group,
    )


def group_class(estate: Estate) -> Iterator[Verdict]:
    """The log class."""
    held = _group(estate)
    if held is None:
        return
    if held.log_class in ("", "STANDARD"):
        yield ok("Class Standard.", held.name)
        return
    yield warning(
        f"The log group's class is {held.log_class}: Logs Insights finds less there and indexes nothing, and a class cannot be changed.",
        "Make a new log group of class Standard and name it: `countersign setup logging --log-group NEW`.",
        held.name,
    )


def group_kept(estate: Estate) -> Iterator[Verdict]:
    """Retention."""
    held = _group(estate)
    if held is None:
        return
    if held.retention is None or held.retention >= DAYS:
        yield ok("Logs are kept for ever." if held.retention is None else f"Logs are kept for {held.retention} days.", held.name)
        return
    yield warning(
        f"Logs are removed after {plural(held.retention, 'day')}.",
        Fix(f"Keep them for {DAYS} days.", keep_group(held, DAYS, estate.place.region)),
        held.name,
    )


def group_encryption(estate: Estate) -> Iterator[Verdict]:
    """The log group's key, against what the preferences demand."""
    held, found = _group(estate), _inputs(estate)
    if held is None or found is None:
        return
    if not found.group_encrypted:
        yield ok(
            "A KMS key is not demanded of the log group; CloudWatch encrypts with its own."
            if not held.key
            else f"Encrypted with {held.key}.",
            held.name,
        )
    elif held.key:
        yield ok(f"Encrypted with {held.key}, as the preferences demand.", held.name)
    else:
        about = "stop demanding a KMS key (or give the log group one: `countersign setup logging --log-group-key ARN`)"
        yield fault(
            "The preferences demand an encrypted log group and this one has no KMS key: no session starts.",
            Fix(about[0].upper() + about[1:] + ".", _setting(estate, about, {"cloudWatchEncryptionEnabled": False})),
            held.name,
        )


def arriving(estate: Estate) -> Iterator[Verdict]:
    """Whether the sessions that ended lately left their logs."""
    found = _inputs(estate)
    if found is None or not found.named:
        return
    ended = known(estate.arrivals)
    if not ended:
        yield ok("No session that should have left a log ended lately.")
        return
    lost = [one for one in ended if False in (one.in_bucket, one.in_group)]
    if not lost:
        yield ok(f"{plural(len(ended), 'session')} ended lately, and every log arrived.")
        return
    said = f"{len(lost)} of {plural(len(ended), 'session')} that ended lately left no log {_where(lost)}: {listed([one.session for one in lost], 3)}."
    fix = "Look at the checks of nodes and network: the node's role uploads, over its own network. `/ssm coverage 24h` gives each cause."
    yield fault(said, fix) if len(lost) == len(ended) else warning(said, fix)


def _where(lost: list[Arrival]) -> str:
    places = [
        ("in the bucket", any(one.in_bucket is False for one in lost)),
        ("in the log group", any(one.in_group is False for one in lost)),
    ]
    return " or ".join(name for name, missing in places if missing)


CHECKS = (
    About("group.exists", "Log group exists", "The agent never makes it; a missing one only leaves a warning on the node.", group_exists),
    About("group.class", "Log group's class", "Infrequent Access has no indexes and fewer commands of Logs Insights.", group_class),
    About("group.kept", "Log group keeps logs", "A review may come months after the session.", group_kept),
    About("group.encryption", "Log group encrypted", "If a key is demanded and missing, no session starts.", group_encryption),
    About(
        "logs.arriving", "Logs arrive", "Everything can look right and still nothing arrives; only the logs themselves show it.", arriving
    ),
)
