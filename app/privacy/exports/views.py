"""Exports over HTTP: a person's own, and the file that a link opens."""

from flask import Response, request
from sqlalchemy.orm import Session

from app.auth.guards import public
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.auth.signed_links import SignedLinks
from app.config.settings import Settings
from app.core.json import JSONObject
from app.db.session import db
from app.limits.guards import limited
from app.privacy.exports import files, schemas, service
from app.privacy.exports.models import Export
from app.topics.schemas import DELIVERY_HEADERS
from app.web import unified
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import binary, calls_back
from app.web.operations import Operations
from app.webhooks import deliveries

ZIP = "application/zip"

blp = Blueprint("exports", __name__, url_prefix="/api/v1/me/exports", description="All of mine, as one file")
links = unified.Blueprint("export_links", __name__, url_prefix="/api/v1/exports", description="Files of exports")
operation = Operations(blp, OWN)
reading = Operations(blp, OWN, sessions=True)
delivery = calls_back(blp, "webhook_url", "The end of an export", DELIVERY_HEADERS, schemas.DELIVERY)


def origin() -> str:
    """As this request's host knows us."""
    return request.host_url.rstrip("/")


def shown(export: Export) -> JSONObject:
    return service.serialize(export, SignedLinks.of(resolve(Settings)), origin())


def check_webhook(body: schemas.NewExport) -> None:
    if body.webhook_url:
        deliveries.check(body.webhook_url)


@Operations(blp, OWN, rate=limited("exports"))(
    "POST", "", takes=schemas.ExportIn, gives=schemas.StartedOut, status=202, fails=(409,), notes=[delivery]
)
def begin_export(principal: Principal, body: schemas.NewExport) -> Export:
    """Export all of mine

    A worker makes one zip: a manifest, JSON of every table, journal, goals and conversations as Markdown, files. When
    it is there, `export.completed` comes on the event socket, and is posted with the link to `webhook_url` if there is
    one (signed, see `GET /ai/webhook-secret`). One at a time: meanwhile 409.
    """
    check_webhook(body)
    with db.begin() as session:
        return service.begin(session, principal, origin(), body.webhook_url)


@reading("GET", "", gives=schemas.ExportsOut)
def list_exports(session: Session, principal: Principal) -> JSONObject:
    """List my exports, newest first"""
    return {"exports": [shown(export) for export in service.newest(session, principal)]}


@reading("GET", "/<export_id>", gives=schemas.ExportOut)
def read_export(session: Session, principal: Principal, export_id: str) -> JSONObject:
    """How far an export is, and its link, which is valid for 24 hours"""
    return shown(service.find(session, principal, export_id))


@reading("DELETE", "/<export_id>", status=204)
def remove_export(session: Session, principal: Principal, export_id: str) -> None:
    """Delete an export: its link ends"""
    service.remove(session, principal, export_id)


@links.route("/<export_id>", methods=["GET"])
@public
@links.arguments(schemas.LinkQuery, location="query")
@binary(links, ZIP)
@unified.errors(links, 404, 422)
def download_export(link: schemas.Link, export_id: str) -> Response:
    """The file, for whoever has its link"""
    with db.read() as session:
        signed = SignedLinks.of(resolve(Settings))
        return answer(files.opened(session, signed, export_id, link.expires, link.signature))


def answer(export: Export) -> Response:
    """The file, as something to keep."""
    response = Response(files.pieces(export.id), mimetype=ZIP, direct_passthrough=True)
    response.content_length = export.bytes or 0
    name = f"coachhouse-{export.created_at:%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
