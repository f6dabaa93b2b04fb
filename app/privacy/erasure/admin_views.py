"""Erasures by operators, and the receipts of all."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.privacy.erasure import schemas, service
from app.privacy.erasure.models import Erasure
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("erasures", __name__, url_prefix="/admin/erasures", description="Erasing people, and receipts of it")
operation = Operations(blp, SERVICE, errors, sessions=True)


@operation("POST", "", takes=schemas.ErasureIn, gives=schemas.ErasureOut, status=202)
def erase_person(session: Session, principal: Principal, body: schemas.NewErasure) -> Erasure:
    """Erase a person, at once

    As `DELETE /api/v1/me` does, without days of grace; one that is planned already is brought forward.
    """
    return service.plan_for(session, principal, body.tenant, body.user)


@operation("GET", "", takes=schemas.ReceiptsIn, gives=schemas.ReceiptsOut)
def list_erasures(session: Session, _: Principal, query: schemas.ReceiptsQuery) -> dict[str, object]:
    """List erasures with their receipts, newest first: ids and counts only"""
    page = service.receipts(session, query.tenant, query.limit, query.offset)
    return {"erasures": page.items, "has_more": page.has_more}
