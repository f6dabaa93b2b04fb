"""Logs: one JSON object a line, an event name and fields. Ids only; never what people wrote, nor a secret."""

import logging
import sys
from typing import Any

import structlog

from app.observability import reports

SECRET_FIELDS = frozenset({"authorization", "token", "api_key", "password", "secret", "content", "message", "prompt"})


def configure(level: str) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
        reports.pass_on,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _route_standard_logging(shared, level)


def _route_standard_logging(shared: list[Any], level: str) -> None:
    """Libraries' own log lines come out in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=shared)
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("rq").setLevel(level if level == "DEBUG" else logging.WARNING)


def _redact(_logger: Any, _name: str, fields: Any) -> Any:
    for name in SECRET_FIELDS & fields.keys():
        fields[name] = "[redacted]"
    return fields
