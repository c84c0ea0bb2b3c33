"""The night is the ground that other tests stand on: it is held to AWS's own shapes here."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import botocore.session
import pyte
import pytest

from bot.core.model import Kind
from tests.night import write
from tests.night.cast import cast
from tests.night.forms import stripped

NOW = datetime(2026, 11, 23, 5, 40, 12, tzinfo=UTC)
SESSION_ID = re.compile(r"^(?P<who>.+)-(?P<suffix>[0-9a-f]{17}|[a-z0-9]{26})$")
NOWS = [
    pytest.param(NOW, id="a winter morning in UTC"),
    pytest.param(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")), id="in the hour that Berlin has twice"),
    pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), id="as Berlin skips an hour"),
    pytest.param(datetime(2026, 3, 8, 3, 1, tzinfo=ZoneInfo("America/New_York")), id="just after New York skipped an hour"),
    pytest.param(datetime(2027, 1, 1, 0, 0, 3, tzinfo=UTC), id="three seconds into a year"),
]


@pytest.fixture(scope="module", name="night")
def _night(tmp_path_factory):
    return write(tmp_path_factory.mktemp("night"), NOW)


@pytest.fixture(scope="module", name="records")
def _records(night):
    return read_records(night.folder)


def read_records(folder):
    return [
        record
        for path in sorted(folder.glob("AWSLogs/**/CloudTrail/**/*.json.gz"))
        for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]
    ]


def snapshot(night, name):
    return [json.loads(path.read_text()) for path in sorted(night.folder.glob(f"snapshots/*/*/{name}"))]


def sealed(folder):
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


def at(stamp):
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class TestLaying:
    def test_same_now_same_bytes(self, night, tmp_path):
        """The same `now` gives the same files, byte for byte, gzip included."""
        write(tmp_path, NOW)

        assert sealed(night.folder) == sealed(tmp_path)

    def test_ids_outlive_the_day(self, night, tmp_path):
        """Session ids do not depend on the day, so docs can name them."""
        later = write(tmp_path, NOW + timedelta(days=91, hours=7))

        assert [one.id for one in night.told] == [one.id for one in later.told]

    @pytest.mark.parametrize("now", NOWS)
    def test_ends_at_now(self, tmp_path, now):
        """Nothing is later than `now`, the last twelve hours are busy, and the week before is not empty."""
        night, now = write(tmp_path, now), now.astimezone(UTC)
        times = [at(record["eventTime"]) for record in read_records(tmp_path)]
        ago = [night.now - one.started for one in night.sessions]

        assert night.now == now
        assert timedelta(0) < now - max(times) < timedelta(minutes=30)
        assert all(stamp <= now for stamp in _log_stamps(tmp_path))
        assert all(path.stat().st_mtime <= now.timestamp() for path in tmp_path.rglob("*.*"))
        assert sum(age < timedelta(hours=12) for age in ago) >= 25
        assert max(ago) < timedelta(days=7)

    def test_is_quick(self, tmp_path):
        """The night is laid in less than 1.5 s of processor time."""
        begun = time.process_time()
        write(tmp_path, NOW)

        assert time.process_time() - begun < 1.5


def _log_stamps(folder):
    for path in folder.glob("snapshots/*/*/logs/*/*.json"):
        for event in json.loads(path.read_text())["events"]:
            yield datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


class TestTrail:
    def test_folders_are_days_of_publishing(self, night):
        """A file lies in the folder of the day it was published, which is never before its events."""
        for path in night.folder.glob("AWSLogs/**/CloudTrail/**/*.json.gz"):
            day, name = "".join(path.parts[-4:-1]), path.name.split("_")
            published = datetime.strptime(name[3], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
            events = [at(record["eventTime"]) for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]]

            assert name[3][:8] == day
            assert name[0] in path.parts
            assert name[2] in path.parts
            assert max(events) <= published

    def test_some_records_are_published_a_day_later(self, night):
        """Folder dates run ahead of event times: a question must read one day more."""
        ahead = [
            record["eventID"]
            for path in night.folder.glob("AWSLogs/**/CloudTrail/**/*.json.gz")
            for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]
            if "/".join(path.parts[-4:-1]) > record["eventTime"][:10].replace("-", "/")
        ]

        assert ahead

    def test_organization_trail(self, night):
        """One account lies under an organization's trail, and digests lie beside the records."""
        assert [path.name for path in night.folder.glob("AWSLogs/o-*/*")] == ["444455556666"]
        assert list(night.folder.glob("AWSLogs/**/CloudTrail-Digest/**/*.json.gz"))

    def test_one_delivered_twice_and_one_late(self, records):
        """CloudTrail delivers at least once, and sometimes a day late with an addendum."""
        ids = [record["eventID"] for record in records]

        assert len(ids) - len(set(ids)) == 1
        assert [record["addendum"]["reason"] for record in records if "addendum" in record] == ["DELIVERY_DELAY"]

    def test_every_record_has_the_common_fields(self, records):
        """Every management record has what CloudTrail puts on all of them."""
        common = {
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "requestID",
            "eventID",
            "readOnly",
            "eventType",
            "managementEvent",
            "recipientAccountId",
            "eventCategory",
        }

        assert all(common <= set(record) for record in records)

    def test_starts(self, night, records):
        """A start names its session; `documentName` is absent for the default shell, parameters are lists, the token is hidden."""
        starts = {
            r["responseElements"]["sessionId"]: r
            for r in records
            if (r["eventSource"], r["eventName"]) == ("ssm.amazonaws.com", "StartSession") and "errorCode" not in r
        }
        expected = {one.id: one for one in night.sessions if one.in_trail and one.kind is not Kind.ECS}

        assert set(expected) == set(starts)
        for ident, record in starts.items():
            asked, told = record["requestParameters"], expected[ident]
            assert told.node.id == asked["target"]
            assert told.owner == record["userIdentity"]["arn"]
            assert told.started == at(record["eventTime"])
            assert told.document == asked.get("documentName", "SSM-SessionManagerRunShell")
            assert (told.reason or None) == asked.get("reason")
            assert all(isinstance(value, list) for value in asked.get("parameters", {}).values())
            assert record["responseElements"]["tokenValue"] == "Value hidden due to security reasons."

    def test_denied(self, night, records):
        """A denied start has null parameters, and only its message names the caller and the node."""
        denied = [r for r in records if r["eventName"] == "StartSession" and str(r.get("errorCode")).startswith("AccessDenied")]

        assert len(denied) == 8
        assert all(record["requestParameters"] is None and record["responseElements"] is None for record in denied)
        assert all(record["userIdentity"]["arn"] in record["errorMessage"] for record in denied)
        assert {"AccessDenied", "AccessDeniedException"} == {record["errorCode"] for record in denied}
        assert len(night.denied) == 9

    def test_ends_are_mostly_unseen(self, night, records):
        """TerminateSession knows the session alone, and most ends have none."""
        ends = [record for record in records if record["eventName"] == "TerminateSession"]

        assert all(set(record["requestParameters"]) == {"sessionId"} for record in ends)
        assert {one.id for one in night.sessions if one.ended_by} == {record["requestParameters"]["sessionId"] for record in ends}
        assert len(ends) * 5 < len(night.ended)

    @pytest.mark.parametrize(
        "call",
        [
            "ssm ResumeSession",
            "ssm UpdateDocument",
            "ssm UpdateDocumentDefaultVersion",
            "ssm CreateDocument",
            "ssm StartAccessRequest",
            "ssm GetAccessToken",
            "ssm SendCommand",
            "ssm-guiconnect StartConnection",
            "ec2-instance-connect SendSSHPublicKey",
            "ecs ExecuteCommand",
            "ec2 StopInstances",
            "logs DeleteLogStream",
            "logs PutRetentionPolicy",
            "athena StartSession",
            "cloudtrail StopLogging",
            "ssm ModifyDocumentPermission",
            "ssm-guiconnect DeleteConnectionRecordingPreferences",
            "ec2-instance-connect SendSerialConsoleSSHPublicKey",
            "ec2 RunInstances",
        ],
    )
    def test_the_rest_of_the_story_is_there(self, records, call):
        """Each neighbour of a session that detections look for happens at least once."""
        source, name = call.split()

        assert any((f"{source}.amazonaws.com", name) == (record["eventSource"], record["eventName"]) for record in records)


