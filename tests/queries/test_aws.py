"""AwsEvidence over HTTP against the made-up night: what each question gives, and what each kind of trouble says."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest

from bot.core.model import Kind, Place, Refused, Session, Span, Unavailable, Where
from queries.aws import AwsEvidence
from queries.clients import Tuning
from queries.documents import PREFERENCES
from queries.scopes import Scope
from tests.queries.conftest import DATA, NOW, PROD, STAGING, WEEK
from tests.standins.faults import Fault

ALL = ("111122223333/eu-west-1", "111122223333/us-east-1", "444455556666/eu-west-1", "777788889999/us-east-1")
MONTH = Span(NOW - timedelta(days=30), NOW)


def whys(evidence):
    return {unread.place: unread.why for source in evidence.asked for unread in source.unread}


def told_here(night, places=ALL):
    return [told for told in night.told if str(Place(told.node.account, told.node.region)) in places]


class TestSsm:
    def test_live_is_who_is_connected(self, ask, night):
        """Every open session of the fleet, newest first, with its kind."""
        live = ask().live()
        by_ssm = {Kind.RDP: Kind.TUNNEL}  # SSM sees the port forward alone; CloudTrail tells that it was a remote desktop
        assert {told.id: by_ssm.get(told.kind, told.kind) for told in told_here(night) if told.live} == {s.id: s.kind for s in live}
        assert sorted((s.started for s in live), reverse=True) == [s.started for s in live]

    def test_ended_is_what_started_within_the_span(self, ask, night):
        """Ended sessions of a half-open span, none of the others."""
        span = Span(NOW - timedelta(days=2), NOW - timedelta(hours=3))
        wanted = {t.id for t in told_here(night) if t.ended and not t.error and span.since <= t.started < span.until}
        assert wanted == {s.id for s in ask().ended(span)}

    def test_one_session_is_found_in_either_state(self, ask, night):
        """DescribeSessions is asked by id, in both states, in every place."""
        live, ended = (next(t for t in told_here(night) if not t.error and t.live is state) for state in (True, False))
        evidence = ask()
        assert [live.id, ended.id] == [s.id for told in (live, ended) for s in evidence.session(told.id)]
        assert () == evidence.session("nobody-0123456789abcdef0")

    def test_pages_are_followed_and_the_rate_is_kept(self, ask, aws, clock):
        """A page of two: all sessions come all the same, and calls beyond the burst wait a sixth of a second."""
        whole = ask().ended(MONTH)
        aws.ssm.page, before = 2, len(aws.calls)
        assert whole == ask([PROD, STAGING, DATA]).ended(MONTH)
        asked = Counter(call.where for call in aws.calls[before:] if call.operation == "DescribeSessions")
        assert max(asked.values()) > 6
        assert clock.waits

    def test_a_custom_tunnel_is_known_by_its_document(self, ask, aws, night):
        """A document of the team's own whose sessionType is Port makes a tunnel; it is read once."""
        custom = [told for told in told_here(night) if told.kind is Kind.TUNNEL and not told.document.startswith("AWS-") and not told.error]
        evidence = ask()
        found = {s.id: s.kind for s in (*evidence.ended(MONTH), *evidence.live())}
        assert custom
        assert {Kind.TUNNEL} == {found[told.id] for told in custom if told.id in found}
        reads = Counter((call.where, call.body["Name"]) for call in aws.calls if call.operation == "GetDocument")
        assert {1} == set(reads.values())

    def test_documents_are_the_fleets_own(self, ask, night):
        """AWS's own documents are not among them; each place has its preferences."""
        documents = ask().documents()
        assert set(ALL) == {str(Place(d.account, d.region)) for d in documents if d.name == PREFERENCES}
        assert not [d.name for d in documents if d.name.startswith("AWS-")]
        assert {"Port"} <= {d.session_type for d in documents}

    def test_preferences_that_were_never_saved(self, ask):
        """A Region without preferences has no document, and that says something."""
        (found,) = ask([Scope("empty", ("eu-north-1",))]).documents()
        assert (PREFERENCES, "", True) == (found.name, found.session_type, "nothing is logged" in found.missing)

    def test_nodes_have_their_names(self, ask, night):
        """EC2's Name tag, SSM's computer name for a hybrid node; unknown and foreign ids are simply not there."""
        here = [node for node in night.nodes if str(Place(*node.place)) in ALL and not node.id.startswith("ecs:")]
        wanted = [(Place(*node.place), node.id) for node in here]
        found = ask().nodes([*wanted, (Place(*here[0].place), "i-00000000000000000"), (Place(*here[0].place), "ecs:a_b_c")])
        assert {node.id for node in here} == set(found)
        assert {node.id: node.name for node in here if node.name} == {i: n.name for i, n in found.items() if i in {x.id for x in here if x.name}}
        assert {node.id for node in here if node.windows} == {i for i, n in found.items() if n.platform == "windows"}

    def test_terminate_in_the_stand_in_says_yes_to_anything(self, aws, ask):
        """TerminateSession gives the id back also for a session that does not exist; DescribeSessions tells the truth."""
        evidence = ask([PROD])
        client = evidence._inquiry.shared.clients.client(PROD, "ssm", "eu-west-1")
        live = evidence.live()[0].id
        assert ["nobody-1", live] == [client.terminate_session(SessionId=i)["SessionId"] for i in ("nobody-1", live)]
        assert ["Terminated"] == [s.status for s in ask([PROD]).session(live)]


