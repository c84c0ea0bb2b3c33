"""An archive as a file: what is added, what is skipped and named, and what a reader sees meanwhile."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Refused, Span, Unavailable, Where
from queries.archive import Archive, ArchiveEvidence, workers
from queries.archive import archive as module
from queries.archive.layout import classed
from tests.archive import made
from tests.archive.made import NOW

SPAN = Span(NOW - timedelta(days=7), NOW + timedelta(seconds=1))


@pytest.fixture(name="archive")
def _archive(tmp_path):
    archive = Archive(tmp_path / "a.duckdb")
    yield archive
    archive.close()


WHYS = {
    "cut.json.gz": "It is truncated",
    "bomb.json.gz": "It inflates to more than 1 MiB",
    "none.json.gz": "It is not a CloudTrail log file",
    "notes.txt": "It is neither CloudTrail",
}


def openings(archive):
    return [s.event for s in ArchiveEvidence(archive, now=NOW).openings(SPAN, Where())]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            "x/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23/f.json.gz",
            ("trail", "111122223333", "eu-west-1", "2026/11/23"),
            id="a trail",
        ),
        pytest.param(
            "p/q/AWSLogs/o-abc/444455556666/CloudTrail/us-east-1/2026/01/02/f.json.gz",
            ("trail", "444455556666", "us-east-1", "2026/01/02"),
            id="an organization's",
        ),
        pytest.param("x/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/23/f.json.gz", ("passed", "", "", ""), id="a digest"),
        pytest.param("flat/f.json.gz", ("trail", "", "", ""), id="a trail's file without its folders"),
        pytest.param("logs/ana-0e34861185201706f.log", ("log", "", "", ""), id="a session log"),
        pytest.param("var/messages.log", ("foreign", "", "", ""), id="another log"),
        pytest.param(
            "snapshots/111122223333/eu-west-1/logs/__acme__ssm/ana-0e34861185201706f.json",
            ("stream", "111122223333", "eu-west-1", ""),
            id="a log stream",
        ),
        pytest.param(
            "snapshots/111122223333/eu-west-1/ssm.get-document.Own.v2.json", ("snapshot", "111122223333", "eu-west-1", ""), id="a snapshot"
        ),
        pytest.param("x/.DS_Store", ("passed", "", "", ""), id="a hidden file"),
    ],
)
def test_a_path_says_what_a_file_is(path, expected):
    found = classed(path, 1, 1)
    assert expected == (found.role, found.account, found.region, found.day)


def test_what_is_kept_is_asked_by_its_path_day(archive, tmp_path):
    """A record delivered after midnight stands in the next day's folder, and is still found by the day it happened."""
    late = NOW.replace(hour=23, minute=59)
    made.trail(tmp_path / "x", [made.started(1, at=late)], day="2026/11/24")
    added = archive.add(tmp_path / "x")
    assert (1, 1, 1, ()) == (added.files_read, added.records, added.kept, added.faults)
    found = ArchiveEvidence(archive, now=NOW).openings(Span(late, late + timedelta(seconds=1)), Where())
    assert ["e-000001"] == [s.event for s in found]


def test_adding_again_reads_only_what_is_new(archive, tmp_path):
    made.trail(tmp_path / "x", [made.started(1)])
    archive.add(tmp_path / "x")
    made.trail(tmp_path / "x", [made.started(1), made.started(2)], "two")
    added = archive.add(tmp_path / "x")
    assert (1, 1, 2, 1) == (added.files_read, added.skipped_known, added.records, added.kept)
    assert ["e-000001", "e-000002"] == sorted(openings(archive))
    changed = made.trail(tmp_path / "x", [made.started(3)], "two")
    os.utime(changed, ns=(1, 1))
    assert 1 == archive.add(tmp_path / "x").kept


