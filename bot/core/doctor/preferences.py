"""The Region's preferences: do they exist, do they name a place for logs, and what do they demand of a session."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.doctor.facts import Estate, SessionDocument
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.plan_preferences import IDLE, LONGEST, Inputs, changed, inputs, promoted
from bot.core.text import plural, sentence

MOST_IDLE, MOST_LONG = 60, 1440  # minutes


def _document(estate: Estate) -> SessionDocument | None:
    return known(estate.preferences)


def read_inputs(estate: Estate) -> Inputs | None:
    """The inputs, where preferences exist. Raises NotKnownError."""
    document = _document(estate)
    return inputs(document) if document else None


def setting(estate: Estate, about: str, wanted: Mapping[str, Any]) -> Fix:
    """The fix that sets some inputs and leaves the others."""
    return Fix(sentence(about), changed(_document(estate), wanted, estate.place.region, about))


def setup(estate: Estate) -> str:
    """The command that sets logging up there; what the configuration does not tell stands in capitals."""
    expected = estate.expected
    scope = f" --scope {shlex.quote(expected.scope)}" if expected.scope else ""
    named = [
        ("bucket", expected.bucket or "BUCKET"),
        ("prefix", expected.prefix or "PREFIX"),
        ("log-group", next(iter(expected.log_groups), "GROUP")),
    ]
    places = " ".join(f"--{name} {shlex.quote(value)}" for name, value in named)
    return f"countersign setup logging{scope} --region {estate.place.region} {places}"


def _destination(estate: Estate) -> dict[str, Any]:
    """Where the bot's own configuration looks for logs: the best guess at where they should go."""
    expected = estate.expected
    return {
        "s3BucketName": expected.bucket,
        "s3KeyPrefix": expected.prefix,
        "cloudWatchLogGroupName": next(iter(expected.log_groups), ""),
    }


def saved(estate: Estate) -> Iterator[Verdict]:
    """Whether preferences exist."""
    if _document(estate) is not None:
        yield ok("Preferences are saved.")
        return
    fix = Fix(
        f"Save preferences; `{setup(estate)}` also makes the places for logs.",
        changed(None, _destination(estate), estate.place.region, "save preferences"),
    )
    yield fault("No preferences were ever saved in this Region: nothing is logged, and sessions have no maximum duration.", fix)


def version(estate: Estate) -> Iterator[Verdict]:
    """Whether the newest version is the one in force."""
    document = _document(estate)
    if document is None:
        return
    steps = promoted(document, estate.place.region)
    if not steps:
        yield ok(f"Version {document.default_version} is the newest and in force.")
        return
    yield warning(
        f"Version {document.latest_version} is the newest, but {document.default_version} is the default: what the console shows and what sessions use may differ.",
        Fix("Read both versions, then put the newest in force.", steps),
    )


def destination(estate: Estate) -> Iterator[Verdict]:
    """Whether a place for logs is named."""
    found = read_inputs(estate)
    if found is None:
        return
    if found.named:
        yield ok("Logs go to " + " and ".join(filter(None, [found.bucket and f"s3://{found.bucket}/{found.prefix}", found.group])) + ".")
        return
    words = f"Name a place for logs: `{setup(estate)}`."
    wanted = _destination(estate)
    steps = changed(_document(estate), wanted, estate.place.region, "name a place for logs") if any(wanted.values()) else ()
    yield fault("The preferences name neither a bucket nor a log group: no session of the default shell is logged.", Fix(words, steps))


def bucket(estate: Estate) -> Iterator[Verdict]:
    """Whether the bucket is named as SSM wants it: a name, and the prefix in a field of its own."""
    found = read_inputs(estate)
    if found is None or not found.bucket:
        return
    if "{{" in found.bucket:
        yield unknown(f"The bucket is a parameter ({found.bucket}): each session may have another.")
        return
    if "/" not in found.bucket and ":" not in found.bucket and not found.prefix.startswith("/"):
        yield ok(f"Bucket {found.bucket}, prefix {found.prefix or '(none)'}.")
        return
    name, _, inner = found.bucket.removeprefix("s3://").removeprefix("arn:aws:s3:::").partition("/")
    prefix = "/".join(filter(None, [inner.strip("/"), found.prefix.strip("/")]))
    yield fault(
        f"The bucket is given as “{found.bucket}” with prefix “{found.prefix}”; SSM wants the bare name and a prefix without a leading slash, so no log is written.",
        setting(estate, f"bucket {name}, prefix {prefix or '(none)'}", {"s3BucketName": name, "s3KeyPrefix": prefix}),
    )


def streaming(estate: Estate) -> Iterator[Verdict]:
    """Whether shells stream while they go on."""
    found = read_inputs(estate)
    if found is None or not found.group:
        return
    if found.streaming:
        yield ok("Shell sessions stream to the log group while they go on; other kinds are written at their end.")
        return
    yield warning(
        "Streaming is off: a log is written only when its session ends, and a node that stops or is killed first leaves none.",
        setting(estate, "turn streaming on", {"cloudWatchStreamingEnabled": True}),
    )


