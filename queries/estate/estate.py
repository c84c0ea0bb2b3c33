"""One estate a place, put together from its parts; the Source says which places were looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.doctor.facts import Estate, Expected, Part, SessionDocument, Unknown
from bot.core.plan_preferences import Inputs, inputs
from queries.estate.look import Look
from queries.estate.once import Once
from queries.inquiry import Asking, Inquiry, place_name
from queries.scopes import Post, Scope

QUERY = """aws ssm get-document --name SSM-SessionManagerRunShell; aws ssm list-documents --filters Key=DocumentType,Values=Session Key=Owner,Values=Self
aws s3api head-bucket, get-bucket-encryption, get-public-access-block, get-bucket-versioning, get-object-lock-configuration, get-bucket-lifecycle-configuration, get-bucket-policy
aws logs describe-log-groups, describe-log-streams; aws kms describe-key; aws ssm describe-sessions --state History
aws ssm describe-instance-information; aws ec2 describe-instances; aws iam get-instance-profile, get-role, get-account-authorization-details, list-attached-role-policies, list-role-policies, get-policy-version
aws ec2 describe-subnets, describe-route-tables, describe-vpc-endpoints, describe-security-groups, describe-vpc-attribute
aws cloudtrail describe-trails, get-trail-status, get-event-selectors; aws glue get-table; aws athena get-work-group"""


def read(inquiry: Inquiry, now: datetime) -> tuple[Estate, ...]:
    """Every place's estate. A part that cannot be read is Unknown in it; a place is unread only if it could not be looked at at all."""
    asking = Asking("aws", "estate", QUERY, inquiry.posts(), place_name, None, "aws")
    accounts = Once()
    said, source = inquiry.put(asking, lambda post: place(inquiry, post, now, accounts))
    found = tuple(estate for _, estate in said.answers)
    inquiry.asked.add(replace(source, rows=len(found)))
    return found


def place(inquiry: Inquiry, post: Post, now: datetime, accounts: Once) -> Estate:
    """One place's estate. What is the same in every Region of an account is read by the first of them."""
    look = Look(post, inquiry.shared.clients, inquiry.budget)
    estate = _network(look, _nodes(look, _destinations(look, _documents(look), now)))
    return _tried(look, _trail(look, _access(look, estate, accounts)), now)


def _access(look: Look, estate: Estate, accounts: Once) -> Estate:
    from queries.estate import access  # noqa: PLC0415 - light start: botocore only when AWS is asked

    return replace(estate, access=accounts.get(look.post.place.account, lambda: look.part(access.access, "iam")))


def _documents(look: Look) -> Estate:
    from queries.estate import documents  # noqa: PLC0415 - light start: botocore only when AWS is asked

    post = look.post
    return Estate(
        post.place,
        expected(post.scope, post.region),
        look.part(documents.preferences, "ssm"),
        look.part(documents.others, "ssm"),
        look.part(documents.tunnels, "ssm"),
    )


def _destinations(look: Look, estate: Estate, now: datetime) -> Estate:
    from queries.estate import destinations  # noqa: PLC0415 - as above

    wanted = _inputs(estate.preferences)
    if wanted is None:
        return replace(estate, bucket=None, group=None, key=None, arrivals=())
    return replace(
        estate,
        bucket=look.part(lambda look: destinations.bucket(look, wanted.bucket, wanted.prefix), "s3") if _plain(wanted.bucket) else None,
        group=look.part(lambda look: destinations.group(look, wanted.group), "logs") if wanted.group and "{" not in wanted.group else None,
        key=look.part(lambda look: destinations.key(look, wanted.key), "kms") if wanted.key else None,
        arrivals=look.part(lambda look: destinations.arrivals(look, wanted, now), "ssm") if wanted.named else (),
    )


def _nodes(look: Look, estate: Estate) -> Estate:
    from queries.estate import nodes  # noqa: PLC0415 - as above

    found = look.part(nodes.nodes, "ec2")
    if isinstance(found, Unknown):
        return replace(estate, nodes=found, roles=found)
    known, why = found
    return replace(estate, nodes=known, roles=why if why is not None else look.part(lambda look: nodes.node_roles(look, known), "iam"))


def _network(look: Look, estate: Estate) -> Estate:
    from queries.estate import network  # noqa: PLC0415 - as above

    found = estate.nodes
    return replace(estate, networks=found if isinstance(found, Unknown) else look.part(lambda look: network.networks(look, found), "ec2"))


def _trail(look: Look, estate: Estate) -> Estate:
    from queries.estate import trail  # noqa: PLC0415 - as above

    table, workgroup = estate.expected.table, estate.expected.workgroup or "primary"
    return replace(
        estate,
        trails=look.part(trail.trails, "cloudtrail"),
        table=look.part(lambda look: trail.table(look, table), "glue") if table else None,
        workgroup=look.part(lambda look: trail.workgroup(look, workgroup), "athena") if table else None,
    )


def _tried(look: Look, estate: Estate, now: datetime) -> Estate:
    from queries.estate import trail  # noqa: PLC0415 - as above

    wanted = _inputs(estate.preferences)
    trail.tries(look, estate.expected, wanted.group if wanted and "{" not in wanted.group else "", now)
    return replace(estate, tries=tuple(look.tries[action] for action in sorted(look.tries)))


def expected(scope: Scope, region: str) -> Expected:
    """What the configuration says of a place; the table only in its home Region."""
    home = scope.table and region == scope.home
    return Expected(
        scope.log_groups, scope.bucket, scope.prefix,
        f"{scope.database}.{scope.table}" if home else "", scope.workgroup if home else "", scope.output if home else "", scope.name,
    )  # fmt: skip


def _inputs(preferences: Part[SessionDocument | None]) -> Inputs | None:
    return None if preferences is None or isinstance(preferences, Unknown) else inputs(preferences)


def _plain(name: str) -> bool:
    """Whether a bucket's name can be asked for: no parameter, no path."""
    return bool(name) and not set("{}/:") & set(name)
