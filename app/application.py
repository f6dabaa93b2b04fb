"""Putting the application together."""

from flask import Flask

from app import config, services
from app.accounts import views as accounts
from app.chat import views as chat
from app.chat.insights import views as insights
from app.chat.personalities import views as personalities
from app.chat.weekly import views as weekly
from app.cli import commands
from app.extensions import api, cors, db, migrate
from app.limits import guards as limits
from app.observability import logs
from app.web import cross_origin, errors, openapi, pages, probes, requests
from app.web.json import StrictJSON
from app.web.proxies import TrustedProxies
from app.workspace.goal_views import blp as goals
from app.workspace.journal_views import blp as journal

LARGEST_BODY = 1024 * 1024


def build(settings: config.Settings | None = None) -> Flask:
    """The application of one process. Connections are opened when they are first used, after any fork."""
    settings = settings or config.load()
    logs.configure(settings.log_level)
    app = Flask("app", static_folder="static")
    app.json = StrictJSON(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config.update(openapi.CONFIG)
    app.extensions["settings"] = settings
    services.connect(app, settings)
    migrate.init_app(app, db, directory="migrations")
    cors.init_app(app, **cross_origin.options(settings))
    requests.install(app)
    limits.install(app)
    probes.install(app)
    pages.install(app)
    _register(app)
    errors.install(app)  # after flask-smorest, which would answer in a form of its own
    commands.install(app)
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    return app


def _register(app: Flask) -> None:
    """Every route. The OpenAPI document shows each once; an alias is the same blueprint at another place."""
    api.init_app(app)
    openapi.describe(api)
    for blueprint in (chat.blp, insights.blp, weekly.blp, personalities.blp, accounts.blp, goals, journal):
        api.register_blueprint(blueprint)
    app.register_blueprint(goals, name="goal", url_prefix="/api/v1/goal")
