"""Attachments over HTTP: sent as forms, opened with their owner's token or by a link."""

from flask import Response, request
from sqlalchemy.orm import Session

from app.attachments import schemas, service, serving
from app.attachments.incoming import Incoming
from app.attachments.interfaces import Missing
from app.attachments.models import Attachment
from app.attachments.reader import Reader
from app.attachments.schemas import Link
from app.attachments.service import Keeper
from app.attachments.stored_bytes import Storages
from app.auth.guards import bearer_or_link
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.auth.signed_links import SignedLinks
from app.config.settings import Settings
from app.core.json import JSONObject
from app.db.pages import PageRequest
from app.db.session import db
from app.limits.guards import limited
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import binary, errors, form
from app.web.operations import Operations, removal, view_of
from app.web.uploads import receive
from app.workspace.queries import find_entry
from app.workspace.schemas.lists import RemovedOut

blp = Blueprint("attachments", __name__, url_prefix="/api/v1/attachments", description="Files of a person")
entries = Blueprint("entry_attachments", __name__, url_prefix="/api/v1/journal", description="Files of entries")
operation = Operations(blp, OWN, sessions=True)
FAILS = (400, 413, 503)


@Operations(blp, OWN, rate=limited("uploads"))(
    "POST", "", gives=schemas.LinkedAttachmentOut, status=201, fails=FAILS, notes=[form(blp, schemas.FORM)]
)
def upload_attachment(principal: Principal) -> JSONObject:
    """Upload a file for the coach

    Its id goes into `attachments` of a chat message. What type it is, its bytes tell.
    """
    return _shown(_kept(principal))


@Operations(entries, OWN, rate=limited("uploads"))(
    "POST", "/<entry_id>/attachments", gives=schemas.LinkedAttachmentOut, status=201, fails=FAILS,
    notes=[form(entries, schemas.FORM)],
)  # fmt: skip
def attach_to_entry(principal: Principal, entry_id: str) -> JSONObject:
    """Attach a photo or another file to a journal entry

    The same file under the same name is attached once. It goes with its entry.
    """
    with db.read() as session:
        find_entry(session, principal, entry_id)
    return _shown(_kept(principal, entry_id))


@Operations(entries, OWN, sessions=True)("GET", "/<entry_id>/attachments", gives=schemas.AttachmentsOut)
def list_entry_attachments(session: Session, principal: Principal, entry_id: str) -> JSONObject:
    """List the files of a journal entry, with links that need no token"""
    return {"attachments": [_shown(row) for row in service.list_of_entry(session, principal, entry_id)]}


@operation("GET", "", takes=schemas.AttachmentsQuery, gives=schemas.AttachmentPageOut)
def list_attachments(session: Session, principal: Principal, query: PageRequest) -> JSONObject:
    """List my files, newest first"""
    page = service.list_all(session, principal, query)
    shown = [_shown(row) for row in page.items]
    return {"attachments": shown, "has_more": page.has_more, "next_cursor": page.next_cursor}


operation("DELETE", "/<attachment_id>", gives=RemovedOut)(
    view_of(removal("Attachment", service.remove), "Delete an attachment")
)


@blp.route("/<attachment_id>", methods=["GET"])
@bearer_or_link(OWN)
@blp.arguments(schemas.LinkQuery, location="query")
@binary(blp, "application/octet-stream")
@errors(blp, 400, 401, 404, 503)
def read_attachment(principal: Principal | None, link: Link, attachment_id: str) -> Response:
    """The file, for its owner or whoever has its link

    `Range` is understood. What a browser might run comes as a download.
    """
    row = _opened(principal, link, attachment_id)
    return serving.answer(request, row, service.bytes_of(db, resolve(Storages), row))


@blp.route("/<attachment_id>/thumbnail", methods=["GET"])
@bearer_or_link(OWN)
@blp.arguments(schemas.LinkQuery, location="query")
@binary(blp, "image/webp")
@errors(blp, 400, 401, 404, 503)
def read_thumbnail(principal: Principal | None, link: Link, attachment_id: str) -> Response:
    """A small picture of an image or of a PDF's first page"""
    row = _opened(principal, link, attachment_id)
    return serving.thumbnail(request, row, resolve(Reader).thumbnail(row))


def _kept(principal: Principal, entry_id: str | None = None) -> Attachment:
    keeper = resolve(Keeper)
    with Incoming(keeper.largest) as incoming:
        receive(request, incoming)
        return keeper.keep(principal, incoming, entry_id)


def _opened(principal: Principal | None, link: Link, attachment_id: str) -> Attachment:
    with db.read() as session:
        if principal is not None:
            return service.find(session, principal, attachment_id)
        row = session.get(Attachment, attachment_id)
    if row is None or not serving.permit(_links(), row, link.expires, link.signature):
        raise Missing
    return row


def _shown(row: Attachment) -> JSONObject:
    return serving.shown(row, _links(), request.host_url.rstrip("/"))


def _links() -> SignedLinks:
    return SignedLinks.of(resolve(Settings))