class TestSnapshots:
    @pytest.mark.parametrize(
        ("name", "operation"),
        [
            ("ssm.describe-sessions.*.json", "DescribeSessions"),
            ("ssm.get-document.*.json", "GetDocument"),
            ("ssm.list-documents.json", "ListDocuments"),
            ("ssm.describe-instance-information.json", "DescribeInstanceInformation"),
            ("ec2.describe-instances.json", "DescribeInstances"),
            ("logs/*/*.json", "GetLogEvents"),
        ],
    )
    def test_shapes_are_botocores(self, night, name, operation):
        """Every snapshot fits the service model: names, types, enumerations (EC2 writes `windows` where the model has `Windows`), lengths."""
        service = {"ec2": "ec2", "ssm": "ssm"}.get(name[:3], "logs")
        shape = botocore.session.get_session().get_service_model(service).operation_model(operation).output_shape
        bodies = snapshot(night, name)

        assert bodies
        assert [fault for body in bodies for fault in faults(body, shape)] == []

    def test_sessions_are_the_told_ones(self, night):
        """DescribeSessions knows every session that was opened, in the right state, by its owner."""
        active = [one["SessionId"] for body in snapshot(night, "ssm.describe-sessions.active.json") for one in body["Sessions"]]
        history = [one["SessionId"] for body in snapshot(night, "ssm.describe-sessions.history.json") for one in body["Sessions"]]

        assert {one.id for one in night.live} == set(active)
        assert {one.id for one in night.ended} == set(history)
        assert all(SESSION_ID.match(ident) for ident in active + history)

    def test_custom_port_document_hides_its_port(self, night):
        """Only GetDocument tells that a custom document is a tunnel, and where to."""
        body = snapshot(night, "ssm.get-document.acme-DbTunnel.json")[0]

        assert json.loads(body["Content"])["sessionType"] == "Port"
        assert (night["db-tunnel"].port, night["db-tunnel"].kind) == ("5432", Kind.TUNNEL)