class TestTrail:
    def test_openings_are_the_nights(self, ask, night):
        """Every StartSession that CloudTrail has, denied ones too, once each."""
        found = ask().openings(WEEK, Where())
        wanted = [t for t in night.told if t.in_trail and WEEK.since <= t.started < WEEK.until]
        assert {t.id for t in wanted if not t.error} == {s.id for s in found if not s.error}
        assert len([t for t in wanted if t.error]) == len([s for s in found if s.error])
        assert len(found) == len({s.event for s in found})

    def test_denied_alone(self, ask, night):
        """Where.denied narrows to what was refused."""
        found = ask().openings(WEEK, Where(denied=True))
        assert found
        assert all(s.error and not s.id for s in found)

    def test_tunnels_take_custom_documents_by_name(self, ask, night):
        """A custom Port document is a tunnel when it is named."""
        own = {t.document for t in night.told if t.kind is Kind.TUNNEL and not t.document.startswith("AWS-") and not t.error and t.in_trail}
        without, among = (ask().tunnels(WEEK, names, Where()) for names in ((), sorted(own)))
        assert own
        assert {s.id for s in among} - {s.id for s in without} == {t.id for t in night.told if t.document in own and t.in_trail and not t.error}

    def test_events_are_oldest_first(self, ask):
        """Events run forward in time, and each came once."""
        found = ask().events(WEEK, Where())
        assert sorted((e.at, e.id) for e in found) == [(e.at, e.id) for e in found]
        assert len(found) == len({e.id for e in found})

    def test_the_source_says_what_it_cost(self, ask, aws):
        """Query text, bytes, cost with the 10 MB minimum, place and link."""
        evidence = ask()
        evidence.openings(WEEK, Where())
        (source,) = [s for s in evidence.asked if s.backend == "athena"]
        assert (0.00005, ("111122223333/eu-west-1",), True) == (source.cost, source.read, source.scanned > 0)
        assert aws.athena.started[0]["QueryString"] == source.query
        assert "\"timestamp\" BETWEEN '2026/11/15' AND '2026/11/25'" in source.query
        assert source.link.endswith("/query-editor/history/10000000-0000-4000-8000-000000000001")

    def test_a_repeated_question_is_reused_and_free(self, ask):
        """Literal dates make the same text, so Athena gives the earlier result."""
        evidence = ask()
        first, second = (evidence.openings(WEEK, Where()) for _ in range(2))
        one, two = [s for s in evidence.asked if s.backend == "athena"]
        assert first == second
        assert ("", 0.0, 0) == (one.note, two.cost, two.scanned)
        assert "an earlier result of the last 15 minutes" == two.note

    def test_a_table_that_two_scopes_name_is_asked_once(self, ask, aws):
        """The same table under the same role is one table."""
        ask([PROD, Scope("again", ("eu-west-1",), database="audit", table="cloudtrail_logs")]).openings(WEEK, Where())
        assert 1 == len(aws.athena.started)

    def test_rows_are_cut_and_it_is_said(self, ask):
        """No more rows than the limit; one more is fetched to know."""
        evidence = ask(rows=3)
        assert 3 == len(evidence.openings(WEEK, Where()))
        assert "cut at 3 rows: ask a shorter span or narrow the question" in [s.note for s in evidence.asked]

    def test_more_than_a_page_of_rows(self, ask, aws, monkeypatch):
        """Results are paged by a thousand."""
        found = ask().events(WEEK, Where())
        rows = aws.lake.run(aws.athena.started[-1]["QueryString"])
        names, one = rows[0], rows[1][0]
        many = [tuple(f"{number}" if name == "eventid" else value for name, value in zip(names, one, strict=True)) for number in range(2500)]
        monkeypatch.setattr(aws.lake, "run", lambda _: (names, many))
        assert found
        assert 2500 == len(ask(reuse=0).events(WEEK, Where()))

    def test_quotes_and_pipes_stay_values(self, ask, aws):
        """An actor with a quote is a value, not SQL."""
        assert () == ask().openings(WEEK, Where(actor="x' OR '1'='1 | --"))
        assert "x'' or ''1''=''1 | --" in aws.athena.started[0]["QueryString"]

    def test_polls_are_adaptive(self, ask, aws, clock):
        """A query of twelve polls: a quarter second each at first, then half."""
        aws.athena.states = ("QUEUED", *["RUNNING"] * 7)
        ask().openings(WEEK, Where())
        assert [0.25] * 4 + [0.5] * 4 == clock.waits

    @pytest.mark.parametrize("layout", ["dates", "numbers", "none"])
    def test_every_partition_scheme_gives_the_same(self, ask, aws, layout, monkeypatch):
        """Projected, by date parts, or not at all: the answer is the same, and an unpartitioned table says what it costs."""
        from tests.standins.lake import Lake

        wanted = ask().openings(WEEK, Where())
        lake = Lake(aws.export, "audit", "cloudtrail_logs", layout)
        monkeypatch.setattr(aws, "lake", lake)
        monkeypatch.setattr(aws.athena, "lake", lake)
        evidence = ask(reuse=0)
        assert wanted == evidence.openings(WEEK, Where())
        assert (layout == "none") == any("no day partition" in s.note for s in evidence.asked)


