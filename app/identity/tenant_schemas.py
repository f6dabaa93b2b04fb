"""Bodies of tenants, members and invitations."""

from marshmallow import fields

from app.auth.principals import Role
from app.identity.schemas import EXAMPLE, USER, Email, PlaceOut
from app.identity.tenants import GIVEN
from app.web.schemas import Choice, Moment, Schema, Text

ROLES = tuple(role.value for role in GIVEN)


class TenantIn(Schema):
    name = Text(1, 200, required=True, metadata={"example": "Acme"})


class TenantsOut(Schema):
    tenants = fields.List(fields.Nested(PlaceOut))


class InvitationIn(Schema):
    email = Email(required=True)
    role = Choice(ROLES, load_default=Role.MEMBER.value)


class InvitationOut(Schema):
    id = fields.String(metadata={"example": "invitation_0199"})
    email = fields.String(attribute="address", metadata={"example": EXAMPLE})
    role = fields.String(metadata={"example": "member"})
    created_at = Moment()
    expires_at = Moment()


class InvitationsOut(Schema):
    invitations = fields.List(fields.Nested(InvitationOut))


class JoinIn(Schema):
    invitation = Text(1, 200, required=True, metadata={"description": "What the link in the mail ends with"})


class RoleIn(Schema):
    role = Choice(ROLES, required=True)


class SuccessorIn(Schema):
    user_id = Text(1, 128, required=True, metadata=USER)


class MemberOut(Schema):
    user_id = fields.String(metadata=USER)
    email = fields.String(metadata={"example": EXAMPLE})
    name = fields.String(metadata={"example": "Ada"})
    role = fields.String(metadata={"example": "member"})
    joined_at = Moment()


class MembersOut(Schema):
    members = fields.List(fields.Nested(MemberOut))
