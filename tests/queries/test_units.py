"""The small parts of the AWS side: links, files of questions, sessions, destinations, scopes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from bot.core.model import Document, Kind, Place, Refused, Session, Span, Unavailable
from queries import console, insights, logfile, nodes, output, sessions, transcripts
from queries.budget import Budget
from queries.documents import KEEP, Library
from queries.scopes import Post, Scope, account_of, posts
from queries.sources import joined


class TestConsole:
    def test_the_insights_link_is_the_consoles_own_form(self):
        """Decoded again, the link holds query, group and span."""
        link = console.insights("eu-west-1", ["/acme/ssm"], "fields @message\n| limit 5", 1_790_000_000, 1_790_003_600)
        assert link.startswith(
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D"
        )
        detail = unquote(unquote(link.partition("logs-insights")[2].replace("$", "%"))).replace("*", "%")
        assert "editorString~'fields @message\n| limit 5~source~(~'/acme/ssm)" in unquote(detail)
        assert "end~'2026-09-21T15:13:20.000Z~start~'2026-09-21T14:13:20.000Z~timeType~'ABSOLUTE" in unquote(detail)

    def test_a_stream_link_is_encoded_twice(self):
        """Slashes of the group become $252F."""
        assert "log-group/$252Facme$252Fssm/log-events/ana-1$2540x" in console.stream("eu-west-1", "/acme/ssm", "ana-1@x")

    def test_other_partitions_have_their_own_console(self):
        """China and GovCloud."""
        assert "console.amazonaws.cn" in console.athena("cn-north-1", "q")
        assert "amazonaws-us-gov" in console.s3("us-gov-west-1", "b", "k")


class TestQuestions:
    @pytest.mark.parametrize("name", ["recent", "hits", "search"])
    def test_every_file_states_itself(self, name):
        """A sentence, parameters and columns; each parameter is used, and each column is shown."""
        question = logfile.load(name)
        assert question.about.endswith(".")
        assert set(question.parameters) == set(re.findall(r"\{(\w+)\}", question.text))
        assert all(column in question.text for column in question.columns)

    def test_a_missing_value_is_an_error_of_ours(self):
        """Nothing is asked with a hole in it."""
        with pytest.raises(ValueError, match="hits takes pattern, limit; it was given limit"):
            logfile.render(logfile.load("hits"), {"limit": 5})

    def test_a_value_is_never_read_as_a_parameter(self):
        """`{limit}` within a pattern stays as it is."""
        assert "like /(?i){limit}/" in logfile.render(logfile.load("hits"), {"pattern": "/(?i){limit}/", "limit": 5})


class TestInsights:
    def test_times_are_whole_seconds_no_narrower_than_the_span(self):
        """StartQuery counts in seconds, both inclusive."""
        since = datetime(2026, 11, 23, 1, 0, 0, 500_000, UTC)
        assert (1795395600, 1795395602) == insights.seconds(Span(since, since + timedelta(seconds=1)))

    @pytest.mark.parametrize(
        ("text", "at"),
        [
            pytest.param("2026-11-23 16:59:04.123", datetime(2026, 11, 23, 16, 59, 4, 123_000, UTC), id="a field"),
            pytest.param("1795452000000", datetime(2026, 11, 23, 16, 40, tzinfo=UTC), id="an aggregate"),
            pytest.param("1.795452E12", datetime(2026, 11, 23, 16, 40, tzinfo=UTC), id="an aggregate in scientific form"),
            pytest.param("", None, id="nothing"),
            pytest.param("9" * 30, None, id="no time at all"),
        ],
    )
    def test_a_moment_in_each_form(self, text, at):
        """Fields are text in UTC, aggregates are epoch milliseconds."""
        assert at == insights.moment(text)

    def test_a_full_result_says_so(self):
        """10,000 rows are as many as a query gives."""
        found = insights.found_of({"results": [[{"field": "a", "value": "b"}]] * 10_000})
        assert ("cut at 10,000 rows: ask a shorter span",) == found.notes

    def test_an_event_that_was_cut_is_kept_and_marked(self):
        """What matched may be in the part that is gone, so the event stays, with nothing in `matched`."""
        row = {"@timestamp": "2026-11-23 01:00:00.000", "@message": '{"sessionData":["' + "x" * 983, "@logStream": "ana-1", "@log": "1:/g"}
        span = Span(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
        (hit,) = output.hits_of([row], re.compile("sudo"), Place("1", "r"), span)
        assert ("", "ana-1", "/g") == (hit.matched, hit.session, hit.group)

    @pytest.mark.parametrize(
        ("line", "start"), [("x" * 5000 + "sudo", 5000), ("sudo" + "x" * 5000, 0), ("x" * 1600 + "sudo" + "y" * 5000, 1600), ("sudo", 0)]
    )
    def test_a_long_line_is_cut_around_its_match(self, line, start):
        """What matched is always in what is shown, and that is never too long."""
        shown = output.excerpt(line, start)
        assert ("sudo" in shown, len(shown) <= output.MOST_TEXT) == (True, True)

    def test_rows_are_cut_to_the_half_open_span(self):
        """StartQuery's seconds take in more than was asked for."""
        span = Span(datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC))
        times = ("2026-11-23 00:59:59.999", "2026-11-23 01:00:00.000", "2026-11-23 01:59:59.999", "2026-11-23 02:00:00.000")
        rows = [{"@timestamp": at, "@message": "sudo", "@logStream": at} for at in times]
        assert list(times[1:3]) == [hit.session for hit in output.hits_of(rows, re.compile("sudo"), Place("1", "r"), span)]

    @pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout"])
    def test_a_query_that_did_not_complete_is_no_answer(self, status):
        """Its end is named."""
        with pytest.raises(Unavailable, match=f"The Logs Insights query in here ended as {status}"):
            insights._finished({"status": status, "results": []}, "here")

    def test_a_query_that_ran_out_of_time_gives_what_it_had(self):
        """Marked as such."""
        found = insights._finished({"status": "Timeout", "results": [[{"field": "a", "value": "b"}]]}, "here")
        assert (1, True) == (len(found.rows), "ran out of time" in found.notes[0])