class TestAthenaTrouble:
    def sentence(self, evidence, question=lambda e: e.openings(WEEK, Where())):
        assert () == question(evidence)
        (why,) = whys(evidence).values()
        return why

    def test_a_table_that_is_not_there(self, ask):
        """Glue does not know it."""
        evidence = ask([Scope("prod", ("eu-west-1",), database="audit", table="wrong")])
        assert "The table audit.wrong does not exist in 111122223333/eu-west-1. Make it first" in self.sentence(evidence)

    def test_wrong_column_types(self, ask, aws):
        """A crawler's struct where AWS has text."""
        aws.broken = True
        assert "the column requestparameters is struct<target:string,documentname:string" in self.sentence(ask())

    @pytest.mark.parametrize(
        ("reason", "said"),
        [
            pytest.param("COLUMN_NOT_FOUND: line 3:5: Column 'x' cannot be resolved", "lacks a column", id="column"),
            pytest.param("TYPE_MISMATCH: line 1:1: y is not of type ROW", "has not AWS's type for it", id="type"),
            pytest.param("HIVE_BAD_DATA: Malformed JSON in s3://b/k", "A file behind audit.cloudtrail_logs cannot be read", id="bad file"),
            pytest.param("Access Denied (Service: Amazon S3; Status Code: 403)", "needs s3:GetObject, s3:ListBucket and kms:Decrypt", id="bucket"),
            pytest.param("Bytes scanned limit was exceeded", "The workgroup primary cut the query off", id="cut-off"),
            pytest.param("Query timeout", "ran into Athena's time limit", id="time limit"),
            pytest.param("Something else", "failed: Something else", id="anything else"),
        ],
    )
    def test_a_query_that_fails(self, ask, aws, reason, said):
        """Athena's reasons are sentences."""
        aws.athena.fail = reason
        assert said in self.sentence(ask())

    def test_a_workgroup_that_is_not_there(self, ask):
        """AWS's own words are kept."""
        scope = Scope("prod", ("eu-west-1",), database="audit", table="cloudtrail_logs", workgroup="nope")
        assert "WorkGroup nope is not found" in self.sentence(ask([scope]))

    def test_neither_workgroup_nor_output(self, ask):
        """Athena needs one of them."""
        scope = Scope("prod", ("eu-west-1",), database="audit", table="cloudtrail_logs", workgroup="")
        assert "names neither a workgroup nor an output location" in self.sentence(ask([scope]))

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param(Fault("athena", "StartQueryExecution"), "needs athena:StartQueryExecution", id="start denied"),
            pytest.param(Fault("athena", "GetQueryResults"), "needs athena:GetQueryResults", id="results denied"),
            pytest.param(Fault("glue", "GetTable"), "needs glue:GetTable", id="glue denied"),
            pytest.param(Fault("athena", code="TooManyRequestsException"), "runs as many queries as it may", id="too many"),
            pytest.param(Fault("athena", code="ThrottlingException"), "AWS is throttling athena:StartQueryExecution", id="throttled"),
            pytest.param(Fault("athena", code="ExpiredTokenException"), "have expired", id="expired"),
        ],
    )
    def test_a_call_that_is_refused(self, ask, aws, fault, said):
        """AWS's codes are sentences that name the action."""
        aws.fault(fault)
        assert said in self.sentence(ask())

    def test_a_query_that_reads_too_much_is_cancelled(self, ask, aws):
        """Looked at while it runs; cancelled, since every further byte is billed."""
        aws.athena.inflate, aws.athena.states = 1_000_000, ("RUNNING",) * 5
        assert "more than one question may read (1.0 GB)" in self.sentence(ask(scan=1_000_000_000))
        assert 1 == len(aws.athena.stopped)

    def test_the_deadline_cancels_the_query(self, ask, aws):
        """A query that nobody waits for is stopped in AWS too."""
        aws.athena.states = ("RUNNING",) * 100
        assert "did not answer in the time" in self.sentence(ask(deadline=5.0))
        assert 1 == len(aws.athena.stopped)

    def test_no_scope_has_a_table(self, ask):
        """That is a note, not silence."""
        evidence = ask([DATA])
        assert () == evidence.openings(WEEK, Where())
        assert ["No scope names a CloudTrail table, so CloudTrail cannot be asked. Set database and table for one."] == [s.note for s in evidence.asked]


