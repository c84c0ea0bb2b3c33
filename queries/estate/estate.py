"""One estate a place, put together from its parts; the Source says which places were looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.doctor.facts import Bucket, Estate, Expected, Group, Key, Part, SessionDocument, Unknown
from bot.core.plan_preferences import Inputs, inputs
from queries.estate.look import Look
from queries.inquiry import Asking, Inquiry, place_name
from queries.scopes import Post, Scope

QUERY = """aws ssm get-document --name SSM-SessionManagerRunShell; aws ssm list-documents --filters Key=DocumentType,Values=Session Key=Owner,Values=Self
aws s3api head-bucket, get-bucket-encryption, get-public-access-block, get-bucket-versioning, get-object-lock-configuration, get-bucket-lifecycle-configuration, get-bucket-policy
aws logs describe-log-groups, describe-log-streams; aws kms describe-key; aws ssm describe-sessions --state History"""


def read(inquiry: Inquiry, now: datetime) -> tuple[Estate, ...]:
    """Every place's estate. A part that cannot be read is Unknown in it; a place is unread only if nothing of it could be."""
    asking = Asking("aws", "estate", QUERY, inquiry.posts(), place_name, None, "aws")
    said, source = inquiry.put(asking, lambda post: place(inquiry, post, now))
    found = tuple(estate for _, estate in said.answers)
    inquiry.asked.add(replace(source, rows=len(found)))
    return found


def place(inquiry: Inquiry, post: Post, now: datetime) -> Estate:
    """One place's estate."""
    from queries.estate import destinations, documents  # noqa: PLC0415 - light start: botocore only when AWS is asked

    look = Look(post, inquiry.shared.clients, inquiry.budget)
    preferences = look.part(documents.preferences, "ssm")
    wanted = _inputs(preferences)
    return Estate(
        post.place,
        expected(post.scope, post.region),
        preferences,
        look.part(documents.others, "ssm"),
        look.part(documents.tunnels, "ssm"),
        _bucket(look, wanted),
        _group(look, wanted),
        _key(look, wanted),
        look.part(lambda look: destinations.arrivals(look, wanted, now), "ssm") if wanted and wanted.named else (),
        tries=tuple(look.tries[action] for action in sorted(look.tries)),
    )


def expected(scope: Scope, region: str) -> Expected:
    """What the configuration says of a place; the table only in its home Region."""
    home = scope.table and region == scope.home
    return Expected(
        scope.log_groups, scope.bucket, scope.prefix,
        f"{scope.database}.{scope.table}" if home else "", scope.workgroup if home else "", scope.output if home else "",
    )  # fmt: skip


def _inputs(preferences: Part[SessionDocument | None]) -> Inputs | None:
    return None if preferences is None or isinstance(preferences, Unknown) else inputs(preferences)


def _plain(name: str) -> bool:
    """Whether a name can be asked for: no parameter, no path."""
    return bool(name) and not set("{}/:") & set(name)


def _bucket(look: Look, wanted: Inputs | None) -> Part[Bucket | None]:
    from queries.estate import destinations  # noqa: PLC0415 - as above

    if wanted is None or not _plain(wanted.bucket):
        return None
    return look.part(lambda look: destinations.bucket(look, wanted.bucket), "s3")


def _group(look: Look, wanted: Inputs | None) -> Part[Group | None]:
    from queries.estate import destinations  # noqa: PLC0415 - as above

    if wanted is None or not wanted.group or "{" in wanted.group:
        return None
    return look.part(lambda look: destinations.group(look, wanted.group), "logs")


def _key(look: Look, wanted: Inputs | None) -> Part[Key | None]:
    from queries.estate import destinations  # noqa: PLC0415 - as above

    if wanted is None or not wanted.key:
        return None
    return look.part(lambda look: destinations.key(look, wanted.key), "kms")
