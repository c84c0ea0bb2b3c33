"""What a change of a Session document changed, in words: “streaming on → off; log group /acme/ssm → none; idle time-out 20 → 60 min”.

A change weakens what can be known of sessions, or who is held to what: a place for logs emptied or another, streaming or a demand for encryption
off, a longer time-out, another user or another profile. Source of the inputs: Systems Manager User Guide, "Session document schema".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.model import Document
from bot.core.redact import redact
from bot.core.text import clip, visible

MOST = 80  # characters of one value
IDLE = 20  # minutes, where none are set
DIGITS = 6  # more is no time-out


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that is another now; `weaker` says that less is recorded or more allowed than before."""

    name: str
    before: str
    after: str
    weaker: bool = False

    @property
    def words(self) -> str:
        """`streaming on → off`."""
        return f"{self.name} {self.before} → {self.after}"


Value = Callable[[Any], str]
Weaker = Callable[[str, str], bool]


def _text(value: object) -> str:
    held = str(value or "").strip()
    return clip(redact(visible(held)), MOST) if held else "none"


def _switch(value: object) -> str:
    return "on" if str(value).strip().lower() == "true" else "off"


def _minutes(value: object) -> str:
    held = str(value or "").strip()
    return f"{held} min" if held.isascii() and held.isdecimal() and len(held) <= DIGITS else _text(held)


def _longer(before: str, after: str) -> bool:
    """None is without end."""
    numbers = [int(each.removesuffix(" min")) if each.endswith(" min") else None for each in (before, after)]
    return numbers[1] is None or (numbers[0] is not None and numbers[1] > numbers[0])


def _moved(before: str, after: str) -> bool:
    """From a place that was watched to another or to none; a first place is no weakening."""
    return before not in ("none", after)


def _off(before: str, after: str) -> bool:
    return (before, after) == ("on", "off")


def _other(before: str, after: str) -> bool:
    return before != after


SETTINGS: tuple[tuple[str, str, Value, Weaker], ...] = (
    ("cloudWatchStreamingEnabled", "streaming", _switch, _off),
    ("cloudWatchLogGroupName", "log group", _text, _moved),
    ("cloudWatchEncryptionEnabled", "demand for an encrypted log group", _switch, _off),
    ("s3BucketName", "bucket", _text, _moved),
    ("s3KeyPrefix", "prefix", _text, _moved),
    ("s3EncryptionEnabled", "demand for an encrypted bucket", _switch, _off),
    ("kmsKeyId", "session key", _text, _moved),
    ("idleSessionTimeout", "idle time-out", lambda value: _minutes(value or IDLE), _longer),
    ("maxSessionDuration", "maximum duration", _minutes, _longer),
    ("runAsEnabled", "Run As", _switch, _other),
    ("runAsDefaultUser", "Run As user", _text, _other),
)


def differences(before: Document | None, after: Document | None) -> tuple[Difference, ...]:
    """What differs, in the order of the table, what is not in the table last. None is a document that is not there: it sets nothing."""
    was, now = (_settings(document) for document in (before, after))
    names = dict.fromkeys([*was, *now])
    found = (Difference(name, was.get(name, ("none", _other))[0], now.get(name, ("none", _other))[0]) for name in names)
    weaker = {name: test for settings in (was, now) for name, (_, test) in settings.items()}
    return tuple(
        Difference(one.name, one.before, one.after, weaker[one.name](one.before, one.after)) for one in found if one.before != one.after
    )


def _settings(document: Document | None) -> dict[str, tuple[str, Weaker]]:
    """Each setting as it is shown. A document that is not there has every default."""
    inputs = document.inputs if document else {}
    made = {name: (value(inputs.get(key)), weaker) for key, name, value, weaker in SETTINGS}
    made["session type"] = _text(document.session_type if document else ""), _moved
    return {**made, **{name: (value, _other) for name, value in _rest(document, inputs)}}


def _rest(document: Document | None, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Profiles, what a document of its own runs or opens, and inputs that are not known here."""
    profiles = inputs.get("shellProfile")
    for system, text in sorted(profiles.items() if isinstance(profiles, Mapping) else ()):
        yield f"{visible(str(system))} profile", _text(text)
    known = {key for key, *_ in SETTINGS} | {"shellProfile"}
    yield from ((f"input {visible(clip(str(key), 40))}", _text(value)) for key, value in sorted(inputs.items()) if key not in known)
    if document:
        yield from ((f"property {visible(clip(str(key), 40))}", _text(value)) for key, value in sorted(document.properties.items()))


def in_words(found: tuple[Difference, ...], most: int = 6) -> str:
    """The differences, what weakens first."""
    rows = sorted(found, key=lambda one: not one.weaker)
    more = f"; {len(rows) - most} more" if len(rows) > most else ""
    return "; ".join(one.words for one in rows[:most]) + more