def copies(estate: Estate) -> Iterator[Verdict]:
    """Whether logs go to both places."""
    found = read_inputs(estate)
    if found is None or not found.named:
        return
    if found.bucket and found.group:
        yield ok("A bucket and a log group: one copy can be read live, one is kept.")
        return
    missing, wanted = (
        ("log group", {"cloudWatchLogGroupName": next(iter(estate.expected.log_groups), "")})
        if found.bucket
        else (
            "bucket",
            {"s3BucketName": estate.expected.bucket, "s3KeyPrefix": estate.expected.prefix},
        )
    )
    words = f"Name a {missing} too: `{setup(estate)}`."
    steps = changed(_document(estate), wanted, estate.place.region, f"name a {missing}") if any(wanted.values()) else ()
    lost = "nothing can be read while a session goes on" if found.bucket else "the only copy lies in the log group"
    yield warning(f"No {missing} is named: {lost}.", Fix(words, steps))


def encryption(estate: Estate) -> Iterator[Verdict]:
    """Whether encrypted places are demanded."""
    found = read_inputs(estate)
    if found is None or not found.bucket:
        return
    if found.bucket_encrypted:
        yield ok("An encrypted bucket is demanded: without one a session does not start.")
        return
    yield warning(
        "An encrypted bucket is not demanded: logs would be written to an unencrypted one without a word.",
        setting(estate, "demand an encrypted bucket", {"s3EncryptionEnabled": True}),
    )


def key(estate: Estate) -> Iterator[Verdict]:
    """Whether the session's own key works. It encrypts the channel between client and node, not the logs."""
    found = read_inputs(estate)
    if found is None:
        return
    if not found.key:
        yield ok("No KMS key: the channel is encrypted by TLS alone.")
        return
    held = known(estate.key)
    if held is not None and held.state == "Enabled":
        yield ok(f"The channel is encrypted with {held.id}; people need kms:GenerateDataKey on it, nodes kms:Decrypt.")
        return
    said = "does not exist" if held is None or not held.state else f"is {held.state}"
    yield fault(
        f"The key {found.key} {said}: no shell session starts.",
        setting(estate, "stop demanding the key (or name another with `countersign setup logging --kms-key`)", {"kmsKeyId": ""}),
    )


def idle(estate: Estate) -> Iterator[Verdict]:
    """The idle time-out."""
    found = read_inputs(estate)
    if found is None:
        return
    minutes = found.idle if found.idle is not None else IDLE
    fix = setting(estate, f"end sessions after {IDLE} idle minutes", {"idleSessionTimeout": str(IDLE)})
    if not 1 <= minutes <= MOST_IDLE:
        yield fault(f"The idle time-out is not between 1 and {MOST_IDLE} minutes.", fix)
    elif minutes > IDLE:
        yield warning(f"A session stays open for {minutes} idle minutes; an unattended screen is anyone's.", fix)
    else:
        yield ok(f"Sessions end after {plural(minutes, 'idle minute')}.")


def longest(estate: Estate) -> Iterator[Verdict]:
    """The maximum duration."""
    found = read_inputs(estate)
    if found is None:
        return
    fix = setting(estate, f"end sessions after {LONGEST} minutes", {"maxSessionDuration": str(LONGEST)})
    if found.longest is None:
        yield warning("There is no maximum duration: a closed window can leave a session open for days.", fix)
    elif not 1 <= found.longest <= MOST_LONG:
        yield fault(f"The maximum duration is not between 1 and {MOST_LONG} minutes.", fix)
    elif found.longest > LONGEST:
        yield warning(f"A session may last {found.longest} minutes.", fix)
    else:
        yield ok(f"Sessions end after {plural(found.longest, 'minute')}.")


def where(estate: Estate) -> Iterator[Verdict]:
    """Whether the bot looks where the preferences send logs."""
    found, expected = read_inputs(estate), estate.expected
    if found is None or not (expected.bucket or expected.log_groups):
        return
    lost = [f"the log group {found.group}"] if found.group and expected.log_groups and found.group not in expected.log_groups else []
    lost += [f"the bucket {found.bucket}"] if found.bucket and expected.bucket and found.bucket != expected.bucket else []
    if lost:
        yield warning(
            f"Logs go to {' and '.join(lost)}, which the bot's configuration does not name.",
            "Set log_groups and bucket of this scope to what the preferences say.",
        )
    else:
        yield ok("The bot's configuration names the places that logs go to.")


CHECKS = (
    About("preferences.saved", "Preferences exist", "Without the document SSM-SessionManagerRunShell nothing is logged.", saved),
    About("preferences.version", "Newest version in force", "A change that is saved but not in force is no change.", version),
    About("preferences.destination", "A place for logs", "Logging is on only where a bucket or a log group is named.", destination),
    About("preferences.bucket", "Bucket and prefix", "The name and the prefix are two fields; a path in the name writes nothing, silently.", bucket),
    About("preferences.copies", "Two places", "The log group shows a session while it goes on, the bucket keeps the whole log.", copies),
    About("preferences.streaming", "Streaming", "Without it a log exists only after the end, and a node killed first leaves nothing.", streaming),
    About("preferences.encryption", "Encryption demanded", "Logs hold what people typed, secrets among it.", encryption),
    About("preferences.key", "Session key", "A key that is disabled or gone stops every shell session.", key),
    About("preferences.idle", "Idle time-out", "An open session on an unattended screen is anyone's; 20 minutes is AWS's default.", idle),
    About("preferences.longest", "Maximum duration", "Without it a closed window can leave a session open for days; 60 minutes is usual.", longest),
    About("preferences.where", "The bot looks there", "A log that the bot does not look for is a log that nobody reads.", where),
)  # fmt: skip