class TestOutput:
    def test_streams_have_first_and_last_event(self, ask, aws):
        """As the log groups have them, the latest first."""
        found = ask().streams(WEEK, 500)
        assert sorted((s.last for s in found), reverse=True) == [s.last for s in found]
        held = aws.export.logs["111122223333", "eu-west-1"]
        (group, streams), *_ = held.items()
        counts = {s.session: s.events for s in found if (s.group, s.account, s.region) == (group, "111122223333", "eu-west-1")}
        since = WEEK.since.timestamp() * 1000
        assert {name: n for name, events in streams.items() if (n := sum(e["timestamp"] >= since for e in events))} == counts

    def test_streams_no_more_than_asked_for(self, ask):
        """The limit holds over all places together."""
        assert 3 == len(ask().streams(WEEK, 3))

    def test_hits_are_lines_that_really_match(self, ask):
        """Each hit holds what matched; ids and ARNs of the event's metadata are no hits."""
        evidence = ask()
        found = evidence.hits(WEEK, [r"\bsudo\b", r"assumed-role"], "risky linux")
        assert found
        assert all(hit.matched.lower() in hit.text.lower() for hit in found)
        assert not [hit for hit in found if "assumed-role" in hit.matched and '"userIdentity"' in hit.text]
        assert sorted((h.at for h in found), reverse=True) == [h.at for h in found]

    def test_a_redirect_is_found_in_json(self, ask, aws):
        """`>` and `&&` are escaped in a streamed event, and found all the same."""
        raw = [e["message"] for groups in aws.export.logs.values() for streams in groups.values() for es in streams.values() for e in es]
        assert any("\\u003e" in message for message in raw)
        assert [hit for hit in ask().search(WEEK, ">", regex=False) if "u003e" not in hit.text]

    def test_search_by_text_ignores_case(self, ask):
        """A text is a text: its dots and stars are not a pattern."""
        lower, upper = (ask().search(WEEK, text, regex=False) for text in ("sudo", "SUDO"))
        assert lower == upper != ()
        assert () == ask().search(WEEK, "s.do", regex=False)

    def test_search_by_pattern(self, ask):
        """The same as the text, said as a pattern."""
        assert ask().search(WEEK, "sudo", regex=False) == ask().search(WEEK, "s[t-v]do", regex=True)

    @pytest.mark.parametrize("text", ["/ | limit 1", 'x" | fields @ptr', "a\\", "# x", "(", "\n| stats count(*)"])
    def test_hostile_text_is_only_text(self, ask, aws, text):
        """Whatever is searched for, the query keeps its four steps."""
        evidence = ask()
        assert [] == [hit.text for hit in evidence.search(WEEK, text, regex=False) if text not in hit.text]
        assert {} == whys(evidence)
        assert {4} == {len(started["queryString"].splitlines()) for started in aws.insights.started}

    def test_a_bad_pattern_is_refused_before_anything_is_asked(self, ask, aws):
        """The person can act on the sentence."""
        with pytest.raises(Refused, match="is not a regular expression"):
            ask().search(WEEK, "(", regex=True)
        assert [] == aws.insights.started

    def test_the_source_of_a_search(self, ask):
        """Bytes and their price, the query with its groups, the link."""
        evidence = ask()
        evidence.search(WEEK, "sudo", regex=False)
        source = next(s for s in evidence.asked if s.backend == "insights")
        assert (True, source.scanned / 1e9 * 0.005) == (source.scanned > 0, source.cost)
        assert "like /(?i)sudo/" in source.query
        assert "#logsV2:logs-insights$3FqueryDetail" in source.link

    def test_polls_are_adaptive_and_partial_rows_are_not_taken_for_all(self, ask, aws, clock):
        """Rows of a running query are not the answer yet."""
        whole = ask([DATA]).search(WEEK, "e", regex=False)
        aws.insights.polls = 6
        clock.waits.clear()
        assert whole == ask([DATA]).search(WEEK, "e", regex=False)
        assert [0.25, 0.25, 0.25, 0.25, 0.5, 0.5] == clock.waits

    def test_a_cancel_stops_the_query_and_keeps_what_came(self, ask, aws):
        """At the deadline the query is stopped in AWS, and partial rows are marked."""
        aws.insights.polls = 1000
        evidence = ask([DATA], deadline=3.0)
        assert evidence.search(WEEK, "e", regex=False)
        assert 1 == len(aws.insights.stopped)
        assert "these are the rows found so far" in evidence.asked[-1].note

    def test_all_slots_taken_is_waited_out(self, ask, aws, clock):
        """Twice full, then free."""
        aws.fault(Fault("logs", "StartQuery", code="LimitExceededException", times=2))
        assert ask([DATA]).search(WEEK, "e", regex=False)
        assert [1.0, 2.0] == clock.waits[:2]

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param(Fault("logs", "StartQuery", code="LimitExceededException"), "has no free query slot", id="slots"),
            pytest.param(Fault("logs", "StartQuery"), "needs logs:StartQuery", id="denied"),
            pytest.param(Fault("logs", "GetQueryResults"), "needs logs:GetQueryResults", id="results denied"),
            pytest.param(Fault("logs", "StartQuery", code="MalformedQueryException", message="unexpected symbol"), "does not take the query: unexpected symbol", id="malformed"),
        ],
    )
    def test_insights_trouble(self, ask, aws, fault, said):
        """Each with its sentence."""
        aws.fault(fault)
        evidence = ask([DATA])
        assert () == evidence.search(WEEK, "e", regex=False)
        assert said in whys(evidence)["777788889999/us-east-1"]

    def test_a_group_that_is_not_there_is_named_and_the_other_is_read(self, ask, aws):
        """The agent never creates its group."""
        (group,) = aws.export.logs["777788889999", "us-east-1"]
        evidence = ask([Scope("data", ("us-east-1",), role_arn=DATA.role_arn, log_groups=("/not/there", group))])
        assert evidence.search(WEEK, "e", regex=False)
        assert "Log group /not/there does not exist in 777788889999/us-east-1: the agent never creates it" in whys(evidence)["777788889999/us-east-1"]

    def test_a_name_that_cannot_be_a_group(self, ask):
        """Refused before it is sent."""
        evidence = ask([Scope("data", ("us-east-1",), role_arn=DATA.role_arn, log_groups=("a'b",))])
        evidence.streams(WEEK, 5)
        assert "cannot be the name of a log group" in whys(evidence)["777788889999/us-east-1"]

    def test_events_cut_by_the_result_are_said(self, ask, aws):
        """Results may cut @message at about a thousand characters."""
        aws.insights.cut = 1000
        evidence = ask()
        assert evidence.search(WEEK, "e", regex=False)
        assert "may be cut at 1,000 characters" in evidence.asked[-1].note