class TestSessions:
    @pytest.mark.parametrize("text", ["a b", "a'b", "a|b", "", "x" * 97, "-a", "a\nb", "../a"])
    def test_what_cannot_be_an_id_is_refused(self, text):
        """Ids end in queries and addresses, so they are checked."""
        with pytest.raises(Refused, match="cannot be a session id"):
            sessions.checked(text)

    @pytest.mark.parametrize(
        "text", ["ana-0e34861185201706f", "ana@example.com-wzleysigzmbd6fmkefjqvt5w4u", "ecs-execute-command-wzleysigzmbd6fmkefjqvt5w4u"]
    )
    def test_real_ids_pass(self, text):
        """Old, new and ECS forms."""
        assert text == sessions.checked(text)

    def test_a_session_with_an_id_alone(self):
        """Every other field may be absent; the document is then the Region's default shell."""
        found = sessions.session_of_item({"SessionId": "ana-1"}, Place("1", "r"), None, Kind.SHELL)
        assert Session("ana-1", document="SSM-SessionManagerRunShell", kind=Kind.SHELL, account="1", region="r", origin="ssm") == found

    def test_filters_are_rounded_outwards(self):
        """DescribeSessions filters by whole seconds."""
        at = datetime(2026, 11, 23, 1, 0, 0, 1, UTC)
        assert (("InvokedAfter", "2026-11-23T01:00:00Z"), ("InvokedBefore", "2026-11-23T01:00:01Z")) == sessions.within(Span(at, at))

    def test_the_shown_call_is_free_of_the_clis_trap(self):
        """`--max-results` would stop the CLI after one page."""
        assert "aws ssm describe-sessions --state Active --page-size 200" == sessions.call_text(sessions.asking("Active"))


class Pages:
    """A logs client with one event a page."""

    exceptions = type("Known", (), {"ResourceNotFoundException": LookupError})

    def __init__(self, messages):
        self.messages = messages

    def get_log_events(self, nextToken="0", **_):
        at = int(nextToken)
        return {"events": [{"message": m} for m in self.messages[at : at + 1]], "nextForwardToken": str(min(at + 1, len(self.messages)))}


