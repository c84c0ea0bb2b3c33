"""The other Session documents: each overrides the preferences for the sessions that ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.doctor.facts import Estate, SessionDocument, Unknown
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.plan import Step
from bot.core.plan_preferences import changed, inputs
from bot.core.text import listed

LOGGED_TYPES = frozenset({"Standard_Stream", "InteractiveCommands", "NonInteractiveCommands"})
PLACES = (
    "s3BucketName",
    "s3KeyPrefix",
    "s3EncryptionEnabled",
    "cloudWatchLogGroupName",
    "cloudWatchEncryptionEnabled",
    "cloudWatchStreamingEnabled",
)


def logging(estate: Estate) -> Iterator[Verdict]:
    """Whether each document names a place for logs."""
    found = known(estate.documents)
    if not found:
        yield ok("There are no other Session documents.")
    for document in found:
        yield _logs(document, estate)


def _logs(document: SessionDocument, estate: Estate) -> Verdict:
    if document.session_type == "Port":
        return warning(
            f"{document.name} opens tunnels, and AWS never logs what goes through one.",
            "Keep it only for people who need it; `/ssm ports` shows who used it.",
            document.name,
        )
    if document.session_type not in LOGGED_TYPES:
        return unknown(f"{document.name} has no session type that is known.", document.name)
    if inputs(document).named:
        return ok(f"{document.name} logs.", document.name)
    return fault(
        f"Whoever starts {document.name} is not logged: it names no place for logs of its own.",
        _as_preferred(document, estate),
        document.name,
    )


def _as_preferred(document: SessionDocument, estate: Estate) -> Fix:
    """The places of the preferences, written into the document."""
    about = f"let {document.name} log where the preferences do"
    preferred = estate.preferences
    if preferred is None or isinstance(preferred, Unknown) or not inputs(preferred).named:
        return Fix(f"Save preferences that name a place first, then {about}.")
    wanted = {name: preferred.inputs[name] for name in PLACES if name in preferred.inputs}
    return Fix(about[0].upper() + about[1:] + ".", changed(document, wanted, estate.place.region, about))


def shared(estate: Estate) -> Iterator[Verdict]:
    """Whether other accounts may use a document."""
    for document in known(estate.documents):
        if isinstance(document.shared, Unknown):
            yield unknown(document.shared.why, document.name)
        elif "all" in document.shared:
            yield fault(f"{document.name} is public: every AWS account can read it.", _unshare(document, estate), document.name)
        elif document.shared:
            said = f"{document.name} is shared with {listed(list(document.shared))}: its sessions there are logged there, if at all."
            yield warning(said, _unshare(document, estate), document.name)
        else:
            yield ok(f"{document.name} is this account's alone.", document.name)


def _unshare(document: SessionDocument, estate: Estate) -> Fix:
    accounts = list(document.shared) if not isinstance(document.shared, Unknown) else []
    parameters = {"Name": document.name, "PermissionType": "Share", "AccountIdsToRemove": accounts}
    back = Step(
        "ssm", "modify_document_permission", {"Name": document.name, "PermissionType": "Share", "AccountIdsToAdd": accounts},
        f"share {document.name} again", region=estate.place.region,
    )  # fmt: skip
    about = f"stop sharing {document.name}"
    return Fix(
        "Stop sharing it, unless it is meant.",
        (Step("ssm", "modify_document_permission", parameters, about, ", ".join(accounts), "", estate.place.region, (back,)),),
    )


def tunnels(estate: Estate) -> Iterator[Verdict]:
    """Which of AWS's own tunnel documents can be started here."""
    found = known(estate.tunnels)
    if not found:
        yield ok("None of AWS's tunnel documents can be read here.")
        return
    yield ok(
        f"{listed(list(found), 6)} can be started by whoever may ssm:StartSession on them; what goes through is never logged, `/ssm ports` shows who did."
    )


CHECKS = (
    About("documents.logging", "Other documents log", "A Session document overrides the preferences for its sessions; one without a place logs nothing.", logging),
    About("documents.shared", "Not shared", "A shared document is started in accounts whose logs nobody here reads.", shared),
    About("documents.tunnels", "Tunnel documents", "AWS's own documents for port forwarding and SSH leave no transcript, by design.", tunnels),
)  # fmt: skip