def test_bad_files_are_named_and_the_rest_is_kept(archive, tmp_path):
    folder = tmp_path / "x"
    good = made.trail(folder, [made.started(1), made.other(2)], "good")
    good.with_name("cut.json.gz").write_bytes(good.read_bytes()[:-12])
    good.with_name("bomb.json.gz").write_bytes(gzip.compress(b" " * 5_000_000))
    good.with_name("none.json.gz").write_bytes(gzip.compress(b'{"hello": 1}'))
    (folder / "notes.txt").write_text("hello")
    (folder / "loop.json.gz").symlink_to(folder / "loop.json.gz")
    added = archive.add(folder, cap=1_000_000)
    faults = {fault.place.rpartition("/")[2]: fault.why for fault in added.faults}
    assert WHYS == {name: why[: len(WHYS[name])] for name, why in faults.items()}
    assert ["e-000001"] == openings(archive)
    assert 4 == len(archive.add(folder, cap=1_000_000).faults)


def test_odd_records_are_kept_as_they_are(archive, tmp_path):
    """Nulls, numbers for text, lone surrogates and control characters neither stop an addition nor change their neighbours."""
    odd = [
        made.started(1) | {"userIdentity": None, "errorMessage": "\u0000\u001b[31m", "userAgent": 7},
        made.started(2) | {"requestParameters": {"target": "i-1", "reason": "\u2028'; DROP TABLE cloudtrail; --"}},
        made.started(3) | {"userIdentity": {"arn": {"deep": 1}, "sessionContext": "no"}},
        made.started(4),
    ]
    made.trail(tmp_path / "x", odd)
    archive.add(tmp_path / "x")
    assert {"e-000001", "e-000002", "e-000003", "e-000004"} == set(openings(archive))


def _killed(path, folder, after):
    os.setpgid(0, 0)
    module.add.__globals__["COMMIT"] = 1
    module.add.__globals__["BATCH"] = 1
    Archive(path).add(folder, lambda done: os.kill(os.getpid(), signal.SIGKILL) if done.files_done >= after else None)


def test_a_killed_addition_goes_on_where_it_was(archive, tmp_path):
    """Committed batches survive; readers see the archive as it was until an addition is done."""
    for number in range(6):
        made.trail(tmp_path / "x", [made.started(number)], f"{number}")
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(archive.path, tmp_path / "x", 4))
    process.start()
    process.join(60)
    assert -signal.SIGKILL == process.exitcode
    with pytest.raises(Unavailable, match="no archive"), archive.reading():
        pass
    added = archive.add(tmp_path / "x")
    assert (2, 4) == (added.files_read, added.skipped_known)
    assert 6 == len(openings(archive))


def test_readers_see_an_addition_when_it_is_done(archive, tmp_path):
    made.trail(tmp_path / "x", [made.started(1)])
    archive.add(tmp_path / "x")
    seen = []
    made.trail(tmp_path / "x", [made.started(2)], "two")
    archive.add(tmp_path / "x", lambda _: seen.append(len(openings(archive))))
    assert {1} == set(seen)
    assert 2 == len(openings(archive))
    other = Archive(archive.path)
    assert 2 == len(openings(other))
    other.close()


def test_one_process_writes_at_a_time(archive, tmp_path):
    made.trail(tmp_path / "x", [made.started(1)])
    with archive._alone(), pytest.raises(Unavailable, match="being written by another process"):
        Archive(archive.path).add(tmp_path / "x")


@pytest.fixture(name="six_jobs")
def _six_jobs(tmp_path, monkeypatch):
    """A folder whose every file is a job of its own, and large enough for two threads."""
    monkeypatch.setattr(workers, "LARGE", 0)
    monkeypatch.setitem(module.add.__globals__, "BATCH", 1)
    for number in range(5):
        made.trail(tmp_path / "x", [made.started(number)], f"{number}")
    (tmp_path / "x" / "bad.json.gz").write_bytes(b"no")
    return tmp_path / "x"


