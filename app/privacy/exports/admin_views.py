"""All of a tenant as one file, for its owner and for operators."""

from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import EXPORTS, tenant_of
from app.core.json import JSONObject
from app.db.session import db
from app.limits.guards import limited
from app.privacy.exports import schemas, service
from app.privacy.exports.models import Export
from app.privacy.exports.views import check_webhook, origin, shown
from app.topics.schemas import DELIVERY_HEADERS
from app.web.documents import calls_back
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("tenant_exports", __name__, url_prefix="/admin/exports", description="All of a tenant, as one file")
reading = Operations(blp, EXPORTS, errors, sessions=True)
delivery = calls_back(blp, "webhook_url", "The end of an export", DELIVERY_HEADERS, schemas.DELIVERY)


@Operations(blp, EXPORTS, errors, rate=limited("exports"))(
    "POST", "", takes=schemas.TenantExportIn, gives=schemas.StartedOut, status=202, fails=(400, 409), notes=[delivery]
)
def begin_tenant_export(principal: Principal, body: schemas.NewExport) -> Export:
    """Export all of a tenant: its people's rows and the team's

    As `POST /api/v1/me/exports`; the pages of each person are under `people/`. An owner exports their own tenant.
    """
    tenant = tenant_of(principal, body.tenant)
    check_webhook(body)
    with db.begin() as session:
        export = service.begin(session, principal, origin(), body.webhook_url, tenant)
        audit.record(session, principal, "export.create", export.id, tenant)
        return export


@reading("GET", "", gives=schemas.ExportsOut)
def list_tenant_exports(session: Session, principal: Principal) -> JSONObject:
    """List the tenant exports that I asked for, newest first"""
    return {"exports": [shown(export) for export in service.newest(session, principal, of_tenant=True)]}


@reading("GET", "/<export_id>", gives=schemas.ExportOut)
def read_tenant_export(session: Session, principal: Principal, export_id: str) -> JSONObject:
    """How far a tenant's export is, and its link, which is valid for 24 hours"""
    return shown(service.find(session, principal, export_id, of_tenant=True))


@reading("DELETE", "/<export_id>", status=204)
def remove_tenant_export(session: Session, principal: Principal, export_id: str) -> None:
    """Delete a tenant's export: its link ends"""
    tenant = service.remove(session, principal, export_id, of_tenant=True).of_tenant
    audit.record(session, principal, "export.delete", export_id, tenant)
