"""Tenants and people over HTTP, for operators."""

from sqlalchemy.orm import Session

from app.administration import people
from app.administration import people_schemas as schemas
from app.administration.people import PeopleSearch, TenantSearch
from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint("admin_people", __name__, url_prefix="/admin", description="Tenants and people, for operators")
operation = Operations(blp, SERVICE, errors, sessions=True)


@operation("GET", "/tenants", takes=schemas.TenantsQuery, gives=schemas.AdminTenantsOut)
def list_tenants(session: Session, _: Principal, query: TenantSearch) -> dict[str, object]:
    """List the tenants, those that asked models last first

    Those that were made here, and those that tokens, keys and calls of the last thirty days make known.
    """
    found = people.tenants(session, query)
    return {"tenants": found.items, "total": found.total, "has_more": found.has_more}


@operation("GET", "/people", takes=schemas.PeopleQuery, gives=schemas.AdminPeopleOut)
def list_people(session: Session, principal: Principal, query: PeopleSearch) -> dict[str, object]:
    """List people of all tenants, or of one, those that asked models last first

    Whoever has an account here, has set something, or asked a model in the last thirty days. It leaves an entry in the
    audit log.
    """
    audit.note(principal, "people.list", "", query.tenant)
    found = people.people(session, query)
    return {"people": found.items, "total": found.total, "has_more": found.has_more}
