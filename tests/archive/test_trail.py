"""Choosing records out of CloudTrail files: by cutting, it must find exactly what decoding everything finds."""

from __future__ import annotations

import gzip
import json
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.watched import WATCHED, concerns
from queries.archive import inflate, trail
from queries.archive.inflate import Unreadable
from tests.archive import made

WATCHED_CALLS = sorted((source, name) for source, names in WATCHED.items() for name in names)


def kept(raw, slices=(1 << 20,)):
    """What is kept of a file's bytes, given in slices of those sizes."""

    def chunks():
        at = number = 0
        while at < len(raw):
            size = slices[number % len(slices)]
            yield raw[at : at + size]
            at, number = at + size, number + 1

    return [json.loads(one) for one in trail.kept(chunks)]


def oracle(raw):
    return [one for one in json.loads(raw)["Records"] if concerns(one.get("eventSource", ""), one.get("eventName", ""))]


decoy = st.sampled_from(['{"eventVersion":', ',{"eventVersion":"1.11"', '"eventName":"StartSession"', "]}", "\\", '"', "x\u2028", "é"])
nested = st.recursive(
    decoy | st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(st.sampled_from(["a", "eventName", "eventSource"]), inner, max_size=3)
        | st.fixed_dictionaries(
            {"eventVersion": st.just("1.11"), "eventSource": st.just("ssm.amazonaws.com"), "eventName": st.just("StartSession")}
        )
    ),
    max_leaves=6,
)
call = st.sampled_from([*WATCHED_CALLS[:8], ("ec2.amazonaws.com", "DescribeInstances"), ("athena.amazonaws.com", "StartSession")])


@st.composite
def bodies(draw):
    records = [
        made.record(name, source, number=number, request=draw(st.none() | st.dictionaries(st.sampled_from(["a", "b"]), nested, max_size=2)))
        for number, (source, name) in enumerate(draw(st.lists(call, max_size=5)))
    ]
    if draw(st.booleans()):
        records = [dict(draw(st.permutations(list(one.items())))) if draw(st.booleans()) else one for one in records]
    layout = draw(st.sampled_from([{}, {}, {"separators": (", ", ": ")}, {"indent": 1}, {"ensure_ascii": False}]))
    return made.body(records, **layout)


@settings(max_examples=80, deadline=None)
@given(bodies(), st.lists(st.integers(1, 3000), min_size=1, max_size=4), st.sampled_from([1, 40, 900, trail.SEAM]))
def test_cutting_finds_what_decoding_finds(raw, slices, seam):
    """Whatever the order of keys, the spaces, the marks inside values, the slices in which the bytes come, and how wide their seams are."""
    with patch.object(trail, "SEAM", seam):
        assert oracle(raw) == kept(raw, slices)


@pytest.mark.parametrize("size", range(1, 1400, 7))
def test_wherever_two_slices_meet_no_record_is_lost(size):
    """Decoding is not needed for that: the file has CloudTrail's form, so cutting alone must find all."""
    raw = made.body([made.started(n) if n % 2 else made.other(n) for n in range(12)])
    with patch.object(trail, "SEAM", 1000), patch.object(trail, "_by_decoding", side_effect=AssertionError("decoded whole")):
        assert oracle(raw) == kept(raw, [size])


def test_a_forged_record_inside_another_is_not_believed():
    """A list of objects in requestParameters that look like records does not make sessions."""
    forged = made.started(7, who="ben")
    raw = made.body(
        [made.other(1), made.record("PutThing", "x.amazonaws.com", number=2, request={"list": [forged, forged, forged]}), made.other(3)]
    )
    assert [] == kept(raw)


@pytest.mark.parametrize("beside", [(0, 1), (1, 0), (2, 2)], ids=lambda beside: f"{beside[0]} before, {beside[1]} after")
def test_a_forged_record_among_harmless_ones_is_not_believed(beside):
    """Whole as it is, its neighbours are not: they hold parts of the record around it."""
    before, after = ([made.other(20 + n) for n in range(count)] for count in beside)
    request = {"list": [*before, made.started(7, who="ben"), *after]}
    raw = made.body([made.other(1), made.record("PutThing", "x.amazonaws.com", number=2, request=request), made.other(3)])
    assert [] == kept(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"Records":{}}',
        b'{"Records":[',
        b'{"Records":[1]}',
        b"\xff\xfe",
        b'{"Records":[{"eventVersion":"1"}',
        b'{"eventVersion":"1"}]}',
    ],
)
def test_another_file_is_named_as_such(raw):
    with pytest.raises(Unreadable, match="not a CloudTrail"):
        kept(raw)


@pytest.mark.parametrize("name", sorted({name for names in WATCHED.values() for name in names}))
def test_every_watched_name_is_looked_for(name):
    looked = f'"eventName":"{name}"'.encode()
    assert looked.endswith(trail.NAMES.search(looked)[0])
    assert trail.NAMES.search(looked[:-1] + b'x"') is None


def test_an_empty_file_of_records_holds_nothing():
    assert [] == kept(b'{"Records":[]}')


BIG = made.body([made.other(n) for n in range(40)])


@pytest.mark.parametrize("cut", [1, 5, 9, 50])
def test_a_truncated_file_is_not_half_read(cut):
    with pytest.raises(Unreadable, match="truncated"):
        inflate.inflate(gzip.compress(BIG)[:-cut])


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"PK\x03\x04 zip", "not a gzip", id="another format"),
        pytest.param(
            gzip.compress(BIG)[:-6] + bytes([gzip.compress(BIG)[-6] ^ 1]) + gzip.compress(BIG)[-5:], "damaged", id="a wrong checksum"
        ),
        pytest.param(gzip.compress(BIG) + b"tail", "not gzip follows", id="something after its end"),
        pytest.param(gzip.compress(b"\0" * 5_000_000), "inflates to more than", id="a bomb"),
    ],
)
def test_a_damaged_file_has_its_sentence(packed, sentence):
    with pytest.raises(Unreadable, match=sentence):
        inflate.inflate(packed, cap=2_000_000)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=50), min_size=1, max_size=4), st.integers(0, 3))
def test_every_member_of_a_gzip_file_counts(parts, zeros):
    assert b"".join(parts) == inflate.inflate(b"".join(map(gzip.compress, parts)) + b"\0" * zeros)


def test_a_line_has_the_tables_columns():
    raw = made.body([made.started(1)])[len(trail.OPENING) : -2]
    row = json.loads(trail.line(raw, "", "", ""))
    assert ("111122223333", "eu-central-1", "2026/11/23") == (row["account"], row["region"], row["timestamp"])
    assert {"target": "i-0abc1234def567890"} == json.loads(row["requestparameters"])
    assert ("true", made.arn("ana")) == (
        row["useridentity"]["sessioncontext"]["attributes"]["mfaauthenticated"],
        row["useridentity"]["arn"],
    )
    assert row["errorcode"] is None


def test_a_record_without_an_id_gets_one_from_its_content():
    raw = b'{"eventSource":"ssm.amazonaws.com","eventName":"StartSession","userIdentity":7,"eventTime":5}'
    assert json.loads(trail.line(raw, "a", "b", "c"))["eventid"].startswith("sha256:")
