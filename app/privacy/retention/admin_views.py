"""How long rows of a tenant are kept, for operators."""

from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.config.settings import Settings
from app.core.json import JSONObject
from app.privacy.retention import schemas, service
from app.web.container import resolve
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("retention", __name__, url_prefix="/admin/retention", description="How long rows are kept")
operation = Operations(blp, SERVICE, errors, sessions=True)


@operation("GET", "/<tenant>", gives=schemas.RetentionOut)
def read_retention(session: Session, _: Principal, tenant: str) -> JSONObject:
    """For how many days a tenant's rows are kept: what was set for it, and the settings where nothing was"""
    return service.shown(session, tenant, resolve(Settings).retention)


@operation("PUT", "/<tenant>", takes=schemas.RetentionIn, gives=schemas.RetentionOut)
def write_retention(session: Session, principal: Principal, body: dict[str, int | None], tenant: str) -> JSONObject:
    """Set for how many days a tenant's rows are kept

    `null` is until somebody deletes them. What is not named stays with the settings. Every hour what is older is
    removed for good.
    """
    service.write(session, tenant, body, principal.user_id)
    audit.record(session, principal, "retention.write", "", tenant)
    return service.shown(session, tenant, resolve(Settings).retention)


@operation("DELETE", "/<tenant>", gives=schemas.RetentionOut)
def remove_retention(session: Session, principal: Principal, tenant: str) -> JSONObject:
    """Go back to the settings"""
    service.remove(session, tenant)
    audit.record(session, principal, "retention.remove", "", tenant)
    return service.shown(session, tenant, resolve(Settings).retention)
