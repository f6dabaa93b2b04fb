"""Tenants over HTTP: made, joined, left; their members and who is invited."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal, Role
from app.auth.roles import OWN
from app.identity import tenant_schemas as schemas
from app.identity import tenants
from app.identity.guards import throttle, when_on
from app.identity.models import Invitation
from app.identity.people import Place
from app.identity.schemas import PlaceOut
from app.identity.tenants import Member
from app.web.blueprints import Blueprint
from app.web.operations import Operations

blp = Blueprint("tenants", __name__, url_prefix="/api/v1/tenants", description="Tenants, members and invitations")
operation = Operations(blp, OWN, fails=(403, 404), notes=[when_on], sessions=True)


@operation("POST", "", takes=schemas.TenantIn, gives=PlaceOut, status=201, fails=(409,))
def create(session: Session, principal: Principal, body: dict[str, str]) -> Place:
    """Make a tenant, and own it

    I work in it from now on: the next token, by `POST /auth/refresh`, says so. `tenant` there goes on in another one.
    """
    return tenants.create(session, principal, body["name"])


@operation("GET", "", gives=schemas.TenantsOut)
def list_mine(session: Session, principal: Principal) -> dict[str, list[Place]]:
    """List the tenants that I am in, and my role in each"""
    return {"tenants": tenants.mine(session, principal)}


@operation("POST", "/join", takes=schemas.JoinIn, gives=PlaceOut)
def join(session: Session, principal: Principal, body: dict[str, str]) -> Place:
    """Accept an invitation to the address of my account"""
    return tenants.join(session, principal, body["invitation"])


@operation("PATCH", "/<tenant>", takes=schemas.TenantIn, gives=PlaceOut)
def rename(session: Session, principal: Principal, body: dict[str, str], tenant: str) -> Place:
    """Rename a tenant (owners, admins)"""
    return tenants.rename(session, principal, tenant, body["name"])


@operation("GET", "/<tenant>/members", gives=schemas.MembersOut)
def list_members(session: Session, principal: Principal, tenant: str) -> dict[str, list[Member]]:
    """List the members, as they joined"""
    return {"members": tenants.members(session, principal, tenant)}


@operation("PATCH", "/<tenant>/members/<user_id>", takes=schemas.RoleIn, gives=schemas.MemberOut, fails=(409,))
def change_role(session: Session, principal: Principal, body: dict[str, str], tenant: str, user_id: str) -> Member:
    """Change a member's role (owners, admins; what owners are, owners alone)

    Tokens with the role from before are refused within five seconds. The last owner stays one: 409.
    """
    return tenants.change_role(session, principal, tenant, user_id, Role(body["role"]))


@operation("DELETE", "/<tenant>/members/<user_id>", status=204, fails=(409,))
def remove(session: Session, principal: Principal, tenant: str, user_id: str) -> None:
    """Remove a member (owners, admins), or leave

    Their tokens of this tenant are refused within five seconds. What they made in it stays. The last owner stays: 409.
    """
    tenants.remove(session, principal, tenant, user_id)


@operation("POST", "/<tenant>/transfer", takes=schemas.SuccessorIn, gives=schemas.MemberOut, fails=(409,))
def transfer(session: Session, principal: Principal, body: dict[str, str], tenant: str) -> Member:
    """Give the tenant to another member, and stay as admin (owners)"""
    return tenants.transfer(session, principal, tenant, body["user_id"])


@operation(
    "POST", "/<tenant>/invitations", takes=schemas.InvitationIn, gives=schemas.InvitationOut, status=201,
    fails=(409, 429),
)  # fmt: skip
def invite(session: Session, principal: Principal, body: dict[str, str], tenant: str) -> Invitation:
    """Invite an address (owners, admins)

    It gets a link, which is good for a week and for this address alone. Whoever was invited already is invited anew.
    """
    throttle().mail(body["email"])
    return tenants.invite(session, principal, tenant, body["email"], Role(body["role"]))


@operation("GET", "/<tenant>/invitations", gives=schemas.InvitationsOut)
def list_invitations(session: Session, principal: Principal, tenant: str) -> dict[str, list[Invitation]]:
    """List the open invitations, newest first (owners, admins)"""
    return {"invitations": tenants.invited(session, principal, tenant)}


@operation("DELETE", "/<tenant>/invitations/<invitation_id>", status=204)
def take_back(session: Session, principal: Principal, tenant: str, invitation_id: str) -> None:
    """Take an invitation back: its link ends (owners, admins)"""
    tenants.take_back(session, principal, tenant, invitation_id)
