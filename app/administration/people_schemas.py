"""Bodies of tenants and people as operators see them."""

from marshmallow import fields, validate

from app.administration.people import PeopleSearch, TenantSearch
from app.web.schemas import Moment, Schema, Text, tenant_field

SEARCH = "Part of an id, a name or an address"
COST = {"example": 1.25, "description": "US dollars; what has no price is not in it"}
UNPRICED = {"example": 0, "description": "Calls whose price is not known"}


class Searched(Schema):
    search = Text(0, 100, load_default="", metadata={"description": SEARCH})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))


class TenantsQuery(Searched):
    into: type | None = TenantSearch


class PeopleQuery(Searched):
    into: type | None = PeopleSearch
    tenant = tenant_field()


class AdminTenantOut(Schema):
    id = fields.String(metadata={"example": "acme"})
    name = fields.String(metadata={"example": "Acme", "description": "Empty: its tokens are signed elsewhere"})
    members = fields.Integer(metadata={"example": 4, "description": "With an account here"})
    people = fields.Integer(metadata={"example": 3, "description": "Who asked a model in the last thirty days"})
    keys = fields.Integer(metadata={"example": 1})
    calls = fields.Integer(metadata={"example": 210, "description": "Of models, in the last thirty days"})
    cost_usd = fields.Float(metadata=COST)
    unpriced = fields.Integer(metadata=UNPRICED)
    last_call_at = Moment(allow_none=True)


class AdminTenantsOut(Schema):
    tenants = fields.List(fields.Nested(AdminTenantOut))
    total = fields.Integer(metadata={"example": 1})
    has_more = fields.Boolean()


class AdminPersonOut(Schema):
    user_id = fields.String(metadata={"example": "user_xyz789"})
    tenant = fields.String(metadata={"example": "acme"})
    email = fields.String(metadata={"example": "olivia@acme.example", "description": "Empty: no account here"})
    name = fields.String(metadata={"example": "Olivia"})
    role = fields.String(metadata={"example": "owner", "description": "Empty: as the person's token says"})
    since = Moment(allow_none=True)
    calls = fields.Integer(metadata={"example": 42})
    cost_usd = fields.Float(metadata=COST)
    unpriced = fields.Integer(metadata=UNPRICED)
    last_call_at = Moment(allow_none=True)


class AdminPeopleOut(Schema):
    people = fields.List(fields.Nested(AdminPersonOut))
    total = fields.Integer(metadata={"example": 1})
    has_more = fields.Boolean()