class TestTranscripts:
    @pytest.mark.parametrize(
        ("url", "place"),
        [
            pytest.param(
                "https://s3.console.aws.amazon.com/s3/object/logs?region=eu-west-1&prefix=ssm/ana-1.log",
                ("logs", "ssm/ana-1.log"),
                id="console",
            ),
            pytest.param("https://logs.s3.eu-west-1.amazonaws.com/ssm/ana-1.log", ("logs", "ssm/ana-1.log"), id="bucket as host"),
            pytest.param("https://s3.eu-west-1.amazonaws.com/logs/ssm/ana-1.log", ("logs", "ssm/ana-1.log"), id="bucket in the path"),
            pytest.param("s3://logs/ssm/ana-1.log", ("logs", "ssm/ana-1.log"), id="s3"),
            pytest.param("https://logs.s3.amazonaws.com/ssm/other.log", None, id="another session's file"),
            pytest.param("", None, id="nothing"),
            pytest.param("ftp://x/ana-1.log", None, id="another scheme"),
        ],
    )
    def test_the_output_url_in_each_form(self, url, place):
        """SSM's hint is believed only if it names this session's file."""
        assert place == transcripts.hinted(url, "ana-1")

    def test_an_event_sent_twice_is_kept_once(self):
        """The agent sends a batch again after a failed put; a plain upload's equal lines are all kept."""
        event, other = '{"sessionData":["a"]}', '{"sessionData":["b"]}'
        bodies = [
            transcripts.from_stream(Pages(messages), "/g", "ana-1", Budget())
            for messages in ([event, other, event, other], ["a", "b", "a"])
        ]
        assert [("stream", f"{event}\n{other}\n".encode()), ("file", b"a\nb\na\n")] == [(body.form, body.bytes) for body in bodies]

    def test_a_stream_is_cut_at_the_cap(self):
        """What is cut is not complete."""
        body = transcripts.from_stream(Pages(["12345", "67890"]), "/g", "ana-1", Budget(), cap=9)
        assert (b"12345\n", False) == (body.bytes, body.complete)

    def test_a_colon_is_left_out_of_the_key(self):
        """The agent removes it from the file's name; the prefix stays."""
        assert "ssm/ab.log" == transcripts.key_of("/ssm/", "a:b")

    def test_a_parameter_is_no_destination(self):
        """`{{ssm:…}}` cannot be read from here."""
        assert ("", ("logs", "")) == transcripts.destinations({"cloudWatchLogGroupName": "{{ssm:group}}", "s3BucketName": "logs"})


class TestScopes:
    def test_the_account_is_told_by_the_role(self):
        """No call is needed for a scope with a role."""
        assert "444455556666" == account_of(Scope("s", ("r",), role_arn="arn:aws:iam::444455556666:role/x"))

    def test_each_region_once_in_order(self):
        """A Region named twice is asked once."""
        scope = Scope("s", ("b", "a", "b"))
        assert (Post(scope, "b"), Post(scope, "a")) == posts([scope])

    def test_an_unknown_account_is_named_by_its_scope(self):
        """A place always has a name."""
        assert "prod/eu-west-1" == str(Post(Scope("prod", ("eu-west-1",)), "eu-west-1").place)


def test_ids_of_other_services_are_no_nodes():
    """Only `i-…` and `mi-…` are asked for."""
    assert (True, False, False) == tuple(
        bool(nodes.INSTANCE.match(i)) for i in ("i-0123456789abcdef0", "mi-0123456789abcdef0", "ecs:a_b_c")
    )


def test_notes_come_once():
    """The same note from many places is one note."""
    assert "a; b" == joined(["a", "", "b", "a"])


def test_a_document_is_read_again_after_a_while(clock):
    """What was read is believed for some minutes, no longer."""
    library, asked = Library(clock), []

    class Client:
        exceptions = type("Known", (), {"InvalidDocument": LookupError})

        def get_document(self, **request):
            asked.append(request["Name"])
            return {"Content": '{"sessionType": "Port"}', "DocumentVersion": "3"}

    for at in (0, KEEP - 1, KEEP + 1):
        clock.now = at
        found = library.read(Client(), Place("1", "r"), "Acme-Db")
        assert Document("Acme-Db", "Port", {}, {}, "1", "r", "3") == found
    assert ["Acme-Db", "Acme-Db"] == asked
