"""Imports over HTTP."""

from collections.abc import Sequence

from flask import request
from sqlalchemy.orm import Session

from app.auth.guards import check_again
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.config.settings import Settings
from app.core.errors import BadRequest
from app.db.session import db
from app.imports import schemas, service
from app.imports.models import Format, Import
from app.imports.uploads import Upload
from app.limits.guards import limited
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import form
from app.web.operations import Operations, view_of
from app.web.uploads import receive

blp = Blueprint("imports", __name__, url_prefix="/api/v1/me/imports", description="What I bring along from elsewhere")
reading = Operations(blp, OWN, sessions=True)


@Operations(blp, OWN, rate=limited("imports"))(
    "POST", "", gives=schemas.BegunOut, status=202, fails=(400, 409, 413), notes=[form(blp, schemas.FORM)]
)  # fmt: skip
def begin(principal: Principal) -> Import:
    """Import a journal from another program's export

    Day One, Apple's Journal, Journey, jrnl, Markdown, CSV, Notion, or our own. What is there already is not added
    again. How far it is, the feed says (`import.progress`, `import.completed`, `import.failed`).
    """
    most = resolve(Settings).import_max
    with db.read() as session:
        service.refuse_second(session, principal)
    with Upload(db, principal, most, check_again).kept_only_whole() as upload:
        wanted = _format(receive(request, upload))
        with db.begin() as session:
            check_again()
            return service.begin(session, principal, upload, wanted)


@reading("GET", "", gives=schemas.ImportsOut)
def list_imports(session: Session, principal: Principal) -> dict[str, Sequence[Import]]:
    """List my imports, the newest first"""
    return {"imports": service.list_all(session, principal)}


reading("GET", "/<import_id>", takes=schemas.SkipsQuery, gives=schemas.ImportDetailOut)(
    view_of(service.show, "Get an import, with what it skipped and why")
)


@Operations(blp, OWN)("DELETE", "/<import_id>", gives=schemas.ImportOut)
def cancel_import(principal: Principal, import_id: str) -> Import:
    """Cancel an import, and take back what it added

    One that is finished is undone.
    """
    return service.cancel(principal, import_id)


def _format(fields: dict[str, str]) -> Format | None:
    given = fields.get("format", "").strip().lower()
    if given and given not in {*Format}:
        raise BadRequest(f"format must be one of: {', '.join(Format)}")
    return Format(given) if given else None
