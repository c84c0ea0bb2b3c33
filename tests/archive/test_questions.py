"""The SQL questions on DuckDB, held against plain Python on the same made-up records."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.cloudtrail import event_of_record, session_of_row
from bot.core.model import Kind, Span, Where
from bot.core.records import row_of_record
from bot.core.watched import concerns
from queries.archive import Archive, ArchiveEvidence
from queries.sqlfile import load
from tests.archive import made
from tests.archive.made import NOW

SPAN = Span(NOW - timedelta(days=3), NOW)
TUNNELS = (
    "AWS-StartPortForwardingSession",
    "AWS-StartPortForwardingSessionToRemoteHost",
    "AWS-StartSSHSession",
    "arn:aws:ssm:eu-central-1::document/AWS-StartPortForwardingSessionToSocket",
    "Own-Tunnel",
)
DOCUMENTS = (None, None, *TUNNELS, "Own-Shell", "AWS-StartInteractiveCommand")
DENIED = "User: {} is not authorized to perform: ssm:StartSession on resource: arn:aws:ssm:eu-central-1::document/{} because no identity-based policy allows it"


def population(seed=3, size=220):
    """Starts, ends, denials, desktops, guards and noise over five days, some outside the span."""
    draw = random.Random(seed)
    records = []
    for number in range(size):
        at = NOW - timedelta(seconds=draw.randrange(5 * 86400))
        who, node = draw.choice(made.PEOPLE), f"i-{draw.randrange(4):017x}"
        place = draw.choice([{}, {}, {"account": "444455556666", "region": "us-east-1"}])
        document = draw.choice(DOCUMENTS)
        match draw.randrange(8):
            case 0 | 1 | 2:
                records.append(made.started(number, who, at, node, document, {"portNumber": ["5432"], "host": ["db.example.com"]}, **place))
                if draw.random() < 0.5:
                    for extra in range(draw.randrange(1, 3)):
                        ended = {"sessionId": made.sid(who, number)}
                        when = at + timedelta(minutes=draw.randrange(1, 2000))
                        error = {"errorCode": "AccessDenied"} if draw.random() < 0.2 else {}
                        records.append(
                            made.record(
                                "TerminateSession",
                                number=10_000 + number * 10 + extra,
                                who=draw.choice(made.PEOPLE),
                                at=when,
                                request=ended,
                                response=None if error else ended,
                                **error,
                                **place,
                            )
                        )
            case 3:
                message = DENIED.format(made.arn(who), (document or "x").rpartition("/")[2])
                records.append(made.record(number=number, who=who, at=at, errorCode="AccessDenied", errorMessage=message, **place))
            case 4:
                rdp = made.record(
                    "StartConnection",
                    "ssm-guiconnect.amazonaws.com",
                    number=number,
                    who=who,
                    at=at,
                    request={"InstanceId": node, "Protocol": "RDP"},
                    ip="198.51.100.9",
                    **place,
                )
                records.append(rdp)
                if draw.random() < 0.7:
                    records.append(
                        made.started(
                            20_000 + number,
                            who,
                            at + timedelta(seconds=draw.randrange(90)),
                            node,
                            TUNNELS[0],
                            {"portNumber": ["3389"]},
                            invoked="ssm-guiconnect.amazonaws.com",
                            ip="ssm-guiconnect.amazonaws.com",
                            **place,
                        )
                    )
            case 5:
                records.append(
                    made.record(
                        "ExecuteCommand",
                        "ecs.amazonaws.com",
                        number=number,
                        who=who,
                        at=at,
                        request={"cluster": "prod", "task": "t1"},
                        response={"session": {"sessionId": made.sid("ecs-execute-command", number)}},
                        **place,
                    )
                )
            case 6:
                records.append(
                    made.record(
                        draw.choice(["UpdateDocument", "ResumeSession"]),
                        number=number,
                        who=who,
                        at=at,
                        request={"name": "SSM-SessionManagerRunShell", "sessionId": "x"},
                        **place,
                    )
                )
            case _:
                records.append(made.other(number, at))
    return records


@pytest.fixture(scope="module", name="records")
def _records():
    return population()


@pytest.fixture(scope="module", name="archive")
def _archive(tmp_path_factory, records):
    """The population as an export, every tenth record delivered twice, in the folders of other days."""
    folder = tmp_path_factory.mktemp("export")
    for number, part in enumerate((records[0::2], records[1::2], records[0::10])):
        for day in {r["eventTime"][:10] for r in part}:
            for account, region in (("111122223333", "eu-central-1"), ("444455556666", "us-east-1")):
                mine = [r for r in part if r["eventTime"].startswith(day) and r["recipientAccountId"] == account]
                made.trail(folder, mine, f"{number}", day.replace("-", "/"), account, region)
    archive = Archive(folder / "a.duckdb")
    archive.add(folder)
    yield archive
    archive.close()


def inside(record, span=SPAN):
    return made.stamp(span.since) <= record["eventTime"] < made.stamp(span.until)


def key(record):
    return record["recipientAccountId"], record["awsRegion"]


def ends(records):
    """The first allowed TerminateSession of each session id."""
    calls = sorted(
        (r for r in records if r["eventName"] == "TerminateSession" and "errorCode" not in r),
        key=lambda r: (r["eventTime"], r["eventID"]),
        reverse=True,
    )
    closes = made.stamp(SPAN.until + timedelta(days=1))
    return {(*key(r), r["requestParameters"]["sessionId"]): r for r in calls if made.stamp(SPAN.since) <= r["eventTime"] < closes}


def closed(session, records):
    end = ends(records).get((session.account, session.region, session.id))
    return replace(session, ended=event_of_record(end).at, ended_by=event_of_record(end).actor) if end and session.id else session


def newest(sessions):
    return tuple(sorted(sorted(sessions, key=lambda s: s.event), key=lambda s: s.started, reverse=True))


def audit(records):
    calls = [
        r
        for r in records
        if inside(r)
        and (r["eventSource"], r["eventName"]) in {("ssm.amazonaws.com", "StartSession"), ("ecs.amazonaws.com", "ExecuteCommand")}
    ]
    return newest(closed(session_of_row(row_of_record(r)), records) for r in calls)


def is_tunnel(record):
    document = (record["requestParameters"] or {}).get("documentName", "")
    named = document or record.get("errorMessage", "")
    return document == "Own-Tunnel" or any(
        f"{name} " in f"{named} " or named == name for name in (*TUNNELS[:4], "/AWS-StartPortForwardingSessionToSocket")
    )


def tunnels(records):
    starts = [r for r in records if inside(r) and r["eventName"] == "StartSession" and is_tunnel(r)]
    desktops = [r for r in records if inside(r) and r["eventName"] == "StartConnection"]
    paired, sessions = set(), []
    for start in starts:
        mine = [d for d in desktops if pairs(d, start)]
        session = closed(session_of_row(row_of_record(start)), records)
        if mine:
            paired |= {d["eventID"] for d in mine}
            session = replace(session, source_ip="198.51.100.9")
        sessions.append(session)
    return newest(sessions + [session_of_row(row_of_record(d)) for d in desktops if d["eventID"] not in paired])


def pairs(desktop, start):
    same = key(desktop) == key(start) and desktop["userIdentity"]["arn"] == start["userIdentity"]["arn"]
    via = start["userIdentity"].get("invokedBy") == "ssm-guiconnect.amazonaws.com"
    apart = abs((event_of_record(desktop).at - event_of_record(start).at).total_seconds())
    return via and same and apart <= 120 and desktop["requestParameters"]["InstanceId"] == start["requestParameters"]["target"]


WHERES = [
    pytest.param(Where(), lambda s: True, id="everything"),
    pytest.param(Where(actor="EVE"), lambda s: "eve" in s.owner, id="an actor, in another case"),
    pytest.param(Where(target="3"), lambda s: "3" in s.target or (not s.target and "3" in s.message), id="a target"),
    pytest.param(
        Where(document="own-"), lambda s: "Own-" in s.document or (not s.document and "own-" in s.message.lower()), id="a document"
    ),
    pytest.param(Where(ip="198.51.100.9"), lambda s: s.source_ip == "198.51.100.9", id="an address"),
    pytest.param(Where(account="444455556666", region="us-east-1"), lambda s: s.account == "444455556666", id="a place"),
    pytest.param(Where(denied=True), lambda s: bool(s.error), id="only denied"),
    pytest.param(Where(session="ben-"), lambda s: s.id.startswith("ben-"), id="a session id"),
    pytest.param(Where(actor="100%_!"), lambda s: False, id="signs of LIKE"),
]


@pytest.mark.parametrize(("where", "wanted"), WHERES)
def test_audit_says_what_plain_python_says(archive, records, where, wanted):
    expected = tuple(s for s in audit(records) if wanted(s))
    assert expected == ArchiveEvidence(archive, now=NOW).openings(SPAN, where)


@pytest.mark.parametrize(("where", "wanted"), WHERES)
def test_tunnels_says_what_plain_python_says(archive, records, where, wanted):
    expected = tuple(s for s in tunnels(records) if wanted(s))
    assert expected == ArchiveEvidence(archive, now=NOW).tunnels(SPAN, ["Own-Tunnel"], where)


def test_a_remote_desktop_is_counted_once(archive):
    found = ArchiveEvidence(archive, now=NOW).tunnels(SPAN, [], Where())
    desktops = [s for s in found if s.kind is Kind.RDP]
    assert {"198.51.100.9"} == {s.source_ip for s in desktops}
    assert any(s.id for s in desktops)
    assert any(not s.id for s in desktops)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        pytest.param(Where(), lambda e: True, id="everything"),
        pytest.param(Where(document="RunShell"), lambda e: "RunShell" in e.document, id="a document"),
    ],
)
def test_events_says_what_plain_python_says(archive, records, where, wanted):
    watched = [event_of_record(r) for r in records if inside(r) and concerns(r["eventSource"], r["eventName"])]
    expected = [replace(e, record={}) for e in sorted(watched, key=lambda e: (e.at, e.id)) if wanted(e)]
    found = ArchiveEvidence(archive, now=NOW).events(SPAN, where)
    assert expected == [replace(e, record={}) for e in found]
    assert all(e.record["userIdentity"]["arn"] == e.actor for e in found)


def test_a_cut_answer_says_so(archive):
    evidence = ArchiveEvidence(archive, now=NOW, rows=3)
    everything = ArchiveEvidence(archive, now=NOW).openings(SPAN, Where())
    assert everything[:3] == evidence.openings(SPAN, Where())
    assert "newest 3" in evidence.asked[-1].note
    last = ArchiveEvidence(archive, now=NOW).events(SPAN, Where())[-3:]
    assert [e.id for e in last] == [e.id for e in evidence.events(SPAN, Where())]


def test_an_explained_question_shows_athenas_text_and_asks_nothing(archive):
    evidence = ArchiveEvidence(archive, now=NOW, explain=True)
    assert () == evidence.openings(SPAN, Where())
    assert "\"timestamp\" BETWEEN '2026/11/19' AND '2026/11/25'" in evidence.asked[0].query
    assert 0 == evidence.asked[0].rows


HOUR = timedelta(hours=1)
LED = {
    "looked just before": (made.record("DescribeInstanceInformation", number=1, at=NOW - HOUR - timedelta(minutes=9)), True),
    "looked the same way earlier": (made.record("DescribeInstanceInformation", number=2, at=NOW - HOUR - timedelta(minutes=12)), False),
    "looked in another way": (made.record("ListCommands", number=3, at=NOW - HOUR - timedelta(minutes=14)), True),
    "looked long before": (made.record("GetInventory", number=4, at=NOW - HOUR - timedelta(minutes=16)), False),
    "looked afterwards": (made.record("GetInventory", number=5, at=NOW - timedelta(minutes=59)), False),
    "somebody else looked": (made.record("ListNodes", number=6, who="eve", at=NOW - HOUR - timedelta(minutes=2)), False),
    "a look at something else": (made.record("DescribeParameters", number=7, at=NOW - HOUR - timedelta(minutes=1)), False),
    "launched it": (made.record("RunInstances", "ec2.amazonaws.com", number=8, who="ben", at=NOW - 9 * HOUR, response={"instancesSet": {"items": [{"instanceId": "i-0abc1234def567890"}]}}), True),
    "launched it two days before": (made.record("RunInstances", "ec2.amazonaws.com", number=9, at=NOW - 48 * HOUR, response={"instancesSet": {"items": [{"instanceId": "i-0abc1234def567890"}]}}), False),
    "launched another": (made.record("RunInstances", "ec2.amazonaws.com", number=10, at=NOW - 2 * HOUR, response={"instancesSet": {"items": [{"instanceId": "i-0ffff1234def56789"}]}}), False),
    "launched it elsewhere": (made.record("RunInstances", "ec2.amazonaws.com", number=11, at=NOW - 2 * HOUR, region="us-east-1", response={"instancesSet": {"items": [{"instanceId": "i-0abc1234def567890"}]}}), False),
    "could not launch": (made.record("RunInstances", "ec2.amazonaws.com", number=12, at=NOW - 2 * HOUR, errorCode="UnauthorizedOperation"), False),
}  # fmt: skip


@pytest.fixture(scope="module", name="led")
def _led(tmp_path_factory):
    """One session of ana's an hour ago, and what may have led to it; every record is delivered twice."""
    folder = tmp_path_factory.mktemp("led")
    records = [
        made.started(100, at=NOW - HOUR),
        made.started(101, "eve", at=NOW - HOUR, errorCode="AccessDenied"),
        *(each for each, _ in LED.values()),
    ]
    for name in ("one", "two"):
        made.trail(folder, records, name)
    archive = Archive(folder / "archive.duckdb")
    archive.add(folder)
    yield archive
    archive.close()


def test_events_reads_its_table_once():
    """Athena reads a part of a query as often as it is named, and bills each time."""
    text = load("events").text
    parts = re.findall(r"^(?:WITH )?(\w+) AS \($", text, re.MULTILINE)
    assert [1] * len(parts) == [len(re.findall(rf"(?:FROM|JOIN) {part}\b", text)) for part in parts]
    assert 1 == text.count(":table")


@pytest.mark.parametrize("what", LED)
def test_what_only_looks_counts_where_a_session_follows(led, what):
    """Looks within a quarter of an hour, once for each name; launches within a day. A denied session is led to by nothing."""
    record, wanted = LED[what]
    found = [event.id for event in ArchiveEvidence(led, now=NOW).events(SPAN, Where())]
    assert found.count(record["eventID"]) == wanted
