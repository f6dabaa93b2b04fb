"""Logs: one JSON object a line, an event name and fields. Ids only; never what people wrote, nor a secret."""

import logging
import traceback
from collections.abc import Iterator

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from structlog.typing import EventDict, Processor

from app.observability import reports
from app.observability.log_writer import writer

SECRET_FIELDS = frozenset({"authorization", "token", "api_key", "password", "secret", "content", "message", "prompt"})

QUOTING = ("Invalid request", "Error parsing", "Bad request")


def configure(level: str) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
        reports.pass_on,
        _traced,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=writer),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    _route_standard_logging(shared, level)


def _route_standard_logging(shared: list[Processor], level: str) -> None:
    """Libraries' own log lines come out in the same form."""
    handler = logging.StreamHandler(writer)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=shared)
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("rq").setLevel(level if level == "DEBUG" else logging.WARNING)


def adopt(logger: logging.Logger) -> None:
    """The server's own lines come out in the same form, without the parts of requests that it quotes."""
    logger.handlers.clear()
    logger.propagate = True
    logger.addFilter(_unquoted)


def _unquoted(record: logging.LogRecord) -> bool:
    """A malformed request may hold a token; what was wrong with it is told by the answer's status."""
    text = record.getMessage()
    if text.startswith(QUOTING):
        record.msg, record.args = text.partition(":")[0], ()
    return True


def _redact(_logger: object, _name: str, fields: EventDict) -> EventDict:
    for name in SECRET_FIELDS & fields.keys():
        fields[name] = "[redacted]"
    return fields


def _traced(_logger: object, _name: str, fields: EventDict) -> EventDict:
    """Where it happened. A database's own text is left out: it quotes the values at fault."""
    error = fields.pop("exc_info", None)
    if isinstance(error, BaseException):
        fields["exception"] = "\n".join(_described(link) for link in _chain(error))
    return fields


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> str:
    text = "" if isinstance(error, SQLAlchemyError | psycopg.Error) else f": {error}"
    return f"{type(error).__name__}{text}\n{''.join(traceback.format_tb(error.__traceback__))}"