class TestTranscripts:
    def recording(self, ask, night, where):
        told = next(t for t in told_here(night) if where(t))
        return told, ask().transcript(Session(told.id, kind=told.kind, document=told.document, status=told.status, account=told.node.account, region=told.node.region))

    def test_a_stream_is_one_json_event_a_line(self, ask, aws, night):
        """Oldest first, each an object of the agent's."""
        told, found = self.recording(ask, night, lambda t: "stream" in t.logs and not t.live)
        events = [json.loads(line) for line in found.body.decode().splitlines()]
        assert ("stream", True, "") == (found.form, found.complete, found.missing)
        assert {told.id} == {event["sessionId"] for event in events}

    def test_a_plain_upload_is_the_file(self, ask, night):
        """Plain events of a log stream, joined."""
        told, found = self.recording(ask, night, lambda t: "upload" in t.logs)
        assert ("file", True) == (found.form, found.body != b"")
        assert told.id in found.location

    def test_the_object_where_there_is_no_stream(self, ask, aws, night):
        """S3 holds the very bytes, in the bucket and under the prefix that the preferences name."""
        told, found = self.recording(ask, night, lambda t: t.logs == ("object",))
        assert (aws.export.objects[f"{told.id}.log"], "file") == (found.body, found.form)
        assert found.location.startswith("s3://")

    def test_a_session_that_goes_on_is_not_complete(self, ask, night):
        """What is streamed so far is not the whole."""
        _, found = self.recording(ask, night, lambda t: "stream" in t.logs and t.status == "Connected")
        assert (False, "stream") == (found.complete, found.form)

    def test_pages_are_read_to_the_end(self, ask, aws, night):
        """GetLogEvents is asked until its token repeats."""
        _, whole = self.recording(ask, night, lambda t: "stream" in t.logs and not t.live)
        tokens = [call.body.get("nextToken") for call in aws.calls if call.operation == "GetLogEvents"]
        assert (None, 2, True) == (tokens[0], len(tokens), whole.complete)

    def test_a_long_log_is_cut_and_says_so(self, ask, night):
        """The cap is in bytes; what is cut is not complete."""
        told = next(t for t in told_here(night) if "stream" in t.logs and not t.live)
        evidence = ask(transcript=10)
        found = evidence.transcript(Session(told.id, kind=told.kind, document=told.document, account=told.node.account, region=told.node.region))
        assert not found.complete or not found.body

    @pytest.mark.parametrize("kind", [Kind.TUNNEL, Kind.SSH, Kind.RDP])
    def test_a_tunnel_is_never_logged(self, ask, aws, kind):
        """Nothing is asked, and the reason is said."""
        aws.calls.clear()
        found = ask().transcript(Session("ana-1", kind=kind, account="111122223333", region="eu-west-1"))
        assert f"A {kind} session carries bytes, not a terminal" in found.missing
        assert [] == aws.calls

    def test_nothing_anywhere_says_where_was_looked(self, ask):
        """Group and object are named, and what may be the cause."""
        found = ask().transcript(Session("ana-0e34861185201706f", kind=Kind.SHELL, account="111122223333", region="eu-west-1"))
        assert "No transcript in log group /acme/ssm/sessions or s3://" in found.missing
        assert "s3:PutObject" in found.missing

    def test_a_denied_bucket_is_named(self, ask, aws, night):
        """The missing action is said, not that there is no transcript."""
        aws.fault(Fault("s3", "GetObject", code="AccessDenied", status=403))
        _, found = self.recording(ask, night, lambda t: t.logs == ("object",))
        assert "needs s3:GetObject" in found.missing
        assert "Without s3:ListBucket" in found.missing

    def test_a_place_that_no_scope_covers(self, ask):
        """Said as such."""
        assert "No scope covers 999999999999/eu-west-1" in ask().transcript(Session("ana-1", kind=Kind.SHELL, account="999999999999", region="eu-west-1")).missing


