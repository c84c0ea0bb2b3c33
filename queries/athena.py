"""Athena by PyAthena: one SQL text, polled with growing patience, watched for its cost, cancelled when nobody waits.

Athena bills US$5 a terabyte scanned, 10 MB at least, also for a cancelled query; a reused result is free. A workgroup's own
BytesScannedCutoffPerQuery is the hard limit; the ceiling here is looked at on every poll and cancels what grows beyond it.
Source: Athena API GetQueryExecution; "Amazon Athena pricing"; PyAthena 4.2 (`_wait_poll_interval` is the hook of its poll loop).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.core.model import Unavailable
from queries import faults
from queries.budget import Budget, Stopped, poll_after
from queries.scopes import Scope

PRICE = 5.0  # US dollars a terabyte
TB = 1_000_000_000_000
LEAST = 10_000_000
CEILING = 200_000_000_000  # bytes that one question may scan: one US dollar
REUSE = 15  # minutes that a result of the same text is good enough


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# what Athena says when a query fails, and what it means; {said} is Athena's own reason, cut
REASONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        _re(r"TABLE_NOT_FOUND|Table .* does not exist|Table not found|SCHEMA_NOT_FOUND"),
        "The table {table} does not exist in {place}: {said}",
    ),
    (_re(r"COLUMN_NOT_FOUND|cannot be resolved"), "The table {table} lacks a column that AWS's CloudTrail table has: {said}"),
    (_re(r"TYPE_MISMATCH|is not of type|Unexpected parameters"), "A column of {table} has not AWS's type for it: {said}"),
    (_re(r"HIVE_BAD_DATA|HIVE_CURSOR_ERROR|Malformed"), "A file behind {table} cannot be read: {said}"),
    (
        _re(r"Access ?Denied|not authorized|PERMISSION"),
        "Athena may not read the files of {table} in {place}; the bot's role needs s3:GetObject, s3:ListBucket and kms:Decrypt: {said}",
    ),
    (
        _re(r"No output location"),
        "Athena has nowhere to write results in {place}: set output for the scope, or give its workgroup one: {said}",
    ),
    (_re(r"Bytes scanned limit|exceeded.*cutoff"), "The workgroup {workgroup} cut the query off. Ask a shorter span: {said}"),
    (_re(r"time ?out|EXCEEDED_TIME_LIMIT"), "The query on {table} ran into Athena's time limit. Ask a shorter span: {said}"),
)
OTHER = "The query on {table} in {place} failed: {said}"


class TooDear(Unavailable):
    """The query was cancelled because it read more than one question may."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a finished query, what it read, and whether the result was an earlier one."""

    rows: tuple[Mapping[str, Any], ...]
    query_id: str
    scanned: int
    reused: bool
    cut: bool


def cost(scanned: int, *, reused: bool = False) -> float:
    """US dollars for a query."""
    return 0.0 if reused else max(scanned, LEAST) / TB * PRICE


def bytes_for(dollars: float) -> int:
    """How many bytes may be scanned for so many US dollars."""
    return int(dollars / PRICE * TB)


def ask(
    session: Any,  # noqa: ANN401 - a boto3 Session
    scope: Scope,
    sql: str,
    budget: Budget,
    *,
    config: Any = None,  # noqa: ANN401 - a botocore Config
    most: int,
    ceiling: int = CEILING,
    reuse: int = REUSE,
) -> Answer:
    """Run one SQL text and fetch at most `most` rows; raises Unavailable with a sentence, and Stopped on cancel or deadline."""
    with _connection(session, scope, config, reuse) as connection:
        cursor = connection.cursor(_cursor_class(), budget=budget, ceiling=ceiling)
        with _sentences(scope, cursor):
            cursor.execute(sql)
            rows = cursor.fetchmany(most + 1)
        scanned, reused = int(cursor.data_scanned_in_bytes or 0), bool(cursor.reused_previous_result)
        return Answer(tuple(rows[:most]), str(cursor.query_id), scanned, reused, len(rows) > most)


@contextlib.contextmanager
def _connection(session: Any, scope: Scope, config: Any, reuse: int) -> Iterator[Any]:  # noqa: ANN401 - boto3 and PyAthena
    """A PyAthena connection on the scope's own session; retries are botocore's, not PyAthena's on top."""
    import pyathena  # noqa: PLC0415 - light start
    from pyathena.util import RetryConfig  # noqa: PLC0415 - light start

    logging.getLogger("pyathena").setLevel(logging.CRITICAL)  # it logs a traceback of each refusal; ours is the sentence
    with pyathena.connect(
        session=session,
        region_name=scope.home,
        config=config,
        work_group=scope.workgroup or ("" if scope.output else "primary"),
        s3_staging_dir=scope.output,
        schema_name=scope.database,
        retry_config=RetryConfig(attempt=1),
        kill_on_interrupt=False,
        result_reuse_enable=reuse > 0,
        result_reuse_minutes=max(reuse, 1),
    ) as connection:
        yield connection


@cache
def _cursor_class() -> Any:  # noqa: ANN401 - a class that can be made only once PyAthena is imported
    """PyAthena's DictCursor with our patience: it waits by the Budget and gives up on a query that reads too much."""
    from pyathena.cursor import DictCursor  # noqa: PLC0415 - light start

    class Patient(DictCursor):
        def __init__(self, *, budget: Budget, ceiling: int, **rest: Any) -> None:  # noqa: ANN401 - PyAthena's own
            super().__init__(**{**rest, "on_poll": self._looked})
            self._budget, self._ceiling, self._begun = budget, ceiling, budget.clock()
            self.seen = 0

        def _looked(self, execution: Any) -> None:  # noqa: ANN401 - PyAthena's execution
            self.seen = int(execution.data_scanned_in_bytes or 0)
            self._budget.check()
            if self.seen > self._ceiling and execution.state in {"QUEUED", "RUNNING"}:
                raise TooDear(
                    f"The query was cancelled after {self.seen / 1e9:,.1f} GB, more than one question may read "
                    f"({self._ceiling / 1e9:,.1f} GB). Ask a shorter span, or give the table partitions."
                )

        def _wait_poll_interval(self) -> None:
            self._budget.wait(poll_after(self._budget.clock() - self._begun))

    return Patient


@contextlib.contextmanager
def _sentences(scope: Scope, cursor: Any) -> Iterator[None]:  # noqa: ANN401 - a PyAthena cursor
    """PyAthena's errors as sentences; a query that nobody waits for is cancelled."""
    from pyathena.error import Error  # noqa: PLC0415 - light start

    try:
        yield
    except (Stopped, TooDear):
        with contextlib.suppress(Error):  # it may have ended by itself; cancelling is a courtesy, and saves money
            cursor.cancel()
        raise
    except Error as error:
        raise Unavailable(sentence(error, scope)) from error


def sentence(error: BaseException, scope: Scope) -> str:
    """What a PyAthena error means: a refused call by its AWS code, a failed query by Athena's reason."""
    place, cause = f"{scope.name}/{scope.home}", error.__cause__
    if code := faults.code_of(cause) if cause else "":
        if code == "TooManyRequestsException":
            return f"Athena in {place} runs as many queries as it may. Try again in a minute."
        if code != "InvalidRequestException":
            return str(faults.unavailable(cause or error, place, "athena"))
    if cause and not code:
        return faults.of_transport(cause, place, "athena")
    reason = faults.message_of(cause) if cause else str(error)
    meaning = next((text for pattern, text in REASONS if pattern.search(reason)), OTHER)
    return meaning.format(table=f"{scope.database}.{scope.table}", place=place, workgroup=scope.workgroup, said=faults.clipped(reason))
