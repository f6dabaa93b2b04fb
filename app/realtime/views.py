"""Voices, agents, sessions, chats and slides over HTTP: one generic view, five declarations."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Request, Response, request
from marshmallow import fields
from sqlalchemy import delete, null
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.guards import api_key, place, public
from app.auth.keyring import Key
from app.auth.principals import Scope
from app.config.settings import Settings
from app.core.clock import iso
from app.core.errors import AppError, BadRequest, NotFound
from app.core.json import JSONObject
from app.db.session import db
from app.realtime import media, queries, schemas, writes
from app.realtime.models import SlideDeck, SlideRevision
from app.realtime.queries import Page
from app.realtime.resources import RESOURCES, SLIDES, AnyResource, Fields
from app.web import blueprints, documents
from app.web.container import resolve
from app.web.documents import View
from app.web.schemas import Schema
from app.web.unified import RawObject

LARGEST_BODY = 12 * 1024 * 1024  # uploads come as base64
MEDIA = "/api/media/"
SERVED = {  # caches ask each time whether it is still there
    "Cache-Control": "public, no-cache", "Content-Security-Policy": "default-src 'none'",
}  # fmt: skip


class Parser(blueprints.Parser):
    """Says what is wrong field by field."""

    def refuse(self, messages: blueprints.Messages, req: Request) -> AppError:
        found = next(iter(messages.values()), {}) if isinstance(messages, dict) else {}
        errors = {str(name): _texts(texts) for name, texts in found.items()} if isinstance(found, dict) else {}
        problems = [_problem(name, text) for name, texts in errors.items() for text in texts]
        return BadRequest("; ".join(problems)[:2000], code="validation_error", errors=errors)


class Blueprint(blueprints.Blueprint):
    ARGUMENTS_PARSER = Parser()


class RealtimeErrorOut(Schema):
    status = fields.String(metadata={"example": "bad_request"})
    code = fields.String(metadata={"example": "validation_error"})
    message = fields.String(metadata={"example": "name: is required"})
    errors = fields.Raw(metadata={"example": {"name": ["is required"]}})


blp = Blueprint("realtime", __name__, url_prefix="/api", description="Voices, agents, sessions, chats and slides")


def errors(*statuses: int) -> Callable[[View], View]:
    return documents.errors(blp, *statuses, schema=RealtimeErrorOut)


@blp.before_request
def allow_uploads() -> None:
    request.max_content_length = LARGEST_BODY


def media_url(media_id: str) -> str:
    """Absolute, as this request's host knows us."""
    return f"{request.host_url.rstrip('/')}{MEDIA}{media_id}"


def _list(resource: AnyResource) -> View:
    @api_key(Scope.READ)
    @blp.arguments(schemas.RowsQuery, location="query")
    @blp.response(200, schemas.PageOut)
    @errors(400, 401, 403, 404, 429)
    def view(key: Key, query: schemas.RowsSearch) -> JSONObject:
        given = request.args.to_dict()
        with db.read() as session:
            found = queries.page(session, key.tenant_id, resource, query, given, media_url)
        return _linked(found, query.page, given)

    return _named(view, f"list_{resource.name}", f"List {resource.name}, a page at a time")


def _read(resource: AnyResource) -> View:
    @api_key(Scope.READ)
    @blp.response(200, RawObject)
    @errors(401, 403, 404, 429)
    def view(key: Key, row_id: str) -> JSONObject:
        with db.read() as session:
            return resource.serialize(queries.find(session, key.tenant_id, resource, row_id), media_url)

    return _named(view, f"read_{resource.singular}", f"Read a {resource.singular}")


def _write(resource: AnyResource, verb: str, schema: Schema | type[Schema]) -> View:
    """``verb`` is make, replace or change."""
    name = "create" if verb == "make" else verb
    status, refusals = (201, (400, 401, 403, 429)) if verb == "make" else (200, (400, 401, 403, 404, 429))
    refusals = (*refusals, 413) if resource.upload else refusals

    @api_key(Scope.WRITE)
    @blp.arguments(schema)
    @blp.response(status, RawObject)
    @errors(*refusals)
    def view(key: Key, body: Fields, row_id: str | None = None) -> JSONObject:
        with db.begin() as session:
            row = None if row_id is None else queries.find(session, key.tenant_id, resource, row_id)[0]
            if resource.upload:
                quota = resolve(Settings).uploads_per_tenant
                media.take(session, key.tenant_id, resource.upload, row and row.id, body, quota)
            row = resource.write(session, key.tenant_id, row, body)
            session.flush()
            audit.record(session, key, f"{resource.singular}.{name}", str(row.id), key.tenant_id)
            shown = resource.serialize(queries.find(session, key.tenant_id, resource, str(row.id)), media_url)
            return {**shown, **(resource.beside_new(place()) if verb == "make" else {})}

    return _named(view, f"{name}_{resource.singular}", f"{verb.capitalize()} a {resource.singular}")


