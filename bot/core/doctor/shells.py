"""What the preferences do to a shell on its node: whose it is, and what runs in it before anyone types."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.doctor.facts import Estate
from bot.core.doctor.preferences import read_inputs, setting
from bot.core.doctor.result import About, Verdict, fault, ok
from bot.core.redact import redact

MOST_PROFILE = 512  # characters


def run_as(estate: Estate) -> Iterator[Verdict]:
    """Which operating system user a session has."""
    found = read_inputs(estate)
    if found is None:
        return
    if found.run_as and found.run_as_user.strip() == "root":
        yield fault(
            "Sessions shall run as root, which Session Manager refuses: nobody without a tag of their own gets in.",
            setting(estate, "let people without the tag run as ssm-user", {"runAsDefaultUser": "ssm-user"}),
        )
    elif found.run_as:
        who = found.run_as_user or "nobody: without the tag SSMSessionRunAs a session is refused"
        yield ok(f"Run As is on; the default user is {who}.")
    else:
        yield ok("Run As is off: every session is ssm-user, who may use sudo unless the node forbids it.")


def profile(estate: Estate) -> Iterator[Verdict]:
    """What the shell profile does to every session and its log."""
    found = read_inputs(estate)
    if found is None:
        return
    held = {system: text for system, text in found.profiles.items() if text.strip()}
    if not held:
        yield ok("No shell profile.")
    for system, text in held.items():
        cleared = setting(estate, f"take the {system} profile out", {"shellProfile": {**found.profiles, system: ""}})
        if redact(text) != text:
            yield fault(f"The {system} profile holds a secret, and every session echoes it into its log.", cleared, system)
        elif len(text) > MOST_PROFILE:
            yield fault(f"The {system} profile is {len(text)} characters long; Session Manager takes {MOST_PROFILE}.", cleared, system)
        else:
            yield ok(f"The {system} profile runs in every session and shows in its log.", system)


CHECKS = (
    About("preferences.run-as", "Run As", "Session Manager refuses root, and a missing user refuses the session.", run_as),
    About("preferences.profile", "Shell profile", "What it says runs in every session and is echoed into every log.", profile),
)
