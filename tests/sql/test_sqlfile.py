"""Rendering of the SQL questions: every text parses as Athena, reads its partition, and keeps values inside literals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from bot.core.model import Refused, Span, Where
from bot.core.watched import WATCHED
from queries import asking, sqlfile
from queries.scheme_model import Partition, TableScheme

SPAN = Span(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
PROJECTED = TableScheme("trails", "cloudtrail", (Partition("timestamp", "day-string"),))
ORGANIZATION = TableScheme(
    "trails",
    "org",
    (
        Partition("account", "account", values=("111122223333", "444455556666")),
        Partition("region", "region"),
        Partition("timestamp", "day-string"),
    ),
)
MANUAL = TableScheme(
    "trails",
    "manual",
    (Partition("region", "region"), Partition("year", "year"), Partition("month", "month", "int"), Partition("day", "day")),
)
BARE = TableScheme("trails", "console")


def values(name, where=Where(), documents=("Own-Tunnel",)):  # noqa: B008 - Where is frozen
    return {
        "audit": lambda: asking.audit(SPAN, where, 100),
        "tunnels": lambda: asking.tunnels(SPAN, documents, where, 100),
        "events": lambda: asking.events(SPAN, where, 100),
    }[name]()


def rendered(name, scheme=PROJECTED, where=Where(), documents=("Own-Tunnel",)):  # noqa: B008 - Where is frozen
    return sqlfile.render(sqlfile.load(name), scheme, values(name, where, documents))


EVERY = pytest.mark.parametrize("name", ["audit", "tunnels", "events"])
NARROWED = Where("ana", "i-0abc", "Own", "192.0.2.7", "111122223333", "eu-central-1", "ana-", denied=True)


@EVERY
@pytest.mark.parametrize("where", [pytest.param(Where(), id="not narrowed"), pytest.param(NARROWED, id="narrowed by everything")])
def test_every_question_gives_the_columns_its_header_promises(name, where):
    """The header's columns are the columns of the last SELECT, in order."""
    tree = parse_one(rendered(name, where=where), read="athena")
    last = tree.find(exp.CTE, bfs=False) and tree.ctes[-1].this if tree.is_star else tree
    assert sqlfile.load(name).columns == tuple(last.named_selects)


@EVERY
@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        pytest.param(PROJECTED, "\"timestamp\" BETWEEN '2026/11/15' AND '2026/11/2", id="a day as text"),
        pytest.param(ORGANIZATION, "\"account\" IN ('111122223333', '444455556666')", id="an organization's accounts"),
        pytest.param(MANUAL, "\"year\" = '2026' AND \"month\" = 11 AND \"day\" IN ('15', '16', '17'", id="year, month and day"),
        pytest.param(BARE, "WHERE true", id="the console's table has none"),
    ],
)
def test_every_question_reads_its_partition(name, scheme, expected):
    """The partition's days are a day wider than the span on both sides."""
    assert expected in rendered(name, scheme)