def _remove(resource: AnyResource) -> View:
    @api_key(Scope.WRITE)
    @blp.response(204)
    @errors(401, 403, 404, 429)
    def view(key: Key, row_id: str) -> None:
        with db.begin() as session:
            row = queries.find(session, key.tenant_id, resource, row_id)[0]
            its = resource.model.tenant_id == key.tenant_id, resource.model.id == row.id
            file = resource.upload.column if resource.upload else null()
            media.remove(session, session.scalar(delete(resource.model).where(*its).returning(file)))
            audit.record(session, key, f"{resource.singular}.remove", str(row.id), key.tenant_id)

    return _named(view, f"remove_{resource.singular}", f"Remove a {resource.singular}")


@blp.route("/slides/<row_id>/revisions/", methods=["GET"], strict_slashes=False)
@api_key(Scope.READ)
@blp.arguments(schemas.RevisionsQuery, location="query")
@blp.response(200, RawObject)
@errors(400, 401, 403, 404, 429)
def list_revisions(key: Key, query: dict[str, int], row_id: str) -> JSONObject:
    """List a deck's revisions, newest first

    Large ones are not all in one answer: when `has_more`, earlier ones come with `before=<next_before>`.
    """
    with db.read() as session:
        deck = queries.find(session, key.tenant_id, SLIDES, row_id)[0]
        found = queries.revisions(session, deck, query["before"])
    rows = [revision(row) for row in found.items]
    next_before = found.items[-1].version if found.has_more else None
    return {"count": found.total, "results": rows, "has_more": found.has_more, "next_before": next_before}


@blp.route("/slides/<row_id>/revisions/<int:version>/", methods=["GET"], strict_slashes=False)
@api_key(Scope.READ)
@blp.response(200, RawObject)
@errors(401, 403, 404, 429)
def read_revision(key: Key, row_id: str, version: int) -> JSONObject:
    """A deck as it was at a version"""
    with db.read() as session:
        return revision(_revision(session, key, row_id, version)[1])


@blp.route("/slides/<row_id>/revisions/<int:version>/revert/", methods=["POST"], strict_slashes=False)
@api_key(Scope.WRITE)
@blp.response(200, RawObject)
@errors(401, 403, 404, 429)
def revert_slides(key: Key, row_id: str, version: int) -> JSONObject:
    """Make an earlier version the newest one"""
    with db.begin() as session:
        deck, found = _revision(session, key, row_id, version)
        writes.revert(session, deck, found, "ui")
        session.flush()
        audit.record(session, key, "slide.revert", str(deck.id), key.tenant_id)
        return SLIDES.serialize(queries.find(session, key.tenant_id, SLIDES, row_id), media_url)


@blp.route("/media/<media_id>", methods=["GET"])
@public
@errors(404)
def read_media(media_id: str) -> Response:
    """An uploaded picture or sound"""
    with db.read() as session:
        found = media.find(session, media_id)
        known = request.if_none_match.contains(found.id)
        answer = Response(status=304) if known else Response(found.data, mimetype=found.content_type)
    answer.headers.update(SERVED)
    answer.set_etag(found.id)
    return answer


def revision(row: SlideRevision) -> JSONObject:
    return {
        "version": row.version, "title": row.title, "summary": row.summary, "editorjs": row.editorjs,
        "updated_by": row.updated_by, "created_at": iso(row.created_at),
    }  # fmt: skip


def _revision(session: Session, key: Key, row_id: str, version: int) -> tuple[SlideDeck, SlideRevision]:
    deck = queries.find(session, key.tenant_id, SLIDES, row_id)[0]
    found = session.get(SlideRevision, (deck.id, version)) if version <= writes.LARGEST_ID else None
    if found is None:
        raise NotFound("No revision of this version.")
    return deck, found


def _linked(found: Page, number: int, given: dict[str, str]) -> JSONObject:
    more = number * found.size < found.count
    return {
        "count": found.count,
        "next": _url(given, number + 1) if more else None,
        "previous": _url(given, number - 1) if number > 1 else None,
        "results": found.results,
    }


def _url(given: dict[str, str], number: int) -> str:
    return f"{request.base_url}?{urlencode({**given, 'page': number})}"


def _partial(schema: type[Schema]) -> Schema:
    made: type[Schema] = type(schema.__name__.replace("In", "ChangeIn"), (schema,), {})
    return made(partial=True)


def _problem(field: str, text: str) -> str:
    return "The body must be a JSON object" if field == "_schema" else f"{field} {text[:1].lower()}{text[1:]}"


def _texts(found: object) -> list[str]:
    return [str(text) for text in found] if isinstance(found, list) else blueprints.sentences(found)


def _named(view: View, name: str, text: str) -> View:
    view.__name__, view.__doc__ = name, text
    return view


for _resource in RESOURCES:
    _all, _one = f"/{_resource.name}/", f"/{_resource.name}/<row_id>/"
    blp.route(_all, methods=["GET"], strict_slashes=False)(_list(_resource))
    blp.route(_all, methods=["POST"], strict_slashes=False)(_write(_resource, "make", _resource.schema))
    blp.route(_one, methods=["GET"], strict_slashes=False)(_read(_resource))
    blp.route(_one, methods=["PUT"], strict_slashes=False)(_write(_resource, "replace", _resource.schema))
    blp.route(_one, methods=["PATCH"], strict_slashes=False)(_write(_resource, "change", _partial(_resource.schema)))
    blp.route(_one, methods=["DELETE"], strict_slashes=False)(_remove(_resource))
