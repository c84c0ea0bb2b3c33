"""What a file of an export folder is, told from its path alone.

CloudTrail: `[prefix/]AWSLogs/[o-…/]<account>/CloudTrail/<region>/YYYY/MM/DD/*.json.gz`. Session logs: `<session id>.log`,
anywhere. Snapshots, as the AWS CLI prints them: `snapshots/<account>/<region>/<service>.<operation>….json` and
`snapshots/<account>/<region>/logs/<group, / as __>/<stream>.json`. Source: CloudTrail User Guide, "Finding your CloudTrail
log files"; `s3KeyPrefix/<session id>.log` by amazon-ssm-agent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.core.people import is_session_id

Role = Literal["trail", "log", "stream", "snapshot", "passed", "foreign"]

TRAIL = re.compile(r"(?:^|/)(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d{2}/\d{2})/[^/]+\.json(?:\.gz)?$")
PASSED = re.compile(r"/CloudTrail-(?:Digest|Insight|NetworkActivity|Aggregated)[^/]*/|(?:^|/)\.[^/]+$")
STREAM = re.compile(r"(?:^|/)snapshots/(?P<account>\d{12})/(?P<region>[a-z0-9-]+)/logs/(?P<group>[^/]+)/(?P<name>[^/]+)\.json$")
SNAPSHOT = re.compile(r"(?:^|/)snapshots/(?P<account>\d{12})/(?P<region>[a-z0-9-]+)/(?P<name>(?:ssm|ec2)\.[^/]+)\.json$")
LOG = re.compile(r"(?:^|/)(?P<name>[^/]+)\.log$")


@dataclass(frozen=True, slots=True)
class Found:
    """One file: where it is, what it is, and what its path says. `size` is in bytes, `changed` in nanoseconds since 1970."""

    path: str
    size: int
    changed: int
    role: Role
    account: str = ""
    region: str = ""
    day: str = ""
    group: str = ""
    name: str = ""


def files(directory: Path | str) -> Iterator[Found]:
    """Every regular file below the directory, in the order of its path; symbolic links are not followed."""
    with os.scandir(directory) as held:
        entries = sorted(held, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files(entry.path)
        elif entry.is_file(follow_symlinks=False):
            facts = entry.stat(follow_symlinks=False)
            yield classed(entry.path, facts.st_size, facts.st_mtime_ns)


def classed(path: str, size: int, changed: int) -> Found:
    """What the file at that path is."""
    if PASSED.search(path):
        return Found(path, size, changed, "passed")
    if match := TRAIL.search(path):
        return Found(path, size, changed, "trail", match["account"], match["region"], match["day"])
    if match := STREAM.search(path):
        return Found(
            path, size, changed, "stream", match["account"], match["region"], group=match["group"].replace("__", "/"), name=match["name"]
        )
    if match := SNAPSHOT.search(path):
        return Found(path, size, changed, "snapshot", match["account"], match["region"], name=match["name"])
    if (match := LOG.search(path)) and is_session_id(match["name"]):
        return Found(path, size, changed, "log", name=match["name"])
    return Found(path, size, changed, "trail" if path.endswith(".json.gz") else "foreign")
