"""The folder, as `aws s3 sync` and the AWS CLI would have filled it."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.night.nodes import STAGING
from tests.night.seeds import MIXED, draw, number
from tests.night.trail import Record

ORGANIZATION = "o-exampleorg1"
EVERY = 300  # seconds between the files of a trail
Published = tuple[datetime, Record]


def published(record: Record) -> datetime:
    """When CloudTrail delivered a record: with the next file that it writes, some minutes after the event."""
    at = datetime.strptime(str(record["eventTime"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    ready = at.timestamp() + 150 + number(150, str(record["eventID"]))
    return datetime.fromtimestamp(-(-ready // EVERY) * EVERY, UTC)


def write_trail(folder: Path, records: Iterable[Published]) -> None:
    """One gzip file for each account, region and time of publishing, in the folder of the day it was published."""
    files: dict[tuple[str, str, datetime], list[Record]] = defaultdict(list)
    for at, record in records:
        files[str(record["recipientAccountId"]), str(record["awsRegion"]), at].append(record)
    for (account, region, at), together in files.items():
        _gzip(folder / _trail_path(account, region, at), {"Records": together}, at)


def _trail_path(account: str, region: str, at: datetime, kind: str = "CloudTrail") -> Path:
    root = f"AWSLogs/{ORGANIZATION}/{account}" if account == STAGING else f"AWSLogs/{account}"
    unique = draw(MIXED, 16, account, region, f"{at:%j%H%M}")
    name = f"{account}_{kind}_{region}_{at:%Y%m%dT%H%MZ}_{unique}.json.gz"
    return Path(root) / kind / region / f"{at:%Y/%m/%d}" / name


def write_digest(folder: Path, account: str, region: str, at: datetime) -> None:
    """A digest of the trail's hour: CloudTrail's own seal, no records in it."""
    body = {
        "awsAccountId": account,
        "digestStartTime": f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        "digestEndTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "digestS3Bucket": "acme-trail-111122223333",
        "digestPublicKeyFingerprint": draw("0123456789abcdef", 32, "digest"),
        "digestSignatureAlgorithm": "SHA256withRSA",
        "logFiles": [],
    }
    path = _trail_path(account, region, at, "CloudTrail-Digest")
    _gzip(folder / path.with_name(f"{account}_CloudTrail-Digest_{region}_acme-trail_{region}_{at:%Y%m%dT%H%M%SZ}.json.gz"), body, at)


def write_json(path: Path, body: object, at: datetime) -> None:
    """A file as the AWS CLI prints it, saved at that time."""
    write_bytes(path, (json.dumps(body, indent=4, ensure_ascii=False) + "\n").encode(), at)


def write_bytes(path: Path, body: bytes, at: datetime) -> None:
    """A file that was last changed at that time, as `aws s3 sync` keeps it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _gzip(path: Path, body: object, at: datetime) -> None:
    write_bytes(path, gzip.compress(json.dumps(body, separators=(",", ":")).encode(), compresslevel=6, mtime=0), at)
