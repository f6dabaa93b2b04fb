"""Erasing all of one's own over HTTP: asked for, confirmed, called off."""

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.auth.signed_links import SignedLinks
from app.config.settings import Settings
from app.core.json import JSONObject
from app.db.session import after_commit, db
from app.privacy.erasure import log_file, schemas, service
from app.privacy.erasure.models import Erasure
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.operations import Operations

blp = Blueprint("erasure", __name__, url_prefix="/api/v1/me", description="Erasing all of mine")
operation = Operations(blp, OWN, sessions=True)


@blp.route("", methods=["DELETE"])
@bearer(OWN)
@blp.arguments(schemas.ConfirmationQuery, location="query")
@blp.response(202, schemas.PlannedOut)
@documents.errors(blp, 400, 401)
def erase_me(principal: Principal, query: dict[str, str]) -> JSONObject | Erasure:
    """Erase all of mine

    Without `confirmation` nothing happens: the answer has one, which is good for 15 minutes. With it the erasure is
    planned for `erase_at`, after the days of grace (`ERASURE_GRACE_DAYS`); until then it can be called off. Then all
    tokens end, what is being made is stopped, and everything is deleted. The team's rows stay, without the name.
    """
    settings = resolve(Settings)
    links, grace = SignedLinks.of(settings), timedelta(days=settings.erasure_grace_days)
    with db.begin() as session:
        if not query["confirmation"]:
            return service.confirmation(session, principal, links)
        return service.confirm(session, principal, query["confirmation"], links, grace)


@operation("GET", "/erasure", gives=schemas.ErasureOut, fails=(404,))
def read_erasure(session: Session, principal: Principal) -> Erasure:
    """The erasure that I have planned"""
    return service.read(session, principal)


@operation("POST", "/erasure/cancel", gives=schemas.ErasureOut, fails=(404, 409))
def cancel_erasure(session: Session, principal: Principal) -> Erasure:
    """Call my erasure off, in the days of grace"""
    erasure = service.cancel(session, principal)
    after_commit(session, partial(log_file.append, resolve(Settings).data_dir, service.line_of(erasure)))
    return erasure
