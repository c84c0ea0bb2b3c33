"""One made-up night of activity, written as AWS itself would have written it.

`write(folder, now)` lays an export that ends at `now`: CloudTrail as its trails deliver it, session logs, and snapshots of
what the AWS CLI prints. The same `now` gives the same bytes; ids stay the same on any day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.night.cast import cast
from tests.night.documents import PLACES, PREFERENCES
from tests.night.export import Published, published, write_bytes, write_digest, write_json, write_trail
from tests.night.facts import Night, Told
from tests.night.forms import stream_body, stream_events
from tests.night.guards import guards, noise
from tests.night.nodes import DATA, EU, NODES, PROD, STAGING, US
from tests.night.people import PEOPLE
from tests.night.plan import LATE, TWICE, WEAKENED, Plan
from tests.night.recordings import filed, log_event, streamed, uploaded
from tests.night.screens import Take
from tests.night.seeds import LOWER, draw
from tests.night.snapshots import snapshots, versions
from tests.night.trail import opened, resumed, terminated

__all__ = ["Night", "Told", "write"]
ORPHAN = "kim.lee@example.com-" + draw(LOWER, 26, "orphan")
Cast = tuple[tuple[Told, Plan, Take], ...]


def write(folder: Path, now: datetime) -> Night:
    """The night that ends at `now` (aware; seconds count), laid under `folder`."""
    now = now.astimezone(UTC).replace(microsecond=0)
    everyone = cast(now)
    told = tuple(one for one, _, _ in everyone)
    records = [(at, record) for at, record in _records(everyone, now) if at <= now]
    write_trail(folder, records)
    for account, region in ((PROD, EU), (STAGING, EU), (DATA, US)):
        write_digest(folder, account, region, now.replace(minute=0, second=0) - timedelta(hours=2))
    for place in PLACES:
        here = folder / "snapshots" / "/".join(place)
        for name, body in snapshots(place, told, now):
            write_json(here / name, body, now)
    for one, _, take in everyone:
        _write_logs(folder, one, take, now)
    _write_orphan(folder, now)
    weakened = (now - WEAKENED[0], now - WEAKENED[1])
    return Night(folder, now, told, tuple(PEOPLE.values()), tuple(NODES.values()), PLACES, weakened, len(records), ORPHAN, versions(now))


def _records(everyone: Cast, now: datetime) -> Iterator[Published]:
    deleted = next(told.id for told, plan, _ in everyone if plan.logs == "deleted")
    for record in (*guards(now, deleted), *noise(now)):
        yield published(record), record
    for told, plan, _ in everyone:
        yield from _session_records(told, plan)


def _session_records(told: Told, plan: Plan) -> Iterator[Published]:
    for record in opened(told, plan):
        if plan.key == LATE:
            addendum = {"reason": "DELIVERY_DELAY", "updatedFields": "", "originalRequestID": "", "originalEventID": ""}
            yield published(record) + timedelta(hours=26), record | {"addendum": addendum}
        else:
            yield published(record), record
        if plan.key == TWICE:
            yield published(record) + timedelta(minutes=10), record
    if plan.resumed_from:
        yield published(record := resumed(told, plan.resumed_from)), record
    if plan.ended_by and told.ended:
        yield published(record := terminated(told, PEOPLE[plan.ended_by], told.ended - timedelta(seconds=2))), record


def _write_orphan(folder: Path, now: datetime) -> None:
    """A log stream that no session answers for: anyone with the node's credentials can write one."""
    arn = f"arn:aws:sts::{PROD}:assumed-role/orders-api-node/{NODES['orders-api-1'].id}"
    at = now - timedelta(hours=7, minutes=11)
    body = stream_events(b"$ echo nothing to see\r\nnothing to see\r\n", ORPHAN, arn, EU, NODES["orders-api-1"].id, at)
    _write_events(folder, (PROD, EU), ORPHAN, [log_event(at, stream_body(body).decode().rstrip("\n"))], now)


def _write_events(folder: Path, place: tuple[str, str], stream: str, events: list[dict[str, object]], now: datetime) -> None:
    group = str(PREFERENCES[place]["inputs"]["cloudWatchLogGroupName"]).replace("/", "__")
    path = folder / "snapshots" / "/".join(place) / "logs" / group / f"{stream}.json"
    write_json(path, {"events": events, "nextForwardToken": "f/" + "3" * 56 + "/s", "nextBackwardToken": "b/" + "3" * 56 + "/s"}, now)


def _write_logs(folder: Path, told: Told, take: Take, now: datetime) -> None:
    if "object" in told.logs:
        write_bytes(folder / "session-logs" / f"{told.id}.log", filed(told, take), (told.ended or now) + timedelta(seconds=5))
    events = streamed(told, take, now) if "stream" in told.logs else uploaded(told, take) if "upload" in told.logs else []
    if events:
        _write_events(folder, told.node.place, told.id, events, now)
