"""The trail: does CloudTrail record who opens sessions, can the record be trusted, and can the bot ask it.

Sources: CloudTrail User Guide, "Logging management events", "Validating CloudTrail log file integrity"; Athena User Guide, "Workgroups".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.core.doctor.facts import Estate, Trail
from bot.core.doctor.result import About, Fix, Verdict, fault, known, ok, unknown, warning
from bot.core.plan import Step, pretty
from bot.core.text import listed, size

SOURCE = "ssm.amazonaws.com"
CUTOFF = 100 * 10**9  # bytes: half a dollar at US$5 a terabyte
TRAIL = "countersign setup trail"


def writes(selectors: Mapping[str, Any]) -> bool:
    """Whether a trail's selectors (GetEventSelectors) take Systems Manager's management write events."""
    basic = selectors.get("EventSelectors") or ()
    if any(
        one.get("IncludeManagementEvents", True)
        and one.get("ReadWriteType", "All") in ("All", "WriteOnly")
        and SOURCE not in (one.get("ExcludeManagementEventSources") or ())
        for one in basic
    ):
        return True
    return any(_takes(one.get("FieldSelectors") or ()) for one in selectors.get("AdvancedEventSelectors") or ())


def _takes(fields: Any) -> bool:  # noqa: ANN401 - foreign JSON
    """Whether an advanced selector takes the event: category Management, not read-only, of that source."""
    event = {"eventCategory": "Management", "readOnly": "false", "eventSource": SOURCE, "eventName": "StartSession"}
    named = {str(one.get("Field")) for one in fields}
    return "eventCategory" in named and all(_fits(one, event.get(str(one.get("Field")), "")) for one in fields)


OPERATORS: Mapping[str, Callable[[str, tuple[str, ...]], bool]] = {
    "Equals": lambda value, words: value in words,
    "NotEquals": lambda value, words: value not in words,
    "StartsWith": lambda value, words: value.startswith(words),
    "NotStartsWith": lambda value, words: not value.startswith(words),
    "EndsWith": lambda value, words: value.endswith(words),
    "NotEndsWith": lambda value, words: not value.endswith(words),
}


def _fits(rule: Mapping[str, Any], value: str) -> bool:
    return all(test(value, tuple(map(str, rule[name]))) for name, test in OPERATORS.items() if rule.get(name))


def _here(estate: Estate) -> list[Trail]:
    """Trails that cover this Region."""
    return [trail for trail in known(estate.trails) if trail.multi_region or trail.home == estate.place.region]


def _good(estate: Estate) -> list[Trail]:
    return [trail for trail in _here(estate) if known(trail.logging) and known(trail.writes)]


def records(estate: Estate) -> Iterator[Verdict]:
    """Whether a trail records who opens sessions."""
    here = _here(estate)
    if good := _good(estate):
        yield ok(f"{listed([trail.name for trail in good])} records who opens sessions.")
    elif not here:
        yield fault(
            "No trail covers this Region: who opened a session is known for 30 days only, and not where from.",
            "Make a multi-Region trail: `aws cloudtrail create-trail --is-multi-region-trail --enable-log-file-validation --name NAME --s3-bucket-name BUCKET`, then start-logging.",
        )
    else:
        trail = here[0]
        start = Step("cloudtrail", "start_logging", {"Name": trail.arn}, f"start {trail.name}", "stopped", "logging", trail.home)
        steps = [*(() if known(trail.logging) else (start,)), *(() if known(trail.writes) else (_select(trail),))]
        said = "is stopped" if not known(trail.logging) else "takes no management write events of Systems Manager"
        yield fault(f"The trail {trail.name} {said}: who opens a session is not recorded.", Fix("Let the trail record it.", tuple(steps)))


def _select(trail: Trail) -> Step:
    """One selector more for Systems Manager's write events; those that are there stay. CloudTrail takes five basic ones at most."""
    after: dict[str, Any]
    if advanced := list(trail.selectors.get("AdvancedEventSelectors") or ()):
        fields = [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]
        after = {"AdvancedEventSelectors": [*advanced, {"Name": "Management write events", "FieldSelectors": fields}]}
        before: dict[str, Any] = {"AdvancedEventSelectors": advanced}
    else:
        basic = list(trail.selectors.get("EventSelectors") or ())
        after = {"EventSelectors": [*basic, {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}]}
        before = {"EventSelectors": basic}
    named = {"TrailName": trail.arn}
    back = Step("cloudtrail", "put_event_selectors", {**named, **before}, "bring the former selectors back", region=trail.home)
    about = f"let {trail.name} take management write events"
    return Step("cloudtrail", "put_event_selectors", {**named, **after}, about, pretty(before), pretty(after), trail.home, (back,))


def regions(estate: Estate) -> Iterator[Verdict]:
    """Whether the trail covers every Region."""
    good = _good(estate)
    if not good:
        return
    if any(trail.multi_region for trail in good):
        yield ok("The trail covers every Region.")
        return
    step = Step(
        "cloudtrail",
        "update_trail",
        {"Name": good[0].arn, "IsMultiRegionTrail": True},
        f"let {good[0].name} cover every Region",
        "one Region",
        "every Region",
        good[0].home,
    )
    yield warning(f"{good[0].name} covers {good[0].home} only: a session elsewhere is not recorded.", Fix("Make it multi-Region.", (step,)))


