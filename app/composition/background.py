"""The application of a process that answers no requests: all that jobs and `make run` use, and no route."""

from flask import Flask

from app.coaches import models as coaches  # noqa: F401 - nothing else here leads to these tables, and export, erasure
from app.composition import services
from app.config import settings as config
from app.config.environment import set_by
from app.core.version import VERSION
from app.observability import logs, reports, tracing
from app.personalities import models as personalities  # noqa: F401 - and retention loop over all that are known
from app.web import container


def build(settings: config.Settings | None = None) -> Flask:
    """Half a second less than one with routes, and 40 MB. Connections are opened when they are first used."""
    settings = settings or config.load()
    observe(settings)
    app = Flask("app", static_folder=None)
    container.install(app, services.connect(settings))
    return app


def observe(settings: config.Settings) -> None:
    wanted = settings.observability
    logs.configure(wanted.log_level)
    tracing.configure(wanted.otel_endpoint, VERSION)
    with set_by("SENTRY_DSN"):
        reports.configure(wanted.sentry_dsn, VERSION)
