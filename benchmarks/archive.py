"""How fast an archive reads CloudTrail, held against inflating the same files and against `zcat | jq`.

    python -m benchmarks.archive [--megabytes 1000] [--small] [--folder DIR] [--seed 7]

Makes that much made-up CloudTrail (records of 1.5 kB on average, 217 kinds, half a percent of them sessions) as gzip files of
some 8 MB inflated, or of 60 kB with --small, adds it in a process of its own, and asks the audit question. Each figure is the
best of its rounds; the page cache is warm. Needs igzip and jq on the PATH for the comparisons.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

RAW_OF_A_FILE = 8_300_000
RAW_OF_A_SMALL_FILE = 60_000
SERVICES = (
    "ec2",
    "iam",
    "s3",
    "kms",
    "sts",
    "lambda",
    "dynamodb",
    "rds",
    "logs",
    "ecs",
    "elasticloadbalancing",
    "monitoring",
    "secretsmanager",
    "sqs",
)
VERBS = ("Describe", "List", "Get", "Create", "Delete", "Put", "Update", "Attach", "Detach", "Tag", "Untag")
NOUNS = ("Instances", "Roles", "Objects", "Keys", "Functions", "Tables", "Clusters", "Streams", "Queues", "Groups", "Policies", "Subnets")
ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGIONS = ("eu-central-1", "us-east-1")
PEOPLE = ("ana", "ben", "cleo", "dmitri", "eve", "farid", "gil", "hana")
AGENT = "aws-cli/2.28.11 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-85-generic md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,b,Z,C,n cfg/retry-mode#standard"
WEEK = 1_794_873_600  # 2026-11-17T00:00:00Z
ASK = """
import json, resource, sys, time
begun = time.perf_counter()
from datetime import UTC, datetime, timedelta
from bot.core.model import Span, Where
from queries.archive import Archive, ArchiveEvidence
archive = Archive(sys.argv[1])
imported = time.perf_counter()
added = archive.add(sys.argv[2])
done = time.perf_counter()
used = resource.getrusage(resource.RUSAGE_SELF)
now = datetime(2026, 11, 24, tzinfo=UTC)
times = []
for _ in range(6):
    asked = time.perf_counter()
    evidence = ArchiveEvidence(archive, now=now)
    rows = evidence.openings(Span(now - timedelta(days=8), now), Where())
    times.append(time.perf_counter() - asked)