def faults(value, shape, path="$"):
    """Where a value does not fit a botocore shape."""
    kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": str, "list": list, "structure": dict, "map": dict}
    if not isinstance(value, kinds[shape.type_name]):
        yield f"{path}: {type(value).__name__} for {shape.type_name}"
    elif shape.type_name == "structure":
        for name, inner in value.items():
            yield from (
                faults(inner, shape.members[name], f"{path}.{name}") if name in shape.members else [f"{path}.{name}: not in {shape.name}"]
            )
    elif shape.type_name == "list":
        for place, inner in enumerate(value):
            yield from faults(inner, shape.member, f"{path}[{place}]")
    elif shape.type_name == "string" and (
        value.lower() not in [word.lower() for word in getattr(shape, "enum", None) or [value]]
        or len(value) > shape.metadata.get("max", len(value))
    ):
        yield f"{path}: {value[:40]!r} is not a {shape.name}"


class TestLogs:
    def test_forms_lie_where_they_are_told(self, night):
        """Each session's log lies in the stores that its truth names, and nowhere else."""
        objects = {path.stem for path in night.folder.glob("session-logs/*.log")}
        streams = {path.stem for path in night.folder.glob("snapshots/*/*/logs/*/*.json")}

        assert {one.id for one in night.sessions if "object" in one.logs} == objects
        assert {one.id for one in night.sessions if {"stream", "upload"} & set(one.logs)} | {night.orphan} == streams

    def test_streams_are_json_of_their_session(self, night):
        """A streamed session's events are JSON of that session and owner, as Go writes it, in order of time."""
        for told in night.sessions:
            if "stream" in told.logs:
                (path,) = night.folder.glob(f"snapshots/*/*/logs/*/{told.id}.json")
                events = json.loads(path.read_text())["events"]
                bodies = [json.loads(event["message"]) for event in events]
                stamps = [event["timestamp"] for event in events]

                assert {(told.id, told.owner, told.node.id)} == {
                    (b["sessionId"], b["userIdentity"]["arn"], b["target"]["id"]) for b in bodies
                }
                assert not any(re.search("[<>&]", event["message"]) for event in events)
                assert not any("\r" in line for body in bodies for line in body["sessionData"])
                assert sorted(stamps) == stamps

    def test_nothing_said_is_lost_in_streaming(self, night):
        """The lines of an ended stream are the terminal's, stripped as the agent strips; only the resent event is there twice."""
        for told, _, take in cast(night.now):
            if "stream" in told.logs and told.coverage == "logged" and not told.live and not told.node.windows:
                (path,) = night.folder.glob(f"snapshots/*/*/logs/*/{told.id}.json")
                messages = list(dict.fromkeys(event["message"] for event in json.loads(path.read_text())["events"]))
                sent = "".join(line for message in messages for line in json.loads(message)["sessionData"])
                raw = take.raw.replace(b"\r", b"").replace(b"\t", b" ").split(b"\n")

                assert "".join(stripped(line).decode("utf-8", "replace") for line in raw) == sent, told.key

    def test_one_event_was_sent_twice(self, night):
        """A put that failed may have been kept: its event comes again."""
        (path,) = night.folder.glob(f"snapshots/*/*/logs/*/{night['psql'].id}.json")
        messages = [event["message"] for event in json.loads(path.read_text())["events"]]

        assert messages[-1] == messages[-2]

    def test_weakened_preferences_are_a_version(self, night):
        """For an hour prod's preferences logged nothing, and SSM still knows that version."""
        inputs = json.loads(night.versions["4"]["Content"])["inputs"]

        assert (inputs["cloudWatchLogGroupName"], inputs["s3BucketName"]) == ("", "")
        assert {"weak-1", "weak-2"} == {one.key for one in night.unlogged if night.weakened[0] <= one.started < night.weakened[1]}

    def test_linux_files_are_wrapped_by_script(self, night):
        """A Linux file opens and closes as script(1) writes it, and its lines end in CR CR LF."""
        for told in night.sessions:
            if "object" in told.logs and told.kind is Kind.SHELL and not told.node.windows:
                body = (night.folder / "session-logs" / f"{told.id}.log").read_bytes()

                assert body.startswith(b"Script started on ")
                assert b"\nScript done on " in body
                assert b"\r\r\n" in body

    def test_windows_files_have_the_banner(self, night):
        """A Windows file is a PowerShell transcript."""
        told = [one for one in night.sessions if "object" in one.logs and one.node.windows]

        assert told
        for one in told:
            assert b"Windows PowerShell transcript start" in (night.folder / "session-logs" / f"{one.id}.log").read_bytes()


