"""What Athena answers over HTTP against the made-up night: openings, tunnels, events."""

from __future__ import annotations

import pytest

from bot.core.model import Kind, Where
from queries.scopes import Scope
from tests.queries.conftest import DATA, PROD, WEEK


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
        assert {s.id for s in among} - {s.id for s in without} == {
            t.id for t in night.told if t.document in own and t.in_trail and not t.error
        }

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

    def test_a_record_that_two_trails_hold_counts_once(self, ask, aws):
        """An organization's trail and an account's own both have it."""
        own = Scope("own", ("eu-west-1",), role_arn=DATA.role_arn, database="audit", table="cloudtrail_logs")
        both = ask([PROD, own])
        for question in (lambda e: e.openings(WEEK, Where()), lambda e: e.events(WEEK, Where())):
            assert question(ask([PROD])) == question(both)
        assert 6 == len(aws.athena.started)

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
        many = [
            tuple(f"{number}" if name == "eventid" else value for name, value in zip(names, one, strict=True)) for number in range(2500)
        ]
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