class TestFleet:
    def test_each_scope_speaks_with_its_own_role(self, ask, aws):
        """The account follows the role; the external id is given."""
        evidence = ask(fresh=True)
        evidence.live()
        assert evidence.asked[0].read == ALL
        assert {str(Place(*call.where)) for call in aws.calls if call.operation == "DescribeSessions"} == set(ALL)
        roles = [call.body for call in aws.calls if call.operation == "AssumeRole"]
        assert {("countersign", "not-a-secret"), ("countersign", None)} == {(r["RoleSessionName"], r.get("ExternalId")) for r in roles}

    def test_a_wrong_external_id(self, ask):
        """The role cannot be assumed; the sentence names sts:AssumeRole."""
        evidence = ask([PROD, Scope("staging", ("eu-west-1",), role_arn=STAGING.role_arn, external_id="wrong")])
        assert evidence.live()
        assert "needs sts:AssumeRole on arn:aws:iam::444455556666:role/countersign" in whys(evidence)["444455556666/eu-west-1"]

    def test_half_of_the_regions_failing(self, ask, aws, night):
        """The other half answers, and the answer says what is missing."""
        aws.fault(Fault("ssm", "DescribeSessions", region="us-east-1"))
        evidence = ask()
        assert {t.id for t in told_here(night) if t.live and t.node.region != "us-east-1"} == {s.id for s in evidence.live()}
        assert {"111122223333/us-east-1", "777788889999/us-east-1"} == set(whys(evidence))
        assert all("needs ssm:DescribeSessions" in why for why in whys(evidence).values())

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param(Fault("ssm", code="ThrottlingException"), "AWS is throttling ssm:DescribeSessions", id="throttled"),
            pytest.param(Fault("ssm", code="ExpiredTokenException"), "have expired", id="expired"),
            pytest.param(Fault("ssm", code="UnrecognizedClientException"), "the Region may not be enabled", id="region not enabled"),
            pytest.param(Fault("ssm", code="InternalServerError", status=500), "AWS failed to answer", id="broken"),
        ],
    )
    def test_trouble_in_one_account(self, ask, aws, fault, said):
        """One account is named with its reason; the others answer."""
        fault.account = "777788889999"
        aws.fault(fault)
        evidence = ask()
        assert evidence.live()
        assert ["777788889999/us-east-1"] == list(whys(evidence))
        assert said in whys(evidence)["777788889999/us-east-1"]

    def test_a_place_that_hangs(self, ask, aws):
        """botocore's read time-out is a sentence."""
        aws.fault(Fault("ssm", "DescribeSessions", region="us-east-1", account="777788889999", hang=0.6))
        evidence = ask(tuning=Tuning(attempts=1, read_timeout=0.2))
        assert evidence.live()
        assert "did not answer in time" in whys(evidence)["777788889999/us-east-1"]

    def test_an_endpoint_that_is_not_there(self, ask, monkeypatch):
        """A per-service endpoint leads nowhere; only that service is gone."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:9")
        evidence = ask([PROD], fresh=True)
        assert () == evidence.live()
        assert all("cannot be reached" in why for why in whys(evidence).values())
        assert evidence.openings(WEEK, Where())

    def test_no_credentials(self, ask, monkeypatch):
        """Said once for each place."""
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], fresh=True)
        assert () == evidence.live()
        assert "No AWS credentials for 111122223333/eu-west-1" in whys(evidence)["111122223333/eu-west-1"]

    def test_a_cancel_before_the_question(self, ask, aws):
        """Nothing is asked, every place is named."""
        cancel = threading.Event()
        cancel.set()
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], cancel=cancel)
        aws.calls.clear()
        assert () == evidence.live()
        assert ([], ["The question was cancelled before this part answered."]) == (aws.calls, list(whys(evidence).values()))

    def test_throttling_is_tried_again_by_botocore(self, ask, aws, monkeypatch):
        """Once throttled, then answered; the wait between is botocore's own."""
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        aws.fault(Fault("ssm", "DescribeSessions", region="eu-west-1", account="111122223333", code="ThrottlingException", times=1))
        evidence = ask([Scope("prod", ("eu-west-1",), account="111122223333")], tuning=Tuning(attempts=3, mode="standard"))
        assert evidence.live()
        assert {} == whys(evidence)


