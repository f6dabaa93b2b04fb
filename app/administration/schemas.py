"""Bodies of the administration of keys, revocations and the audit log."""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields, validate

from app.auth.models import ActorKind
from app.auth.principals import Scope
from app.web.schemas import Around, Choice, Moment, Schema, Text, listed, tenant_field

MOST_ENTRIES = 100
LARGEST_ID = 2**63 - 1
ORIGINS = {"example": ["https://app.example", "https://*.app.example"]}


@dataclass(frozen=True, slots=True)
class NewKey:
    name: str
    allow: list[str]
    scopes: list[str]
    origins: list[str]
    hosts: list[str]
    networks: list[str]
    rate: str | None
    expires_at: datetime | None
    tenant: str | None


@dataclass(frozen=True, slots=True)
class NewRevocation:
    user: str | None
    token_id: str | None
    issued_before: datetime | None
    tenant: str | None


@dataclass(frozen=True, slots=True)
class AuditSearch:
    limit: int
    before: int | None
    tenant: str | None
    actor: str | None
    action: str | None


def _entries(**metadata: object) -> fields.List[str]:
    return listed(Text(1, 255), MOST_ENTRIES, load_default=list, metadata=metadata)


class KeyIn(Schema):
    """Of ``origins``, ``hosts``, ``networks`` and ``allow`` each that has entries must be met."""

    into: type | None = NewKey
    name = Text(1, 100, required=True, metadata={"example": "web"})
    scopes = listed(Choice(Scope), len(Scope), load_default=lambda: list(Scope))
    allow = _entries(description="Alternatives: the page's host, the host asked for, the client's address")
    origins = _entries(**ORIGINS)
    hosts = _entries(example=["coach.example"])
    networks = _entries(example=["203.0.113.0/24"])
    rate = Text(1, 100, load_default=None, allow_none=True, metadata={"example": "60 per minute"})
    expires_at = Moment(load_default=None, allow_none=True)
    tenant = tenant_field()


class KeyOut(Schema):
    id = fields.String(metadata={"example": "key_0199"})
    name = fields.String(metadata={"example": "web"})
    prefix = fields.String(metadata={"example": "5f0c1e2d3a4b"})
    scopes = fields.List(fields.String(), metadata={"example": list(Scope)})
    allow = fields.List(fields.String())
    origins = fields.List(fields.String(), metadata=ORIGINS)
    hosts = fields.List(fields.String())
    networks = fields.List(fields.String())
    rate = fields.String(allow_none=True)
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True, metadata={"description": "Right to a minute or two"})


class MadeKeyOut(Around, KeyOut):
    key = fields.String(metadata={"description": "Shown this once", "example": "ch_5f0c1e2d3a4b_…"})


class KeysOut(Schema):
    api_keys = fields.List(fields.Nested(KeyOut))
    total = fields.Integer(metadata={"example": 1})


class RevocationIn(Schema):
    """A person's tokens, or one token by its `jti`."""

    into: type | None = NewRevocation
    user = Text(1, 128, load_default=None, allow_none=True, data_key="user_id", metadata={"example": "user_xyz789"})
    token_id = Text(1, 128, load_default=None, allow_none=True, data_key="jti", metadata={"example": "token_0199"})
    issued_before = Moment(load_default=None, allow_none=True, metadata={"description": "Now, unless given"})
    tenant = tenant_field()


class RevocationOut(Schema):
    tenant = fields.String()
    user_id = fields.String(allow_none=True)
    jti = fields.String(allow_none=True)
    issued_before = Moment(allow_none=True)


class AuditQuery(Schema):
    into: type | None = AuditSearch
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    before = fields.Integer(
        load_default=None, validate=validate.Range(1, LARGEST_ID), metadata={"description": "`next_before` of a page"}
    )
    tenant = tenant_field()
    actor = Text(1, 128, load_default=None)
    action = Text(1, 60, load_default=None, metadata={"example": "api_key.create"})


class AuditEntryOut(Schema):
    id = fields.Integer(metadata={"example": 7})
    at = Moment()
    tenant = fields.String(attribute="tenant_id", allow_none=True, metadata={"description": "Null: the service"})
    actor_kind = fields.String(metadata={"enum": list(ActorKind)})
    actor = fields.String(metadata={"example": "user_xyz789"})
    actor_tenant = fields.String(attribute="actor_tenant_id", allow_none=True)
    role = fields.String(metadata={"example": "owner"})
    action = fields.String(metadata={"example": "api_key.create"})
    target = fields.String(metadata={"example": "web"})
    address = fields.String(metadata={"example": "203.0.113.7"})
    request_id = fields.String()


class AuditOut(Schema):
    entries = fields.List(fields.Nested(AuditEntryOut))
    has_more = fields.Boolean()
    next_before = fields.Integer(allow_none=True)
