"""The scheme of a CloudTrail table as Glue describes it: partitions found, wrong types refused."""

from __future__ import annotations

import pytest

from bot.core.model import Unavailable
from queries import scheme
from queries.scheme_model import Partition
from queries.scopes import Scope

SCOPE = Scope("prod", ("eu-west-1", "us-east-1"), account="111122223333", database="audit", table="trail")
COLUMNS = {**dict.fromkeys(scheme.TYPES, "string"), "useridentity": "struct<type:string>", "additionaleventdata": "string"}


def table(keys, parameters=None, **columns):
    """A Glue Table."""
    return {
        "StorageDescriptor": {"Columns": [{"Name": name, "Type": kind} for name, kind in {**COLUMNS, **columns}.items() if kind]},
        "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in keys],
        "Parameters": parameters or {},
    }


def projected(name, **said):
    return {"projection.enabled": "true", **{f"projection.{name}.{key}": value for key, value in said.items()}}


ORG = projected("timestamp", type="date", format="yyyy/MM/dd") | {"projection.account.type": "injected", "projection.region.type": "enum"}
PARTS = [("region", "string"), ("year", "string"), ("month", "string"), ("day", "string")]


@pytest.mark.parametrize(
    ("keys", "parameters", "found"),
    [
        pytest.param(
            [("timestamp", "string")],
            projected("timestamp", type="date", format="yyyy/MM/dd"),
            [Partition("timestamp", "day-string")],
            id="AWS's projected table",
        ),
        pytest.param(
            [("dt", "string")],
            projected("dt", type="date", format="yyyy/MM/dd"),
            [Partition("dt", "day-string")],
            id="projected by another name",
        ),
        pytest.param([("timestamp", "string")], {}, [Partition("timestamp", "day-string")], id="not projected"),
        pytest.param(PARTS, {}, [Partition(name, name) for name, _ in PARTS], id="region and date parts"),
        pytest.param(
            [("year", "int"), ("month", "bigint")], {}, [Partition("year", "year", "int"), Partition("month", "month", "int")], id="numbers"
        ),
        pytest.param(
            [("account", "string"), ("region", "string"), ("timestamp", "string")],
            ORG,
            [
                Partition("account", "account", "string", ("111122223333",), True),
                Partition("region", "region"),
                Partition("timestamp", "day-string"),
            ],
            id="an organization's, account injected",
        ),
        pytest.param([("Account_ID", "string")], {}, [Partition("Account_ID", "account")], id="other names of the account"),
        pytest.param(
            [("year", "string")],
            projected("year", type="date", format="yyyy"),
            [Partition("year", "year")],
            id="a projected part of a date",
        ),
        pytest.param([("team", "string")], {}, [], id="a partition of another meaning is left alone"),
        pytest.param([], {}, [], id="no partition, as the console makes it"),
    ],
)
def test_partitions(keys, parameters, found):
    """Each of AWS's ways, and what deployments make of them."""
    assert tuple(found) == scheme.of_table(table(keys, parameters), SCOPE).partitions


def test_configuration_overrides_glue():
    """What the scope says is taken as it is."""
    own = (Partition("d", "day-string"),)
    scope = Scope("prod", ("eu-west-1",), database="audit", table="trail", partitions=own)
    assert own == scheme.of_table(table([("timestamp", "string")]), scope).partitions


@pytest.mark.parametrize(
    ("described", "said"),
    [
        pytest.param(
            table([], requestparameters="struct<target:string>"),
            "the column requestparameters is struct<target:string>, but I need it as string",
            id="struct",
        ),
        pytest.param(table([], responseelements="map<string,string>"), "the column responseelements is map<string,string>", id="map"),
        pytest.param(table([], useridentity="string"), "the column useridentity is string, but I need it as struct", id="flat identity"),
        pytest.param(table([], errorcode=""), "has no column errorcode, so it is not a CloudTrail table as I know it", id="column missing"),
        pytest.param(
            table([("dt", "string")], projected("dt", type="date", format="yyyy-MM-dd")),
            "holds days as yyyy-MM-dd; I can ask by yyyy/MM/dd only",
            id="another format",
        ),
        pytest.param(
            table([("org", "string")], projected("org", type="injected")), "wants a value for its column org", id="injected, unknown"
        ),
    ],
)
def test_a_table_that_no_question_could_be_right_on(described, said):
    """Refused with what is wrong and what to do."""
    with pytest.raises(Unavailable) as refused:
        scheme.of_table(described, SCOPE)
    assert said in str(refused.value)
    assert "Make the table as AWS documents it" in str(refused.value)


def test_varchar_is_a_string():
    """Athena's own name for the type."""
    assert "varchar" == scheme.of_table(table([], eventname="varchar"), SCOPE).column_types["eventname"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("", None, id="left to Glue"),
        pytest.param("none", (), id="without partitions"),
        pytest.param("timestamp", (Partition("timestamp", "day-string"),), id="AWS's own"),
        pytest.param(
            "region, year:int month:int",
            (Partition("region", "region"), Partition("year", "year", "int"), Partition("month", "month", "int")),
            id="numbers",
        ),
        pytest.param("d=day-string", (Partition("d", "day-string"),), id="an unusual name"),
    ],
)
def test_partitions_in_a_configuration(words, found):
    """One word each."""
    assert found == scheme.configured(words)


@pytest.mark.parametrize("words", ["team", "d=week", "a b c", "x;y", "d=day-string:float"])
def test_a_word_that_says_nothing(words):
    """The sentence names the word and what would be right."""
    with pytest.raises(ValueError, match="does not say what a partition holds: write name=kind"):
        scheme.configured(words)