class TestExplain:
    def test_nothing_is_asked_and_everything_is_shown(self, ask, aws):
        """SQL, Insights QL and API calls, each as it would be asked."""
        aws.calls.clear()
        evidence = ask(explain=True)
        answers = [
            evidence.live(), evidence.ended(WEEK), evidence.session("ana-0e34861185201706f"), evidence.openings(WEEK, Where()),
            evidence.tunnels(WEEK, ("Acme-Db",), Where()), evidence.events(WEEK, Where()), evidence.documents(),
            evidence.hits(WEEK, ["sudo"], "risky linux"), evidence.search(WEEK, "x", regex=False), evidence.streams(WEEK, 5),
        ]  # fmt: skip
        assert ([()] * 10, []) == (answers, aws.calls)
        assert all(source.query or source.note for source in evidence.asked)
        assert "aws ssm describe-sessions --state Active --page-size 200" == evidence.asked[0].query
        assert any("FROM \"audit\".\"cloudtrail_logs\"" in source.query for source in evidence.asked)

    def test_the_plan_names_the_places(self, ask):
        """Where it would be asked."""
        evidence = ask(explain=True)
        evidence.live()
        assert ("prod/eu-west-1", "prod/us-east-1", "444455556666/eu-west-1", "777788889999/us-east-1") == evidence.asked[0].read


def test_making_evidence_costs_nothing_and_imports_no_boto3():
    """The path that acknowledges a command stays light."""
    code = "import sys, time; from queries.aws import AwsEvidence; t = time.perf_counter(); AwsEvidence([]); took = time.perf_counter() - t; "
    code += "print(took < 0.005, [m for m in ('boto3', 'botocore', 'pyathena', 'duckdb', 're2') if m in sys.modules])"
    assert "True []" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_unavailable_is_what_a_sentence_is_raised_as():
    """Evidence never raises it: it is kept as an unread part."""
    assert issubclass(Unavailable, Exception)
    assert () == AwsEvidence([]).live()