def test_two_threads_keep_what_one_would(archive, six_jobs):
    """A large addition is shared by two threads: no result is lost, and a fault in one of them is named the same."""
    added = archive.add(six_jobs)
    assert (6, 5, ["It is not a gzip file."]) == (added.files_read, added.kept, [fault.why for fault in added.faults])


def test_an_addition_that_is_broken_off_leaves_no_thread(archive, six_jobs, monkeypatch):
    monkeypatch.setitem(module.add.__globals__, "COMMIT", 1)

    def stop(done):
        if done.files_done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.add(six_jobs, stop)
    assert [] == [thread.name for thread in threading.enumerate() if thread.name.startswith("archive")]
    archive.add(six_jobs)
    assert 5 == len(openings(archive))


def test_what_a_job_raises_reaches_whoever_asks(monkeypatch):
    monkeypatch.setattr(workers, "LARGE", 0)
    with pytest.raises(ZeroDivisionError):
        list(workers.results(range(9), lambda job: 1 / (job - 5), 1))


def test_results_come_in_the_order_of_the_jobs(monkeypatch):
    """The first job is done last, and few others are begun before its result is taken."""
    monkeypatch.setattr(workers, "LARGE", 0)
    begun, second = [], threading.Event()

    def work(job):
        begun.append(job)
        assert job or second.wait(5)
        if job == 1:
            second.set()
        return job

    results = workers.results(iter(range(50)), work, 1)
    assert 0 == next(results)
    assert len(begun) <= workers.WORKERS + workers.AHEAD
    assert list(range(1, 50)) == list(results)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [pytest.param(None, "There is no archive at", id="absent"), pytest.param(b"hello" * 1000, "not an archive of mine", id="another file")],
)
def test_what_is_no_archive_is_said_in_the_foot(tmp_path, content, sentence):
    path = tmp_path / "a.duckdb"
    if content:
        path.write_bytes(content)
    evidence = ArchiveEvidence(Archive(path), now=NOW)
    assert () == evidence.openings(SPAN, Where())
    assert sentence in evidence.asked[0].unread[0].why


def test_a_folder_that_is_not_there_is_refused(archive, tmp_path):
    with pytest.raises(Refused, match="There is no folder"):
        archive.add(tmp_path / "nowhere")


def test_an_archive_cannot_be_made_to_read_other_files(archive, tmp_path):
    import duckdb

    made.trail(tmp_path / "x", [made.started(1)])
    archive.add(tmp_path / "x")
    with archive.reading() as connection, pytest.raises(duckdb.PermissionException):
        connection.execute("SELECT * FROM read_text('/etc/hostname')")


def snapshot(folder, name, content, place="111122223333/eu-central-1", at=NOW):
    path = folder / "snapshots" / place / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    os.utime(path, (at.timestamp(), at.timestamp()))


ACTIVE = {
    "Sessions": [
        {
            "SessionId": made.sid("ana", 1),
            "Target": "i-1",
            "Status": "Connected",
            "StartDate": "2026-11-23T21:00:00.500000+00:00",
            "Owner": made.arn("ana"),
            "DocumentName": "Own-Tunnel",
        }
    ]
}
HISTORY = {
    "Sessions": [
        {
            "SessionId": made.sid("ben", 2),
            "Target": "i-1",
            "Status": "Terminated",
            "StartDate": 1795453200.5,
            "EndDate": "2026-11-23T18:00:00+01:00",
        }
    ]
}
OWN = {"Name": "Own-Tunnel", "Content": json.dumps({"sessionType": "Port", "properties": {"host": "db.example.com", "portNumber": "5432"}})}
INSTANCES = {
    "Reservations": [{"Instances": [{"InstanceId": "i-1", "Tags": [{"Key": "Name", "Value": "web"}], "State": {"Name": "running"}}]}]
}