def test_a_span_over_the_turn_of_the_year_has_one_alternative_a_month():
    span = Span(datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    text = sqlfile.render(sqlfile.load("events"), MANUAL, asking.events(span, Where(), 1))
    assert "(\"year\" = '2026' AND \"month\" = 12 AND \"day\" IN ('30', '31'))" in text
    assert "(\"year\" = '2027' AND \"month\" = 1 AND \"day\" IN ('01', '02'))" in text


def test_an_injected_column_must_be_named():
    injected = TableScheme("trails", "t", (Partition("account", "account", injected=True),))
    with pytest.raises(Refused, match="name one account"):
        rendered("audit", injected)
    assert "\"account\" = '111122223333'" in rendered("audit", injected, Where(account="111122223333"))


@EVERY
def test_the_same_question_has_the_same_text(name):
    """Athena reuses a result only for the same text, so no clock and no order of a set may show in it."""
    assert rendered(name, documents=("b", "a")) == rendered(name, documents=("a", "b", "a"))
    assert "current_timestamp" not in rendered(name).lower()


def test_a_fraction_of_a_second_rounds_up():
    """CloudTrail's times have whole seconds: 09:00:00Z is before 09:00:00.5, so the literal must be 09:00:01Z."""
    given_values = asking.events(Span(SPAN.since + timedelta(microseconds=1), SPAN.until, ""), Where(), 5)
    text = sqlfile.render(sqlfile.load("events"), PROJECTED, given_values)
    assert "eventtime >= '2026-11-16T00:00:01Z'" in text
    assert "LIMIT 6" in text


def test_the_events_asked_for_are_the_watched_ones():
    tree = parse_one(rendered("events"), read="athena")
    literals = {literal.this for literal in tree.find_all(exp.Literal) if literal.is_string}
    assert set() == {name for names in WATCHED.values() for name in names} - literals


hostile = st.text(st.sampled_from("a'\"`;-/*%_![]:{}()\\\n\x00\u2019 |&limtOR1="), min_size=1, max_size=30) | st.text(
    min_size=1, max_size=30
)


@EVERY
@settings(max_examples=25, deadline=None)
@given(text=hostile)
def test_a_hostile_value_stays_inside_its_literal(name, text):
    """Whatever is typed, the query keeps the shape that it has with a harmless word, and LIKE finds exactly that text."""
    where = Where(actor=text, target=text, document=text, ip=text, session=text)
    try:
        found = parse_one(rendered(name, where=where, documents=(text,)), read="athena")
    except Refused:
        assert any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\\\u2028\u2029" or 0xD800 <= ord(c) < 0xE000 for c in text)
        return
    calm = parse_one(rendered(name, where=Where("x", "x", "x", "x", session="x"), documents=("x",)), read="athena")
    bare = text.rpartition("/")[2]

    def same(node):
        return exp.Literal.string("?") if isinstance(node, exp.Literal) and node.is_string else node

    if name == "tunnels" and not bare:
        return
    assert calm.transform(same).sql() == found.transform(same).sql()
    pattern = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    assert f"%{pattern}%" in {literal.this for literal in found.find_all(exp.Literal)}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        pytest.param("a\\' OR 1=1", "holds no", id="a backslash before a quote"),
        pytest.param("a\nb", "holds no", id="a new line"),
        pytest.param("a" * 600, "too long", id="longer than any name"),
    ],
)
def test_a_value_that_no_name_holds_is_refused(value, sentence):
    with pytest.raises(Refused, match=sentence):
        rendered("audit", where=Where(actor=value))


def test_a_table_name_cannot_leave_its_quotes():
    with pytest.raises(Refused, match="not a name of an Athena"):
        rendered("audit", TableScheme("db", 't" WHERE 1=1 --'))


@pytest.mark.parametrize(
    ("given_values", "error"),
    [
        pytest.param({"nobody": 1}, r"audit\.sql:\d+|knows no parameter nobody", id="unknown"),
        pytest.param(
            {"since": SPAN.since, "until": SPAN.until, "closes": SPAN.until}, r"audit\.sql:\d+: audit needs a value for limit", id="missing"
        ),
    ],
)
def test_a_wrong_call_names_file_and_line(given_values, error):
    with pytest.raises(ValueError, match=error):
        sqlfile.render(sqlfile.load("audit"), PROJECTED, given_values)


GOOD = "-- A question.\n--\n-- :since instant first\n-- columns: a\nSELECT a FROM :table WHERE :partition AND a > :since"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(GOOD + "\n AND b = :other", r"x\.sql:6: :other is used", id="undeclared"),
        pytest.param(GOOD.replace("-- :since", "-- :extra text e\n-- :since"), r"x\.sql:1: the header declares :extra", id="unused"),
        pytest.param(GOOD.replace("instant", "moment"), r"x\.sql:3: moment is not a type", id="unknown type"),
        pytest.param(GOOD.replace(":partition", "true"), r"x\.sql:5: a question must read :table", id="no partition"),
        pytest.param("-- Only a header.", r"x\.sql:1: there is no SQL", id="no SQL"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(body, error):
    assert sqlfile.parse("x", GOOD, "x.sql").sentence == "A question."
    with pytest.raises(ValueError, match=error):
        sqlfile.parse("x", body, "x.sql")
