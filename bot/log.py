"""JSON lines on stderr, one event each, from structlog and from the libraries' own loggers alike.

What must not be read in a log is kept out by shape: tokens are masked wherever they stand, and a traceback carries no locals. Words of
questions and of sessions are never given to a logger.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?:AKIA|ASIA)[A-Z0-9]{16}|https?://hooks\.slack\.com/\S+"
    r"|(?<=ticket=)[\w-]+|(?<=Bearer )\S+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
QUIET = ("slack_bolt", "slack_sdk", "botocore", "boto3", "urllib3", "websockets", "uvicorn", "apscheduler", "pyathena", "sqlalchemy")
Event = MutableMapping[str, Any]


def setup(level: str = "info", stream: TextIO | None = None) -> None:
    """Log from this level on. Libraries speak from warning on, unless the level is debug."""
    shared: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    last: list[Any] = [
        structlog.processors.format_exc_info,
        _masked,
        structlog.processors.JSONRenderer(ensure_ascii=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    foreign = [structlog.stdlib.add_logger_name, *shared, structlog.stdlib.ExtraAdder(allow=[])]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=foreign, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)
    if level != "debug":
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long beat skips the next ones, which is no trouble


def _masked(_logger: object, _method: str, event: Event) -> Event:
    return {key: mask(value) for key, value in event.items()}


def mask(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    """Text with tokens, keys, response_urls and passwords in URLs replaced; other values as they are."""
    if isinstance(value, str):
        return SECRETS.sub("***", value)
    if isinstance(value, dict):
        return {key: mask(each) for key, each in value.items()}
    return [mask(each) for each in value] if isinstance(value, list | tuple) else value