print(json.dumps({"imports": imported - begun, "add": done - imported, "first": times[0], "again": min(times[1:]), "kept": added.kept,
    "files": added.files_read, "faults": len(added.faults), "rows": len(rows),
    "cpu": used.ru_utime + used.ru_stime, "rss": used.ru_maxrss // 1024, "seconds": time.perf_counter() - begun}))
"""
JQ = 'zcat {files} | jq -c \'.Records[] | select(.eventSource=="ssm.amazonaws.com" and (.eventName=="StartSession" or .eventName=="TerminateSession"))\' > /dev/null'


def kinds(draw: random.Random) -> list[tuple[str, str]]:
    """217 calls, none of them watched."""
    every = sorted({(f"{service}.amazonaws.com", f"{verb}{noun}") for service in SERVICES for verb in VERBS for noun in NOUNS})
    return draw.sample(every, 217)


def record(draw: random.Random, source: str, name: str, second: int) -> dict:
    """One record as CloudTrail orders its keys."""
    who, account, region = draw.choice(PEOPLE), draw.choice(ACCOUNTS), draw.choice(REGIONS)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
    role = f"arn:aws:iam::{account}:role/Operator"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE{draw.getrandbits(40):010X}:{who}",
            "arn": f"arn:aws:sts::{account}:assumed-role/Operator/{who}",
            "accountId": account,
            "accessKeyId": f"ASIAEXAMPLE{draw.getrandbits(36):09X}",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn": role, "accountId": account, "userName": "Operator"},
                "attributes": {"creationDate": at, "mfaAuthenticated": "true"},
            },
        },
        "eventTime": at,
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": f"192.0.2.{draw.randrange(256)}",
        "userAgent": AGENT,
        "requestParameters": {f"parameter{n}": f"{draw.getrandbits(64):016x}" for n in range(draw.randrange(2, 13))},
        "responseElements": None
        if draw.random() < 0.6
        else {f"element{n}": f"{draw.getrandbits(64):016x}" for n in range(draw.randrange(2, 16))},
        "requestID": f"{draw.getrandbits(128):032x}",
        "eventID": f"{draw.getrandbits(128):032x}",
        "readOnly": name.startswith(("Describe", "List", "Get")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": f"{source}"},
        "sessionCredentialFromConsole": "true",
    }


def session(draw: random.Random, second: int, opened: list[str]) -> dict:
    """A StartSession, or the TerminateSession of one that was opened."""
    if opened and draw.random() < 0.3:
        made = record(draw, "ssm.amazonaws.com", "TerminateSession", second)
        return made | {"requestParameters": {"sessionId": (ended := opened.pop())}, "responseElements": {"sessionId": ended}}
    made = record(draw, "ssm.amazonaws.com", "StartSession", second)
    sid = f"{draw.choice(PEOPLE)}-{draw.getrandbits(130):026x}"[:64]
    opened.append(sid)
    node = f"i-{draw.getrandbits(68):017x}"
    return made | {
        "requestParameters": {"target": node},
        "responseElements": {"sessionId": sid, "streamUrl": "wss://x", "tokenValue": "Value hidden due to security reasons."},
    }


def write(job: tuple[Path, int, int, int, int]) -> int:
    """One file of about `size` bytes; gives its real size."""
    folder, number, size, seed, count = job
    draw = random.Random(seed * 100_003 + number)
    mixed = kinds(random.Random(seed))
    begun = WEEK + number * 590_000 // count
    parts: list[str] = []
    opened: list[str] = []
    held = 0
    while held < size:
        second = begun + draw.randrange(3_600)
        one = session(draw, second, opened) if draw.random() < 0.005 else record(draw, *draw.choice(mixed), second)
        parts.append(json.dumps(one, separators=(",", ":")))
        held += len(parts[-1]) + 1
    day = time.strftime("%Y/%m/%d", time.gmtime(begun))
    place = folder / "AWSLogs" / ACCOUNTS[0] / "CloudTrail" / REGIONS[0] / day
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{ACCOUNTS[0]}_CloudTrail_{number:06d}.json.gz").write_bytes(
        gzip.compress(('{"Records":[' + ",".join(parts) + "]}").encode(), 6)
    )
    return held


def make(folder: Path, megabytes: int, size: int, seed: int) -> tuple[int, int]:
    """The corpus; gives its files and raw bytes. The days are squeezed into a week."""
    count = max(1, megabytes * 1_000_000 // size)
    with ProcessPoolExecutor(2) as pool:
        sizes = list(pool.map(write, [(folder, n, size, seed, count) for n in range(count)], chunksize=4))
    return count, sum(sizes)


def timed(words: list[str] | str) -> float:
    """Seconds that a command takes."""
    begun = time.perf_counter()
    subprocess.run(words, check=True, shell=isinstance(words, str), stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def children() -> float:
    """Processor seconds of the commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(folder: Path, rounds: int, sample: int) -> None:
    """All figures of one corpus."""
    files = sorted(folder.rglob("*.json.gz"))
    runs, inflations, processor = [], [], []
    for _ in range(rounds):
        before = children()
        inflations.append(timed(f"find {folder} -name '*.gz' -print0 | sort -z | xargs -0 igzip -dc"))
        processor.append(children() - before)
        with tempfile.TemporaryDirectory() as place:
            out = subprocess.run([sys.executable, "-c", ASK, f"{place}/a.duckdb", str(folder)], check=True, capture_output=True, text=True)
        runs.append(json.loads(out.stdout))
    inflate, best = min(inflations), min(runs, key=lambda run: run["add"] + run["first"])
    answered = best["add"] + best["first"]
    part = files[:: max(1, len(files) // sample)][:sample]
    share = sum(f.stat().st_size for f in part) / sum(f.stat().st_size for f in files)
    jq = timed(JQ.format(files=" ".join(map(str, part)))) / share
    print(f"  load average {os.getloadavg()[0]:.1f}")
    print(
        f"  igzip -dc {inflate:.2f} s   add {best['add']:.2f} s   audit {best['first'] * 1000:.0f} ms   again {best['again'] * 1000:.1f} ms   peak {best['rss']} MB"
    )
    rounds_of = ", ".join(f"{(run['add'] + run['first']) / inflation:.2f}" for run, inflation in zip(runs, inflations, strict=True))
    print(f"  add + audit = {answered:.2f} s = {answered / inflate:.2f} x igzip -dc (all rounds: {rounds_of})")
    print(
        f"  with the interpreter's start and imports {best['seconds'] - best['again'] * 5:.2f} s = {(best['seconds'] - best['again'] * 5) / inflate:.2f} x"
    )
    cpu = min(run["cpu"] for run in runs)
    print(
        f"  processor time of imports and add {cpu:.2f} s = {cpu / min(processor):.2f} x igzip's {min(processor):.2f} s, on {os.cpu_count()} processors"
    )
    print(f"  zcat | jq {jq:.1f} s (from a sample of {share:.0%}): the archive is {jq / answered:.1f} x faster")
    print(f"  {best['files']} files, {best['kept']} records kept, {best['faults']} faults, {best['rows']} rows answered")


def main() -> None:
    """Make, measure, tidy up."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--megabytes", type=int, default=1000)
    words.add_argument("--small", action="store_true", help="files of 60 kB instead of 8 MB")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--sample", type=int, default=8, help="files that jq is run on")
    words.add_argument("--folder", type=Path, help="keep the corpus there, or use the one that is there")
    words.add_argument("--seed", type=int, default=7)
    given = words.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="countersign-archive-"))
    try:
        if not folder.exists() or not any(folder.iterdir()):
            folder.mkdir(parents=True, exist_ok=True)
            count, raw = make(folder, given.megabytes, RAW_OF_A_SMALL_FILE if given.small else RAW_OF_A_FILE, given.seed)
            print(
                f"{raw / 1e6:,.0f} MB of CloudTrail in {count} files, {sum(f.stat().st_size for f in folder.rglob('*.gz')) / 1e6:,.0f} MB compressed"
            )
        measure(folder, given.rounds, given.sample)
    finally:
        if not given.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
