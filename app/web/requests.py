"""Around every request: an id, one log line, its time, three figures."""

import re
import uuid
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from app.core import request_timing
from app.core.errors import BadRequest
from app.core.request_timing import RequestTiming
from app.observability import tracing
from app.observability.metrics import REQUEST_OVERHEAD, REQUEST_SECONDS, REQUESTS

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
QUIET = frozenset({"/health", "/health/ready", "/metrics", "/static/<path:filename>"})

log = structlog.get_logger()


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    """A caller's own id is kept when it is harmless, so that logs can be joined."""
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
    g.timing = RequestTiming(g.request_id, tracing.place_of_request(request.headers.get("traceparent", "")))
    request_timing.begin(g.timing)
    _refuse_nul()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _refuse_nul() -> None:
    """PostgreSQL text can't hold it, so nothing is called that. A socket's view tells it in a close code."""
    if request.url_rule and request.url_rule.websocket:
        return
    if "\x00" in request.path or "\x00" in "".join(request.args.values()):
        raise BadRequest("NUL characters are not allowed in a URL")


def _tell(response: Response, overhead: float) -> None:
    """``overhead``: seconds to the first byte, without those in which models were waited for."""
    response.headers["X-Request-Id"] = g.request_id
    response.headers["X-Coachhouse-Overhead-Ms"] = str(round(overhead * 1000, 1))
    if g.timing.trace_id:
        response.headers["X-Coachhouse-Trace"] = g.timing.trace_id


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unknown"
    seconds, overhead = g.timing.until_now()
    _tell(response, overhead)
    method = request.method if request.method in METHODS else "other"  # a caller may make up any word
    REQUESTS.labels(method, route, response.status_code).inc()
    tracing.record_request(
        method, route, response.status_code, seconds, g.request_id, request.headers.get("traceparent", ""),
        g.timing.parent,
    )  # fmt: skip
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:  # a socket's life is no time to an answer
        REQUEST_SECONDS.labels(route).observe(seconds)
        REQUEST_OVERHEAD.labels(route).observe(overhead)
    if route not in QUIET:
        log.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
    return response
