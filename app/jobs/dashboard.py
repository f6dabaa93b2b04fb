"""The queue's dashboard at ``/rq``: by an operator's bearer token, which a browser may send as password."""

from functools import partial
from urllib.parse import urlsplit

import redis
import rq_dashboard
from flask import Flask, Response, request
from rq.serializers import JSONSerializer
from rq_dashboard import web

from app.auth import audit
from app.auth.guards import check_operator
from app.auth.roles import SERVICE
from app.core.errors import AppError, Forbidden

PREFIX = "/rq"


def install(app: Flask, server: redis.Redis) -> None:
    """Jobs are read as JSON: nothing from Redis is ever unpickled. The connection is the process's own."""
    web.config.serializer = JSONSerializer
    app.redis_conn = server  # type: ignore[attr-defined]  # where the dashboard looks for it
    app.config["RQ_DASHBOARD_REDIS_URL"] = ("redis",)  # what its menu shows
    rq_dashboard.blueprint.before_request_funcs[None] = [_guard]
    app.register_blueprint(rq_dashboard.blueprint, url_prefix=PREFIX)
    views = app.view_functions
    for endpoint in [name for name in views if name.startswith(f"{rq_dashboard.blueprint.name}.")]:
        views[endpoint] = guarded = partial(views[endpoint])
        vars(guarded).update(auth="bearer", resource=SERVICE)


def _guard() -> Response | None:
    try:
        operator = check_operator(_token())
    except AppError as error:
        if error.status != 401:
            raise
        return Response(error.text, 401, {"WWW-Authenticate": 'Basic realm="operators", charset="UTF-8"'})
    if _changes():
        _refuse_foreign_pages()
        audit.note(operator, "queue.change", request.path, None)
    return None


def _token() -> str:
    """A browser sends what a person typed as password; the user name does not matter."""
    given = request.authorization
    if given is not None and given.type == "basic":
        return given.password or ""
    return request.headers.get("Authorization", "").partition(" ")[2].strip()


def _changes() -> bool:
    return request.method != "GET" or "/requeue/" in request.path


def _refuse_foreign_pages() -> None:
    """Browsers send a password along with whatever another site makes them ask."""
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if origin not in {"", request.host} or site not in {"same-origin", "none"}:
        raise Forbidden("Not from another site")