def digests(estate: Estate) -> Iterator[Verdict]:
    """Whether the record can be proved whole."""
    good = _good(estate)
    if not good:
        return
    if any(trail.digests for trail in good):
        yield ok("Digests are written, so a changed or missing file can be proved (`aws cloudtrail validate-logs`).")
        return
    step = Step(
        "cloudtrail",
        "update_trail",
        {"Name": good[0].arn, "EnableLogFileValidation": True},
        f"let {good[0].name} write digests",
        "no digests",
        "digests",
        good[0].home,
    )
    yield warning("The trail writes no digests: nobody could tell a file that was changed.", Fix("Turn log file validation on.", (step,)))


def delivery(estate: Estate) -> Iterator[Verdict]:
    """Whether files arrive in the bucket."""
    for trail in _good(estate):
        if trail.delivery_error:
            fix = f"Mend the policy or the key of the bucket {trail.bucket}."
            yield fault(f"{trail.name} cannot write to its bucket: {trail.delivery_error}.", fix, trail.name)
        else:
            yield ok(f"{trail.name} writes to {trail.bucket or 'its bucket'}.", trail.name)


def table(estate: Estate) -> Iterator[Verdict]:
    """The Athena table of the configuration."""
    held = known(estate.table)
    if held is None:
        return
    if not held.exists:
        yield fault(f"The table {held.name} does not exist.", f"Make it: `{TRAIL}`.", held.name)
    elif held.wrong:
        yield fault(held.wrong, f"Make another table: `{TRAIL} --table NAME`.", held.name)
    elif not held.partitions:
        yield warning(
            f"The table {held.name} has no partitions: every question reads the whole trail.",
            f"Make a projected one: `{TRAIL} --table NAME`.",
            held.name,
        )
    else:
        yield ok(f"{held.name} is partitioned by {listed(list(held.partitions), 6)}.", held.name)


def limit(estate: Estate) -> Iterator[Verdict]:
    """The workgroup's limit."""
    held = known(estate.workgroup)
    if held is None:
        return
    if not held.exists:
        yield fault(f"The workgroup {held.name} does not exist.", f"Make it: `{TRAIL}`.", held.name)
        return
    if held.cutoff:
        yield ok(f"A question reads {size(held.cutoff)} at most.", held.name)
        return
    parameters = {"WorkGroup": held.name, "ConfigurationUpdates": {"BytesScannedCutoffPerQuery": CUTOFF}}
    undone = {"WorkGroup": held.name, "ConfigurationUpdates": {"RemoveBytesScannedCutoffPerQuery": True}}
    back = Step("athena", "update_work_group", undone, "take the limit out", region=estate.place.region)
    step = Step(
        "athena",
        "update_work_group",
        parameters,
        f"limit a question of {held.name}",
        "no limit",
        size(CUTOFF),
        estate.place.region,
        (back,),
    )
    yield warning(
        f"The workgroup {held.name} has no limit: one question may read the whole trail.",
        Fix(f"Limit it to {size(CUTOFF)}.", (step,)),
        held.name,
    )


def output(estate: Estate) -> Iterator[Verdict]:
    """Where results go."""
    held = known(estate.workgroup)
    if held is None or not held.exists:
        return
    if held.output or estate.expected.output:
        yield ok(f"Results go to {held.output or estate.expected.output}.", held.name)
    else:
        yield fault(
            f"Neither the workgroup {held.name} nor the configuration says where results go: every question fails.",
            f"Set COUNTERSIGN_ATHENA_OUTPUT, or `{TRAIL} --results s3://…`.",
            held.name,
        )


NEEDED = frozenset(
    {
        "ssm:DescribeSessions", "ssm:DescribeInstanceInformation", "ssm:ListDocuments", "ssm:GetDocument", "ec2:DescribeInstances", "logs:StartQuery",
        "logs:GetLogEvents", "s3:ListBucket", "s3:GetObject", "athena:StartQueryExecution", "athena:GetWorkGroup", "glue:GetTable",
    }
)  # fmt: skip


def permissions(estate: Estate) -> Iterator[Verdict]:
    """The bot's own permissions, one by one, as they showed when they were used."""
    for tried in estate.tries:
        if tried.allowed is None:
            yield unknown(tried.said, tried.action)
        elif not tried.allowed:
            fix = f"Add {tried.action} to the bot's role here; `countersign policy` prints what it needs."
            if tried.action in NEEDED:
                yield fault(f"The bot may not {tried.action}, which its answers need.", fix, tried.action)
            else:
                yield warning(f"The bot may not {tried.action}, which this check-up needs.", fix, tried.action)
    if estate.tries and all(tried.allowed for tried in estate.tries):
        yield ok(f"{len(estate.tries)} permissions were used, and all were granted.")


CHECKS = (
    About(
        "trail.records", "A trail records sessions", "Only CloudTrail knows from where a session was opened, and who was refused.", records
    ),
    About("trail.regions", "Every Region", "A session in a Region without a trail is opened unseen.", regions),
    About("trail.digests", "Digests", "Without them nobody can tell whether a file of the trail was changed.", digests),
    About("trail.delivery", "Files arrive", "A trail that cannot write records nothing, and says so only in its status.", delivery),
    About("table.columns", "Athena table", "The table must exist, with AWS's own column types, and be partitioned.", table),
    About("table.limit", "Scan limit", "A question without a limit can cost what the whole trail costs to read.", limit),
    About("table.output", "Result location", "Athena fails without one.", output),
    About("bot.permissions", "The bot's permissions", "What the bot may not read it cannot tell you of.", permissions),
)
