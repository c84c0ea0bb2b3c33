"""DuckDB learns Athena's words: the very same SQL text, transpiled, with Trino's meaning where the two differ.

json_extract_scalar is NULL on objects, arrays and broken JSON (a macro); date_diff counts whole units, not boundaries
(date_sub); a moment is a TIMESTAMP in UTC (zones would need an extension); regexp_extract is NULL when nothing matches; integer division stays integral (types are annotated).
Source: Trino documentation, "JSON functions", "Date and time functions", "Regular expression functions".
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.optimizer.annotate_types import annotate_types

MACROS = (
    """CREATE OR REPLACE MACRO trino_json(doc) AS CASE WHEN json_valid(doc) THEN doc END""",
    """CREATE OR REPLACE MACRO trino_json_scalar(doc, path) AS
    CASE WHEN json_type(trino_json(doc), path) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string(trino_json(doc), path) END""",
)


def _json_scalar(self: DuckDBGenerator, expression: exp.Expression) -> str:
    return self.func("trino_json_scalar", expression.this, expression.expression)


def _date_diff(self: DuckDBGenerator, expression: exp.Expression) -> str:
    unit = exp.Literal.string(str(expression.args["unit"]).lower())
    return self.func("date_sub", unit, expression.expression, expression.this)


def _moment(self: DuckDBGenerator, expression: exp.Expression) -> str:
    return f"CAST({self.sql(expression, 'this')} AS TIMESTAMP)"


def _regexp_extract(self: DuckDBGenerator, expression: exp.Expression) -> str:
    group = expression.args.get("group") or exp.Literal.number(0)
    return f"nullif({self.func('regexp_extract', expression.this, expression.expression, group)}, '')"


class TrinoOnDuckDB(DuckDB):
    """DuckDB's dialect with Trino's meaning for what the questions use."""

    class Generator(DuckDBGenerator):
        """Writes the expressions whose meaning differs."""

        TRANSFORMS = {  # noqa: RUF012 - sqlglot declares it so
            **DuckDBGenerator.TRANSFORMS,
            exp.JSONExtractScalar: _json_scalar,
            exp.DateDiff: _date_diff,
            exp.FromISO8601Timestamp: _moment,
            exp.RegexpExtract: _regexp_extract,
        }


@lru_cache(maxsize=256)
def transpiled(athena: str) -> str:
    """Athena SQL as DuckDB SQL; sqlglot's ParseError when the text is not SQL. Kept, so a repeated question costs nothing."""
    return annotate_types(parse_one(athena, read="athena")).sql(dialect=TrinoOnDuckDB)
