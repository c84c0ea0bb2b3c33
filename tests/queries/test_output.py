"""What Logs Insights answers over HTTP against the made-up night, and what each kind of trouble says."""

from __future__ import annotations

import pytest

from bot.core.model import Refused
from queries.scopes import Scope
from tests.queries.conftest import DATA, STAGING, WEEK
from tests.queries.words import whys
from tests.standins.faults import Fault


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

    def test_a_query_that_reads_too_much_is_stopped(self, ask, aws):
        """Each gigabyte is billed; what was found is kept and marked, and its cost is said."""
        aws.insights.inflate, aws.insights.polls = 1_000_000, 50
        evidence = ask([DATA], search=1_000_000_000)
        assert evidence.search(WEEK, "e", regex=False)
        assert 1 == len(aws.insights.stopped)
        assert "stopped at the cost ceiling (1.0 GB): these are the rows found so far" in evidence.asked[-1].note
        assert evidence.asked[-1].cost > 0.005

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
            pytest.param(
                Fault("logs", "StartQuery", code="MalformedQueryException", message="unexpected symbol"),
                "does not take the query: unexpected symbol",
                id="malformed",
            ),
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
        assert (
            "Log group /not/there does not exist in 777788889999/us-east-1: the agent never creates it"
            in whys(evidence)["777788889999/us-east-1"]
        )

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

    def test_a_long_set_of_patterns_is_asked_in_parts(self, ask, aws):
        """Each query fits, each place gets each of them, and together they are one question."""
        patterns = [f"tool{number:03d}" + "x" * 200 for number in range(100)] + [r"\bsudo\b"]
        evidence = ask([DATA])
        assert {hit.matched for hit in evidence.hits(WEEK, patterns, "risky")} <= {"sudo"}
        (source,) = [s for s in evidence.asked if s.backend == "insights"]
        assert (3, ("777788889999/us-east-1",)) == (len(aws.insights.started), source.read)
        assert all(len(started["queryString"]) <= 10_000 for started in aws.insights.started)

    def test_a_place_without_a_log_group_is_said(self, ask):
        """Nothing was searched there, so silence there means nothing."""
        evidence = ask([DATA, STAGING])
        evidence.search(WEEK, "e", regex=False)
        assert "no log group is known in 444455556666/eu-west-1" in evidence.asked[-1].note

    def test_one_query_of_several_that_fails_makes_the_place_unread(self, ask, aws):
        """A place is read only if all of the question was answered there."""
        aws.fault(Fault("logs", "StartQuery", code="InternalServerError", times=1))
        evidence = ask([DATA])
        evidence.hits(WEEK, ["a" * 8000, "b" * 8000], "risky")
        assert ((), ["777788889999/us-east-1"]) == (evidence.asked[-1].read, [u.place for u in evidence.asked[-1].unread])
