"""No record, however odd, stops an addition: it is kept, or its file is named."""

from __future__ import annotations

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.archive import table, trail
from queries.archive.inflate import Unreadable
from tests.archive import made

odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["\x00", "\ud800", "2026-11-23T00:00:00Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["arn", "type", "sessionContext", "attributes", "sessionIssuer", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
records = st.lists(st.dictionaries(st.sampled_from(sorted(made.started(1))), odd, max_size=5), min_size=1, max_size=4)


@pytest.fixture(scope="module", name="connection")
def _connection():
    with duckdb.connect() as connection:
        table.prepare(connection)
        yield connection


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=25, deadline=None)
@given(overrides=records)
def test_odd_records_load(connection, folder, overrides):
    lines = []
    for number, changes in enumerate(overrides):
        raw = made.body([made.started(number) | changes])[len(trail.OPENING) : -2]
        try:
            lines.append(trail.line(raw, "", "", ""))
        except (msgspec.MsgspecError, UnicodeError, RecursionError, Unreadable):
            continue
    connection.execute("DELETE FROM cloudtrail")
    kept = table.load(connection, lines, folder) if lines else 0
    ids = {msgspec.json.decode(line)["eventid"] for line in lines}
    assert len(ids) == kept
