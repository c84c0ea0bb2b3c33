"""Where logs go: do the places exist, do they meet what the preferences demand, and do logs arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.doctor.facts import Arrival, Bucket, Estate, Group
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.grants import Unparsed, statements
from bot.core.plan import Step, pretty
from bot.core.plan_places import DAYS, block_public, create_bucket, create_group, encrypt_bucket, keep_group, version_bucket
from bot.core.plan_preferences import Inputs, changed, inputs
from bot.core.text import listed, plural

SERVICE = ("Service", "ssm.amazonaws.com")


def _inputs(estate: Estate) -> Inputs | None:
    document = known(estate.preferences)
    return inputs(document) if document else None


def _bucket(estate: Estate) -> Bucket | None:
    """The bucket, if the preferences name one and it exists."""
    found = _inputs(estate)
    held = known(estate.bucket) if found and found.bucket and "{{" not in found.bucket else None
    return held if held is not None and held.exists else None


def _group(estate: Estate) -> Group | None:
    found = _inputs(estate)
    held = known(estate.group) if found and found.group and "{{" not in found.group else None
    return held if held is not None and held.exists else None


def _setting(estate: Estate, about: str, wanted: dict[str, Any]) -> tuple[Step, ...]:
    return changed(known(estate.preferences), wanted, estate.place.region, about)


def bucket_exists(estate: Estate) -> Iterator[Verdict]:
    """Whether the bucket is there."""
    found = _inputs(estate)
    if found is None or not found.bucket or "{{" in found.bucket:
        return
    held = known(estate.bucket)
    if held is not None and held.exists:
        yield ok(f"The bucket {held.name} exists.", held.name)
        return
    steps = create_bucket(found.bucket, estate.place.region)
    yield fault(
        f"The bucket {found.bucket} does not exist: no log is kept" + (", and no session starts." if found.bucket_encrypted else "."),
        Fix("Make the bucket.", steps),
        found.bucket,
    )


def bucket_region(estate: Estate) -> Iterator[Verdict]:
    """Whether the bucket is in the Region."""
    held = _bucket(estate)
    if held is None:
        return
    if held.region == estate.place.region:
        yield ok(f"The bucket is in {held.region}.", held.name)
        return
    yield warning(
        f"The bucket is in {held.region}: nodes without a way to the internet cannot reach it, since an S3 gateway endpoint serves its own Region only.",
        f"Name a bucket in {estate.place.region}, unless every node has a way out.",
        held.name,
    )


def bucket_encryption(estate: Estate) -> Iterator[Verdict]:
    """Default encryption, against what the preferences demand."""
    held, found = _bucket(estate), _inputs(estate)
    if held is None or found is None:
        return
    if held.algorithm:
        yield ok(f"The bucket encrypts by default ({held.algorithm}).", held.name)
        return
    said = "The bucket does not encrypt by default"
    fix = Fix("Encrypt by default.", encrypt_bucket(held.name, held.region))
    if found.bucket_encrypted:
        yield fault(f"{said}, but the preferences demand it: no session starts.", fix, held.name)
    else:
        yield warning(f"{said}.", fix, held.name)


def bucket_public(estate: Estate) -> Iterator[Verdict]:
    """Block Public Access."""
    held = _bucket(estate)
    if held is None:
        return
    if held.blocked:
        yield ok("Public access is blocked.", held.name)
        return
    yield fault(
        "Public access to the bucket of session logs is not blocked.",
        Fix("Block public access.", block_public(held.name, held.region)),
        held.name,
    )


def bucket_kept(estate: Estate) -> Iterator[Verdict]:
    """Whether a log can be taken away."""
    held = _bucket(estate)
    if held is None:
        return
    if held.expires is not None and held.expires < DAYS:
        yield warning(
            f"A lifecycle rule removes logs after {plural(held.expires, 'day')}.",
            f"Let the rule keep them for {DAYS} days or more.",
            held.name,
        )
    elif held.locked or held.versioned:
        yield ok("Object lock holds the logs." if held.locked else "Versions are kept, so a deleted log can be brought back.", held.name)
    else:
        said = "Neither versions nor object lock: whoever may delete an object can take a log away for good."
        yield warning(said, Fix("Keep versions.", version_bucket(held.name, held.region)), held.name)


def bucket_policy(estate: Estate) -> Iterator[Verdict]:
    """What the bucket's policy lets happen. The node's role writes the logs; ssm.amazonaws.com never does."""
    held = _bucket(estate)
    if held is None:
        return
    try:
        found = statements(held.policy) if held.policy else ()
    except Unparsed as error:
        yield unknown(f"The bucket's policy cannot be read: {error}.", held.name)
        return
    if open_ones := [s for s in found if s.public]:
        rest = [raw for raw, s in zip(_rows(held), found, strict=True) if not s.public]
        yield fault(
            f"{plural(len(open_ones), 'statement')} of the bucket's policy lets everyone in.",
            Fix("Take the statement out; the others stay as they are.", _without(held, rest)),
            held.name,
        )
    elif any(s.effect == "Allow" and SERVICE in s.principals for s in found):
        yield ok(
            "The policy has a statement for ssm.amazonaws.com; it has no effect on session logs, since the node's role uploads them.",
            held.name,
        )
    else:
        yield ok("The bucket's policy lets in nobody without a condition.", held.name)


def _rows(held: Bucket) -> list[Any]:
    rows = (held.policy or {}).get("Statement", [])
    return rows if isinstance(rows, list) else [rows]


def _without(held: Bucket, rest: list[Any]) -> tuple[Step, ...]:
    before = pretty(held.policy)
    back = Step("s3", "put_bucket_policy", {"Bucket": held.name, "Policy": before}, "bring the former policy back", region=held.region)
    if not rest:
        return (Step("s3", "delete_bucket_policy", {"Bucket": held.name}, "remove the policy", before, "", held.region, (back,)),)
    after = pretty({**(held.policy or {}), "Statement": rest})
    return (
        Step(
            "s3",
            "put_bucket_policy",
            {"Bucket": held.name, "Policy": after},
            "take the open statement out",
            before,
            after,
            held.region,
            (back,),
        ),
    )


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
    About("bucket.exists", "Bucket exists", "A log that has nowhere to go is lost without a word.", bucket_exists),
    About("bucket.region", "Bucket in the Region", "A gateway endpoint reaches buckets of its own Region only.", bucket_region),
    About("bucket.encryption", "Bucket encrypted", "If encryption is demanded and missing, no session starts.", bucket_encryption),
    About("bucket.public", "Bucket not public", "Session logs hold what people typed.", bucket_public),
    About("bucket.kept", "Bucket keeps logs", "A log that the person it speaks of can delete proves nothing.", bucket_kept),
    About("bucket.policy", "Bucket policy", "A statement for everyone opens the logs; one for ssm.amazonaws.com does nothing.", bucket_policy),
    About("group.exists", "Log group exists", "The agent never makes it; a missing one only leaves a warning on the node.", group_exists),
    About("group.class", "Log group's class", "Infrequent Access has no indexes and fewer commands of Logs Insights.", group_class),
    About("group.kept", "Log group keeps logs", "A review may come months after the session.", group_kept),
    About("group.encryption", "Log group encrypted", "If a key is demanded and missing, no session starts.", group_encryption),
    About("logs.arriving", "Logs arrive", "Everything can look right and still nothing arrives; only the logs themselves show it.", arriving),
)  # fmt: skip
