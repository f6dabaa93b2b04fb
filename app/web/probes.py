"""Health for load balancers, figures for Prometheus."""

import ipaddress

from flask import Flask, Response, request

from app.auth.guards import is_operator, public
from app.config.settings import Settings
from app.core.errors import Forbidden
from app.core.json import JSONObject
from app.core.version import VERSION
from app.db.session import db
from app.llm.registry import Models
from app.observability import metrics
from app.observability.readiness import Readiness
from app.speech.registry import Speech
from app.streams.runner import Runner
from app.web.container import resolve

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


def install(app: Flask) -> None:
    app.add_url_rule("/health", view_func=health)
    app.add_url_rule("/health/live", view_func=health, endpoint="live")
    app.add_url_rule("/health/ready", view_func=ready)
    app.add_url_rule("/metrics", view_func=figures)


@public
def health() -> JSONObject:
    """Alive: answers as long as this process can answer at all."""
    settings, models, speech = resolve(Settings), resolve(Models), resolve(Speech)
    ear = speech.recognizer  # what an approximate one hears is a rough guess
    return {
        "status": "ok",
        "version": VERSION,
        "model": models.in_use.spec,
        "models": [choice.spec for choice in models.choices],
        "faults": {choice.spec: choice.fault for choice in models.choices if choice.fault},
        "offline": models.in_use.provider.name == "offline",
        "embedded": settings.embedded,
        "speech": {"voices": speech.speakers, "ear": ear.name, "approximate": ear.approximate},
    }


@public
def ready() -> tuple[JSONObject, int]:
    """Ready: the database, its schema and Redis are there."""
    if resolve(Runner).draining:
        return {"status": "draining"}, 503
    return resolve(Readiness).answer()


@public
def figures() -> Response:
    """Prometheus figures, for operators and for a scraper on this machine."""
    if not (_is_local() or is_operator()):
        raise Forbidden("Operators only")
    directory = resolve(Settings).observability.metrics_dir
    return Response(metrics.exposition(db, directory), mimetype="text/plain; version=0.0.4; charset=utf-8")


def _is_local() -> bool:
    """A proxy on this machine that we were not told of must not open the door for everybody."""
    is_open = not ipaddress.ip_address(resolve(Settings).bind_address).is_loopback
    if is_open or any(name in request.headers for name in FORWARDING):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