def screen(text):
    """All that a terminal showed, its rows run together."""
    terminal = pyte.HistoryScreen(120, 60, history=9000)
    pyte.Stream(terminal).feed(text)
    return "".join("".join(row[column].data for column in range(120)) for row in terminal.history.top) + "".join(terminal.display)


class TestTruth:
    def test_kinds(self, night):
        """Every kind of session happens, also among the live ones."""
        assert {Kind.SHELL, Kind.COMMAND, Kind.TUNNEL, Kind.SSH, Kind.RDP, Kind.ECS} == {one.kind for one in night.sessions}
        assert {Kind.SHELL, Kind.TUNNEL, Kind.SSH, Kind.RDP} == {one.kind for one in night.live}

    def test_every_coverage_happens(self, night):
        """Logged, partial, expected none, unexpected none and not yet: each with its cause."""
        assert {"logged", "partial", "expected-none", "unexpected-none", "pending"} == {one.coverage for one in night.sessions}
        assert {
            "no stream",
            "custom document",
            "preferences weakened",
            "log stream deleted",
            "nothing configured",
            "the cluster logs nothing",
        } == {one.cause for one in night.unlogged}

    def test_risky_is_typed(self, night):
        """What nobody may overlook was typed, on Linux and on Windows."""
        assert all(set(one.risky) <= set(one.typed) for one in night.sessions)
        assert {True, False} == {one.node.windows for one in night.risky}

    def test_a_terminal_shows_what_was_typed(self, night):
        """Fed to a terminal of 120 columns, each command stands on its screen as submitted, wrapped lines too."""
        for told, _, take in cast(night.now):
            if not told.node.windows and "\x1b[?1049h" not in take.raw.decode() and "\x1b[2J" not in take.raw.decode():
                shown = screen(take.raw.decode())
                assert [line for text in told.typed for line in text.split("\n") if line not in shown] == [], told.key

    def test_edits_leave_what_was_submitted(self, night):
        """Backspace, recall, search, completion and killed lines end in the command that ran."""
        assert "df -h /var" in night["orders-look"].typed
        assert "kubectl get pods -o wide -n orders" in night["live-shell"].typed
        assert "sudo systemctl restart orders-api" in night["live-shell"].typed
        assert "sudo useradd -o -u 0 -g 0 -M -d /root -s /bin/bash support" in night["intruder"].typed
        assert any(text.startswith("cat > /tmp/release-note.txt <<'EOF'\nReloaded") for text in night["edit-config"].typed)
