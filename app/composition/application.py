"""Putting the application together."""

from flask import Flask
from flask_migrate import Migrate
from flask_smorest import Api

from app.accounts import views as accounts
from app.accounts.admin_views import blp as account_administration
from app.actions.views import blp as actions
from app.administration.people_views import blp as people_administration
from app.administration.service_views import blp as service_administration
from app.administration.views import blp as administration
from app.attachments import views as attachments
from app.care import guards as care
from app.care.admin_views import blp as care_administration
from app.care.views import blp as helplines
from app.chat import views as chat
from app.cli import commands
from app.coaches import views as coaches
from app.coaching.views import blp as coaching
from app.composition import services
from app.composition.background import observe
from app.config import settings as config
from app.console.account_pages import blp as account_pages
from app.console.app_page import blp as app_page
from app.console.demo_views import blp as demo
from app.console.desk_pages import blp as desk
from app.console.views import blp as console
from app.db.session import db
from app.feeds import views as feeds
from app.identity.account_views import blp as own_account
from app.identity.oidc_views import blp as oidc
from app.identity.outbox_views import blp as outbox
from app.identity.tenant_views import blp as tenants
from app.identity.views import blp as identity
from app.imports.views import blp as imports
from app.insights import views as insights
from app.interviews.views import blp as interviews
from app.jobs import dashboard
from app.journal_app import views as journal_app
from app.limits import guards as limits
from app.memory.views import blp as memory
from app.personalities import views as personalities
from app.privacy.erasure import views as erasure
from app.privacy.erasure.admin_views import blp as erasures
from app.privacy.exports import views as exports
from app.privacy.exports.admin_views import blp as tenant_exports
from app.privacy.retention.admin_views import blp as retention
from app.privacy.stored.views import blp as my_data
from app.push.views import blp as push
from app.realtime.admin_views import blp as realtime_administration
from app.realtime.live.views import blp as realtime_socket
from app.realtime.live.voice_views import blp as voice_socket
from app.realtime.views import blp as realtime
from app.realtime.voice_views import blp as voice
from app.reminders.views import blp as reminders
from app.sockets.routing import Application
from app.streams.signals import signals
from app.topics.admin_views import blp as topic_administration
from app.topics.business import views as business
from app.topics.trial_views import blp as topic_trials
from app.topics.views import blp as topics
from app.traces.admin_views import blp as all_traces
from app.traces.views import blp as traces
from app.web import container, cross_origin, errors, openapi, probes, requests, response_headers
from app.web.address_limit import AddressLimit, TrustedNetworks
from app.web.json import StrictJSON
from app.web.proxies import TrustedProxies
from app.web.unified import Mounts
from app.weekly import views as weekly
from app.workspace.category_views import blp as categories
from app.workspace.goal_views import blp as goals
from app.workspace.journal_views import blp as journal
from app.workspace.records.views import blp as workspace
from app.workspace.routine_views import blp as routines

api = Api()
migrate = Migrate()
LARGEST_BODY = 1024 * 1024


def build(settings: config.Settings | None = None) -> Flask:
    """The application of one process. Connections are opened when they are first used, after any fork."""
    settings = settings or config.load()
    observe(settings)
    app = Application(
        "app", static_folder="console/static", template_folder="console/templates", static_url_path="/static"
    )
    app.json = StrictJSON(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config.update(openapi.CONFIG)
    container.install(app, services.connect(settings))
    migrate.init_app(app, db, directory="migrations")
    cross_origin.install(app, settings)
    requests.install(app)
    response_headers.install(app)
    limits.install(app)
    care.install(app)
    probes.install(app)
    _register(app)
    errors.install(app)  # after flask-smorest, which would answer in a form of its own
    commands.install(app)
    _behind_proxies(app, settings)
    return app


def _behind_proxies(app: Flask, settings: config.Settings) -> None:
    trusted = TrustedNetworks(settings.trusted_proxies)
    limit = AddressLimit(settings.connections_per_address, trusted)
    container.add(app, limit)
    app.wsgi_app = TrustedProxies(Mounts(app.wsgi_app), trusted, limit)  # type: ignore[method-assign]


def _register(app: Flask) -> None:
    """Every route. The OpenAPI document shows each once; an alias is the same blueprint at another place."""
    api.init_app(app, spec_kwargs=openapi.plugins())
    openapi.describe(api)
    businesses = (business.blp, business.goals, business.overview)
    administrations = (
        administration,
        people_administration,
        service_administration,
        topic_administration,
        topic_trials,
        realtime_administration,
        account_administration,
        care_administration,
        tenant_exports,
        retention,
        erasures,
        all_traces,
    )
    unified = (topics, *administrations, workspace, coaching, *businesses)
    chats = (chat.blp, insights.blp, weekly.blp, personalities.blp, accounts.blp)
    identities = (identity, own_account, account_pages, oidc, tenants, outbox, demo)
    habits = (goals, categories, journal, routines, actions, reminders, memory, push)
    mine = (exports.blp, exports.links, imports, my_data, erasure.blp, traces)
    own = (*habits, coaches.consents, coaches.blp, helplines, *mine)
    files = (attachments.blp, attachments.entries)
    for blueprint in (*chats, *identities, *own, *files, journal_app.blp, *unified, realtime, voice, interviews):
        api.register_blueprint(blueprint)
    app.register_blueprint(journal_app.products)  # after its own routes, which win
    app.register_blueprint(realtime_socket)
    app.register_blueprint(voice_socket)
    app.register_blueprint(feeds.blp)
    app.register_blueprint(console)
    app.register_blueprint(app_page)
    app.register_blueprint(desk)
    app.register_blueprint(goals, name="goal", url_prefix="/api/v1/goal")
    dashboard.install(app, signals.redis)
