"""The bucket that logs go to: does it exist, does it meet what the preferences demand, and does it keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.doctor.facts import Bucket, Estate
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.grants import Unparsed, statements
from bot.core.plan import Step, pretty
from bot.core.plan_places import DAYS, block_public, create_bucket, encrypt_bucket, version_bucket
from bot.core.plan_preferences import Inputs, inputs
from bot.core.text import plural

SERVICE = ("Service", "ssm.amazonaws.com")


def _inputs(estate: Estate) -> Inputs | None:
    document = known(estate.preferences)
    return inputs(document) if document else None


def _bucket(estate: Estate) -> Bucket | None:
    """The bucket, if the preferences name one and it exists."""
    found = _inputs(estate)
    held = known(estate.bucket) if found and found.bucket and "{{" not in found.bucket else None
    return held if held is not None and held.exists else None


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


CHECKS = (
    About("bucket.exists", "Bucket exists", "A log that has nowhere to go is lost without a word.", bucket_exists),
    About("bucket.region", "Bucket in the Region", "A gateway endpoint reaches buckets of its own Region only.", bucket_region),
    About("bucket.encryption", "Bucket encrypted", "If encryption is demanded and missing, no session starts.", bucket_encryption),
    About("bucket.public", "Bucket not public", "Session logs hold what people typed.", bucket_public),
    About("bucket.kept", "Bucket keeps logs", "A log that the person it speaks of can delete proves nothing.", bucket_kept),
    About(
        "bucket.policy", "Bucket policy", "A statement for everyone opens the logs; one for ssm.amazonaws.com does nothing.", bucket_policy
    ),
)
