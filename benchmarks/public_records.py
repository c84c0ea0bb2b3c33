"""`audit` on public CloudTrail records: lays them out as a trail's export, adds them to an archive, and asks.

    python -m benchmarks.public_records FILE.jsonl…

Each line is a CloudTrail record, or an object whose `record` is one. Nothing is kept.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.model import Span, Where
from queries.archive import Archive, ArchiveEvidence

ALL = Span(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def records(paths):
    """Every record of the files."""
    for path in paths:
        for line in Path(path).read_text("utf-8").splitlines():
            held = json.loads(line)
            yield held.get("record", held)


def lay_out(folder, everything):
    """One file an account, Region and day, where CloudTrail would have put it."""
    files = defaultdict(list)
    for record in everything:
        account = str(record.get("recipientAccountId") or record.get("userIdentity", {}).get("accountId") or "0" * 12).rjust(12, "0")[-12:]
        day = str(record.get("eventTime", "1970-01-01"))[:10].replace("-", "/")
        files[account, record.get("awsRegion") or "unknown", day].append(record)
    for (account, region, day), held in files.items():
        path = folder / "AWSLogs" / account / "CloudTrail" / region / day / f"{account}_CloudTrail_{region}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps({"Records": held}, separators=(",", ":")).encode()))
    return len(files)


def main() -> None:
    """Lay out, add, ask, and print what came."""
    everything = list(records(sys.argv[1:]))
    with tempfile.TemporaryDirectory(prefix="countersign-public-") as place:
        count = lay_out(Path(place) / "export", everything)
        archive = Archive(Path(place) / "a.duckdb")
        added = archive.add(Path(place) / "export")
        print(f"{len(everything)} records in {count} files: {added.kept} kept in {added.seconds:.2f} s, {len(added.faults)} faults")
        for fault in added.faults:
            print(f"  {fault.place}: {fault.why}")
        evidence = ArchiveEvidence(archive, now=datetime.now(UTC))
        for title, sessions in (("audit", evidence.openings(ALL, Where())), ("tunnels", evidence.tunnels(ALL, (), Where()))):
            print(f"{title}: {len(sessions)}")
            for s in sessions:
                end = f"closed after {s.ended - s.started} by {s.ended_by.rpartition('/')[2]}" if s.ended and s.started else "no end seen"
                mfa = {True: "MFA", False: "no MFA", None: "MFA not said"}[s.mfa]
                print(
                    f"  {s.started:%F %T}  {s.owner.rpartition('/')[2]:18} {s.kind!s:8} {s.target:20} {s.source_ip:16} {mfa:12} {s.error or end}  {s.id}"
                )
        events = evidence.events(ALL, Where())
        print(f"events: {len(events)}, " + ", ".join(f"{name} {n}" for name, n in Counter(e.name for e in events).most_common(12)))
        if events:
            week = Span(events[-1].at - timedelta(days=7), events[-1].at + timedelta(seconds=1))
            print(f"of the last seven days with records: {len(evidence.openings(week, Where()))} openings")
        archive.close()


if __name__ == "__main__":
    main()