@pytest.fixture(name="exported")
def _exported(archive, tmp_path):
    folder = tmp_path / "x"
    snapshot(folder, "ssm.describe-sessions.active", ACTIVE)
    snapshot(folder, "ssm.describe-sessions.history", HISTORY)
    snapshot(folder, "ssm.get-document.Own-Tunnel", OWN)
    snapshot(
        folder,
        "ssm.list-documents",
        {"DocumentIdentifiers": [{"Name": "Unsaved", "DocumentType": "Session"}, {"Name": "AWS-Own", "DocumentType": "Session"}]},
    )
    snapshot(folder, "ec2.describe-instances", INSTANCES)
    snapshot(folder, "ssm.describe-instance-information", {"InstanceInformationList": [{"InstanceId": "i-1", "PlatformType": "Linux"}]})
    made.trail(folder, [made.started(5, "eve", NOW - timedelta(hours=2))])
    made.trail(folder, [made.started(6, account="444455556666", at=NOW - timedelta(hours=1))], account="444455556666")
    archive.add(folder)
    return archive


def test_sessions_come_from_describe_sessions(exported):
    evidence = ArchiveEvidence(exported, now=NOW)
    ana = evidence.live()[0]
    assert (made.sid("ana", 1), "tunnel", "db.example.com", "5432", "Connected") == (ana.id, ana.kind, ana.host, ana.port, ana.status)
    assert datetime(2026, 11, 23, 21, 0, 0, 500000, UTC) == ana.started
    assert [datetime(2026, 11, 23, 17, tzinfo=UTC)] == [s.ended for s in evidence.ended(SPAN)]
    assert [made.sid("ben", 2)] == [s.id for s in evidence.session(made.sid("ben", 2))]
    assert "as exported at 2026-11-23 22:00 UTC" in evidence.asked[-1].note


def test_a_place_without_export_is_told_from_cloudtrail(exported):
    """The place with an export is believed (eve's session is not in it), the other is told from CloudTrail, and the note says so."""
    evidence = ArchiveEvidence(exported, now=NOW)
    assert {made.sid("ana", 1), made.sid("ana", 6)} == {s.id for s in evidence.live()}
    assert "444455556666/eu-central-1: no DescribeSessions export; ends that CloudTrail never sees are unknown" in evidence.asked[0].note


def test_documents_and_nodes_come_from_snapshots(exported):
    from bot.core.model import Place

    evidence = ArchiveEvidence(exported, now=NOW)
    own, unsaved = evidence.documents()
    assert ("Own-Tunnel", "Port", "Unsaved", True) == (own.name, own.session_type, unsaved.name, bool(unsaved.missing))
    place = Place("111122223333", "eu-central-1")
    node = evidence.nodes([(place, "i-1"), (place, "i-2"), (Place("444455556666", "eu-central-1"), "i-1")])["i-1"]
    assert ("web", "linux", "running") == (node.name, node.platform, node.state)


def test_without_exports_cloudtrail_says_what_it_can(archive, tmp_path):
    ended = made.record("TerminateSession", number=9, at=NOW - timedelta(hours=1), request={"sessionId": made.sid("ben", 2)})
    made.trail(tmp_path / "x", [made.started(1, at=NOW - timedelta(hours=3)), made.started(2, "ben", NOW - timedelta(hours=2)), ended])
    archive.add(tmp_path / "x")
    evidence = ArchiveEvidence(archive, now=NOW)
    assert ([made.sid("ana", 1)], [made.sid("ben", 2)]) == ([s.id for s in evidence.live()], [s.id for s in evidence.ended(SPAN)])
    assert [made.sid("ben", 2)] == [s.id for s in evidence.session(made.sid("ben", 2))]
    assert {"no DescribeSessions export; ends that CloudTrail never sees are unknown"} == {source.note for source in evidence.asked}


def test_a_session_id_must_look_like_one(archive):
    with pytest.raises(Refused):
        ArchiveEvidence(archive, now=NOW).session("' OR 1=1 --")
